import { code, instructions, prose } from "../output/markdown.js";
import { plural } from "../output/terminal.js";
import {
  adoptFirst,
  byRepair,
  differences,
  entriesOf,
  grouped,
  importFile,
  linesToAdd,
  noticeRow,
  noticesTitle,
  rowOf,
  shownNames,
  summary,
  titles,
  type Report,
  type Row,
} from "./report.js";

/** GitHub takes 65,536 characters in an issue. */
const longest = 60_000;

/** The report for an issue: as many rows of each kind as an issue takes. */
export function asMarkdown(report: Report): string {
  const tries = [Infinity, 300, 100, 30, 10].map((most) => () => written(report, most));
  for (const attempt of tries) {
    const text = attempt();
    if (text.length <= longest) return text;
  }
  return written(report, 3);
}

function written(report: Report, most: number): string {
  const count = differences(report);
  const { notices, notVisible } = report;
  const names = shownNames(report);
  return [
    `## ${count === 0 ? "No drift" : `Drift: ${plural(count, "difference")}`}`,
    ...(most === Infinity
      ? []
      : ["> **Not complete:** an issue takes no more rows. `npx pulumi-avala drift` lists all of them."]),
    prose(summary(report)),
    ...grouped(report).flatMap(({ kind, findings }) => [
      `### ${titles[kind]} (${findings.length})`,
      table(
        ["Subject", "Organization", "Role", "Difference", "Repair"],
        byRepair(findings)
          .flat()
          .map((finding) => [...rowOf(finding, names), finding.repair]),
        most,
      ),
    ]),
    ...(notices.length > 0
      ? [
          `### ${noticesTitle} (${notices.length})`,
          table(
            ["Person", "Organization", "Team", "Notice"],
            notices.map((notice) => noticeRow(notice, names)),
            most,
          ),
        ]
      : []),
    ...(notVisible.length > 0
      ? [
          `### Not visible to this API key (${notVisible.length})`,
          list(
            notVisible.map((note) => prose(note)),
            most,
          ),
        ]
      : []),
    ...adoption(report, most),
  ].join("\n\n");
}

function table(head: string[], rows: [...Row, repair?: string][], most: number): string {
  const lines = rows
    .slice(0, most)
    .map(([name, where, part, message, repair]) => [
      code(name),
      code(where),
      part === "" ? "" : code(part),
      prose(message),
      ...(repair === undefined ? [] : [instructions(repair)]),
    ]);
  const text = [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return rows.length > most ? `${text}\n\n${more(rows.length - most)}` : text;
}

function list(items: string[], most: number): string {
  const text = items.slice(0, most).map((item) => `- ${item}`);
  return [...text, ...(items.length > most ? [`- ${more(items.length - most)}`] : [])].join("\n");
}

const more = (count: number): string => `… and ${count} more: run \`npx pulumi-avala drift\`.`;

/** Text in a fence longer than any run of backticks in it. */
function fenced(language: string, text: string): string {
  const runs = [...text.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = "`".repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return `${fence}${language}\n${text}\n${fence}`;
}

function adoption(report: Report, most: number): string[] {
  const entries = entriesOf(report);
  const additions = linesToAdd(report).flatMap(({ title, lines, language }) => [
    `${prose(title)}:`,
    fenced(language, lines.trimEnd()),
  ]);
  if (additions.length === 0) return [];
  const text = importFile(entries.slice(0, most));
  return [
    "### To adopt unmanaged objects",
    adoptFirst,
    ...(additions.join("").length > longest / 4 ? [] : additions),
    ...(entries.length === 0
      ? []
      : [
          "To record them without `pulumi up`, declare them and run `npx pulumi-avala import --fill` with this file (`drift --import-file` writes it):",
          fenced("json", text),
        ]),
    ...(entries.length > most ? [more(entries.length - most)] : []),
  ];
}
