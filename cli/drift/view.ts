import { printable } from "../../provider/core/text.js";
import { ShownNames } from "../output/lookalikes.js";
import { noRole, unknownRole, type Matrix, type MatrixCell, type MatrixTeam } from "../output/matrix.js";
import { kinds, type Declared, type Finding, type TeamNamed } from "./finding.js";
import { messageOf, titles, type Report } from "./report.js";

type Person = NonNullable<Finding["person"]>;

/** Key of what somebody has in the organization itself. */
const own = "";
const keyOf = (team: TeamNamed | undefined): string => team?.uid ?? own;

/**
 * The people and teams of each organization as the state declares them, with the differences in Avala.
 * @param shown how a text is shown: without what is secret
 */
export function matricesOf(report: Report, shown: (text: string) => string): Matrix[] {
  const { organizations, findings, declared, notices } = report;
  const names = new ShownNames([...findings, ...notices, ...declared]);
  const drafts = organizations.map(({ uid, slug, name, visible }) => {
    const here = <T extends { organization: { uid: string } }>(all: readonly T[]) =>
      all.filter(({ organization }) => organization.uid === uid);
    const draft = new Draft(here(declared), here(findings), names, shown);
    const title = `${printable(name ?? "", 60)} (${printable(slug ?? uid, 60)})`.trimStart();
    return draft.matrix(visible ? title : `${title}: not visible`);
  });
  return drafts.filter(({ people }) => people.length > 0);
}

interface Row {
  person: Person;
  cells: Map<string, MatrixCell>;
  notes: string[];
  /** The lower, the graver. */
  weight: number;
}

/** The matrix of one organization in the making. */
class Draft {
  readonly #rows = new Map<string, Row>();
  readonly #teams = new Map<string, { team: TeamNamed; marks: Set<string> }>();
  readonly #uidsOf = new Map<string, Set<string>>();

  constructor(
    declared: readonly Declared[],
    private readonly findings: readonly Finding[],
    private readonly names: ShownNames,
    private readonly shown: (text: string) => string,
  ) {
    for (const { person } of [...declared, ...findings]) this.#learn(person ?? {});
    for (const one of declared) this.#declare(one);
    for (const finding of findings) {
      if (finding.person) this.#differ(finding, finding.person);
      else if (finding.team) this.#differInTeam(finding, finding.team);
    }
    for (const { formerOwner } of findings) if (formerOwner) this.#lowerOwner(formerOwner);
  }

  matrix(title: string): Matrix {
    const people = [...this.#rows.values()].map((row) => {
      const cells = new Map(row.cells);
      cells.delete(own);
      const name = this.shown(printable(this.names.person(row.person), 254));
      return { name, own: row.cells.get(own), cells, marks: [], details: [], notes: row.notes, weight: row.weight };
    });
    return {
      title: this.shown(title),
      counts: this.#counts(),
      teams: this.#columns(),
      people: people.toSorted((one, other) => one.weight - other.weight || inOrder(one.name, other.name)),
      details: [],
      differences: "in Avala, compared with the state",
    };
  }

  /** People by kind of difference. */
  #counts(): Matrix["counts"] {
    const of = (kind: Finding["kind"]) =>
      new Set(this.findings.flatMap((one) => (one.kind === kind && one.person ? [this.#keyOf(one.person)] : []))).size;
    const counts = kinds.map((kind) => [titles[kind].toLowerCase(), of(kind)] as const);
    return [["people", this.#rows.size], ...counts.filter(([, count]) => count > 0)];
  }

  #columns(): MatrixTeam[] {
    const columns = [...this.#teams].map(([key, { team, marks }]) => ({
      key,
      name: this.shown(this.names.team(team)),
      marks: [...marks],
    }));
    return columns.toSorted((one, other) => inOrder(one.name, other.name));
  }

  #learn({ email, userUid }: Person): void {
    if (email === undefined || userUid === undefined) return;
    this.#uidsOf.set(email, (this.#uidsOf.get(email) ?? new Set()).add(userUid));
  }

  /** An address that two people have had names neither of them. */
  #keyOf({ email, userUid }: Person): string {
    const uids = email === undefined ? undefined : this.#uidsOf.get(email);
    return userUid ?? (uids?.size === 1 ? [...uids][0] : undefined) ?? email ?? "";
  }

  #row(person: Person): Row {
    const key = this.#keyOf(person);
    const row = this.#rows.get(key) ?? { person, cells: new Map(), notes: [], weight: kinds.length };
    if (row.person.email === undefined && person.email !== undefined) row.person = person;
    this.#rows.set(key, row);
    return row;
  }

  #column(team: TeamNamed | undefined): Set<string> {
    if (team === undefined) return new Set();
    const column = this.#teams.get(team.uid) ?? { team, marks: new Set() };
    if (column.team.name === undefined) column.team = team;
    this.#teams.set(team.uid, column);
    return column.marks;
  }

  /** Of several resources that declare one access, the one that says that it is there. */
  #declare({ team, person, role, state, hidden }: Declared): void {
    const { cells } = this.#row(person);
    this.#column(team);
    if (cells.get(keyOf(team))?.state === "active") return;
    const unknown = hidden || role === undefined;
    cells.set(keyOf(team), { role: role ?? unknownRole, state, marks: [], unknown });
  }

  #differ(finding: Finding, person: Person): void {
    const row = this.#row(person);
    const { team, kind } = finding;
    this.#column(team);
    row.cells.set(keyOf(team), cellOf(finding, row.cells.get(keyOf(team))));
    row.weight = Math.min(row.weight, kinds.indexOf(kind));
    row.notes.push(this.#note(team, messageOf(finding)));
  }

  #differInTeam({ kind, message }: Finding, team: TeamNamed): void {
    this.#column(team).add(kind);
    if (kind !== "missing") return;
    for (const row of this.#rows.values()) {
      const cell = row.cells.get(keyOf(team));
      if (cell === undefined) continue;
      row.cells.set(keyOf(team), lost(cell));
      row.weight = Math.min(row.weight, kinds.indexOf(kind));
      row.notes.push(this.#note(team, `the team ${message}`));
    }
  }

  #lowerOwner(former: Person): void {
    const row = this.#row(former);
    const now = row.cells.get(own) ?? { role: unknownRole, state: "active", marks: [], unknown: true };
    row.cells.set(own, { ...now, change: { kind: "changed", was: { role: "owner", state: "active" } } });
    row.weight = 0;
    row.notes.unshift(this.#note(undefined, "is not the owner any more"));
  }

  #note(team: TeamNamed | undefined, message: string): string {
    return this.shown(`${team === undefined ? "Organization" : this.names.team(team)}: ${printable(message, 1000)}`);
  }
}

/** What a finding makes of a cell. */
function cellOf(finding: Finding, declared: MatrixCell | undefined): MatrixCell {
  const { kind, subject } = finding;
  const role = finding.role ?? declared?.role ?? unknownRole;
  const was = declared && { role: declared.role, state: declared.state };
  const there: MatrixCell = declared ?? { role, state: "active", marks: [], unknown: role === unknownRole };
  switch (kind) {
    case "unmanaged": {
      const state = subject === "invitation" ? "invited" : "active";
      return { role, state, marks: ["unmanaged"], unknown: role === unknownRole, change: { kind: "gained", was } };
    }
    case "owner":
      return { role: "owner", state: "active", marks: [], change: { kind: "changed", was } };
    case "changed":
      return changed(finding, there);
    case "gone":
      return lost(there);
    case "expired":
      return { ...there, state: "expired", change: { kind: "lost", was: was ?? { role, state: "invited" } } };
    case "accessExpired":
      return {
        ...there,
        marks: [...there.marks, "expired access"],
        change: there.change ?? { kind: "changed", was: { role: there.role, state: there.state } },
      };
    case "ready":
      return { ...there, marks: [...there.marks, "next up"] };
    default:
      return there;
  }
}

/** Another property than the role leaves the role as it is. */
function changed({ property, declared, now }: Finding, there: MatrixCell): MatrixCell {
  const was = { role: there.role, state: there.state };
  if (property !== "role") return { ...there, change: there.change ?? { kind: "changed", was } };
  const [before, role] = [declared, now].map((value) => (typeof value === "string" ? value : unknownRole));
  const change = { kind: "changed" as const, was: { ...was, role: before! } };
  return { ...there, role: role!, unknown: there.unknown === true || before === role, change };
}

function lost({ role, state }: MatrixCell): MatrixCell {
  return { role: noRole, state: "gone", marks: [], change: { kind: "lost", was: { role, state } } };
}

const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
