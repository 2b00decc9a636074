import {
  AvalaError,
  ForbiddenError,
  ResponseShapeError,
  TransportError,
  UnauthorizedError,
  UnexpectedStatusError,
} from "../../provider/core/errors.js";
import { createClient, type AvalaClient } from "../../provider/client/index.js";
import type { Settings } from "../../provider/lifecycle/runtime/settings.js";
import { printable } from "../../provider/core/text.js";
import { shownOrganization } from "../session.js";
import { failed, ofError, ok, warning, type Check } from "./check.js";
import { scopesCheck } from "./scopes.js";

/** More than this, and times of the service are misread: when an invitation ends, when a limit is over. */
const mostSecondsApart = 60;

/** Whether the service answers, takes the key, and whose it is, and what its user may do there. */
export async function serviceChecks({ client: settings }: Settings): Promise<Check[]> {
  let apart: number | undefined;
  const onDate = (date: string) => (apart = (Date.parse(date) - Date.now()) / 1000);
  const client = createClient({ ...settings, onDate, mostTries: 1 });
  try {
    const permissions = await client.credential.permissions().catch(unlessUntold);
    const rows = await client.organizations.list().catch(orRefusal);
    const user = await userCheck(client, Array.isArray(rows) ? rows : []);
    return [
      ok("reachable", `${printable(new URL(settings.baseUrl).host)} answers`),
      ok("key", "Avala takes the key"),
      user,
      scopesCheck(permissions),
      ...(Array.isArray(rows) ? rolesChecks(rows) : [ofError("error", "role", rows)]),
      ...clockCheck(apart),
    ];
  } catch (error) {
    if (!(error instanceof AvalaError)) throw error;
    return [...failure(error, settings.baseUrl), ...clockCheck(apart)];
  } finally {
    await client.close();
  }
}

/** Only good to know, and not part of every deployment: a web page in its place says nothing of the API. */
const untold = [ForbiddenError, ResponseShapeError, UnexpectedStatusError];

function unlessUntold(error: unknown): undefined {
  if (untold.some((type) => error instanceof type)) return undefined;
  throw error;
}

/** Refused for its scopes or its user: the service has taken the key. */
function orRefusal(error: unknown): ForbiddenError {
  if (error instanceof ForbiddenError) return error;
  throw error;
}

/** What a failure says of the way to Avala and of the key. */
export function failure(error: AvalaError, baseUrl: string): Check[] {
  const host = printable(new URL(baseUrl).host);
  if (error instanceof TransportError) return [unreachable(error, host)];
  if (error instanceof UnauthorizedError) return [ok("reachable", `${host} answers`), ofError("error", "key", error)];
  return [ofError("error", "reachable", error)];
}

const tls = /TLS|SSL|CERT|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO|WRONG_VERSION/;

function unreachable(error: TransportError, host: string): Check {
  const { code = "" } = error.cause as { code?: string };
  const why = (message: string, fix: string) => failed("reachable", `${message} (${printable(code)}).`, fix);
  if (["ENOTFOUND", "EAI_AGAIN"].includes(code)) {
    return why(`The name ${host} is not found`, "Check the base URL, and this machine's DNS and network.");
  }
  if (code === "ECONNREFUSED") {
    return why(
      `Nothing takes connections at ${host}`,
      "Check the base URL and its port; an emulator has to be started.",
    );
  }
  if (tls.test(code)) {
    return why(
      `${host} cannot prove who it is, or does not speak TLS`,
      "Check the base URL; for a certificate authority of your own set NODE_EXTRA_CA_CERTS.",
    );
  }
  return why(
    `${host} does not answer`,
    "Check the base URL, the network, and a firewall or proxy on the way: none is used.",
  );
}

type Rows = Awaited<ReturnType<AvalaClient["organizations"]["list"]>>;

async function userCheck(client: AvalaClient, rows: Rows): Promise<Check> {
  const user = await client.credential.currentUser().catch(unlessRefused);
  if (!user) return ok("user", "Avala does not tell here to whom the API key belongs");
  const email = await emailOf(user.uid, client, rows);
  const uid = printable(user.uid, 60);
  return ok("user", `The API key belongs to ${email === undefined ? uid : `${printable(email, 254)} (${uid})`}`);
}

/** A list of one page shows it at the price of one request. */
const mostPeople = 100;

async function emailOf(uid: string, client: AvalaClient, rows: Rows): Promise<string | undefined> {
  const small = rows.find(({ memberCount }) => memberCount !== undefined && memberCount <= mostPeople);
  const members = small && (await client.members.list(small.slug).catch(unlessRefused));
  return members?.find(({ userUid }) => userUid === uid)?.email;
}

/** What is only good to know is not worth a failure. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof AvalaError) return undefined;
  throw error;
}

function rolesChecks(rows: Rows): Check[] {
  if (rows.length === 0) return [ok("role", "The API key's user belongs to no organization yet")];
  return rows.map((row) => {
    const name = shownOrganization(row);
    const role = row.role ? printable(row.role, 20) : undefined;
    if (role === "owner" || role === "admin") return ok("role", `${role} of ${name}`);
    const is =
      role === undefined ? `Avala does not tell the role in ${name}.` : `${role} of ${name}: may look, but not manage.`;
    return warning("role", is, "To manage it, use a key of its owner or of an admin.");
  });
}

function clockCheck(apart: number | undefined): Check[] {
  if (apart === undefined || Number.isNaN(apart)) return [];
  const seconds = Math.round(Math.abs(apart));
  if (seconds <= mostSecondsApart) return [ok("clock", "This machine's clock agrees with the service's")];
  const which = apart > 0 ? "behind" : "ahead of";
  return [
    warning(
      "clock",
      `This machine's clock is ${seconds} s ${which} the service's.`,
      "Set the clock: whether an invitation has expired is told by it.",
    ),
  ];
}
