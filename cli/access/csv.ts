import { stripped } from "../../provider/core/text.js";
import { day } from "../output/terminal.js";
import { ChangeIndex } from "./changes.js";
import { accessesOf, type Access, type Change, type OrganizationReport, type Person, type Report } from "./report.js";

/** One row for each access: what a reviewer confirms or withdraws. */
const columns: readonly (readonly [string, (row: Row) => string | undefined])[] = [
  ["organization", ({ organization }) => organization.slug ?? organization.uid],
  ["person", ({ person }) => person.email ?? person.userUid],
  ["full name", ({ person }) => person.fullName],
  ["user uid", ({ person }) => person.userUid],
  ["team", ({ access }) => access.team && (access.team.name ?? access.team.uid)],
  ["role", ({ access }) => access.role],
  ["declared role", ({ access }) => access.declaredRole],
  ["status", ({ access }) => access.status],
  ["reason", ({ access }) => access.reason],
  ["valid until", ({ access }) => access.validUntil],
  ["since", ({ access }) => access.since && day(access.since)],
  ["invitation valid until", ({ access }) => access.invitedUntil && day(access.invitedUntil)],
  ["last active", ({ person }) => person.lastActiveAt && day(person.lastActiveAt)],
  ["managed", ({ access }) => (access.managed ? "yes" : "no")],
  ["declared by", ({ access }) => access.declared.map(({ kind, name }) => `${kind} ${name}`).join("; ")],
  [
    "declared at",
    ({ access }) =>
      access.declared.flatMap(({ file, line }) => (file === undefined ? [] : `${file}:${line}`)).join("; "),
  ],
  ["findings", ({ access }) => access.findings.join(" ")],
  ["change", ({ change }) => change],
];

interface Row {
  organization: OrganizationReport;
  person: Person;
  access: Access;
  change: string | undefined;
}

/**
 * The report for spreadsheets, after RFC 4180, with a byte order mark: without one, Excel takes UTF-8 for something else.
 * A cell that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function csvOf({ organizations }: Report): string {
  const rows = organizations.flatMap(rowsOf);
  const lines = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, value]) => value(row) ?? ""))];
  return `\ufeff${lines.map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

function rowsOf(organization: OrganizationReport): Row[] {
  const { people, changes } = organization;
  const index = new ChangeIndex(changes);
  const former = index.formerPeople(people);
  return [...people, ...former].flatMap((person): Row[] => [
    ...accessesOf(person).map((access) => ({ organization, person, access, change: words(index.of(person, access)) })),
    ...index
      .unshownOf(person)
      .map((change) => ({ organization, person, access: lostAccess(change), change: words(change) })),
  ]);
}

function lostAccess({ team }: Change): Access {
  return { team, role: "", status: "gone", declared: [], managed: false, findings: [] };
}

function words(change: Change | undefined): string | undefined {
  return change && (change.before === undefined ? change.kind : `${change.kind}; before: ${change.before}`);
}

/** What makes a spreadsheet calculate: at the start, also after spaces, and in full width. */
const formula = /^\s*[=+\-@\t\r|%＝＋－＠]/u;

function cell(text: string): string {
  const shown = stripped(text);
  const harmless = formula.test(text) || formula.test(shown) ? `'${shown}` : shown;
  return /[",;\n\r\t']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
