import { canonicalUid, personOf, splitId, type Person } from "../../core/identity.js";
import { normalizeEmail } from "../../core/address.js";
import { printable, quoted } from "../../core/text.js";
import {
  CreatedNotShownError,
  OutcomeUnknownError,
  IdentityUnknownError,
  isOverdue,
  isPast,
  type OrganizationView,
  type PersonRow,
} from "../../snapshot/index.js";
import { ForbiddenError } from "../../core/errors.js";
import type { Invitation, Member } from "../../client/index.js";
import { hiddenIn, hiddenProperties } from "../../policy/hiddenState.js";
import { recordedUid } from "../../policy/identity.js";
import {
  asksForResend,
  dueEmail,
  emailCount,
  emailObstacle,
  hasEmailsLeft,
  statusOutside,
  type StatusOutside,
} from "../../policy/person.js";
import type { Claim } from "../runtime/claims.js";
import { GuardError } from "../runtime/guards.js";
import type { Subject } from "../runtime/handOver.js";
import { isUnknown } from "../../core/unknown.js";
import type { Properties } from "../inputs.js";
import { UnfinishedError, type Recorded, type Target } from "../lifecycle.js";
import { isOtherOrganization, isOtherWhileUnknown, organizationOf, scopeOfOrganization } from "./scope.js";
import type { Run } from "../runtime/run.js";
import { isRecorded, isUnfinished } from "../state.js";

/** A person on their way into an organization, as one look finds them. */
export interface PersonStatus {
  view: OrganizationView;
  person: Person;
  /** Last part of the id: the person as first declared. */
  who: string;
  member: Member | undefined;
  /**
   * Their invitation as the service lists it: pending, or expired and still shown. Not looked for behind a member whose uid
   * is known.
   */
  invitation: Invitation | undefined;
  /** Emails that this step has caused, unconfirmed ones included. */
  emails: number;
  /** The person is to be mailed, and may not have been. */
  isEmailPending?: boolean;
}

/** What a declaration stands for, in its own spelling. */
export function personClaims({ organization, user, email }: Properties): Claim[] {
  const who = user ?? email;
  if (typeof organization !== "string" || typeof who !== "string" || [organization, who].some(isUnknown)) return [];
  return [{ key: personKey(organization, who) }];
}

/** The same of a record: by uid where it has one. */
export function recordedPersonClaims({ id, inputs, state }: Recorded): Claim[] {
  const [organizationUid] = splitId(id, 2) as [string, string];
  const uid = (inputs["user"] as string | undefined) ?? recordedUid(state);
  return personClaims(inputs).map((claim) => ({ ...claim, uid: uid && personKey(organizationUid, uid) }));
}

export function personKey(organization: string, who: string): string {
  return `person ${canonicalUid(organization) ?? organization} ${who}`;
}

/** The person, for whoever asks whether another declaration stands for them too. */
export function personSubject(seen: PersonStatus, { inputs, state }: Target): Subject {
  const { view, who, person, member } = seen;
  const uid = person.userUid ?? member?.userUid;
  const label = (inputs["email"] ?? state["email"]) as string | undefined;
  const first = personClaims(inputs)[0]?.key;
  const names = aliasesOf(who, person, member).flatMap((name) =>
    [view.uid, view.slug].map((scope) => ({ key: personKey(scope, name), name })),
  );
  return {
    text: `${nameOf(seen)} in organization ${view.slug}`,
    names: first === undefined ? names : [{ key: first, name: (inputs["user"] ?? label) as string }, ...names],
    uid: uid && personKey(view.uid, uid),
    person: { uid, address: member?.email && normalizeEmail(member.email), label },
    holderOf: (address) => view.members.holderOf(address),
    kinds: ["OrganizationMember", "Invitation"],
    scope: scopeOfOrganization(view),
  };
}

/** Every name that a person is known by. */
export function aliasesOf(who: string, person: Person, ...rows: (PersonRow | undefined)[]): string[] {
  const emails = [person.email, ...rows.map((row) => row?.email)].map((email) => email && normalizeEmail(email));
  const names = [who, person.userUid, ...rows.map((row) => row?.userUid), ...emails];
  return [...new Set(names.filter((name): name is string => Boolean(name)))];
}

/** The person as the program names them now, and by what state has learnt. A recorded uid is the identity. */
export function personIn({ inputs, state }: Target, who = (inputs["user"] ?? inputs["email"]) as string): Person {
  const named = personOf(who);
  return {
    userUid: (inputs["user"] ?? recordedUid(state) ?? named.userUid) as string | undefined,
    email: (inputs["email"] ?? state["email"] ?? named.email) as string | undefined,
  };
}

/** Names of the inputs in which a declaration means another person or organization than the one recorded. */
export async function replacedPerson(run: Run, target: Recorded): Promise<string[]> {
  const organization = (await isOtherOrganization(run, target)) ? ["organization"] : [];
  const person = (await isOtherPerson(run, target)) ? [target.inputs["user"] === undefined ? "email" : "user"] : [];
  return [...organization, ...person];
}

/** Another spelling is no other person: asks only where state does not tell, and fails where the answer cannot be had. */
export async function isOtherPerson(run: Run, { id, inputs, state }: Recorded): Promise<boolean> {
  const [user, email] = [inputs["user"], inputs["email"]] as [string | undefined, string | undefined];
  if (isUnknown(user) || isUnknown(email)) return isOtherWhileUnknown(run);
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
export async function observePerson(run: Run, target: Target, look = find): Promise<PersonStatus | undefined> {
  const { id, inputs, state } = target;
  const view = await organizationOf(run, target);
  const who = id === undefined ? ((inputs["user"] ?? inputs["email"]) as string) : splitId(id, 2)[1]!;
  const person = personIn(target, who);
  const seen: PersonStatus = { view, person, who, emails: 0, ...(await look(run, view, person)) };
  run.managed.add(view.uid, aliasesOf(who, person, seen.member));
  warnMovedAddress(run, seen);
  return !seen.invitation && !seen.member && id !== undefined && !isRecorded(state) ? undefined : seen;
}

/** A recorded uid is the identity: whoever has the address now is another person, who stays as they are. */
export function warnMovedAddress(
  run: Run,
  { view, person, member }: Pick<PersonStatus, "view" | "person" | "member">,
): void {
  if (member || person.userUid === undefined || person.email === undefined) return;
  const holder = view.members.holderOf(person.email);
  if (holder === undefined || holder === person.userUid) return;
  const name = quoted(person.email, 254);
  run.log.warn(`${name} is the address of another person of organization ${view.slug} now, who stays.`);
}

/**
 * Refuses to invite to an address that is somebody else's now, or that was a member's before and is nobody's: the program
 * may mean the member.
 */
export function refuseMovedAddress(run: Run, { view, person, member, invitation: row }: PersonStatus): void {
  const { email, userUid } = person;
  if (member || row || email === undefined) return;
  const holder = view.members.holderOf(email);
  if (userUid !== undefined && holder !== undefined && holder !== userUid) {
    throw new GuardError(
      `${quoted(email, 254)} was the address of user ${userUid}, who is not a member of organization ${view.slug} any more, and is the address of another member now (user ${holder}). Nobody is invited, and nobody's role is changed.`,
      "To manage the other member, declare them in a resource of another name. Otherwise remove this one from the program.",
    );
  }
  const [former] = run.labels.uidsOf(view.uid, email).filter((uid) => view.members.has(uid));
  if (former === undefined) return;
  throw new GuardError(
    `${quoted(email, 254)} is an address that user ${former} of organization ${view.slug} had before, and is nobody's in it now. Nobody is invited, because the program may mean that member.`,
    "Declare them by their address of today, or by their uid (user), in every resource that still has the old address.",
  );
}

/** Noted without a look, as far as state tells, so that nobody takes them for somebody unknown. */
export function notePerson(run: Run, target: Recorded): void {
  const [organizationUid, who] = splitId(target.id, 2) as [string, string];
  run.managed.add(organizationUid, aliasesOf(who, personIn(target, who)));
}

/** Whoever is declared anew may be on their way into the organization. */
export function announcePerson(run: Run, { organization, user, email }: Properties): void {
  const names = [user, email].filter((name) => typeof name === "string" && !isUnknown(name));
  if (!isUnknown(organization)) run.labels.noteUnsettled(organization as string, names as string[]);
}

/** What state tells, without a look: whom an address has meant, and who may be on their way. */
export function learnPerson(run: Run, { id, inputs, state }: Recorded): void {
  const [organizationUid] = splitId(id, 2) as [string, string];
  // Whose address was corrected in the program is not meant by the one of before.
  if (inputs["email"] === state["email"]) run.labels.learn(organizationUid, state["email"], recordedUid(state));
  if (state["status"] === "active" || state["status"] === "accepted") return;
  const names = [inputs["user"], inputs["email"], state["userUid"]].filter((name) => typeof name === "string");
  run.labels.noteUnsettled(organizationUid, names as string[]);
}

type Found = Pick<PersonStatus, "member" | "invitation">;

/** Whoever joins by another way than their invitation may leave it behind: one list does not tell of the other. */
async function find(run: Run, view: OrganizationView, person: Person): Promise<Found> {
  const found = await findStep(run, view, person);
  if (found.member || !isValid(found.invitation)) return found;
  // That addresses are hidden does not matter to somebody who is invited, as far as anybody can know.
  return { ...found, member: await view.members.find(person).catch(unlessKnown) };
}

/** Whoever waits with a valid invitation has no next step, as a rule: one list is enough for any number of them. */
async function findStep(run: Run, view: OrganizationView, person: Person): Promise<Found> {
  const { userUid, email } = person;
  const known = userUid === undefined ? undefined : await view.members.find(person);
  if (known || email === undefined) return { member: known, invitation: undefined };
  const row = await view.invitationOf(email);
  warnNewValues(run, row);
  return { member: isValid(row) ? undefined : await view.members.find(person), invitation: row };
}

/**
 * A valid invitation that a member has beside, by which they could come back; as far as it can be known. One to an address
 * that is not theirs any more is somebody else's.
 */
export async function leftoverInvitation({ view, person, member }: PersonStatus): Promise<Invitation | undefined> {
  const email = member?.email ?? person.email;
  const found = email === undefined ? undefined : await view.invitationOf(email).catch(unlessKnown);
  return isValid(found) ? found : undefined;
}

/** Cancels the invitation that a declaration has sent or found; another one to the same address is somebody else's. */
export async function cancelRecorded(
  run: Run,
  { view, invitation: row, ...seen }: PersonStatus,
  { state }: Target,
  recorded: unknown,
): Promise<void> {
  if (!row) return;
  // Where sending it got no answer, its uid is not known.
  const isOwn = row.uid === recorded || hiddenIn(state).isEmailPending || isUnfinished(state);
  if (!isOwn) {
    run.log.warn(
      `${nameOf({ view, invitation: row, ...seen })} has been invited into organization ${view.slug} by somebody else; that invitation stays.`,
    );
    return;
  }
  await run.breaker.count(`organization ${view.uid}`, [row.email ? normalizeEmail(row.email) : row.uid]);
  await view.cancel(row.uid);
}

function unlessKnown(error: unknown): undefined {
  if (error instanceof IdentityUnknownError || error instanceof ForbiddenError) return undefined;
  throw error;
}

/** What the contract's lists show (section 2); another status counts as pending until its time is over. */
const knownStatuses = new Set(["pending", "expired"]);
const knownRoles = new Set(["owner", "admin", "member"]);

function warnNewValues(run: Run, row: Invitation | undefined): void {
  const warnNew = (what: string, value: string | undefined, known: ReadonlySet<string>) => {
    if (value === undefined || known.has(value)) return;
    const of = quoted(row?.email ?? row!.uid);
    run.log.warn(
      `Avala answers the ${what} ${quoted(value)} for the invitation of ${of}, which this version does not know.`,
    );
  };
  warnNew("status", row?.status, knownStatuses);
  warnNew("role", row?.role, knownRoles);
}

/** Sends an invitation to a person who is neither a member nor invited as declared, where that is due. */
export async function ensureInvited(run: Run, target: Target, seen: PersonStatus): Promise<PersonStatus> {
  const due = dueEmailOf(target, seen);
  if (due === undefined) return seen;
  refuseMovedAddress(run, seen);
  return due === "resend" ? sendEmail(target, seen, () => seen.view.resend(seen.invitation!)) : invite(target, seen);
}

/** What a step sends to somebody who is not a member: an invitation, or the one they have again. */
function dueEmailOf(target: Target, seen: PersonStatus): "invite" | "resend" | undefined {
  const { invitation: row, member, emails } = seen;
  const invitation = row && { isValid: isValid(row), role: invitedRole(row) };
  return dueEmail(declarationOf(target, seen), { isMember: member !== undefined, invitation }, emails);
}

function declarationOf({ id, inputs, state }: Target, { person }: PersonStatus) {
  return { isNew: id === undefined, declared: inputs, recorded: state, hasAddress: person.email !== undefined };
}

/**
 * Whether somebody who is not a member can take the next step. Says what has become of their invitation, and what the step
 * mails: of neither the preview shows anything.
 */
export async function canTakeNextStep(run: Run, target: Recorded): Promise<boolean> {
  const seen = await observePerson(run, target, findStep);
  if (!seen) return false;
  if (seen.member) {
    const role = roleOf(seen.member, target);
    const { slug } = seen.view;
    run.log.oneOfMany(
      "info",
      `accepted ${slug}`,
      `${nameOf(seen)} is a member of organization ${slug} now${role}.`,
      (count) => `${count} more people are members of organization ${slug} now.`,
    );
    return true;
  }
  const changed = asksForResend(declarationOf(target, seen)) || target.inputs["role"] !== target.state["role"];
  if (isValid(seen.invitation) && !changed) return false;
  const due = dueEmailOf(target, seen);
  if (isValid(seen.invitation) && due === undefined) return false;
  const obstacle = obstacleTo(target, seen);
  const next = obstacle ?? nextEmail(seen, due);
  const possible = due !== undefined && obstacle === undefined;
  const status = statusOf(seen, target.state)!;
  run.log.oneOfMany(
    possible ? "info" : "warning",
    `${status} ${seen.view.slug}`,
    `${standingOf(seen, target)} ${next}`,
    (count) => `${count} more people of organization ${seen.view.slug} have the status ${status}.`,
  );
  return due !== undefined;
}

/** What the preview does not show: that the declared role is set. */
function roleOf({ role }: Member, { inputs, state }: Target): string {
  const declared = inputs["role"];
  const isShown = declared !== state["role"];
  const stays = role === undefined || role === "owner" || declared === undefined || role === declared;
  return stays || isShown ? "" : `, as ${printable(role, 20)}: the declared role (${declared as string}) is set`;
}

function standingOf(seen: PersonStatus, { state }: Target): string {
  const [name, organization] = [nameOf(seen), `organization ${seen.view.slug}`];
  switch (statusOf(seen, state)) {
    case "invited":
      return `${name} is invited into ${organization} and has not accepted.`;
    case "expired":
      return `The invitation of ${name} into ${organization} has expired.`;
    default:
      return `${name} is neither a member of ${organization} nor invited (cancelled, declined, left or removed; Avala does not say which).`;
  }
}

function nextEmail({ invitation: row }: PersonStatus, due: "invite" | "resend" | undefined): string {
  if (due === undefined) return "A new value of resend invites them again.";
  if (due === "resend") return "They are invited again.";
  return isValid(row)
    ? "The invitation is cancelled, and a new one is sent with the declared role."
    : "They are invited again.";
}

/** Why an email cannot be sent, whoever asks for it. */
function obstacleTo(target: Target, seen: PersonStatus): string | undefined {
  const obstacle = emailObstacle(declarationOf(target, seen), seen.emails);
  if (obstacle === "no-address") return "Nobody can be invited by uid: declare their email.";
  return obstacle && `${capReached(target, seen)}, and are not invited again.`;
}

/** What state records of the way of every newcomer. */
export function emailOutputs(
  { member, invitation: row, emails, isEmailPending }: PersonStatus,
  state: Properties,
): Properties {
  return {
    emailsSent: emailCount({ recorded: state }, emails),
    ...hiddenProperties({
      isEmailPending: (isEmailPending ?? hiddenIn(state).isEmailPending) && !member && !isValid(row),
    }),
  };
}

/** `undefined` for a member: each kind has its own word for them. */
export function statusOf({ member, invitation: row }: PersonStatus, state: Properties): StatusOutside | undefined {
  if (member) return undefined;
  return statusOutside(row && { isValid: isValid(row) }, {
    status: state["status"],
    isPast: isPast(state["expiresAt"] as string | undefined),
  });
}

/** The role in which somebody is invited now; one that is new to this version may be the declared one. */
export function invitedRole(row: Invitation | undefined): string | undefined {
  return isValid(row) && knownRoles.has(row?.role ?? "") ? row!.role : undefined;
}

/** Sends an invitation with the declared role instead of the listed one. */
async function invite(target: Target, seen: PersonStatus): Promise<PersonStatus> {
  const { view, person, invitation: row } = seen;
  const { email, userUid } = person;
  if (email === undefined) {
    throw new GuardError(
      `User ${userUid} is not a member of organization ${view.slug}, and nobody can be invited by uid.`,
      "Declare the person by email, in place of user.",
    );
  }
  requireEmailLeft(target, seen);
  const without: PersonStatus = { ...seen, invitation: undefined };
  if (row) {
    await view.cancel(row.uid).catch((error: unknown) => {
      // It may be cancelled: then nothing but this record tells that another one is to follow.
      throw error instanceof OutcomeUnknownError
        ? new UnfinishedError({ ...without, isEmailPending: true } satisfies PersonStatus, error)
        : error;
    });
  }
  return sendEmail(target, without, () => view.invite(email, target.inputs["role"] as string), row !== undefined);
}

/**
 * A mail that may have gone out counts as sent. One that is not known to have gone out is owed.
 * @param cancelled the invitation that stood before is cancelled already
 */
async function sendEmail(
  target: Target,
  seen: PersonStatus,
  send: () => Promise<Invitation>,
  cancelled = false,
): Promise<PersonStatus> {
  requireEmailLeft(target, seen);
  try {
    return { ...seen, invitation: await send(), emails: seen.emails + 1 };
  } catch (error) {
    const sent = error instanceof CreatedNotShownError;
    const outcomeUnknown = error instanceof OutcomeUnknownError;
    if (!(sent || outcomeUnknown || (cancelled && error instanceof Error))) throw error;
    const emails = seen.emails + (sent || outcomeUnknown ? 1 : 0);
    throw new UnfinishedError({ ...seen, emails, isEmailPending: !sent } satisfies PersonStatus, error);
  }
}

function requireEmailLeft(target: Target, seen: PersonStatus): void {
  if (hasEmailsLeft(declarationOf(target, seen), seen.emails)) return;
  throw new GuardError(
    `${nameOf(seen)} is not invited again. ${capReached(target, seen)}.`,
    "Raise maxEmails to invite once more, or revert the change.",
  );
}

function capReached(target: Target, seen: PersonStatus): string {
  const count = emailCount({ recorded: target.state }, seen.emails);
  return `They have been invited ${count === 1 ? "once" : `${count} times`}, the most that maxEmails allows`;
}

function nameOf({ person, who }: PersonStatus): string {
  return quoted(person.email ?? person.userUid ?? who);
}

export function isValid(row: Invitation | undefined): boolean {
  return row !== undefined && !isOverdue(row);
}
