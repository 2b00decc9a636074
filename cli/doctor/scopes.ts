import { READ_SCOPE, WRITE_SCOPE, type CredentialPermissions } from "../../provider/client/index.js";
import { quoted } from "../../provider/core/text.js";
import { ok, warning, type Check } from "./check.js";

const name = "scopes";

/** What the service tells of the key's scopes. Roles, and what is refused, are looked at elsewhere. */
export function scopesCheck(permissions: CredentialPermissions | undefined): Check {
  const { scopes, toolsets = [] } = permissions ?? {};
  if (!scopes) return ok(name, "Avala does not tell here which scopes the key has");
  if (scopes.length === 0) return unnamed(toolsets);
  const [reads, writes] = [scopes.includes(READ_SCOPE), scopes.includes(WRITE_SCOPE)];
  if (reads && writes) return ok(name, `The key's scopes include ${READ_SCOPE} and ${WRITE_SCOPE}`);
  if (reads) {
    return warning(
      name,
      `The key's scopes include ${READ_SCOPE}, and not ${WRITE_SCOPE}: previews, refreshes and reports work, changes are refused.`,
      `To make changes, use a key with ${WRITE_SCOPE} too, or one that is not restricted to scopes.`,
    );
  }
  const limits = writes
    ? `The key's scopes include ${WRITE_SCOPE}, and not ${READ_SCOPE}, which everything needs`
    : `The key is limited to ${listed(scopes)}: neither ${READ_SCOPE} nor ${WRITE_SCOPE} is among them`;
  return warning(name, `${limits}.`, fix);
}

const fix = `Use a key with ${READ_SCOPE} and ${WRITE_SCOPE}, or one that is not restricted to scopes.`;

/** A restricted key that is granted nothing, or a service that names toolsets in place of scopes. */
function unnamed(toolsets: readonly string[]): Check {
  if (toolsets.length === 0) {
    return warning(name, "Avala names no scope that the key has: it is restricted, and perhaps granted nothing.", fix);
  }
  const what = `Avala names no scope that the key has, but ${toolsets.length === 1 ? "the toolset" : "the toolsets"} ${listed(toolsets)}`;
  if (toolsets.includes("organizations")) return ok(name, `${what}; which of reads and writes they allow is not told`);
  return warning(name, `${what}: organizations are not among them.`, fix);
}

const mostNames = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((text) => quoted(text, 40));
  return [...shown, ...(names.length > mostNames ? [`${names.length - mostNames} more`] : [])].join(", ");
}
