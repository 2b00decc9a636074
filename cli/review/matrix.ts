import { byText } from "./changes.js";
import { isHiddenText } from "./decisive.js";
import type { ChangeRow, PersonName, Review, ScopeName, Stand, Where } from "./report.js";

/** What somebody has in one organization or team, before the run and after it. */
export interface Cell {
  before: Stand | undefined;
  after: Stand | undefined;
  /** Absent where nothing changes. */
  change: ChangeRow | undefined;
}

/** One person: what they gain, lose and keep. */
export interface MatrixRow {
  person: PersonName;
  sign: Sign;
  /** The lower, the graver. */
  weight: number;
  /** By `own`, or the key of a team. */
  cells: ReadonlyMap<string, Cell>;
  changes: ChangeRow[];
}

/** The people of one organization whose access changes, the gravest first, and the teams concerned. */
export interface Matrix {
  organization: ScopeName;
  teams: ReadonlyMap<string, ScopeName>;
  rows: MatrixRow[];
}

export type Sign = "+" | "-" | "~" | "=";

/** Key of the cell for the organization itself. */
export const own = "organization";

export const signs: Readonly<Record<ChangeRow["effect"], Sign>> = {
  gains: "+",
  role: "~",
  loses: "-",
  invited: "+",
  waits: "+",
  withdrawn: "-",
  without: "=",
  accepted: "=",
  keeps: "=",
  details: "~",
};

const weights: readonly ChangeRow["effect"][] = ["loses", "role", "gains", "invited", "waits", "withdrawn", "details"];

/** How grave a change is: an admin and what is not known come first. */
export function weightOf({ effect, team, after, unclear }: ChangeRow): number {
  const isChange = weights.includes(effect);
  if (isChange && effect !== "details" && team === undefined) {
    if (after?.role === "admin" || isHiddenText(after?.role)) return -2;
  }
  if (unclear.length > 0) return -1;
  return isChange ? weights.indexOf(effect) : weights.length;
}

/** Whether a change has a row of its own; the others gain, lose and change nothing. */
export function isShown(change: ChangeRow): boolean {
  return weightOf(change) < weights.length;
}

interface Draft {
  organization: ScopeName;
  teams: Map<string, ScopeName>;
  people: Map<string, { person: PersonName; cells: Map<string, Cell>; changes: ChangeRow[] }>;
}

export function matricesOf({ changes, unchanged }: Review): Matrix[] {
  const drafts = new Map<string, Draft>();
  for (const change of changes.filter(isShown)) {
    enter(drafts, change, { before: change.before, after: change.after, change });
  }
  const others = [
    ...changes.filter((change) => !isShown(change)),
    ...unchanged.map((row) => ({ ...row, before: row.stand, after: row.stand })),
  ];
  // What these people keep is shown beside.
  for (const row of others) {
    const draft = drafts.get(keyOfScope(row.organization));
    if (!draft?.people.has(keyOfPerson(row.person))) continue;
    enter(drafts, row, { before: row.before, after: row.after, change: undefined });
  }
  return [...drafts.values()].map(matrixOf).toSorted((one, other) => one.rows[0]!.weight - other.rows[0]!.weight);
}

function enter(drafts: Map<string, Draft>, { organization, team, person }: Where & { person: PersonName }, cell: Cell) {
  const key = keyOfScope(organization);
  const draft: Draft = drafts.get(key) ?? { organization, teams: new Map(), people: new Map() };
  drafts.set(key, draft);
  if (team) draft.teams.set(keyOfScope(team), team);
  const who = keyOfPerson(person);
  const row = draft.people.get(who) ?? { person, cells: new Map<string, Cell>(), changes: [] };
  draft.people.set(who, row);
  const { before, after, change } = cell;
  row.cells.set(team ? keyOfScope(team) : own, { before, after, change });
  if (change) row.changes.push(change);
}

function matrixOf({ organization, teams, people }: Draft): Matrix {
  const rows = [...people.values()].map((row): MatrixRow => {
    const changes = row.changes.toSorted((one, other) => weightOf(one) - weightOf(other));
    return { ...row, changes, sign: signs[changes[0]!.effect], weight: weightOf(changes[0]!) };
  });
  const order = ({ person }: MatrixRow) => JSON.stringify([person.email ?? "", keyOfPerson(person)]);
  return {
    organization,
    teams: new Map([...teams].toSorted(([, one], [, other]) => byText(one.name, other.name))),
    rows: rows.toSorted((one, other) => one.weight - other.weight || byText(order(one), order(other))),
  };
}

/** People by the sign of their gravest change. */
export function countsOf(review: Review): Record<Sign, number> {
  const gravest = new Map<string, ChangeRow>();
  for (const change of review.changes.filter(isShown)) {
    const key = keyOfPerson(change.person);
    const known = gravest.get(key);
    if (known === undefined || weightOf(change) < weightOf(known)) gravest.set(key, change);
  }
  const counts: Record<Sign, number> = { "+": 0, "-": 0, "~": 0, "=": 0 };
  for (const { effect } of gravest.values()) counts[signs[effect]]++;
  return counts;
}

export function keyOfScope({ uid, resource, name }: ScopeName): string {
  return uid ?? resource ?? name;
}

function keyOfPerson({ userUid, email, hidden }: PersonName): string {
  return JSON.stringify([userUid ?? email, hidden]);
}
