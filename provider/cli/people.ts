import type { Member } from "../client/index.js";
import type { OrganizationView } from "../snapshot/index.js";
import { addressFault, canonicalUid, personOf, printable, quoted, type Person } from "../schema/index.js";
import { UsageError } from "./errors.js";
import { visible } from "./visible.js";

/** A person as typed: an e-mail address or a user's uid. */
export function typedPerson(text: string, where: string): Person {
  const userUid = canonicalUid(text);
  if (userUid !== undefined) return { userUid };
  const fault = addressFault(text);
  if (fault === undefined) return personOf(text);
  throw new UsageError(
    `${where} is ${quoted(text)}: as an e-mail address, ${fault}.`,
    "Give an e-mail address such as ada@example.com, or a user's uid.",
  );
}

/** The one member that a person is, from the complete list; undefined where their absence is proven. */
export async function memberOf(view: OrganizationView, person: Person): Promise<Member | undefined> {
  return view.members.find(person);
}

/** The API key's user, as far as the service tells who that is and shows them as a member. */
export async function ownMember(view: OrganizationView): Promise<Member | undefined> {
  const uid = await visible(view.ownPerson());
  if (uid === undefined) return undefined;
  return (await visible(view.members.get()))?.get(uid) ?? { userUid: uid };
}

/** "The API key's user, ada@example.com (ada, 0a1b…)", or without a name where that is not known. */
export function shownOwn(own: Member | undefined): string {
  return `The API key's user${own ? `, ${shownMember(own)},` : ""}`;
}

/** A person as people read it: `Ada Example, ada@example.com (ada, 0a1b…)`. */
export function shownMember({ fullName, email, username, userUid }: Member): string {
  const named = [fullName, email].filter(Boolean).map((text) => printable(text!, 60));
  const known = [username, userUid].filter(Boolean).map((text) => printable(text!, 60));
  return named.length === 0 ? known.join(", ") : `${named.join(", ")} (${known.join(", ")})`;
}
