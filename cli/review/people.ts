import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { canonicalUid, personOf } from "../../provider/core/identity.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { rosterOf } from "../../provider/schema/index.js";
import { lookalikes } from "../output/lookalikes.js";
import type { Preview, Resource } from "../pulumi/preview.js";
import { hiddenText, notKnown, textOf } from "../pulumi/values.js";

/** Somebody whom a declaration names, as far as it tells. */
export interface Named {
  userUid?: string | undefined;
  email?: string | undefined;
  username?: string | undefined;
  /** In place of an address that is secret, or not known yet. */
  hidden?: string | undefined;
}

/** One person, whatever they are called in different scopes. */
export interface Person {
  key: string;
  userUid: string | undefined;
  email: string | undefined;
  username: string | undefined;
  /** In place of an address that is secret, or not known yet. */
  hidden: string | undefined;
  /** Somebody else's address looks like theirs. */
  alike: boolean;
}

/** Who is who: an address and a uid are one person where a state records both. */
export class People {
  readonly #uidsOf = new Map<string, Set<string>>();
  readonly #people = new Map<string, Person>();

  constructor({ steps }: Preview) {
    for (const { old, new: now } of steps) {
      if (!old) continue;
      // Another spelling in the program, of what stays the same resource, means the same person.
      const known = now && now.id === old.id ? [old, now] : [old];
      const userUid = namedIn(old).userUid;
      for (const resource of known) this.#learn(namedIn(resource).email, userUid);
      this.#learn(whoIn(old).email, userUid);
      for (const [who, uid] of rosterOf(hiddenIn(old.outputs).knownMembers) as Map<string, string>)
        this.#learn(personOf(who).email, uid);
    }
  }

  get all(): Person[] {
    return [...this.#people.values()];
  }

  /** An address that two people have had is nobody's name: then only the uid tells. */
  of({ userUid, email, username, hidden }: Named): Person {
    const uids = email === undefined ? undefined : this.#uidsOf.get(email);
    const uid = userUid ?? (uids?.size === 1 ? [...uids][0] : undefined);
    const key = uid ?? email ?? `hidden ${hidden}`;
    const person = this.#people.get(key) ?? {
      key,
      userUid: uid,
      email: undefined,
      username: undefined,
      hidden: undefined,
      alike: false,
    };
    this.#people.set(key, person);
    person.email = email ?? person.email;
    person.username ??= username;
    person.hidden ??= hidden;
    return person;
  }

  #learn(email: string | undefined, userUid: string | undefined): void {
    if (email === undefined || userUid === undefined) return;
    this.#uidsOf.set(email, (this.#uidsOf.get(email) ?? new Set()).add(userUid));
  }
}

/** Notes whose addresses look alike: the uid stands beside them. */
export function tellPeopleApart(all: readonly Person[]): void {
  const shown = all.filter(({ email, hidden }) => email !== undefined && hidden === undefined);
  const alike = lookalikes(shown.map(({ key, email }) => ({ key, name: email! })));
  for (const person of shown) person.alike = alike.has(person.key);
}

/** The person that a resource stands for. */
export function namedIn(resource: Resource): Named {
  const { kind, inputs, outputs, name } = resource;
  if (kind !== "OrganizationMember" && kind !== "Invitation" && kind !== "TeamMembership") return {};
  const [declared, recorded] = [inputs["email"], outputs["email"]];
  const who = whoIn(resource);
  const email = textOf(declared) ?? textOf(recorded) ?? who.email;
  const uid = textOf(inputs["user"]) ?? textOf(outputs["userUid"]) ?? textOf(outputs["user"]) ?? who.userUid;
  const notShown = hiddenText([declared, recorded, inputs["user"]]);
  return {
    email: email === undefined ? undefined : normalizeEmail(email),
    userUid: uid === undefined ? undefined : (canonicalUid(uid) ?? uid),
    username: textOf(outputs["username"]),
    ...(notShown !== undefined || (email === undefined && uid === undefined)
      ? { hidden: `${notShown ?? notKnown} ${name}` }
      : {}),
  };
}

/** The last part of an id: an address may hold slashes. */
function whoIn({ id, kind }: Resource): Named {
  if (id === undefined) return {};
  const parts = id.split("/");
  return personOf(parts.slice(kind === "TeamMembership" ? 2 : 1).join("/"));
}
