import { printable } from "../../provider/core/text.js";
import { code, prose } from "./markdown.js";
import { columns } from "./terminal.js";

/** What somebody has in an organization or a team; `waiting` and `invited` have nothing yet, `expired` and `gone` nothing any more. */
export type CellState = "active" | "invited" | "waiting" | "expired" | "gone";

export type ChangeKind = "gained" | "lost" | "changed";

export interface MatrixCell {
  role: string;
  state: CellState;
  /** Short words that stand beside the role: `unmanaged`, `expired`. */
  marks: readonly string[];
  /** Something that decides about it is not shown, or known later only: it counts as the worst case. */
  unknown?: boolean | undefined;
  /** Compared with before: what has changed, and what was there, in words (`before`) or as a cell shows it (`was`). */
  change?:
    | { kind: ChangeKind; before?: string | undefined; was?: Pick<MatrixCell, "role" | "state"> | undefined }
    | undefined;
}

export interface MatrixTeam {
  key: string;
  name: string;
  /** All its people and leads; undefined where the matrix does not contain them all. */
  members?: number | undefined;
  leads?: number | undefined;
  marks: readonly string[];
}

export interface MatrixPerson {
  name: string;
  fullName?: string | undefined;
  /** In the organization itself; undefined where only teams are known. */
  own: MatrixCell | undefined;
  /** By the key of a team. */
  cells: ReadonlyMap<string, MatrixCell>;
  /** Short words about the person: `external`, `in no team`. */
  marks: readonly string[];
  /** One value for each of the matrix's `details`. */
  details: readonly string[];
  /** Sentences: one for each access. */
  notes: readonly string[];
}

/** Who has access to what in one organization: people in rows, the organization and its teams in columns. */
export interface Matrix {
  title: string;
  /** Numbers that stand above: `members`, `invited`. */
  counts: readonly (readonly [label: string, count: number])[];
  teams: readonly MatrixTeam[];
  people: readonly MatrixPerson[];
  /** Titles of further columns. */
  details: readonly string[];
  /**
   * What is compared, for the legend: "by this run". Such a matrix is about differences: people and teams without any
   * are folded, and the notes are open.
   */
  differences?: string | undefined;
}

/** Role of somebody who has nothing any more; their state is `gone`. */
export const noRole = "none";
/** In place of a role that is not known. */
export const unknownRole = "unknown role";

const signs = { gained: "+", lost: "-", changed: "~" } as const;
const pending: ReadonlySet<CellState> = new Set(["invited", "waiting"]);

export const isPending = ({ state }: Pick<MatrixCell, "state">): boolean => pending.has(state);

const symbols: Readonly<Partial<Record<string, string>>> = { lead: "●", member: "○", [unknownRole]: "?" };

/** Filled for leads, a ring for members; another role is written out. */
export function symbolOf({ role }: Pick<MatrixCell, "role">): string {
  return (Object.hasOwn(symbols, role) ? symbols[role] : undefined) ?? printable(role, 20);
}

export function signOf({ change }: MatrixCell): string {
  return change === undefined ? "" : signs[change.kind];
}

/** In words: "member (waiting, unmanaged; before: lead)". */
export function cellText(cell: MatrixCell): string {
  const { role, state, marks, change } = cell;
  const beside = [...(state === "active" ? [] : [state]), ...marks].join(", ");
  const before = change?.before === undefined ? "" : `before: ${printable(change.before, 60)}`;
  const more = [beside, change && change.kind !== "changed" ? change.kind : "", before].filter(Boolean).join("; ");
  return `${printable(role, 20)}${more === "" ? "" : ` (${more})`}`;
}

/** The counts above a matrix in one line: "42 members, 6 invited". */
export function countsText({ counts }: Pick<Matrix, "counts">): string {
  return counts.map(([label, count]) => `${count} ${label}`).join(", ");
}

interface Table {
  head: string[];
  rows: string[][];
}

/** The matrix as a list: the teams of a person stand in one cell. Columns that are empty are left out. */
function tableOf({ teams, people, details }: Matrix, show: (text: string) => string): Table {
  const head = ["Person", "Role", "Teams", ...details, "Marks"];
  const rows = people.map((person) => {
    const inTeams = teams.flatMap(({ key, name }) => {
      const cell = person.cells.get(key);
      if (cell === undefined) return [];
      const symbol = `${signOf(cell)}${symbolOf(cell)}`;
      const [, beside = ""] = /(\(.*\))$/.exec(cellText(cell)) ?? [];
      return [`${symbol} ${show(printable(name, 60))}${beside && ` ${beside}`}`];
    });
    const own = person.own ? `${signOf(person.own)}${cellText(person.own)}` : "";
    return [person.name, own, inTeams.join(", "), ...person.details, person.marks.join(", ")];
  });
  const used = head.map((_, at) => at === 0 || rows.some((row) => row[at] !== ""));
  const kept = (row: readonly string[]) => row.filter((_, at) => used[at]);
  return { head: kept(head), rows: rows.map(kept) };
}

/** Columns do not get narrower: where they would have to, each cell has lines of its own. */
const narrowest = 12;
/** Of a cell, where nothing is wrapped. */
const widest = 254;

/** Lines of at most `width` characters: cells are wrapped at spaces, and cut only where a word is longer than a column. */
export function matrixLines(matrix: Matrix, width: number): string[] {
  const { head, rows } = tableOf(matrix, (text) => text);
  const cells = [head, ...rows].map((row) => row.map((text) => printable(text, widest * 8)));
  if (width === Infinity) return columns(cells, widest * 8);
  const widths = fitted(cells, width);
  return widths === undefined ? stacked(cells, width) : cells.flatMap((row) => tableRow(row, widths));
}

function tableRow(row: readonly string[], widths: readonly number[]): string[] {
  const lines = row.map((text, at) => pieces(text, widths[at]!));
  const height = Math.max(...lines.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    lines
      .map((cell, at) => padded(cell[line] ?? "", widths[at]!))
      .join("  ")
      .trimEnd(),
  );
}

/** Below each name its cells, with their titles. */
function stacked([head, ...rows]: readonly (readonly string[])[], width: number): string[] {
  return rows.flatMap(([name, ...cells]) => [
    ...pieces(name!, width),
    ...cells.flatMap((text, at) =>
      text === "" ? [] : pieces(`${head![at + 1]!}: ${text}`, width - 2).map((line) => `  ${line}`),
    ),
  ]);
}

/** Widths of the columns that fit into a line: the widest ones give way first. Undefined where they do not fit. */
function fitted(cells: readonly (readonly string[])[], width: number): number[] | undefined {
  const widths = cells[0]!.map((_, at) => Math.max(...cells.map((row) => lengthOf(row[at]!))));
  const room = width - 2 * (widths.length - 1);
  for (let total = widths.reduce((sum, one) => sum + one, 0); total > room; total--) {
    const most = Math.max(...widths);
    if (most <= narrowest) return undefined;
    widths[widths.indexOf(most)]!--;
  }
  return widths;
}

function pieces(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && lengthOf(last) + lengthOf(word) < width) lines[lines.length - 1] = `${last} ${word}`;
    else {
      const letters = [...word];
      do lines.push(letters.splice(0, width).join(""));
      while (letters.length > 0);
    }
  }
  return lines;
}

const lengthOf = (text: string): number => [...text].length;
const padded = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - lengthOf(text)));

/** A table of GitHub's Markdown; names and texts of others stand in code spans. */
export function matrixMarkdown(matrix: Matrix): string[] {
  const { head, rows } = tableOf(matrix, (text) => code(text));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const teamsAt = head.indexOf("Teams");
  const cell = (text: string, at: number) => {
    if (text === "") return " ";
    return at === teamsAt ? text : at === 0 ? code(text, widest) : prose(text, widest * 4);
  };
  return [line(head), line(head.map(() => "---")), ...rows.map((row) => line(row.map(cell)))];
}

/** Teams in which something is to be noted: without a lead, unmanaged. */
export function teamRemarks({ teams }: Matrix): string[] {
  const marked = teams.filter(({ marks }) => marks.length > 0);
  return marked.map(({ name, marks }) => `${printable(name, 60)}: ${marks.join(", ")}`);
}
