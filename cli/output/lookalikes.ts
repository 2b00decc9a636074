import { asciiAddress } from "../../provider/core/address.js";
import { foldedForms, printable } from "../../provider/core/text.js";

/** Something that is shown by its name. */
interface Named {
  /** What it is, whatever its name. */
  key: string;
  name: string;
  /** What the name belongs to, such as an organization: names in different scopes need nothing to tell them apart. */
  scope?: string;
}

/** Width of a column that holds a name of 40 characters after a uid and a role. */
export const nameColumn = 96;

/** Narrower than any column: names that differ only behind this are shown the same where they are cut. */
const narrowest = 40;

/** Keys of those whose names could be taken for one another's: beside them stands what tells them apart. */
export function lookalikes(all: Iterable<Named>): Set<string> {
  const byForm = new Map<string, Set<string>>();
  for (const { key, name, scope = "" } of all) {
    for (const form of foldedForms(printable(name, narrowest))) {
      const at = JSON.stringify([scope, form]);
      byForm.set(at, (byForm.get(at) ?? new Set()).add(key));
    }
  }
  return new Set([...byForm.values()].filter(({ size }) => size > 1).flatMap((keys) => [...keys]));
}

interface PersonShown {
  email?: string | undefined;
  userUid?: string | undefined;
}

interface TeamShown {
  uid: string;
  name?: string | undefined;
  slug?: string | undefined;
}

/** What a row of a report is about. */
interface Row {
  organization: { uid: string };
  team?: TeamShown | undefined;
  person?: PersonShown | undefined;
}

/** How a report names people and teams: where two of one organization look alike, the uid stands before the name. */
export class ShownNames {
  readonly #alike: ReadonlySet<string>;
  /** Uids of those who are shown by one address. */
  readonly #uidsOf = new Map<string, Set<string>>();

  constructor(rows: readonly Row[]) {
    for (const { person } of rows) this.#learn(person ?? {});
    this.#alike = lookalikes(
      rows.flatMap(({ organization: { uid: scope }, team, person }) => [
        ...(team ? [{ key: team.uid, name: shortTeam(team), scope: `teams ${scope}` }] : []),
        ...(person ? [{ key: this.#keyOf(person), name: shortPerson(person), scope: `people ${scope}` }] : []),
      ]),
    );
  }

  person(person: PersonShown): string {
    const name = shortPerson(person);
    const beside = this.#alike.has(this.#keyOf(person)) ? (person.userUid ?? asciiAddress(name)) : undefined;
    return beside === undefined ? name : `${beside} (${name})`;
  }

  team(team: TeamShown): string {
    const name = shortTeam(team);
    return this.#alike.has(team.uid) ? `${team.uid} (${name})` : name;
  }

  #learn({ email, userUid }: PersonShown): void {
    if (email === undefined || userUid === undefined) return;
    this.#uidsOf.set(email, (this.#uidsOf.get(email) ?? new Set()).add(userUid));
  }

  /** One person may be shown with their uid here and without it there. */
  #keyOf({ email, userUid }: PersonShown): string {
    const isShared = email !== undefined && (this.#uidsOf.get(email)?.size ?? 0) > 1;
    return (isShared ? (userUid ?? email) : (email ?? userUid)) ?? "";
  }
}

const shortTeam = ({ name, slug, uid }: TeamShown): string => printable(name ?? slug ?? uid, narrowest);
const shortPerson = ({ email, userUid }: PersonShown): string => email ?? userUid ?? "";
