import type { Member } from "../client/index.js";
import { IdentityUnknownError, type OrganizationView } from "../snapshot/index.js";
import { normalizeEmail, personOf, printable, quoted, type Person } from "../schema/index.js";
import { RefusedError, UsageError } from "./errors.js";

/** A person as typed: an e-mail address or a user's uid. */
export function typedPerson(text: string, where: string): Person {
  const person = personOf(text);
  if (person.userUid !== undefined || person.email?.includes("@")) return person;
  throw new UsageError(
    `${where} is ${quoted(text)}.`,
    "Give an e-mail address such as ada@example.com, or a user's uid.",
  );
}

/**
 * The one member that a person is, from the complete list; undefined where their absence is proven. Two members of one
 * address are an error: the step that follows cannot be taken back.
 */
export async function memberOf(view: OrganizationView, person: Person): Promise<Member | undefined> {
  const rows = [...(await view.members.get()).values()];
  if (person.userUid !== undefined) return rows.find(({ userUid }) => userUid === person.userUid);
  const found = rows.filter(({ email }) => email !== undefined && normalizeEmail(email) === person.email);
  if (found.length > 1) {
    const uids = found.map(({ userUid }) => printable(userUid)).join(", ");
    throw new RefusedError(
      `${found.length} members have the address ${quoted(person.email!)}.`,
      `Name one by uid: ${uids}.`,
    );
  }
  const hidden = rows.filter(({ email }) => !email).length;
  if (found.length === 0 && hidden > 0)
    throw IdentityUnknownError.hidden(person.email!, `organization ${view.slug}`, hidden);
  return found[0];
}

/** A person as people read it: `Ada Example, ada@example.com (ada, 0a1b…)`. */
export function shownMember({ fullName, email, username, userUid }: Member): string {
  const named = [fullName, email].filter(Boolean).map((text) => printable(text!, 60));
  const known = [username, userUid].filter(Boolean).map((text) => printable(text!, 60));
  return named.length === 0 ? known.join(", ") : `${named.join(", ")} (${known.join(", ")})`;
}
