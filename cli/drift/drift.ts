import { canonicalUid } from "../../provider/core/identity.js";
import { quoted } from "../../provider/core/text.js";
import { AvalaError } from "../../provider/core/errors.js";
import type { Snapshot } from "../../provider/snapshot/index.js";
import { defineCommand, sharedOptions, type ExitCode, type Invocation } from "../command.js";
import { RefusedError, UsageError } from "../errors.js";
import { managedIn, type Managed } from "../pulumi/managed.js";
import { withSession, type Session } from "../session.js";
import { findState, noState, stateFile } from "../pulumi/state.js";
import type { Terminal } from "../output/terminal.js";
import { compare } from "./compare.js";
import { kinds, type Finding } from "./finding.js";
import { asMarkdown } from "./markdown.js";
import { Mask } from "./mask.js";
import { Names } from "./names.js";
import { asJson, differences, plural, show, type Report } from "./report.js";
import { Rules } from "./rules.js";

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
    description: "A YAML or JSON file of rules: differences that are meant to be.",
  },
  markdown: { type: "boolean", description: "Print the result as Markdown on stdout, for an issue." },
  ...sharedOptions,
} as const;

export const drift = defineCommand({
  name: "drift",
  summary: "Tell what differs from the code, and what the code does not know.",
  operands: [],
  options,
  about: [
    "Compares the state of the Pulumi project in this folder with the organizations as they are now: who owns them now, what has changed or is missing, who has gone, whose invitation has expired or access run out, and which people, teams, members of teams and pending invitations no resource knows. Each comes with what can be done about it; what is not managed, with the entry of an import file that adopts it.",
    "It ends with 2 where there is drift. Who waits for an acceptance, and steps that have become possible, are told and are no drift. What the key may not see is told as such, and is no drift either. Nothing is changed, neither in Avala nor in the state; with AVALA_READ_ONLY=1 nothing could be.",
  ],
  sends: [
    "GET /organizations/, and for each organization in the state what a refresh reads: its detail, and the lists of its teams, people, invitations, and people of declared teams",
    "GET /users/me/  where somebody undeclared has the role of the API key's user",
  ],
  examples: [
    "drift",
    "drift --stack prod --ignore drift-ignore.yaml",
    "drift --markdown > issue.md",
    "drift --json | jq '.findings[] | select(.drift)'",
  ],
  run: tellDrift,
});

async function tellDrift(invocation: Invocation<typeof options>): Promise<ExitCode | void> {
  const { options } = invocation;
  if (options.json && options.markdown) {
    throw new UsageError("drift takes either --json or --markdown.", "Give one of the two.");
  }
  const rules = options.ignore === undefined ? Rules.none : Rules.read(options.ignore);
  const state = await findState(invocation, { secrets: true });
  if (state === undefined) throw noState();
  const managed = managedIn(state);
  const mask = new Mask(managed);
  try {
    const report = mask.all(
      await withSession(invocation, (session) => reportOn(session, managed, options.organization, rules)),
    );
    tell(report, invocation);
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
): Promise<Report> {
  const snapshot = session.look();
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
  return {
    organizations: found.map(({ organization }) => organization),
    resources: uids.reduce((sum, uid) => sum + byOrganization.get(uid)!.length, 0),
    findings: left.toSorted(inOrder),
    facts: found.flatMap(({ facts }) => facts),
    notVisible: found.flatMap(({ notVisible }) => notVisible),
    ignored,
    unusedRules: unused,
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
    `The state holds nothing of the organization ${quoted(strange)}, so that there is nothing to compare.`,
    "Check the name, and the stack.",
  );
}

/** By kind, then as they stand: one state and one Avala always make one report. */
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

function tell(report: Report, invocation: Invocation<typeof options>): void {
  const { terminal } = invocation;
  const { json, markdown } = invocation.options;
  for (const note of report.notVisible) terminal.note(note);
  tellUnused(report, terminal);
  if (json) terminal.json(asJson(report));
  else if (markdown) terminal.result(asMarkdown(report));
  else show(report, terminal);
}

function tellUnused({ unusedRules }: Report, terminal: Terminal): void {
  if (unusedRules.length === 0) return;
  const which = unusedRules.join(", ");
  terminal.note(
    `${plural(unusedRules.length, "rule")} of --ignore match${unusedRules.length === 1 ? "es" : ""} nothing: ${which}.`,
  );
}
