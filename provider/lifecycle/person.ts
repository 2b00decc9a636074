import { canonicalUid, normalizeEmail, personOf, quoted, splitId, type Person } from "../schema/index.js";
import {
  CreatedNotShownError,
  DoubtfulWriteError,
  type Invitation,
  type Member,
  type OrganizationView,
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
  /** Their invitation as the service lists it: pending, or expired and still shown. Not looked for behind a member. */
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
export function aliasesOf(who: string, person: Person, ...rows: ({ userUid: string; email?: string } | undefined)[]) {
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

/** Looks for the person: among the members first where their uid is known, else for their invitation. */
export async function observePerson(run: Run, target: Target): Promise<Newcomer | undefined> {
  const { id, inputs, state } = target;
  const view = await organizationOf(run, target);
  const who = id === undefined ? ((inputs["user"] ?? inputs["email"]) as string) : splitId(id, 2)[1]!;
  const person = personIn(target, who);
  const seen: Newcomer = { view, person, who, mails: 0, ...(await find(view, person)) };
  run.known.note(view.uid, aliasesOf(who, person, seen.member));
  return !seen.row && !seen.member && id !== undefined && !isRecorded(state) ? undefined : seen;
}

/** Somebody with a valid invitation is no member, and a member needs none: one list is often enough. */
async function find(view: OrganizationView, person: Person): Promise<Pick<Newcomer, "member" | "row">> {
  const { userUid, email } = person;
  const known = userUid === undefined ? undefined : await view.members.find(person);
  if (known || email === undefined) return { member: known, row: undefined };
  const row = await view.invitationOf(email);
  tellNewStatus(row);
  if (isValid(row)) return { member: undefined, row };
  return { member: await view.members.find(person), row };
}

/** What the lists of the contract show (section 2); another word counts as pending until its time is over. */
const listedStatuses = new Set(["pending", "expired"]);

function tellNewStatus(row: Invitation | undefined): void {
  if (row?.status === undefined || listedStatuses.has(row.status)) return;
  tell(
    "warning",
    `Avala answers the status ${quoted(row.status)} for invitation ${row.uid}, which this version does not know.`,
  );
}

/** Invites whoever is neither a member nor invited, where that is due. */
export async function ensureInvited(target: Target, seen: Newcomer): Promise<Newcomer> {
  const { row, member } = seen;
  if (member) return seen;
  const role = target.inputs["role"] as string;
  if (row && isValid(row)) {
    // Another role is another mail anyway: sync sends it, and it serves the new value of resend too.
    const due = asksForResend(target) && hasRole(row, role);
    return due ? mail(target, seen, false, () => seen.view.resend(row)) : seen;
  }
  const asked = target.id === undefined || asksForResend(target) || isCancelledByUs(target);
  return asked || mailsByItself(target, seen) ? invite(target, seen, role) : seen;
}

/** The API has no way to change an invitation: another role is another invitation, and one more mail. */
export async function syncInvitation(target: Target, seen: Newcomer): Promise<Newcomer> {
  const role = target.inputs["role"] as string;
  const { row, member } = seen;
  return member || !row || !isValid(row) || hasRole(row, role) ? seen : invite(target, seen, role);
}

/** Whether somebody who is no member can take the next step; says what has become of an invitation that is over. */
export async function canTakeNextStep(run: Run, target: Required<Target>): Promise<boolean> {
  const seen = await observePerson(run, target);
  if (!seen || isValid(seen.row)) return false;
  if (seen.member) return true;
  const { name, status } = { name: nameOf(seen), status: statusOf(seen, target.state) };
  const place = `organization ${seen.view.slug}`;
  const what =
    status === "expired"
      ? `The invitation of ${name} into ${place} has expired`
      : `${name} is neither a member of ${place} nor invited (cancelled, declined, left or removed; Avala does not say which)`;
  if (mailsByItself(target, seen)) {
    tell("info", `${what}: they are mailed again.`);
    return true;
  }
  const again =
    seen.person.email === undefined
      ? "Nobody can be invited by uid: declare their email."
      : mailsLeft(target, seen)
        ? "They are mailed again where resend has a new value."
        : `They have been mailed ${mailCount(target, seen)} times, the most that maxEmails allows, and are not mailed again.`;
  tell("warning", `${what}. ${again}`);
  return false;
}

/** Says in the preview what a change of the declaration will mail. */
export function announceMail({ inputs, state }: Required<Target>, changed: readonly string[]): void {
  if (state["userUid"] !== undefined && state["status"] !== "gone") return;
  const name = quoted((inputs["email"] ?? inputs["user"]) as string);
  if (changed.includes("role") && state["status"] === "invited") {
    tell(
      "info",
      `Another role for ${name}, who has not accepted yet: the invitation is cancelled and one more mail sent.`,
    );
  } else if (changed.includes("resend") && inputs["resend"] !== undefined) {
    tell("info", `A new value of resend for ${name}: one more mail is sent, unless they are a member by then.`);
  }
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
  return isExpired({ expiresAt: state["expiresAt"] as string | undefined }) ? "expired" : "gone";
}

/** Mails an invitation of this role, in place of the one that is listed. */
async function invite(target: Target, seen: Newcomer, role: string): Promise<Newcomer> {
  const { view, person, row } = seen;
  if (person.email === undefined) {
    throw new GuardError(
      `User ${person.userUid} is no member of organization ${view.slug}, and nobody can be invited by uid.`,
      "Declare the person by email, in place of user.",
    );
  }
  const { email } = person;
  if (row) {
    requireMailLeft(target, seen);
    await view.cancel(row.uid);
  }
  return mail(target, { ...seen, row: undefined }, row !== undefined, () => view.invite(email, role));
}

/**
 * A mail that may have gone out counts as sent. One that is not known to have gone out is owed: the invitation that
 * stood before may be cancelled already.
 */
async function mail(
  target: Target,
  seen: Newcomer,
  cancelled: boolean,
  send: () => Promise<Invitation>,
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
    `${nameOf(seen)} has been mailed ${mailCount(target, seen)} times, the most that maxEmails allows.`,
    "Raise maxEmails to mail once more, or take the change back.",
  );
}

function nameOf({ person, who }: Newcomer): string {
  return quoted(person.email ?? person.userUid ?? who);
}

type Validity = { [K in "status" | "isExpired" | "expiresAt"]?: Invitation[K] | undefined };

/** An overdue row may still say "pending" until the service has swept it (contract section 4.3). */
export function isValid(row: Invitation | undefined): boolean {
  return row !== undefined && !isExpired(row);
}

function isExpired({ status, isExpired: expired, expiresAt }: Validity): boolean {
  return status === "expired" || (expired ?? (expiresAt !== undefined && Date.parse(expiresAt) < Date.now()));
}

function hasRole(row: Invitation, role: string): boolean {
  return (row.role ?? role) === role;
}

/** A role change that broke off between the cancellation and the mail. */
function isCancelledByUs({ state, inputs }: Target): boolean {
  return state["status"] === "invited" && state["role"] !== inputs["role"];
}

function asksForResend({ id, inputs, state }: Target): boolean {
  return id !== undefined && inputs["resend"] !== undefined && inputs["resend"] !== state["resend"];
}
