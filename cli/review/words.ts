import { quoted } from "../../provider/core/text.js";
import { nameOfPerson, withAscii } from "../membership/lookup.js";
import type { ActRow, ChangeRow, Field, PlaceName, Review, Stand, WarningRow, Where } from "./report.js";

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
  role: "other role",
  loses: "loses access",
  invited: "is invited",
  waits: "waits for the acceptance",
  withdrawn: "is not invited any more",
  without: "is no longer declared",
  accepted: "has accepted",
  keeps: "keeps it",
  details: "other details",
};

/** What a reviewer reads first; the others lose and gain nothing. */
export const weighty: ReadonlySet<ChangeRow["effect"]> = new Set([
  "gains",
  "role",
  "loses",
  "invited",
  "waits",
  "withdrawn",
]);

export function nameOfPlace({ name, uid, called }: PlaceName): string {
  return called ?? (name || uid || "");
}

/** "Core of Acme", or "Acme". */
export function where({ organization, team }: Where, show: Show): string {
  const name = show(nameOfPlace(organization));
  return team ? `${show(nameOfPlace(team))} of ${name}` : name;
}

/** "lead", "invited as admin", "nothing". */
export function standWords(stand: Stand | undefined, show: Show): string {
  if (!stand) return "nothing";
  const role = stand.role === undefined ? "in it" : show(stand.role);
  switch (stand.standing) {
    case "invited":
      return `invited as ${role}`;
    case "waiting":
      return `waits as ${role}`;
    case "lapsed":
      return `${role}, expired or gone`;
    default:
      return role;
  }
}

/** What has to be known beside before and after. */
export function remarks(change: ChangeRow, show: Show): string[] {
  const { effect, after, mails, becamePossible, mayHaveAccepted, through, moved, fields, team } = change;
  const standing = after?.standing === "depends" ? conditional(team !== undefined, mails) : undefined;
  const mail = mails > 0 ? (after?.standing === "depends" ? "at most 1 mail" : "1 mail") : undefined;
  return [
    becamePossible ? "possible now: nothing was changed in the program" : undefined,
    effect === "without" ? "already without access; no longer declared" : undefined,
    mayHaveAccepted ? "they lose access if they have accepted since" : undefined,
    standing,
    mail,
    through === undefined ? undefined : `the ${through.split(" ")[0]} is ${through.split(" ")[1]}`,
    movedWords(moved, show),
    ...fields.map((field) => fieldWords(field, show)),
  ].filter((remark) => remark !== undefined);
}

function conditional(inTeam: boolean, mails: number): string | undefined {
  if (inTeam) return "if a member of the organization by then; else it waits";
  return mails > 0 ? "at once, if a member already; else by an invitation" : undefined;
}

function movedWords(moved: ChangeRow["moved"], show: Show): string | undefined {
  if (!moved) return undefined;
  if (moved.to === undefined) return `not managed any more (${show(moved.from)})`;
  return moved.from === moved.to
    ? `the resource ${show(moved.to)} is made anew`
    : `handed over from ${show(moved.from)} to ${show(moved.to)}`;
}

export function fieldWords({ name, before, after }: Field, show: Show): string {
  if (before === undefined) return `${name}: ${show(after ?? "")}`;
  return after === undefined ? `${name}: no more (${show(before)})` : `${name}: ${show(before)} → ${show(after)}`;
}

export function actWords(row: ActRow, show: Show): string {
  const kind = row.team ? "team" : "organization";
  const place = `${kind} ${where(row, show)}`;
  const fields = row.fields.length === 0 ? "" : ` (${row.fields.map((field) => fieldWords(field, show)).join("; ")})`;
  switch (row.act) {
    case "create":
      return `+ ${place} is created${fields}`;
    case "adopt":
      return `~ ${place} is taken over${fields}`;
    case "update":
      return `~ ${place} is changed${fields}`;
    case "delete":
      return `- ${place} is deleted${row.forced ? ", whatever is inside" : ""}`;
    case "forget":
      return `= ${place} stays, and is not managed any more`;
    case "leave":
      return `- ${place} is left by the API key's user`;
    case "take out others":
      return `- from ${place} everybody is taken out whom the roster does not name`;
    case "change people unknown":
      return `~ ${place} has a roster whose people the preview does not tell`;
  }
}

/** "3 people lose Core of Acme". */
export function lostWords(row: Where, people: number, show: Show): string {
  const included = row.team ? "" : ", cancelled invitations included";
  return `${counted(people, "person loses", "people lose")} ${where(row, show)}${included}`;
}

/** A warning in one sentence. */
export function warningWords(row: WarningRow, show: Show): string {
  const place = where(row, show);
  const person = row.person === undefined ? "" : show(nameOfPerson(row.person));
  switch (row.rule) {
    case "admin-grants":
      return `${person} becomes admin of ${place}.`;
    case "extended-access":
      return `The access of ${person} to ${place} is to last longer: ${row.until === undefined ? "without an end" : `until ${show(row.until)}`}.`;
    case "external-domains":
      return row.domain === undefined
        ? `The e-mail domain of ${person}, who comes into ${place}, is not told.`
        : `${person} comes into ${place} from the foreign domain ${show(withAscii(row.domain))}.`;
    case "last-lead":
      return `${place} is left without a lead.`;
    case "team-deletions":
    case "organization-deletions":
      return row.what === "left"
        ? `The API key's user leaves the organization ${place}.`
        : `The ${row.team ? "team" : "organization"} ${place} is deleted; ${counted(row.count ?? 0, "person", "people")} known to this program lose${row.count === 1 ? "s" : ""} it${row.forced ? ", and whoever else is inside" : ""}.`;
    case "removals":
      return `${lostWords(row, row.count ?? 0, show)}: more than AVALA_MAX_REMOVALS allows.`;
    case "unknown-people":
      return row.what === "hidden"
        ? `The preview does not tell who is in the roster of ${place}: who gains or loses it is not known.`
        : `Everybody in ${place} whom the roster does not name is taken out, also those whom no run has seen.`;
    default:
      return `Mails are sent.`;
  }
}

/** The whole in one line. */
export function verdict({ summary, cost, acts }: Review): string {
  const { gains, loses, role, invited, waits, withdrawn, mails } = summary;
  const deleted = acts.filter(({ act }) => act === "delete").length;
  const parts = [
    gains > 0 && `${counted(gains, "person gains", "people gain")} access`,
    loses > 0 && `${counted(loses, "person loses", "people lose")} access`,
    role > 0 && `${counted(role, "person gets", "people get")} another role`,
    invited > 0 && `${counted(invited, "person is", "people are")} invited`,
    waits > 0 && `${counted(waits, "person waits", "people wait")} for a place`,
    withdrawn > 0 && `${counted(withdrawn, "person is", "people are")} not invited any more`,
    deleted > 0 && `${counted(deleted, "organization or team is", "organizations or teams are")} deleted`,
  ].filter((part) => part !== false);
  const people = parts.length === 0 ? "Nobody gains or loses access" : listed(parts);
  return `${people}. ${mails === 0 ? "No mail" : `At most ${counted(mails, "mail", "mails")}`}, ${effort(cost)}.`;
}

function effort({ calls, minutes }: Review["cost"]): string {
  if (calls === 0) return "no requests";
  const time = minutes === 0 ? "less than a minute" : `at least ${counted(minutes, "minute", "minutes")}`;
  return `about ${counted(calls, "request", "requests")}, ${time}`;
}

/** "a", "a and b", "a, b and c". */
function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

export function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

export const incompleteWords =
  "The preview does not show what stays as it is: names of teams, leads and domains that it does not show are not known. Give the output of pulumi preview --json --show-sames.";
