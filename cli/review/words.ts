import { quoted } from "../../provider/core/text.js";
import { previewCommand } from "../pulumi/preview.js";
import type { Unclear } from "./decisive.js";
import { nameOfPerson, withAscii } from "../membership/lookup.js";
import type { ActRow, ChangeRow, Field, ScopeName, Review, Stand, WarningRow, Where } from "./report.js";

/** How a format shows a name or value that others have written. */
export type Show = (text: string) => string;

/** What is shown of a name; of an address all of it, as its domain stands at the end. */
const shownLength = 254;

/** In a line of text, in quotes. */
export const named: Show = (text) => quoted(text, shownLength);

export const signs: Readonly<Record<ChangeRow["effect"], string>> = {
  gains: "+",
  role: "~",
  loses: "-",
  invited: "+",
  waits: "+",
  withdrawn: "-",
  without: "=",
  accepted: "=",
  keeps: "=",
  details: "~",
};

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

/** Listed first; the others gain and lose nothing. */
export const weighty: ReadonlySet<ChangeRow["effect"]> = new Set([
  "gains",
  "role",
  "loses",
  "invited",
  "waits",
  "withdrawn",
]);

export function nameOfScope({ name, uid, displayName }: ScopeName): string {
  return displayName ?? (name || uid || "");
}

/** "Core of Acme", or "Acme". */
export function where({ organization, team }: Where, show: Show): string {
  const name = show(nameOfScope(organization));
  return team ? `${show(nameOfScope(team))} of ${name}` : name;
}

/** In place of a role that no state contains. */
export const unknownRole = "unknown role";

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
    unclear.length === 0 ? undefined : `worst case, as ${unclearWords(unclear)}`,
    cause === undefined ? undefined : `the ${cause.split(" ")[0]} is ${cause.split(" ")[1]}`,
    movedWords(moved, effect, show),
    ...fields.map((field) => fieldWords(field, show)),
  ].filter((remark) => remark !== undefined);
}

function conditional(inTeam: boolean, emails: string | undefined): string | undefined {
  if (inTeam) return "immediate if already a member of the organization, otherwise pending";
  return emails && `immediate if already a member, otherwise by invitation (max. ${emails})`;
}

function movedWords(moved: ChangeRow["moved"], effect: ChangeRow["effect"], show: Show): string | undefined {
  if (!moved) return undefined;
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
    ...(row.unclear.length === 0 ? [] : [`worst case, as ${unclearWords(row.unclear)}`]),
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
export function unclearWords(unclear: readonly Unclear[]): string {
  const words = unclear.map(({ name, shown }) =>
    name === "provider"
      ? `its provider ${quoted(shown)} has other settings, and may name another deployment`
      : `${name} is ${shown}`,
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
        : `${person} may become admin of ${scope}: ${unclearWords(row.unclear)}.`;
    case "unknown-access": {
      const who = person === "" ? (row.team ? "Team" : "Organization") : `${person},`;
      return `${who} ${scope}: ${unclearWords(row.unclear ?? [])}. It counts as the worst case.`;
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

/** The whole in one line. */
export function verdict({ summary, cost, acts, changes }: Review): string {
  const { gains, loses, invited, withdrawn, emails } = summary;
  const number = (effect: ChangeRow["effect"]) => changes.filter((row) => row.effect === effect).length;
  const [roles, pending] = [number("role"), number("waits")];
  const deleted = acts.filter(({ act }) => act === "delete");
  const teams = deleted.filter(({ team }) => team !== undefined).length;
  const organizations = deleted.length - teams;
  const parts = [
    gains > 0 && `${counted(gains, "person gains", "people gain")} access`,
    loses > 0 && `${counted(loses, "person loses", "people lose")} access`,
    roles > 0 && counted(roles, "role change", "role changes"),
    invited > 0 && `${counted(invited, "person is", "people are")} invited`,
    pending > 0 && counted(pending, "pending team membership", "pending team memberships"),
    withdrawn > 0 && `${counted(withdrawn, "person is", "people are")} no longer invited`,
    organizations > 0 && `${counted(organizations, "organization", "organizations")} deleted`,
    teams > 0 && `${counted(teams, "team", "teams")} deleted`,
  ].filter((part) => part !== false);
  const people = parts.length === 0 ? "Nobody gains or loses access" : listed(parts);
  return `${people}. ${emails === 0 ? "No emails" : `Up to ${counted(emails, "email", "emails")}`}, ${effort(cost)}.`;
}

function effort({ calls, minutes }: Review["cost"]): string {
  if (calls === 0) return "no requests";
  const time = minutes === 0 ? "less than a minute" : `at least ${counted(minutes, "minute", "minutes")}`;
  return `about ${counted(calls, "request", "requests")}, ${time}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

export function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

export const incompleteWords = `The preview does not list unchanged resources, or the steps of replacements: team names, leads and email domains are not known, nor what an interrupted run has left to delete. Pass the output of ${previewCommand}.`;
