import { canonicalUid, normalizeEmail, personOf, quoted, splitId, type Person } from "../schema/index.js";
import {
  CreatedNotShownError,
  DoubtfulWriteError,
  ForbiddenError,
  IdentityUnknownError,
  isOverdue,
  isPast,
  type Invitation,
  type Member,
  type OrganizationView,
  type PersonRow,
} from "../snapshot/index.js";
import { GuardError } from "./guards.js";
import { isUnknown, type Properties } from "./inputs.js";
import { UnfinishedError, type Target } from "./lifecycle.js";
import { tell } from "./log.js";
import { isOtherOrganization, organizationOf } from "./place.js";
import type { Run } from "./run.js";
import { isRecorded } from "./state.js";

/** A person on their way into an organization, as one look finds them. */
export interface Newcomer {
  view: OrganizationView;
  person: Person;
  /** Last part of the id: the person as first declared. */
  who: string;
  member: Member | undefined;
  /** Their invitation as the service lists it: pending, or expired and still shown. Not looked for behind a member whose uid is known. */
  row: Invitation | undefined;
  /** Mails that this step has caused, doubtful ones included. */
  mails: number;
  /** The person is to be mailed, and may not have been. */
  owed?: boolean;
}

/** Set in state while a mail is owed: the invitation was cancelled to be sent anew, or sending it got no answer. */
const owedKey = "__owed";

/** What a declaration stands for, in its own spelling. */
export function personIdentities({ organization, user, email }: Properties): string[] {
  const who = user ?? email;
  return [organization, who].some(isUnknown) ? [] : [personIdentity(organization as string, who as string)];
}

export function personIdentity(organization: string, who: string): string {
  return `person ${canonicalUid(organization) ?? organization} ${who}`;
}

/** Every spelling in which a declaration could name the person and the organization. */
export function spellingsOf({ view, who, person, member }: Newcomer): string[] {
  const names = aliasesOf(who, person, member);
  return [view.uid, view.slug].flatMap((place) => names.map((name) => personIdentity(place, name)));
}

/** Every name that a person is known by. */
export function aliasesOf(who: string, person: Person, ...rows: (PersonRow | undefined)[]): string[] {
  const emails = [person.email, ...rows.map((row) => row?.email)].map((email) => email && normalizeEmail(email));
  const names = [who, person.userUid, ...rows.map((row) => row?.userUid), ...emails];
  return [...new Set(names.filter((name): name is string => Boolean(name)))];
}

/** The person as the program names them now, and by what state has learnt. */
export function personIn({ inputs, state }: Target, who = (inputs["user"] ?? inputs["email"]) as string): Person {
  const named = personOf(who);
  return {
    userUid: (inputs["user"] ?? state["userUid"] ?? named.userUid) as string | undefined,
    email: (inputs["email"] ?? state["email"] ?? named.email) as string | undefined,
  };
}

/** Names of the inputs in which a declaration means another person or organization than the one recorded. */
export async function replacedPerson(run: Run, target: Required<Target>): Promise<string[]> {
  const organization = (await isOtherOrganization(run, target)) ? ["organization"] : [];
  const person = (await isOtherPerson(run, target)) ? [target.inputs["user"] === undefined ? "email" : "user"] : [];
  return [...organization, ...person];
}

/** Another spelling is no other person: asks only where state does not tell. */
export async function isOtherPerson(run: Run, { id, inputs, state }: Required<Target>): Promise<boolean> {
  const [user, email] = [inputs["user"], inputs["email"]] as [string | undefined, string | undefined];
  if (isUnknown(user) || isUnknown(email)) return true;
  const recorded = state["userUid"] ?? state["user"];
  if (user !== undefined && recorded !== undefined) return user !== recorded;
  if (user === undefined && email === state["email"]) return false;
  if (user === undefined && recorded === undefined) return true;
  const organization = await run.snapshot.organization(splitId(id, 2)[0]!);
  const member = await organization.members.find({ userUid: user, email });
  if (!member) return true;
  if (recorded !== undefined) return member.userUid !== recorded;
  return member.email === undefined || normalizeEmail(member.email) !== state["email"];
}

/** Looks for the person: among the members, and for their invitation unless their uid is known as a member's. */
export async function observePerson(run: Run, target: Target, look = find): Promise<Newcomer | undefined> {
  const { id, inputs, state } = target;
  const view = await organizationOf(run, target);
  const who = id === undefined ? ((inputs["user"] ?? inputs["email"]) as string) : splitId(id, 2)[1]!;
  const person = personIn(target, who);
  const seen: Newcomer = { view, person, who, mails: 0, ...(await look(view, person)) };
  run.known.note(view.uid, aliasesOf(who, person, seen.member));
  return !seen.row && !seen.member && id !== undefined && !isRecorded(state) ? undefined : seen;
}

/**
 * Whether the address that a declaration names is another person's than the one it has stood for. Whose uid is known is
 * meant by it alone: nobody is taken out for having an address that was somebody else's before. It is told.
 */
export function hasSomebodyElsesAddress({
  person,
  member,
  view,
}: Pick<Newcomer, "person" | "member" | "view">): boolean {
  if (!member || person.userUid === undefined || member.userUid === person.userUid) return false;
  const name = quoted(person.email ?? member.userUid);
  tell("warning", `${name} is the address of another person of organization ${view.slug} now, who stays.`);
  return true;
}

/** Noted without a look, as far as state tells, so that nobody takes them for a stranger. */
export function notePerson(run: Run, target: Required<Target>): void {
  const [organizationUid, who] = splitId(target.id, 2) as [string, string];
  run.known.note(organizationUid, aliasesOf(who, personIn(target, who)));
}

type Found = Pick<Newcomer, "member" | "row">;

/** Whoever joins by another way than their invitation may leave it behind: one list does not tell of the other. */
async function find(view: OrganizationView, person: Person): Promise<Found> {
  const found = await findStep(view, person);
  if (found.member || !isValid(found.row)) return found;
  // That addresses are hidden does not matter to somebody who is invited, as far as anybody can know.
  return { ...found, member: await view.members.find(person).catch(unlessKnown) };
}

/** Whoever waits with a valid invitation has no next step, as a rule: one list is enough for any number of them. */
async function findStep(view: OrganizationView, person: Person): Promise<Found> {
  const { userUid, email } = person;
  const known = userUid === undefined ? undefined : await view.members.find(person);
  if (known || email === undefined) return { member: known, row: undefined };
  const row = await view.invitationOf(email);
  tellNewValues(row);
  return { member: isValid(row) ? undefined : await view.members.find(person), row };
}

/** A valid invitation that a member has beside, by which they could come back; as far as it can be known. */
export async function invitationBeside({ view, person, member, row }: Newcomer): Promise<Invitation | undefined> {
  const email = person.email ?? member?.email;
  const found = row ?? (email === undefined ? undefined : await view.invitationOf(email).catch(unlessKnown));
  return isValid(found) ? found : undefined;
}

function unlessKnown(error: unknown): undefined {
  if (error instanceof IdentityUnknownError || error instanceof ForbiddenError) return undefined;
  throw error;
}

/** What the contract's lists show (section 2); another status counts as pending until its time is over. */
const knownStatuses = new Set(["pending", "expired"]);
const knownRoles = new Set(["owner", "admin", "member"]);

function tellNewValues(row: Invitation | undefined): void {
  const tellNew = (what: string, value: string | undefined, known: ReadonlySet<string>) => {
    if (value === undefined || known.has(value)) return;
    const of = quoted(row?.email ?? row!.uid);
    tell(
      "warning",
      `Avala answers the ${what} ${quoted(value)} for the invitation of ${of}, which this version does not know.`,
    );
  };
  tellNew("status", row?.status, knownStatuses);
  tellNew("role", row?.role, knownRoles);
}

/** Mails whoever is neither a member nor invited as declared, where that is due. */
export async function ensureInvited(target: Target, seen: Newcomer): Promise<Newcomer> {
  const due = dueMail(target, seen);
  if (due === undefined) return seen;
  return due === "resend" ? mail(target, seen, () => seen.view.resend(seen.row!)) : invite(target, seen);
}

/** What a step mails to somebody who is no member: an invitation, or the one they have again. */
function dueMail(target: Target, seen: Newcomer): "invite" | "resend" | undefined {
  const { row, member } = seen;
  if (member) return undefined;
  if (isValid(row)) {
    // The API cannot change an invitation: another role is another one, and serves a new value of resend too.
    if (!isInvitedAs(row!, target.inputs["role"])) return "invite";
    return asksForResend(target) ? "resend" : undefined;
  }
  const asked = target.id === undefined || asksForResend(target) || asksForRole(target);
  return asked || mailsByItself(target, seen) ? "invite" : undefined;
}

/**
 * Whether somebody who is no member can take the next step. Says what has become of their invitation, and what the step
 * mails: of neither the preview shows anything.
 */
export async function canTakeNextStep(run: Run, target: Required<Target>): Promise<boolean> {
  const seen = await observePerson(run, target, findStep);
  if (!seen) return false;
  if (seen.member) {
    tell("info", `${nameOf(seen)} is a member of organization ${seen.view.slug} now.`);
    return true;
  }
  const changed = asksForResend(target) || target.inputs["role"] !== target.state["role"];
  if (isValid(seen.row) && !changed) return false;
  const due = dueMail(target, seen);
  if (isValid(seen.row) && due === undefined) return false;
  const obstacle = obstacleTo(target, seen);
  const next = obstacle ?? nextMail(seen, due);
  const possible = due !== undefined && obstacle === undefined;
  tell(possible ? "info" : "warning", `${standingOf(seen, target)} ${next}`);
  return due !== undefined;
}

function standingOf(seen: Newcomer, { state }: Target): string {
  const [name, place] = [nameOf(seen), `organization ${seen.view.slug}`];
  switch (statusOf(seen, state)) {
    case "invited":
      return `${name} is invited into ${place} and has not accepted.`;
    case "expired":
      return `The invitation of ${name} into ${place} has expired.`;
    default:
      return `${name} is neither a member of ${place} nor invited (cancelled, declined, left or removed; Avala does not say which).`;
  }
}

function nextMail({ row }: Newcomer, due: "invite" | "resend" | undefined): string {
  if (due === undefined) return "They are mailed again where resend has a new value.";
  if (due === "resend") return "They are mailed again.";
  return isValid(row)
    ? "The invitation is cancelled, and one more mailed with the declared role."
    : "They are mailed again.";
}

/** Why a mail cannot be sent, whoever asks for it. */
function obstacleTo(target: Target, seen: Newcomer): string | undefined {
  if (seen.person.email === undefined) return "Nobody can be invited by uid: declare their email.";
  return mailsLeft(target, seen) ? undefined : `${capReached(target, seen)}, and are not mailed again.`;
}

/** What state records of the way of every newcomer. */
export function mailOutputs({ member, row, mails, owed }: Newcomer, state: Properties): Properties {
  return {
    emailsSent: (Number(state["emailsSent"]) || 0) + mails,
    [owedKey]: (owed ?? state[owedKey] === true) && !member && !isValid(row) ? true : undefined,
  };
}

/** `undefined` for a member: each kind has its own word for them. */
export function statusOf({ member, row }: Newcomer, state: Properties): "invited" | "expired" | "gone" | undefined {
  if (member) return undefined;
  if (isValid(row)) return "invited";
  if (row) return "expired";
  // What vanished before its time does not expire when its time has come.
  const over = state["status"] !== "gone" && isPast(state["expiresAt"] as string | undefined);
  return over ? "expired" : "gone";
}

/** The role in which somebody is invited now; one that is new to this version may be the declared one. */
export function invitedRole(row: Invitation | undefined): string | undefined {
  return isValid(row) && knownRoles.has(row?.role ?? "") ? row!.role : undefined;
}

function isInvitedAs(row: Invitation, role: unknown): boolean {
  return (invitedRole(row) ?? role) === role;
}

/** Mails an invitation of the declared role, in place of the one that is listed. */
async function invite(target: Target, seen: Newcomer): Promise<Newcomer> {
  const { view, person, row } = seen;
  const { email, userUid } = person;
  if (email === undefined) {
    throw new GuardError(
      `User ${userUid} is no member of organization ${view.slug}, and nobody can be invited by uid.`,
      "Declare the person by email, in place of user.",
    );
  }
  requireMailLeft(target, seen);
  const without: Newcomer = { ...seen, row: undefined };
  if (row) {
    await view.cancel(row.uid).catch((error: unknown) => {
      // It may be cancelled: then nothing but this record tells that another one is to follow.
      throw error instanceof DoubtfulWriteError ? new UnfinishedError({ ...without, owed: true }, error) : error;
    });
  }
  return mail(target, without, () => view.invite(email, target.inputs["role"] as string), row !== undefined);
}

/**
 * A mail that may have gone out counts as sent. One that is not known to have gone out is owed.
 * @param cancelled the invitation that stood before is cancelled already
 */
async function mail(
  target: Target,
  seen: Newcomer,
  send: () => Promise<Invitation>,
  cancelled = false,
): Promise<Newcomer> {
  requireMailLeft(target, seen);
  try {
    return { ...seen, row: await send(), mails: seen.mails + 1 };
  } catch (error) {
    const sent = error instanceof CreatedNotShownError;
    const doubtful = error instanceof DoubtfulWriteError;
    if (!(sent || doubtful || (cancelled && error instanceof Error))) throw error;
    const mails = seen.mails + (sent || doubtful ? 1 : 0);
    throw new UnfinishedError({ ...seen, mails, owed: !sent } satisfies Newcomer, error);
  }
}

/** A mail that nobody has asked for anew: one that is owed, or, where the declaration says so, after the last has ended. */
function mailsByItself(target: Target, seen: Newcomer): boolean {
  const { inputs, state } = target;
  const wanted = state[owedKey] === true || (inputs["onExpiry"] === "resend" && state["userUid"] === undefined);
  return wanted && seen.person.email !== undefined && mailsLeft(target, seen);
}

function mailCount({ state }: Target, { mails }: Newcomer): number {
  return (Number(state["emailsSent"]) || 0) + mails;
}

/** Kinds without a limit are asked for each mail anew. */
function mailsLeft(target: Target, seen: Newcomer): boolean {
  const { maxEmails = Infinity } = target.inputs as { maxEmails?: number };
  return mailCount(target, seen) < maxEmails;
}

function requireMailLeft(target: Target, seen: Newcomer): void {
  if (mailsLeft(target, seen)) return;
  throw new GuardError(
    `${nameOf(seen)} is not mailed again. ${capReached(target, seen)}.`,
    "Raise maxEmails to mail once more, or take the change back.",
  );
}

function capReached(target: Target, seen: Newcomer): string {
  const count = mailCount(target, seen);
  return `They have been mailed ${count === 1 ? "once" : `${count} times`}, the most that maxEmails allows`;
}

function nameOf({ person, who }: Newcomer): string {
  return quoted(person.email ?? person.userUid ?? who);
}

export function isValid(row: Invitation | undefined): boolean {
  return row !== undefined && !isOverdue(row);
}

/**
 * Another role than they were invited in is another invitation. That theirs is gone is no reason to send none: a run that
 * was to replace it may have ended after the cancellation, and only a refresh have noticed.
 */
function asksForRole({ inputs, state }: Target): boolean {
  if (state["role"] === inputs["role"]) return false;
  return state["status"] === "invited" || state["userUid"] === undefined;
}

function asksForResend({ id, inputs, state }: Target): boolean {
  return id !== undefined && inputs["resend"] !== undefined && inputs["resend"] !== state["resend"];
}
