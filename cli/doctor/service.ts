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
import type { Terminal } from "../output/terminal.js";
import { reports, shownOrganization } from "../session.js";
import { failed, ofError, ok, warning, type Check } from "./check.js";
import { scopesCheck } from "./scopes.js";

/** If the clocks differ by more, times of the service are misread: the end of an invitation or of a limit. */
const mostSecondsApart = 60;

/** Whether the service is reachable and accepts the key, the key's user, and their roles. */
export async function serviceChecks({ client: settings }: Settings, terminal: Terminal): Promise<Check[]> {
  let apart: number | undefined;
  const onDate = (date: string) => (apart = (Date.parse(date) - Date.now()) / 1000);
  const client = createClient({ ...settings, ...reports(terminal), onDate, mostTries: 1 });
  try {
    const permissions = await client.credential.permissions().catch(unlessUnreported);
    const rows = await client.organizations.list().catch(orRefusal);
    const user = await userCheck(client, Array.isArray(rows) ? rows : []);
    return [
      ok("reachable", `${printable(new URL(settings.baseUrl).host)} is reachable`),
      ok("key", "API key accepted"),
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

/** Optional, and not part of every deployment: a web page in its place says nothing about the API. */
const unreported = [ForbiddenError, ResponseShapeError, UnexpectedStatusError];

function unlessUnreported(error: unknown): undefined {
  if (unreported.some((type) => error instanceof type)) return undefined;
  throw error;
}

/** Refused for its scopes or its user: the service has taken the key. */
function orRefusal(error: unknown): ForbiddenError {
  if (error instanceof ForbiddenError) return error;
  throw error;
}

/** What a failure says about the connection and the key. */
export function failure(error: AvalaError, baseUrl: string): Check[] {
  const host = printable(new URL(baseUrl).host);
  if (error instanceof TransportError) return [unreachable(error, host)];
  if (error instanceof UnauthorizedError)
    return [ok("reachable", `${host} is reachable`), ofError("error", "key", error)];
  return [ofError("error", "reachable", error)];
}

const tls = /TLS|SSL|CERT|SELF_SIGNED|UNABLE_TO|DEPTH_ZERO|WRONG_VERSION/;

function unreachable(error: TransportError, host: string): Check {
  const { code = "" } = error.cause as { code?: string };
  const why = (message: string, fix: string) => failed("reachable", `${message} (${printable(code)}).`, fix);
  if (["ENOTFOUND", "EAI_AGAIN"].includes(code)) {
    return why(`The host name ${host} cannot be resolved`, "Check the base URL, the DNS settings and the network.");
  }
  if (code === "ECONNREFUSED") {
    return why(`${host} refuses connections`, "Check the base URL and its port; the emulator must be running.");
  }
  if (tls.test(code)) {
    return why(
      `${host} has no valid certificate, or does not use TLS`,
      "Check the base URL; for a private certificate authority, set NODE_EXTRA_CA_CERTS.",
    );
  }
  return why(`${host} does not answer`, "Check the base URL, the network and firewalls; proxies are not used.");
}

type Rows = Awaited<ReturnType<AvalaClient["organizations"]["list"]>>;

async function userCheck(client: AvalaClient, rows: Rows): Promise<Check> {
  const user = await client.credential.currentUser().catch(unlessRefused);
  if (!user) return ok("user", "Avala does not report the user of the API key");
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

/** Optional information is not worth a failure. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof AvalaError) return undefined;
  throw error;
}

function rolesChecks(rows: Rows): Check[] {
  if (rows.length === 0) return [ok("role", "The API key's user is not a member of any organization yet")];
  return rows.map((row) => {
    const name = shownOrganization(row);
    const role = row.role ? printable(row.role, 20) : undefined;
    if (role === "owner" || role === "admin") return ok("role", `${role} of ${name}`);
    const is =
      role === undefined
        ? `Avala does not report the role in ${name}.`
        : `${role} of ${name}: can read, but not manage.`;
    return warning("role", is, "To manage it, use a key of its owner or an admin.");
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
      "Set the clock: it is used to decide whether an invitation has expired.",
    ),
  ];
}
