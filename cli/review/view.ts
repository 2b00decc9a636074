import { printable } from "../../provider/core/text.js";
import { nameOfPerson } from "../membership/lookup.js";
import {
  noRole,
  unknownRole,
  type CellState,
  type ChangeKind,
  type Matrix as ShownMatrix,
  type MatrixCell,
  type MatrixTeam,
} from "../output/matrix.js";
import { byText, type Effect } from "./changes.js";
import { isHiddenText } from "./decisive.js";
import { keyOfScope, own, signs, type Cell, type Matrix, type MatrixRow, type Sign } from "./matrix.js";
import type { ActRow, ChangeRow, Review, ScopeName, Stand } from "./report.js";
import { cellLine, nameOfScope, remarks, type Show } from "./words.js";

/** How texts of others are shown; the whole of an address, as its domain stands at the end. */
const shown: Show = (text) => printable(text, 254);

const kinds: Readonly<Record<Sign, ChangeKind>> = { "+": "gained", "-": "lost", "~": "changed", "=": "changed" };

/** What changes in one organization, as a matrix of people and teams. */
export function viewOf(matrix: Matrix, { acts, rehearsed }: Review): ShownMatrix {
  const { organization, rows } = matrix;
  const people = rows.map((row) => {
    const cells = [...row.cells].map(([key, cell]) => [key, cellOf(cell)] as const);
    const known = new Map(cells.filter((one): one is readonly [string, MatrixCell] => one[1] !== undefined));
    const ownCell = known.get(own);
    known.delete(own);
    return {
      name: shown(nameOfPerson(row.person)),
      own: ownCell,
      cells: known,
      marks: row.person.hidden === undefined ? [] : ["not shown"],
      details: [],
      notes: notesOf(row, matrix),
    };
  });
  const having = (sign: Sign) => rows.filter((row) => row.sign === sign).length;
  const unknown = people.filter((person) => [person.own, ...person.cells.values()].some((cell) => cell?.unknown));
  const counts: [string, number][] = [
    ["gain access", having("+")],
    ["lose access", having("-")],
    ["change otherwise", having("~")],
    ["with a worst case", unknown.length],
  ];
  return {
    title: shown(nameOfScope(organization)),
    counts: counts.filter(([, count]) => count > 0),
    teams: teamsOf(matrix, acts),
    people,
    details: [],
    differences: rehearsed ? "by the run on the copy" : "by this change",
  };
}

/** Also the teams that change where nobody's access does. */
function teamsOf({ organization, teams }: Matrix, acts: readonly ActRow[]): MatrixTeam[] {
  const here = acts.filter((act) => act.team && keyOfScope(act.organization) === keyOfScope(organization));
  const all = new Map<string, ScopeName>([...here.map((act) => [keyOfScope(act.team!), act.team!] as const), ...teams]);
  return [...all]
    .toSorted(([, one], [, other]) => byText(one.name, other.name))
    .map(([key, team]) => {
      const own = here.filter((act) => keyOfScope(act.team!) === key);
      return { key, name: shown(nameOfScope(team)), marks: own.map(({ act }) => actMarks[act]) };
    });
}

const actMarks: Readonly<Record<ActRow["act"], string>> = {
  create: "new",
  adopt: "adopted",
  update: "changed",
  delete: "deleted",
  forget: "no longer managed",
  leave: "left",
  removeUnlisted: "removes unlisted people",
  membersUnknown: "people not shown",
};

/** What somebody has before and after, and which of it changes. */
function cellOf({ before, after, change }: Cell): MatrixCell | undefined {
  const is = after && standing(after, change?.effect);
  if (change === undefined) return is && { ...is, marks: [], unknown: isUnknown(after) };
  const was = before && standing(before);
  return {
    ...(is ?? { role: noRole, state: "gone" }),
    marks: [],
    unknown: isWorstCase(change),
    change: { kind: kinds[signs[change.effect]], was },
  };
}

function standing({ role, standing }: Stand, effect?: Effect): Pick<MatrixCell, "role" | "state"> {
  return { role: role ?? unknownRole, state: later(effect) ?? states[standing] };
}

/** What begins when somebody accepts. */
function later(effect: Effect | undefined): CellState | undefined {
  return effect === "invited" ? "invited" : effect === "waits" ? "waiting" : undefined;
}

const states: Readonly<Record<Stand["standing"], CellState>> = {
  has: "active",
  granted: "active",
  depends: "active",
  invited: "invited",
  waiting: "waiting",
  lapsed: "expired",
};

const isUnknown = (stand: Stand | undefined): boolean =>
  stand !== undefined && (stand.role === undefined || isHiddenText(stand.role));

/** Something about it is not shown. That somebody may be a member already is what every invitation says. */
function isWorstCase({ before, after, unclear, mayHaveAccepted }: ChangeRow): boolean {
  return unclear.length > 0 || mayHaveAccepted || isUnknown(before) || isUnknown(after);
}

/** A sentence for each change of a person, with all of its remarks. */
function notesOf({ cells }: MatrixRow, { teams }: Matrix): string[] {
  const scopes = [[own, undefined] as const, ...teams];
  return scopes.flatMap(([key, team]) => {
    const cell = cells.get(key);
    if (cell?.change === undefined) return [];
    const where = team === undefined ? "Organization" : shown(nameOfScope(team));
    return [[`${where}: ${cellLine(cell, shown)}`, ...remarks(cell.change, shown)].join("; ")];
  });
}
