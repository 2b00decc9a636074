import type { State } from "../../emulator/src/index.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { personOf } from "../../provider/core/identity.js";
import { namesOf } from "../../provider/schema/index.js";
import type { Managed } from "../pulumi/managed.js";
import { secretText, textOf } from "../pulumi/values.js";
import { membersOf } from "../review/claims.js";
import { tellPeopleApart, type Named, type Person } from "../review/people.js";

/** Who is who in the copies. An address is one person of a deployment; only members have a uid. */
export class Directory {
  readonly #uids = new Map<string, string>();
  readonly #addresses = new Map<string, string>();
  /** What is shown of those whom only secret values name, by uid or address. */
  readonly #hidden: ReadonlyMap<string, string>;
  readonly #people = new Map<string, Person>();

  constructor(states: Iterable<readonly [url: string, State]>, managed: readonly Managed[]) {
    for (const [url, { people, settings }] of states) {
      const withoutAddress = new Set(settings.hideEmailsOf);
      for (const { uid, email } of people) {
        this.#uids.set(`${url} ${normalizeEmail(email)}`, uid);
        // In place of an address that the key may not see, the copy has one of its own.
        if (!withoutAddress.has(uid)) this.#addresses.set(uid, normalizeEmail(email));
      }
    }
    this.#hidden = hiddenIn(managed);
  }

  get all(): Person[] {
    return [...this.#people.values()];
  }

  ofAddress(url: string, email: string): Person {
    return this.of(url, { email: normalizeEmail(email) });
  }

  of(url: string, { userUid, email, username }: Named): Person {
    const uid = userUid ?? (email === undefined ? undefined : this.#uids.get(`${url} ${email}`));
    const key = uid ?? email ?? "";
    const known = this.#people.get(key);
    if (known) return Object.assign(known, { username: known.username ?? username });
    const address = uid === undefined ? email : this.#addresses.get(uid);
    const person: Person = {
      key,
      userUid: uid,
      email: address,
      username,
      hidden: this.#hidden.get(key) ?? (address === undefined ? undefined : this.#hidden.get(address)),
      alike: false,
    };
    this.#people.set(key, person);
    return person;
  }

  tellApart(): void {
    tellPeopleApart(this.all);
  }
}

/** Names of a person that no text of a report may hide: some resource names them openly. */
export function openNames(managed: readonly Managed[]): Set<string> {
  return new Set(managed.filter((one) => !isSecretlyNamed(one)).flatMap(personNames));
}

/**
 * An address is secret where a resource of its person keeps it so, and those in a secret roster are unless another resource
 * names them openly.
 */
function hiddenIn(managed: readonly Managed[]): Map<string, string> {
  const open = openNames(managed);
  const secretly = managed.filter(isSecretlyNamed);
  const inRosters = secretly
    .filter(({ key }) => key === "teamRoster")
    .flatMap((roster) =>
      personNames(roster)
        .filter((name) => !open.has(name))
        .map((name, at) => [name, `${secretText} ${roster.name} ${at + 1}`] as const),
    );
  const single = secretly
    .filter(({ key }) => key !== "teamRoster")
    .flatMap((one) => personNames(one).map((name) => [name, `${secretText} ${one.name}`] as const));
  return new Map([...inRosters, ...single]);
}

function isSecretlyNamed({ key, secret }: Managed): boolean {
  return key === "teamRoster" ? secret.has("members") : secret.has("email") || secret.has("user");
}

/** Of the people that a resource stands for, uids and addresses. */
function personNames({ key, who, outputs }: Managed): string[] {
  if (key === "organization" || key === "team") return [];
  const named =
    key === "teamRoster"
      ? [...membersOf(outputs).keys(), ...namesOf(textOf(outputs["waiting"]))].toSorted()
      : [who, ...["email", "user", "userUid"].map((name) => textOf(outputs[name]))];
  const people = named.filter((name) => name !== undefined).map(personOf);
  return [...new Set(people.flatMap(({ userUid, email }) => userUid ?? email ?? []))];
}
