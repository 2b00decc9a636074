import { accessesOf, isLiving, type Access, type Change, type OrganizationReport, type Person } from "./report.js";

/** What has changed since an earlier report of the same organization; all of it is new where there was none. */
export function changesSince(before: OrganizationReport | undefined, now: OrganizationReport): Change[] {
  const earlier = new Earlier(before?.people ?? []);
  const found = now.people.flatMap((person) => personChanges(earlier.take(person), person));
  return [...found, ...earlier.left().flatMap((person) => personChanges(person, undefined))];
}

/** The people of a report, each to be found once: by uid, and by address where one of the two has no uid. */
class Earlier {
  readonly #left: Set<Person>;
  readonly #byUid = new Map<string, Person>();
  readonly #byEmail = new Map<string, Person>();

  constructor(people: readonly Person[]) {
    this.#left = new Set(people);
    for (const person of people) {
      if (person.userUid !== undefined) this.#byUid.set(person.userUid, person);
      if (person.email !== undefined) this.#byEmail.set(person.email, person);
    }
  }

  take({ userUid, email }: Person): Person | undefined {
    const same = userUid === undefined ? undefined : this.#byUid.get(userUid);
    const named = email === undefined ? undefined : this.#byEmail.get(email);
    const found = same ?? (userUid === undefined || named?.userUid === undefined ? named : undefined);
    return found !== undefined && this.#left.delete(found) ? found : undefined;
  }

  left(): Person[] {
    return [...this.#left];
  }
}

function personChanges(before: Person | undefined, now: Person | undefined): Change[] {
  const { email, userUid } = (now ?? before)!;
  const scopes = new Map<string, { was?: Access; is?: Access }>();
  for (const access of living(before)) scopes.set(keyOf(access), { was: access });
  for (const access of living(now)) scopes.set(keyOf(access), { ...scopes.get(keyOf(access)), is: access });
  return [...scopes.values()].flatMap(({ was, is }): Change[] => {
    const [wordsBefore, wordsAfter] = [was && wordsOf(was), is && wordsOf(is)];
    if (wordsBefore === wordsAfter) return [];
    return [
      {
        kind: was === undefined ? "gained" : is === undefined ? "lost" : "changed",
        person: { email, userUid },
        team: (is ?? was)!.team,
        before: wordsBefore,
        after: wordsAfter,
      },
    ];
  });
}

/** What has ended is no access. */
function living(person: Person | undefined): Access[] {
  if (person === undefined) return [];
  return accessesOf(person).filter(isLiving);
}

/** The changes of a report by the person and the scope that they concern. */
export class ChangeIndex {
  readonly #byKey: ReadonlyMap<string, Change>;

  constructor(changes: readonly Change[] = []) {
    this.#byKey = new Map(changes.map((change) => [this.#key(change.person, change), change]));
  }

  of(person: Pick<Person, "email" | "userUid">, access: Pick<Access, "team">): Change | undefined {
    return this.#byKey.get(this.#key(person, access));
  }

  /** What somebody has lost of whom, there, the report shows nothing any more. */
  unshown(people: readonly Person[]): Change[] {
    const shown = new Set(people.flatMap((person) => accessesOf(person).map((access) => this.#key(person, access))));
    return [...this.#byKey].filter(([key]) => !shown.has(key)).map(([, change]) => change);
  }

  #key({ email, userUid }: Pick<Person, "email" | "userUid">, access: Pick<Access, "team">): string {
    return JSON.stringify([email, userUid, keyOf(access)]);
  }
}

export const keyOf = ({ team }: Pick<Access, "team">): string => team?.uid ?? "";

/** Role, status, reason and end: what an access review is about. */
export function wordsOf({ role, status, reason, validUntil }: Access): string {
  return [
    role,
    ...(status === "active" ? [] : [status]),
    ...(validUntil === undefined ? [] : [`until ${validUntil}`]),
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
  ].join(", ");
}
