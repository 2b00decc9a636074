import { quoted } from "../../provider/core/text.js";
import { previewCommand } from "../pulumi/preview.js";
import type { Unclear } from "./decisive.js";
import { nameOfPerson, withAscii } from "../membership/lookup.js";
import { unknownRole } from "../output/matrix.js";
import { countsOf, type Cell, type MatrixRow } from "./matrix.js";
import type { ActRow, ChangeRow, Field, ScopeName, Review, Stand, WarningRow, Where } from "./report.js";
import type { Rule } from "./warnings.js";

/** How a format shows a name or value that others have written. */
export type Show = (text: string) => string;

/** What is shown of a name; of an address all of it, as its domain stands at the end. */
const shownLength = 254;

/** In a line of text, in quotes. */
export const named: Show = (text) => quoted(text, shownLength);

export const effectWords: Readonly<Record<ChangeRow["effect"], string>> = {
  gains: "gains access",
  role: "changes role",
  loses: "loses access",
  invited: "is invited",
  waits: "has a pending team membership",
  withdrawn: "is no longer invited",
  without: "is no longer declared",
  accepted: "has accepted",
  keeps: "keeps access",
  details: "changes details",
};

export function nameOfScope({ name, uid, displayName }: ScopeName): string {
  return displayName ?? (name || uid || "");
}

/** "Core of Acme", or "Acme". */
export function where({ organization, team }: Where, show: Show): string {
  const name = show(nameOfScope(organization));
  return team ? `${show(nameOfScope(team))} of ${name}` : name;
}

/** "lead", "invited as admin", "none". */
export function standWords(stand: Stand | undefined, show: Show): string {
  if (!stand) return "none";
  const role = stand.role === undefined ? unknownRole : show(stand.role);
  switch (stand.standing) {
    case "invited":
      return `invited as ${role}`;
    case "waiting":
      return `pending as ${role}`;
    case "lapsed":
      return `${role}, expired or gone`;
    default:
      return role;
  }
}

/** Remarks on a change, in addition to before and after. */
export function remarks(change: ChangeRow, show: Show): string[] {
  const { effect, after, emails, unblocked, mayHaveAccepted, cause, moved, fields, unclear, team } = change;
  const sent = emails > 0 ? counted(emails, "email", "emails") : undefined;
  const condition = after?.standing === "depends" ? conditional(team !== undefined, sent) : undefined;
  return [
    unblocked ? `${emails > 0 ? "" : "made possible by an acceptance; "}the program is unchanged` : undefined,
    effect === "without" ? "had no access before; no longer declared" : undefined,
    mayHaveAccepted ? "loses access if they have accepted since" : undefined,
    condition ?? sent,
    unclear.length === 0 ? undefined : `worst case, as ${unclearWords(unclear, show)}`,
    cause === undefined ? undefined : `the ${cause.split(" ")[0]} is ${cause.split(" ")[1]}`,
    movedWords(moved, effect, show),
    ...fields.map((field) => fieldWords(field, show)),
  ].filter((remark) => remark !== undefined);
}

function conditional(inTeam: boolean, emails: string | undefined): string | undefined {
  if (inTeam) return "pending unless already a member of the organization";
  return emails && `by invitation unless already a member, ${emails}`;
}

function movedWords(moved: ChangeRow["moved"], effect: ChangeRow["effect"], show: Show): string | undefined {
  if (!moved) return undefined;
  if (moved.from === undefined) return `managed from now on (${show(moved.to ?? "")})`;
  if (moved.to === undefined) return `no longer managed (${show(moved.from)})`;
  const unchanged = effect === "keeps" ? "; access unchanged" : "";
  return moved.from === moved.to
    ? `resource ${show(moved.to)} is replaced${unchanged}`
    : `moved from ${show(moved.from)} to ${show(moved.to)}${unchanged}`;
}

export function fieldWords({ name, before, after }: Field, show: Show): string {
  if (before === undefined) return `${name}: ${show(after ?? "")}`;
  return after === undefined ? `${name}: removed (${show(before)})` : `${name}: ${show(before)} → ${show(after)}`;
}

export function actWords(row: ActRow, show: Show): string {
  const kind = row.team ? "team" : "organization";
  const scope = `${kind} ${where(row, show)}`;
  const details = [
    ...row.fields.map((field) => fieldWords(field, show)),
    ...(row.unclear.length === 0 ? [] : [`worst case, as ${unclearWords(row.unclear, show)}`]),
  ];
  const fields = details.length === 0 ? "" : ` (${details.join("; ")})`;
  switch (row.act) {
    case "create":
      return `+ ${scope} is created${fields}`;
    case "adopt":
      return `~ ${scope} is adopted${fields}`;
    case "update":
      return `~ ${scope} is changed${fields}`;
    case "delete":
      return `- ${scope} is deleted${row.forced ? ", with everything in it" : ""}${fields}`;
    case "forget":
      return `= ${scope} stays, but is no longer managed`;
    case "leave":
      return `- ${scope} is left by the API key's user`;
    case "removeUnlisted":
      return `- ${scope}: all people whom the roster does not list are removed${fields}`;
    case "membersUnknown":
      return `~ ${scope}: the preview does not show the people of its roster${fields}`;
  }
}

/** "the role is [secret]". */
export function unclearWords(unclear: readonly Unclear[], show: Show): string {
  const words = unclear.map(({ name, shown }) =>
    name === "provider" ? `its provider ${show(shown)} may name another deployment` : `${name} is ${show(shown)}`,
  );
  return listed(words);
}

/** "3 people lose access to Core of Acme". */
export function lostWords(row: Where, people: number, show: Show, unknown = false): string {
  const included = row.team ? "" : ", including cancelled invitations";
  if (unknown)
    return `${people === 0 ? "An unknown number of people" : `${people} or more people`} lose access to ${where(row, show)}`;
  return `${counted(people, "person loses", "people lose")} access to ${where(row, show)}${included}`;
}

/** A warning in one sentence. */
export function warningWords(row: WarningRow, show: Show): string {
  const scope = where(row, show);
  const person = row.person === undefined ? "" : show(nameOfPerson(row.person));
  switch (row.rule) {
    case "admin-grants":
      return row.unclear === undefined
        ? `${person} becomes admin of ${scope}.`
        : `${person} may become admin of ${scope}: ${unclearWords(row.unclear, show)}.`;
    case "unknown-access": {
      const who = person === "" ? (row.team ? "Team" : "Organization") : `${person},`;
      return `${who} ${scope}: ${unclearWords(row.unclear ?? [], show)}. It counts as the worst case.`;
    }
    case "extended-access":
      return `Access of ${person} to ${scope} is extended: ${row.until === undefined ? "no end" : `until ${show(row.until)}`}.`;
    case "external-domains":
      return row.domain === undefined
        ? `${person} joins ${scope} from an unknown email domain.`
        : `${person} joins ${scope} from external domain ${show(withAscii(row.domain))}.`;
    case "last-lead":
      return `${scope} has no lead any more.`;
    case "team-deletions":
    case "organization-deletions":
      return row.what === "left"
        ? `The API key's user leaves the organization ${scope}.`
        : `The ${row.team ? "team" : "organization"} ${scope} is deleted; ${membersLost(row.count ?? 0, row.forced)}.`;
    case "removals":
      return `${lostWords(row, row.count ?? 0, show, row.what === "hidden")}: more than AVALA_MAX_REMOVALS allows.`;
    case "unknown-people":
      return row.what === "hidden"
        ? `The preview does not show the people in the roster of ${scope}: who gains or loses access is not known.`
        : `All people in ${scope} whom the roster does not list are removed, including those whom no run has seen.`;
    default:
      return `Emails are sent.`;
  }
}

function membersLost(count: number, forced = false): string {
  const known =
    count === 0 ? "no known members" : `${counted(count, "known member loses", "known members lose")} access`;
  return forced ? `${known}; everybody else in it loses access too` : known;
}

/** A cell of the matrix: what is lost, what is gained, or what stays. */
export function cellWords(
  { before, after, change }: Cell,
  show: Show,
): { lost?: string; gained?: string; kept?: string } {
  const was = before && before.standing !== "lapsed" ? standWords(before, show) : undefined;
  const becomes = after && standWords(after, show);
  if (change === undefined || was === becomes) return { kept: becomes ?? "" };
  return { ...(was === undefined ? {} : { lost: was }), ...(becomes === undefined ? {} : { gained: becomes }) };
}

/** The same in one line: "+ lead", "member → none", "member". */
export function cellLine(cell: Cell, show: Show): string {
  const { lost, gained, kept } = cellWords(cell, show);
  if (kept !== undefined) return kept;
  return lost === undefined ? `+ ${gained}` : `${lost} → ${gained ?? "none"}`;
}

/** Remarks on everything that changes for a person, each with the team that it is about. */
export function notesOf({ changes }: MatrixRow, show: Show): string {
  const notes = changes.map((change) => {
    const text = remarks(change, show).join("; ");
    return text === "" || change.team === undefined ? text : `${show(nameOfScope(change.team))}: ${text}`;
  });
  return notes.filter((text) => text !== "").join("; ");
}

/** A change that gives and takes nothing, in one line: "dan@example.com keeps access, Acme: member (moved from …)". */
export function quietWords(row: ChangeRow, show: Show, person: Show = show, note: Show = show): string {
  const [before, after] = [row.before, row.after].map((stand) => standWords(stand, show));
  const now = before === after ? before! : `${before} → ${after}`;
  const notes = remarks(row, note).join("; ");
  return `${person(nameOfPerson(row.person))} ${effectWords[row.effect]}, ${where(row, show)}: ${now}${notes && ` (${notes})`}`;
}

/** The gravest first. */
const ruleOrder: readonly Rule[] = [
  "organization-deletions",
  "admin-grants",
  "unknown-access",
  "team-deletions",
  "last-lead",
  "removals",
  "unknown-people",
  "extended-access",
  "external-domains",
];
const ruleCounts: Readonly<Partial<Record<Rule, readonly [one: string, more: string]>>> = {
  "organization-deletions": ["organization is deleted or left", "organizations are deleted or left"],
  "admin-grants": ["becomes admin", "become admin"],
  "unknown-access": ["is not fully shown", "are not fully shown"],
  "team-deletions": ["team is deleted", "teams are deleted"],
  "last-lead": ["team loses its last lead", "teams lose their last lead"],
  removals: ["exceeds AVALA_MAX_REMOVALS", "exceed AVALA_MAX_REMOVALS"],
  "unknown-people": ["roster removes or hides people", "rosters remove or hide people"],
  "extended-access": ["access is extended", "accesses are extended"],
  "external-domains": ["joins from an external domain", "join from external domains"],
};

/** Sentences, the gravest first; people of one external domain share one. */
export function warningLines({ warnings }: Review, show: Show): string[] {
  const byRule = ruleOrder.flatMap((rule) => warnings.filter((row) => row.rule === rule));
  const groups = new Map<string, WarningRow[]>();
  for (const [index, row] of byRule.entries()) {
    const isShared = row.rule === "external-domains" && row.domain !== undefined;
    const key = isShared ? JSON.stringify([row.domain, row.organization.uid ?? row.organization.name]) : `${index}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) => (rows.length === 1 ? warningWords(rows[0]!, show) : joinWords(rows, show)));
}

function joinWords(rows: readonly WarningRow[], show: Show): string {
  const people = listed(rows.map(({ person }) => show(nameOfPerson(person!))));
  const { domain } = rows[0]!;
  return `${rows.length} people join ${where(rows[0]!, show)} from external domain ${show(withAscii(domain!))}: ${people}.`;
}

/** The whole in one line: how many people, emails, and warnings of each rule. */
export function verdict(review: Review): string {
  const { summary, cost, warnings } = review;
  const counts = countsOf(review);
  const people = [
    counts["+"] > 0 && `+${counts["+"]}`,
    counts["-"] > 0 && `−${counts["-"]}`,
    counts["~"] > 0 && `~${counts["~"]}`,
  ].filter((part) => part !== false);
  const changes = people.length === 0 ? "Nobody gains or loses access" : people.join(" ");
  const { emails } = summary;
  const most = review.rehearsed ? "" : "up to ";
  const sent = emails === 0 ? "no emails" : `${most}${counted(emails, "invitation email", "invitation emails")}`;
  const rules = ruleOrder.flatMap((rule) => {
    const count = warnings.filter((row) => row.rule === rule).length;
    return count === 0 ? [] : [counted(count, ...ruleCounts[rule]!)];
  });
  const mark = review.rehearsed ? "Rehearsed on a copy: " : "";
  const effort = effortOf(cost, review.rehearsed ? "" : "about ");
  return `${mark}${changes}, ${sent}, ${effort}.${rules.length === 0 ? "" : ` ${rules.join("; ")}.`}`;
}

/** What the reader of any format has to know before the rest. */
export function notices({ complete, leftOut, failure = [], profile }: Review): string[] {
  return [
    ...(failure.length === 0 ? [] : [failedWords]),
    ...(profile === undefined ? [] : [`The copy behaved like the deployment as probed on ${profile.date}.`]),
    ...(complete ? [] : [incompleteWords]),
    ...(leftOut === 0
      ? []
      : [
          `This run leaves out ${counted(leftOut, "declared resource", "declared resources")} (--target or --exclude): they are not created, and not in this review.`,
        ]),
  ];
}

function effortOf({ calls, minutes }: Review["cost"], about: string): string {
  if (calls === 0) return "no requests";
  return `${about}${counted(calls, "request", "requests")}, ${timeOf(minutes)}`;
}

function timeOf(minutes: number): string {
  return minutes === 0 ? "less than a minute" : `at least ${counted(minutes, "minute", "minutes")}`;
}

/** A section of a report, in every format. */
export interface ReportSection {
  title: string;
  lines: string[];
}

/** What a review cannot tell, and a rehearsal can. */
function notRehearsed({ rehearsed, changes, acts }: Review): string[] {
  const steps = [...changes, ...acts];
  if (rehearsed || steps.length === 0) return [];
  const unclear = steps.filter((row) => row.unclear.length > 0).length;
  const hidden = unclear === 0 ? "" : `, and what is shown as the worst case here (${unclear})`;
  return [
    `pulumi-avala rehearse carries the change out on a copy: it shows whether pulumi up succeeds, which emails it sends, what is left for the next run${hidden}.`,
  ];
}

/** Why a rehearsal failed: before everything else. */
export function failureSection({ failure = [] }: Review, whole: Show): ReportSection {
  return { title: "Failure", lines: failure.map(whole) };
}

/**
 * What a rehearsal adds to a review, or that there was none; sections without lines are left out.
 * @param whole how the format shows a sentence that may contain names
 */
export function rehearsalSections(review: Review, show: Show, whole: Show): ReportSection[] {
  const { emails = [], requests, left = [], notes = [] } = review;
  return [
    { title: "Not rehearsed", lines: notRehearsed(review) },
    { title: "Emails", lines: emails.map(({ to, kind }) => `${show(to)}: ${emailWords[kind]}`) },
    { title: "Requests", lines: requests === undefined ? [] : [requestWords(requests)] },
    { title: "Left to do", lines: left.map(whole) },
    { title: "Notes", lines: notes.map(whole) },
  ].filter(({ lines }) => lines.length > 0);
}

const emailWords = { invitation: "invitation", resend: "invitation, sent again" } as const;

function requestWords({ reads, writes, minutes }: NonNullable<Review["requests"]>): string {
  return `${counted(reads, "read", "reads")} and ${counted(writes, "write", "writes")}, ${timeOf(minutes)}`;
}

/** The title of what Pulumi, the program and its providers have printed. */
export function diagnosticsTitle({ rehearsed }: Review): string {
  return rehearsed ? "Warnings from the preview and the run" : "Warnings from the preview";
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

export function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

const failedWords = "The rehearsal failed. What follows is what the run had done by then.";
const incompleteWords = `The preview does not list unchanged resources, or the steps of replacements: team names, leads and email domains are not known, nor what an interrupted run has left to delete. Pass the output of ${previewCommand}.`;
