import { READ_SCOPE, WRITE_SCOPE, type CredentialPermissions } from "../../provider/client/index.js";
import { quoted } from "../../provider/core/text.js";
import { ok, warning, type Check } from "./check.js";

const name = "scopes";

/** What the service reports of the key's scopes. Roles and refusals are checked elsewhere. */
export function scopesCheck(permissions: CredentialPermissions | undefined): Check {
  const { scopes, toolsets = [] } = permissions ?? {};
  if (!scopes) return ok(name, "Avala does not report the scopes of the key");
  if (scopes.length === 0) return unnamed(toolsets);
  const [reads, writes] = [scopes.includes(READ_SCOPE), scopes.includes(WRITE_SCOPE)];
  if (reads && writes) return ok(name, `The key has the scopes ${READ_SCOPE} and ${WRITE_SCOPE}`);
  if (reads) {
    return warning(
      name,
      `The key has the scope ${READ_SCOPE}, but not ${WRITE_SCOPE}: previews, refreshes and reports work, changes fail.`,
      `To make changes, use an unrestricted key, or one that also has ${WRITE_SCOPE}.`,
    );
  }
  const limits = writes
    ? `The key has the scope ${WRITE_SCOPE}, but not ${READ_SCOPE}, which every operation needs`
    : `The key is restricted to ${listed(scopes)}, without ${READ_SCOPE} and ${WRITE_SCOPE}`;
  return warning(name, `${limits}.`, fix);
}

const fix = `Use an unrestricted key, or one with ${READ_SCOPE} and ${WRITE_SCOPE}.`;

/** A restricted key without any scope, or a service that reports toolsets instead of scopes. */
function unnamed(toolsets: readonly string[]): Check {
  if (toolsets.length === 0) {
    return warning(
      name,
      "Avala reports no scopes of the key: the key is restricted, and may not be allowed anything.",
      fix,
    );
  }
  const what = `Avala reports no scopes of the key, but ${toolsets.length === 1 ? "the toolset" : "the toolsets"} ${listed(toolsets)}`;
  if (toolsets.includes("organizations"))
    return ok(name, `${what}; whether reads and writes are allowed is not reported`);
  return warning(name, `${what}, without organizations.`, fix);
}

const mostNames = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((text) => quoted(text, 40));
  return [...shown, ...(names.length > mostNames ? [`${names.length - mostNames} more`] : [])].join(", ");
}
