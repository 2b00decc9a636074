import { printable } from "../../provider/core/text.js";
import { code, prose } from "../output/markdown.js";
import { countsText, matrixLines, matrixMarkdown, teamRemarks } from "../output/matrix.js";
import type { Terminal } from "../output/terminal.js";
import { accessesOf, type Change, type FindingName, type OrganizationReport, type Report } from "./report.js";
import { matrixOf, titleOf } from "./view.js";

interface Line {
  text: string;
  heading: boolean;
}

const plain = (text: string): Line => ({ text, heading: false });
const title = (text: string): Line => ({ text, heading: true });

/** The report for a terminal of a width. */
export function lines(report: Report, width: number): Line[] {
  const { organizations } = report;
  if (organizations.length === 0) return [plain("The state contains no organization.")];
  return organizations.flatMap((organization, at) => {
    const matrix = matrixOf(organization);
    const remarks = teamRemarks(matrix);
    return [
      ...(at === 0 ? [] : [plain("")]),
      title(`${matrix.title}: ${countsText(matrix)}`),
      ...(matrix.people.length === 0 ? [plain("Nobody.")] : matrixLines(matrix, width).map(plain)),
      ...(remarks.length === 0
        ? []
        : [plain(""), title(`Teams (${remarks.length})`), ...remarks.map((text) => plain(`  ${text}`))]),
      ...changeLines(organization),
    ];
  });
}

/** On the screen, as wide as it is. */
export function show(report: Report, terminal: Terminal): void {
  for (const { heading, text } of lines(report, terminal.width)) {
    if (heading) terminal.heading(text);
    else terminal.result(text);
  }
}

function changeLines({ changes }: OrganizationReport): Line[] {
  if (changes === undefined) return [];
  if (changes.length === 0) return [plain(""), plain("Nothing has changed since the state that was compared with.")];
  return [
    plain(""),
    title(`Changed since (${changes.length})`),
    ...changes.map((one) => plain(`  ${changeText(one)}`)),
  ];
}

const signs = { gained: "+", lost: "-", changed: "~" } as const;

export function changeText({ kind, person, team, before, after }: Change): string {
  const who = printable(person.email ?? person.userUid ?? "", 254);
  const where = team ? printable(team.name ?? team.uid, 60) : "organization";
  return `${signs[kind]} ${who}  ${where}: ${printable(before ?? "none", 300)} -> ${printable(after ?? "none", 300)}`;
}

/** The report for an issue or a comment. */
export function markdown({ organizations, asOf, notes }: Report): string[] {
  return [
    ...organizations.flatMap((organization) => {
      const matrix = matrixOf(organization);
      const { changes } = organization;
      return [
        `### Access to ${code(titleOf(organization), 150)}`,
        "",
        `${countsText(matrix)}; ${organization.source === "service" ? "as Avala shows it" : "as the state records it"}, ${asOf.slice(0, 10)}.`,
        "",
        ...matrixMarkdown(matrix),
        "",
        ...teamRemarks(matrix).map((text) => `- ${prose(text)}`),
        ...(changes === undefined
          ? []
          : [
              "",
              `**Changed since (${changes.length})**`,
              "",
              ...changes.map((one) => `- ${code(changeText(one), 800)}`),
            ]),
        "",
      ];
    }),
    ...notes.map((note) => `> ${prose(note)}`),
  ];
}

const sentences: Readonly<Record<FindingName, string>> = {
  expired: "with access after its validUntil",
  "no-reason": "with access without a reason",
  external: "with an address that is not of an internal domain, or not known",
  unmanaged: "with access that no resource declares",
};

/** One sentence for each finding of `--fail-on` that the report has. */
export function failures({ organizations }: Report, failOn: readonly FindingName[]): string[] {
  return [...new Set(failOn)].flatMap((name) => {
    const people = organizations.flatMap(({ people }) =>
      people.filter((person) => accessesOf(person).some(({ findings }) => findings.includes(name))),
    );
    if (people.length === 0) return [];
    const some = people.slice(0, 3).map(({ email, userUid }) => printable(email ?? userUid ?? "", 254));
    const more = people.length > 3 ? ` and ${people.length - 3} more` : "";
    const count = `${people.length} ${people.length === 1 ? "person" : "people"}`;
    return `${name}: ${count} ${sentences[name]}: ${some.join(", ")}${more}`;
  });
}
