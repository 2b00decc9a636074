import { normalizeEmail } from "./address.js";
import { quoted } from "./text.js";

/**
 * The object that a resource manages. Only the uid of an organization, team or person never changes; slugs move, and
 * addresses have several spellings.
 */

const uidPattern = /^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;

/**
 * A uid in the service's spelling (lower case, hyphens), or undefined if the text is not a uid
 * (spelling-may-change).
 */
export function canonicalUid(text: string): string | undefined {
  const groups = uidPattern.exec(text.trim());
  return groups ? groups.slice(1, 6).join("-").toLowerCase() : undefined;
}

/**
 * An organization as a program names it: its uid in canonical spelling, or else its slug, which is compared exactly.
 */
export function normalizeOrganization(text: string): string {
  return canonicalUid(text) ?? text.trim();
}

/** The known names of a person. At least one of the two is set. */
export interface Person {
  userUid?: string | undefined;
  email?: string | undefined;
}

/** Splits an id into `count` parts at its first slashes: an email address, always last, may contain more. */
export function splitId(id: string, count: number): string[] {
  const parts: string[] = [];
  let rest = id;
  while (parts.length < count - 1) {
    const slash = rest.indexOf("/");
    if (slash < 0) break;
    parts.push(rest.slice(0, slash));
    rest = rest.slice(slash + 1);
  }
  parts.push(rest);
  if (parts.length !== count || parts.some((part) => part === "")) {
    throw new Error(`The id ${quoted(id, 200)} does not have ${count} parts separated by slashes.`);
  }
  return parts;
}

export function joinId(...parts: string[]): string {
  return parts.join("/");
}

/** `<orgUid>/<teamUid>` in canonical spelling, or undefined if the text is not a team id. */
export function normalizeTeamId(text: string): string | undefined {
  const parts = text.trim().split("/");
  const uids = parts.map(canonicalUid);
  return parts.length === 2 && uids.every((uid) => uid !== undefined) ? uids.join("/") : undefined;
}

/** The person that the last part of an id names. */
export function personOf(who: string): Person {
  const userUid = canonicalUid(who);
  return userUid ? { userUid } : { email: normalizeEmail(who) };
}
