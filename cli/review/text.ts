import { printable } from "../../provider/core/text.js";
import { columns, type Terminal } from "../output/terminal.js";
import type { ChangeRow, Review } from "./report.js";
import { actWords, remarks, signs, standWords, verdict, warningWords, weighty, where, named } from "./words.js";
import { nameOfPerson } from "../membership/lookup.js";

/** An address is shown to its end, where its domain stands. */
const longest = 254;
const shown = (text: string) => printable(text, 60);

/** One screen: the verdict, then warnings, access changes, and changes of organizations and teams. */
export function textOf(review: Review): { heading?: string; lines: string[] }[] {
  const rows = (keep: (row: ChangeRow) => boolean) =>
    columns(review.changes.filter(keep).map(rowOf), longest).map(indented);
  const sections = [
    { heading: "Exceeded", lines: review.exceeded.map(({ message }) => indented(message)) },
    { heading: "Warnings", lines: review.warnings.map((row) => indented(`! ${warningWords(row, named)}`)) },
    { heading: "People", lines: rows(({ effect }) => weighty.has(effect)) },
    { heading: "Access unchanged", lines: rows(({ effect }) => !weighty.has(effect)) },
    { heading: "Organizations and teams", lines: review.acts.map((row) => indented(actWords(row, named))) },
    { heading: "Other providers", lines: review.others.map(({ op, urn }) => indented(printable(`${op} ${urn}`, 200))) },
    { heading: "Warnings from the preview", lines: review.diagnostics.map((text) => indented(printable(text, 200))) },
  ];
  return [
    { lines: [verdict(review)] },
    ...sections
      .filter(({ lines }) => lines.length > 0)
      .map(({ heading, lines }) => ({ heading: `${heading} (${lines.length})`, lines })),
  ];
}

function rowOf(row: ChangeRow): string[] {
  const [before, after] = [row.before, row.after].map((stand) => standWords(stand, shown));
  const now = before === after ? before! : `${before} → ${after}`;
  return [signs[row.effect], nameOfPerson(row.person), where(row, shown), now, remarks(row, named).join("; ")];
}

function indented(line: string): string {
  return `  ${line}`;
}

export function show(review: Review, terminal: Terminal): void {
  for (const { heading, lines } of textOf(review)) {
    if (heading !== undefined) {
      terminal.result("");
      terminal.heading(heading);
    }
    for (const line of lines) terminal.result(line);
  }
}
