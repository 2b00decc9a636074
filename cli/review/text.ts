import { printable } from "../../provider/core/text.js";
import { nameOfPerson } from "../membership/lookup.js";
import { wrapped, type Terminal, type Style } from "../output/terminal.js";
import { isShown, matricesOf, own, signs, type Cell, type Matrix, type MatrixRow, type Sign } from "./matrix.js";
import type { Review } from "./report.js";
import {
  actWords,
  cellLine,
  diagnosticsTitle,
  failureSection,
  nameOfScope,
  named,
  notesOf,
  notices,
  quietWords,
  rehearsalSections,
  verdict,
  warningLines,
} from "./words.js";

/** A line of the review, before it is wrapped. */
export interface Line {
  text: string;
  style?: Style;
}

export interface Section {
  heading?: string;
  lines: Line[];
}

const shown = (text: string) => printable(text, 60);
const sentence = (text: string) => printable(text, 1000);
/** An address is shown to its end, where its domain stands. */
const whole = (text: string) => printable(text, 254);
const styles: Readonly<Record<Sign, Style | undefined>> = { "+": "green", "-": "red", "~": "yellow", "=": undefined };
/** People whose names are this long at most stand in one column. */
const nameColumn = 40;

/** One screen: the verdict, what to look at, people by organization, then organizations and teams. */
export function sectionsOf(review: Review): Section[] {
  const plain = (text: string): Line => ({ text });
  const quiet = review.changes.filter((change) => !isShown(change));
  const sections: Section[] = [
    { heading: "Exceeded", lines: review.exceeded.map(({ message }) => ({ text: message, style: "red" })) },
    { heading: "Failure", lines: failureSection(review, sentence).lines.map((text) => ({ text, style: "red" })) },
    ...matricesOf(review).map(matrixSection),
    { heading: "Warnings", lines: warningLines(review, named).map((text) => ({ text: `! ${text}`, style: "yellow" })) },
    {
      heading: "Organizations and teams",
      lines: review.acts.map((row) => signed(actWords(row, named))),
    },
    {
      heading: "Access unchanged",
      lines: quiet.map((row) => plain(`${signs[row.effect]} ${quietWords(row, shown, whole, named)}`)),
    },
    ...rehearsalSections(review, named, sentence).map(({ title, lines }) => ({
      heading: title,
      lines: lines.map(plain),
    })),
    { heading: "Other providers", lines: review.others.map(({ op, urn }) => plain(printable(`${op} ${urn}`, 200))) },
    { heading: diagnosticsTitle(review), lines: review.diagnostics.map((text) => plain(printable(text, 200))) },
  ];
  return [
    { lines: [plain(verdict(review)), ...notices(review).map((text): Line => ({ text, style: "yellow" }))] },
    ...sections
      .filter(({ lines }) => lines.length > 0)
      .map(({ heading, lines }) => ({ heading: `${heading} (${lines.length})`, lines })),
  ];
}

function signed(text: string): Line {
  const style = styles[text[0] as Sign];
  return style === undefined ? { text } : { text, style };
}

function matrixSection(matrix: Matrix): Section {
  const names = matrix.rows.map(({ person }) => [...whole(nameOfPerson(person))].length);
  const width = Math.min(nameColumn, Math.max(...names));
  const name = matrix.organization;
  return {
    heading: `People of ${shown(nameOfScope(name))}`,
    lines: matrix.rows.map((row) => line(row, matrix, width)),
  };
}

/** "+ zoe@example.com  invited as member; Core: + lead (1 email)". */
function line(row: MatrixRow, { teams }: Matrix, width: number): Line {
  const name = whole(nameOfPerson(row.person));
  const padding = " ".repeat(Math.max(0, width - [...name].length));
  const atOnce = cellText(row.cells.get(own));
  const inTeams = [...teams].flatMap(([key, team]) => {
    const text = cellText(row.cells.get(key));
    return text === "" ? [] : [`${shown(nameOfScope(team))}: ${text}`];
  });
  const access = [...(atOnce === "" ? [] : [atOnce]), ...inTeams].join("; ");
  const notes = notesOf(row, named);
  return signed(`${row.sign} ${name}${padding}  ${access}${notes && ` (${notes})`}`);
}

function cellText(cell: Cell | undefined): string {
  return cell === undefined ? "" : cellLine(cell, shown);
}

/** The review in lines of at most so many characters. */
export function textOf(review: Review, width = Infinity): Section[] {
  return sectionsOf(review).map(({ heading, lines }) => ({
    ...(heading === undefined ? {} : { heading }),
    lines: lines.flatMap(({ text, style }) =>
      fold(text, heading === undefined ? 0 : 2, width).map((one) =>
        style === undefined ? { text: one } : { text: one, style },
      ),
    ),
  }));
}

/** Words are never cut; what follows stands further to the right. */
function fold(text: string, indent: number, width: number): string[] {
  const [first, ...rest] = wrapped(text, indent, width).split("\n");
  if (rest.length === 0) return [first!];
  const further = rest.map((one) => one.trimStart()).join(" ");
  return [first!, ...wrapped(further, indent + 4, width).split("\n")];
}

export function show(review: Review, terminal: Terminal): void {
  for (const { heading, lines } of textOf(review, terminal.width)) {
    if (heading !== undefined) {
      terminal.result("");
      terminal.heading(heading);
    }
    for (const { text, style } of lines) terminal.result(text, style);
  }
}
