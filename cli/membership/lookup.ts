import type { Member } from "../../provider/client/index.js";
import type { OrganizationView } from "../../provider/snapshot/index.js";
import { addressFault, asciiAddress } from "../../provider/core/address.js";
import { canonicalUid, personOf, type Person } from "../../provider/core/identity.js";
import { printable, quoted } from "../../provider/core/text.js";
import { UsageError } from "../errors.js";
import { visible } from "./visible.js";

/** A person as typed: an email address or a user's uid. */
export function typedPerson(text: string, where: string): Person {
  const userUid = canonicalUid(text);
  if (userUid !== undefined) return { userUid };
  const fault = addressFault(text);
  if (fault === undefined) return personOf(text);
  throw new UsageError(
    `${where} is ${quoted(text)}: as an email address, ${fault}.`,
    "Give an email address such as ada@example.com, or a user's uid.",
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

/** A person as reports hold them. */
interface NamedPerson extends Person {
  /** What stands in place of an address that is not to be shown. */
  hidden?: string | undefined;
  /** Somebody else in the report has a name that looks the same. */
  alike?: true | undefined;
}

/** What stands for a person in messages: never the user name, which of some people is the phone number. */
export function nameOfPerson({ email, userUid, hidden, alike }: NamedPerson): string {
  if (hidden !== undefined) return hidden;
  if (!email) return userUid ?? "";
  return alike && userUid ? `${userUid} (${withAscii(email)})` : withAscii(email);
}

/** Letters beyond ASCII may look like others: the spelling without them stands beside an address or domain. */
export function withAscii(address: string): string {
  const ascii = asciiAddress(address);
  if (ascii === undefined) return address;
  const both = `${address} (${ascii})`;
  return both.length > longestAddress ? ascii : both;
}

const longestAddress = 254;

/** "The API key's user, ada@example.com (0a1b…)", or without a name where that is not known. */
export function shownOwn(own: Member | undefined): string {
  return `The API key's user${own ? `, ${shownMember(own)},` : ""}`;
}

/** A person as people read it: `Ada Example, ada@example.com (0a1b…)`. */
export function shownMember({ fullName, email, userUid }: Member): string {
  const named = [fullName, email].filter(Boolean).map((text) => printable(text!, 60));
  const uid = printable(userUid, 60);
  return named.length === 0 ? uid : `${named.join(", ")} (${uid})`;
}
