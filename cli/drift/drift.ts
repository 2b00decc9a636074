import { writeFile } from "node:fs/promises";
import { canonicalUid } from "../../provider/core/identity.js";
import { printable, quoted } from "../../provider/core/text.js";
import { AvalaError } from "../../provider/core/errors.js";
import type { Snapshot } from "../../provider/snapshot/index.js";
import { defineCommand, sharedOptions, type ExitCode, type Invocation } from "../command.js";
import { RefusedError, StackError, UsageError } from "../errors.js";
import type { Matrix } from "../output/matrix.js";
import { managedIn, type Managed } from "../pulumi/managed.js";
import { withSession, type Session } from "../session.js";
import { projectFolder } from "../pulumi/run.js";
import { findState, noState, stateFile } from "../pulumi/state.js";
import { compare } from "./compare.js";
import { kinds, type Finding } from "./finding.js";
import { htmlOf } from "./html.js";
import { asMarkdown } from "./markdown.js";
import { Mask } from "../pulumi/mask.js";
import { Names } from "./names.js";
import { outsideLists, peopleComponents, peopleLines, PeopleLists } from "./peopleFiles.js";
import { Places } from "../pulumi/places.js";
import { programLines, rosterLines } from "./programLines.js";
import { asJson, differences, entriesOf, importFile, show, type Report } from "./report.js";
import { Rules } from "./rules.js";
import { matricesOf } from "./view.js";

const options = {
  organization: {
    type: "string",
    short: "o",
    multiple: true,
    value: "<slug or uid>",
    description: "Only this organization. May be repeated.",
  },
  state: stateFile,
  ignore: {
    type: "string",
    value: "<file>",
    description: "YAML or JSON file of rules for intended differences.",
  },
  "import-file": {
    type: "string",
    value: "<file>",
    description: "Write an import file with the unmanaged objects, for import --fill.",
  },
  markdown: { type: "boolean", description: "Print the report as Markdown on stdout, for an issue." },
  html: { type: "boolean", description: "Print a self-contained HTML page, with a matrix of people and teams." },
  ...sharedOptions,
} as const;

export const drift = defineCommand({
  name: "drift",
  summary: "Report drift, including unmanaged people and teams.",
  operands: [],
  options,
  about: [
    "Compares the stack's state with the current organizations, and reports changed owners, changed properties and roles, missing teams, people who are gone, expired invitations, expired access, and unmanaged people, teams, team memberships and pending invitations. Each difference is printed with a repair, and unmanaged objects also with the entry of an import file that adopts them.",
    "The exit code is 2 if there is drift. Pending invitations and memberships, and steps that an acceptance has made possible, are listed but are not drift; neither are objects that the key may not see. The command changes nothing in Avala or in the state; AVALA_READ_ONLY=1 guarantees this.",
  ],
  exitCodes: [["2", "drift found"]],
  sends: [
    "GET /organizations/, and for each organization in the state the same as a refresh: its detail, and the lists of its teams, people and invitations, and of the people of declared teams",
    "GET /users/me/  if an unmanaged person has the role of the API key's user",
  ],
  examples: [
    "drift",
    "drift --import-file adopt.json",
    "drift --stack prod --ignore drift-ignore.yaml",
    "drift --markdown > issue.md",
    "drift --html > drift.html",
    "drift --json | jq '.findings[] | select(.drift)'",
  ],
  run: runDrift,
});

async function runDrift(invocation: Invocation<typeof options>): Promise<ExitCode | void> {
  const { options } = invocation;
  const formats = (["json", "markdown", "html"] as const).filter((name) => options[name]);
  if (formats.length > 1) {
    const given = formats.map((name) => `--${name}`).join(" and ");
    throw new UsageError(`${given} cannot be combined.`, "Run the command once for each.");
  }
  const rules = options.ignore === undefined ? Rules.none : Rules.read(options.ignore);
  const state = await findState(invocation, { secrets: true });
  if (state === undefined) throw noState();
  const managed = managedIn(state);
  const mask = new Mask(managed);
  try {
    const places = Places.in(projectFolder(invocation), state);
    const found = await withSession(invocation, (session) =>
      reportOn(session, managed, options.organization, rules, places),
    );
    const report = mask.all(found);
    const file = options["import-file"];
    if (file !== undefined) await writeImportFile(file, report);
    // Masked at the end: people whose addresses are secret are still different people.
    print(report, invocation, () => matricesOf(found, (text) => mask.text(text)));
    return differences(report) > 0 ? 2 : undefined;
  } catch (error) {
    if (error instanceof AvalaError) error.message = mask.text(error.message);
    throw error;
  }
}

async function reportOn(
  session: Session,
  managed: readonly Managed[],
  wanted: readonly string[],
  rules: Rules,
  places: Places,
): Promise<Report> {
  const snapshot = session.loadSnapshot();
  const observer = session.observer(snapshot);
  const byOrganization = new Map<string, Managed[]>();
  for (const resource of managed) {
    const same = byOrganization.get(resource.organizationUid);
    if (same) same.push(resource);
    else byOrganization.set(resource.organizationUid, [resource]);
  }
  const uids = await wantedAmong(snapshot, [...byOrganization.keys()], wanted);
  const names = new Names(managed);
  const found = await Promise.all(uids.map((uid) => compare(snapshot, observer, uid, byOrganization.get(uid)!, names)));
  const { left, ignored, unused } = rules.apply(found.flatMap(({ findings }) => findings));
  const lists = new PeopleLists(peopleComponents(managed), places);
  const byUrn = new Map(managed.map((resource) => [resource.urn, resource]));
  const findings = left.toSorted(inOrder).map((finding): Finding => {
    const resource = byUrn.get(finding.resource?.urn ?? "");
    const declaredAt = resource === undefined ? [] : lists.placesOfResource(resource);
    return declaredAt.length === 0 ? finding : { ...finding, declaredAt };
  });
  return {
    organizations: found.map(({ organization }) => organization),
    resources: uids.reduce((sum, uid) => sum + byOrganization.get(uid)!.length, 0),
    findings,
    notices: found.flatMap(({ notices }) => notices),
    declared: found.flatMap(({ declared }) => declared),
    notVisible: found.flatMap(({ notVisible }) => notVisible),
    ignored,
    unusedRules: unused,
    people: peopleLines(findings, lists),
    rosters: rosterLines(findings, managed, places),
    program: programLines(outsideLists(findings, lists), managed, places),
  };
}

/** Uids of the organizations that were asked for; all of the state where none were. */
async function wantedAmong(snapshot: Snapshot, inState: string[], wanted: readonly string[]): Promise<string[]> {
  if (wanted.length === 0) return inState;
  const uids = await Promise.all(
    wanted.map(async (reference) => canonicalUid(reference) ?? (await snapshot.organization(reference)).uid),
  );
  const strange = wanted.find((_, index) => !inState.includes(uids[index]!));
  if (strange === undefined) return [...new Set(uids)];
  throw new RefusedError(
    `The state contains no resources of the organization ${quoted(strange)}, so there is nothing to compare.`,
    "Check the name and the stack.",
  );
}

/** By kind, then by subject: the same state and the same organizations always give the same report. */
function inOrder(one: Finding, other: Finding): number {
  const keys = [one, other].map(({ kind, organization, subject, team, person, property }) =>
    [
      String(kinds.indexOf(kind)),
      organization.slug ?? organization.uid,
      subject,
      team?.name ?? "",
      person?.email ?? person?.userUid ?? "",
      property ?? "",
    ].join("\0"),
  );
  return keys[0]! < keys[1]! ? -1 : keys[0] === keys[1] ? 0 : 1;
}

/** It contains names and addresses of people. */
async function writeImportFile(file: string, report: Report): Promise<void> {
  const text = `${importFile(entriesOf(report))}\n`;
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new StackError(`${quoted(file, 200)} cannot be written (${printable(code)}).`, "Check the path.");
  }
}

function print(report: Report, invocation: Invocation<typeof options>, matrices: () => Matrix[]): void {
  const { terminal } = invocation;
  const { json, markdown, html } = invocation.options;
  for (const note of report.notVisible) terminal.note(note);
  if (report.unusedRules.length > 0) terminal.note(unusedText(report.unusedRules, invocation.options.ignore!));
  if (json) terminal.json(asJson(report));
  else if (markdown) terminal.result(asMarkdown(report));
  else if (html) terminal.result(htmlOf(report, matrices()).trimEnd());
  else show(report, terminal);
}

function unusedText(rules: readonly number[], file: string): string {
  const [which, match] = rules.length === 1 ? ["rule", "matches"] : ["rules", "match"];
  return `${printable(file, 200)}: ${which} ${rules.join(", ")} ${match} nothing.`;
}
