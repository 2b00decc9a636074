import {
  AvalaError,
  createClient,
  ForbiddenError,
  TransportError,
  UnauthorizedError,
  type AvalaClient,
  type CredentialPermissions,
} from "../../client/index.js";
import type { Settings } from "../../lifecycle/settings.js";
import { printable, quoted } from "../../schema/index.js";
import { shownOrganization } from "../session.js";
import { failed, ofError, ok, warning, type Check } from "./check.js";

/** More than this, and times of the service are misread: when an invitation ends, when a limit is over. */
const mostSecondsApart = 60;

/** Whether the service answers, takes the key, and what the key's person may do there. */
export async function serviceChecks({ client: settings }: Settings): Promise<Check[]> {
  let apart: number | undefined;
  const onDate = (date: string) => (apart = (Date.parse(date) - Date.now()) / 1000);
  const client = createClient({ ...settings, onDate, mostTries: 1 });
  try {
    const permissions = await client.credential.permissions().catch(unlessForbidden);
    const rows = await client.organizations.list();
    return [
      ok("reachable", `${printable(new URL(settings.baseUrl).host)} answers`),
      ok("key", "Avala takes the key"),
      scopesCheck(permissions),
      ...rolesChecks(rows),
      ...clockCheck(apart),
    ];
  } catch (error) {
    if (!(error instanceof AvalaError)) throw error;
    return [...failure(error, settings.baseUrl), ...clockCheck(apart)];
  } finally {
    await client.close();
  }
}

function unlessForbidden(error: unknown): undefined {
  if (error instanceof ForbiddenError) return undefined;
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

function scopesCheck(permissions: CredentialPermissions | undefined): Check {
  if (!permissions) return ok("scopes", "Avala does not tell here which scopes the key has");
  const { scopes } = permissions;
  if (scopes.length === 0) return ok("scopes", "The key has no scopes, and may do what its person may");
  return warning(
    "scopes",
    `The key is limited to ${scopes.map((scope) => quoted(scope, 40)).join(", ")}. Avala documents no scope that manages organizations.`,
    "Use a key without scopes.",
  );
}

function rolesChecks(rows: Awaited<ReturnType<AvalaClient["organizations"]["list"]>>): Check[] {
  if (rows.length === 0) return [ok("role", "The key's person belongs to no organization yet")];
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
