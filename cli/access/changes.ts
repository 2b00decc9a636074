import { secretText } from "../pulumi/values.js";
import { accessesOf, isLiving, type Access, type Change, type OrganizationReport, type Person } from "./report.js";

/** What differs between two reports of an organization. */
interface Difference {
  changes: Change[];
  /** Number of texts that one of the states holds encrypted, and both have. */
  uncompared: number;
}

/** What has changed since an earlier report of the same organization; all of it is new where there was none. */
export function changesSince(before: OrganizationReport | undefined, now: OrganizationReport): Difference {
  const earlier = new Earlier(before?.people ?? []);
  const found = now.people.map((person) => personChanges(earlier.take(person), person));
  const all = [...found, ...earlier.left().map((person) => personChanges(person, undefined))];
  return {
    changes: all.flatMap(({ changes }) => changes),
    uncompared: all.reduce((sum, { uncompared }) => sum + uncompared, 0),
  };
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

function personChanges(before: Person | undefined, now: Person | undefined): Difference {
  const { email, userUid } = (now ?? before)!;
  let uncompared = 0;
  const scopes = new Map<string, { was?: Access; is?: Access }>();
  for (const access of living(before)) scopes.set(keyOf(access), { was: access });
  for (const access of living(now)) scopes.set(keyOf(access), { ...scopes.get(keyOf(access)), is: access });
  const changes = [...scopes.values()].flatMap(({ was, is }): Change[] => {
    const hidden = was && is ? hiddenIn(was, is) : {};
    uncompared += Object.keys(hidden).length;
    const [wordsBefore, wordsAfter] = [was, is].map((access) => access && wordsOf({ ...access, ...hidden }));
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
  return { changes, uncompared };
}

/** Texts that both have, and one of them encrypted: whether they are the same cannot be known. */
function hiddenIn(was: Access, is: Access): Pick<Access, "reason" | "validUntil"> {
  const names = (["reason", "validUntil"] as const).filter((name) => {
    const texts = [was[name], is[name]];
    return texts.includes(secretText) && !texts.includes(undefined);
  });
  return Object.fromEntries(names.map((name) => [name, secretText]));
}

/** Ended memberships give no access. */
function living(person: Person | undefined): Access[] {
  if (person === undefined) return [];
  return accessesOf(person).filter(isLiving);
}

/** The changes of a report by the person and the scope that they concern. */
export class ChangeIndex {
  /** By person, then by scope. */
  readonly #of = new Map<string, Map<string, Change>>();

  constructor(changes: readonly Change[] = []) {
    for (const change of changes) {
      const key = personKey(change.person);
      const own = this.#of.get(key) ?? new Map<string, Change>();
      this.#of.set(key, own.set(keyOf(change), change));
    }
  }

  of(person: Named, access: Pick<Access, "team">): Change | undefined {
    return this.#of.get(personKey(person))?.get(keyOf(access));
  }

  /** What a person has lost where the report shows nothing of them any more. */
  unshownOf(person: Person): Change[] {
    const shown = new Set(accessesOf(person).map(keyOf));
    return [...(this.#of.get(personKey(person)) ?? [])].filter(([key]) => !shown.has(key)).map(([, change]) => change);
  }

  /** Those who have lost something, and whom the report does not show. */
  formerPeople(people: readonly Person[]): Person[] {
    const shown = new Set(people.map(personKey));
    const former = [...this.#of].filter(([key]) => !shown.has(key));
    return former.map(([, changes]) => ({ ...[...changes.values()][0]!.person, teams: [] }));
  }
}

type Named = Pick<Person, "email" | "userUid">;
const personKey = ({ email, userUid }: Named): string => JSON.stringify([email, userUid]);

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
