import { printable, quoted } from "../../provider/core/text.js";
import { scalar } from "../output/peopleYaml.js";
import type { PeopleLines } from "./peopleFiles.js";
import { placeText, type Place } from "../pulumi/places.js";
import type { ProgramLines, RosterLines } from "./programLines.js";
import { nameColumn, ShownNames } from "../output/lookalikes.js";
import { columns, jsonText, plural, type Terminal } from "../output/terminal.js";
import {
  isDrift,
  kinds,
  type Declared,
  type Finding,
  type Found,
  type ImportEntry,
  type Kind,
  type Notice,
} from "./finding.js";

/** Everything that `drift` reports. */
export interface Report {
  organizations: Found["organization"][];
  /** Number of those compared. */
  resources: number;
  findings: Finding[];
  notices: Notice[];
  /** Everything that the state declares of people, for the matrices; not in `--json`. */
  declared: Declared[];
  notVisible: string[];
  /** Number of findings that rules ignore. */
  ignored: number;
  /** Numbers of rules that match nothing. */
  unusedRules: number[];
  /** What adopts unmanaged people in a component People. */
  people: PeopleLines[];
  /** What adopts people of teams with a roster. */
  rosters: RosterLines[];
  /** What adopts everything else. */
  program: ProgramLines[];
}

export const noticesTitle = "Not managed here, for information";

export const titles: Record<Kind, string> = {
  owner: "Owner changed",
  changed: "Changed",
  missing: "Missing",
  gone: "Gone",
  expired: "Expired",
  accessExpired: "Expired access",
  unmanaged: "Unmanaged",
  waiting: "Waiting",
  ready: "Ready",
};

/** Number of findings that are drift. */
export function differences({ findings }: Pick<Report, "findings">): number {
  return findings.filter(({ kind }) => isDrift(kind)).length;
}

/** One screen: a group for each kind, a line for each finding, and the repairs. */
export function show(report: Report, terminal: Terminal): void {
  const names = shownNames(report);
  for (const { kind, findings } of grouped(report)) {
    terminal.heading(`${titles[kind]} (${findings.length})`);
    for (const same of byRepair(findings)) {
      for (const line of columns(
        same.map((finding) => rowOf(finding, names)),
        nameColumn,
      ))
        terminal.result(`  ${line}`);
      terminal.result(`  -> ${same[0]!.repair}`);
    }
    terminal.result("");
  }
  if (report.notices.length > 0) {
    terminal.heading(`${noticesTitle} (${report.notices.length})`);
    for (const line of columns(
      report.notices.map((notice) => noticeRow(notice, names)),
      nameColumn,
    ))
      terminal.result(`  ${line}`);
    terminal.result("");
  }
  const entries = entriesOf(report);
  const additions = linesToAdd(report);
  if (additions.length > 0) {
    terminal.heading("To adopt unmanaged objects");
    terminal.result(adoptFirst);
    for (const { title, lines } of additions) terminal.result(`\n${title}:\n\n${lines}`.trimEnd());
    if (entries.length > 0) terminal.result(`\n${adoptWithoutUp}\n\n${importFile(entries)}`);
    terminal.result("");
  }
  terminal.result(summary(report));
}

/** What the whole comes to, in one line. */
export function summary(report: Report): string {
  const { resources, ignored, notVisible } = report;
  const count = differences(report);
  const blind = notVisible.length > 0 ? ", as far as visible to this API key" : "";
  const head = count === 0 ? `No drift${blind}.` : `${plural(count, "difference")}${blind}: ${counted(report, true)}.`;
  const pending = counted(report, false);
  return [
    head,
    ...(pending === "" ? [] : [`Not drift: ${pending}.`]),
    `${plural(resources, "resource")} compared${ignored > 0 ? `, ${plural(ignored, "difference")} ignored` : ""}.`,
  ].join(" ");
}

function counted(report: Report, drift: boolean): string {
  return grouped(report)
    .filter(({ kind }) => isDrift(kind) === drift)
    .map(({ kind, findings }) => `${findings.length} ${titles[kind].toLowerCase()}`)
    .join(", ");
}

/** Kinds that have findings, in their order. */
export function grouped({ findings }: Pick<Report, "findings">): { kind: Kind; findings: Finding[] }[] {
  return kinds
    .map((kind) => ({ kind, findings: findings.filter((finding) => finding.kind === kind) }))
    .filter(({ findings }) => findings.length > 0);
}

/** Findings with the same repair together: it is printed once. */
export function byRepair(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(finding.repair, [...(groups.get(finding.repair) ?? []), finding]);
  return [...groups.values()];
}

export function entriesOf({ findings }: Pick<Report, "findings">): ImportEntry[] {
  return findings.flatMap((finding) => finding.import ?? []);
}

export const adoptFirst = "Declare them as they are: pulumi up then records them, changes nothing and sends no email.";
export const adoptWithoutUp =
  "To record them without pulumi up, declare them and run npx pulumi-avala import --fill with this file (drift --import-file writes it):";

/** Lines to copy, and where they belong. */
export interface LinesToAdd {
  title: string;
  lines: string;
  /** Of a fence in Markdown. */
  language: string;
}

/** Everything that is to be declared, by where it belongs: lists of people, rosters, the program. */
export function linesToAdd({ people, rosters, program }: Pick<Report, "people" | "rosters" | "program">): LinesToAdd[] {
  return [
    ...people.map((one) => ({
      title: `Lines for the ${one.isKnown ? "list" : "file or list"} of People ${quoted(one.component)}${beside(one.place)}`,
      lines: withMore(one),
      language: one.lines === one.yaml ? "yaml" : "",
    })),
    ...rosters.map(({ roster, place, lines }) => ({
      title: `Lines for members of TeamRoster ${quoted(roster)}${beside(place)}`,
      lines,
      language: "",
    })),
    ...program.map(({ kind, place, lines }) => ({
      title: `Lines for the program: ${kind}${beside(place)}`,
      lines,
      language: "ts",
    })),
  ];
}

const beside = (place: Place | undefined): string => (place === undefined ? "" : ` (${placeText(place)})`);

/** The entries of new people; what others need is a comment. */
function withMore({ lines, more }: PeopleLines): string {
  const comments = more.map(({ person, team, role, places }) => {
    const where = places.length === 0 ? "" : ` (${places.map(placeText).join(" or ")})`;
    return `# ${printable(person, 254)}: add ${scalar(team)}: ${printable(role, 20)} to teams${where}\n`;
  });
  return [lines, comments.join("")].filter((part) => part !== "").join("\n");
}

/** An import file, with a line for each entry. */
export function importFile(entries: readonly ImportEntry[]): string {
  return `{ "resources": [\n${entries.map((entry) => `  ${jsonText(entry)}`).join(",\n")}\n] }`;
}

/** A row of a finding or notice: the subject, its organization, the role or team, and the difference. */
export type Row = [name: string, where: string, part: string, message: string];

export function rowOf(finding: Finding, names: ShownNames): Row {
  const { organization } = finding;
  return [nameOf(finding, names), organization.slug ?? organization.uid, partOf(finding, names), messageOf(finding)];
}

/** What differs, and where it is declared. */
export function messageOf({ message, declaredAt = [] }: Finding): string {
  return declaredAt.length === 0 ? message : `${message} (${declaredAt.map(placeText).join(" or ")})`;
}

export function noticeRow({ organization, team, person, message }: Notice, names: ShownNames): Row {
  const part = team ? `team ${names.team(team)}` : "";
  return [names.person(person), organization.slug ?? organization.uid, part, message];
}

/** Of everything in a report, so that a name is always shown in the same way in it. */
export function shownNames({ findings, notices }: Pick<Report, "findings" | "notices">): ShownNames {
  return new ShownNames([...findings, ...notices]);
}

function nameOf({ subject, organization, team, person }: Finding, names: ShownNames): string {
  if (subject === "organization") return organization.name ?? organization.uid;
  if (subject === "team") return names.team(team!);
  return person ? names.person(person) : "";
}

function partOf({ subject, team, role, resource }: Finding, names: ShownNames): string {
  if (subject === "organization" || subject === "team") return subject;
  const shownRole = printable(role ?? "", 20);
  if (subject === "teamMembership") return `${shownRole ? `${shownRole} in ` : ""}${names.team(team!)}`;
  return subject === "invitation" || resource?.kind === "Invitation" ? `${shownRole} (invitation)`.trim() : shownRole;
}

/** The shape of `--json`; docs/reference/commands.md describes it. */
export function asJson(report: Report): object {
  const { organizations, resources, findings, notices, notVisible, ignored, unusedRules } = report;
  return {
    drift: differences(report) > 0,
    organizations,
    resources,
    counts: Object.fromEntries(kinds.map((kind) => [kind, findings.filter((one) => one.kind === kind).length])),
    findings: findings.map((finding) => ({ drift: isDrift(finding.kind), ...finding })),
    notices,
    notVisible,
    ignored,
    unusedRules,
    people: report.people,
    rosters: report.rosters,
    program: report.program,
    importFile: { resources: entriesOf(report) },
  };
}
