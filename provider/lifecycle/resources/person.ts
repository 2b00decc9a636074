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

/** A declared person of an organization, as they were observed. */
export interface PersonStatus {
  view: OrganizationView;
  person: Person;
  /** Last part of the id: the person as first declared. */
  who: string;
  member: Member | undefined;
  /**
   * Their invitation in the service's list: pending, or expired and still listed. Not searched for a member whose uid
   * is known.
   */
  invitation: Invitation | undefined;
  /** Number of emails that this step has sent, including unconfirmed ones. */
  emails: number;
  /** An invitation email is due, and is not known to have been sent. */
  isEmailPending?: boolean;
}

/** The claim of a declaration, in its own spelling. */
export function personClaims({ organization, user, email }: Properties): Claim[] {
  const who = user ?? email;
  if (typeof organization !== "string" || typeof who !== "string" || [organization, who].some(isUnknown)) return [];
  return [{ key: personKey(organization, who) }];
}

/** The claim of a recorded resource, with the uid if it is known. */
export function recordedPersonClaims({ id, inputs, state }: Recorded): Claim[] {
  const [organizationUid] = splitId(id, 2) as [string, string];
  const uid = (inputs["user"] as string | undefined) ?? recordedUid(state);
  return personClaims(inputs).map((claim) => ({ ...claim, uid: uid && personKey(organizationUid, uid) }));
}

export function personKey(organization: string, who: string): string {
  return `person ${canonicalUid(organization) ?? organization} ${who}`;
}

/** The observed person, to find other declarations that manage them too. */
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

/** All known names of a person. */
export function aliasesOf(who: string, person: Person, ...rows: (PersonRow | undefined)[]): string[] {
  const emails = [person.email, ...rows.map((row) => row?.email)].map((email) => email && normalizeEmail(email));
  const names = [who, person.userUid, ...rows.map((row) => row?.userUid), ...emails];
  return [...new Set(names.filter((name): name is string => Boolean(name)))];
}

/** The names of the person in the program and in the state. A recorded uid is the identity. */
export function personIn({ inputs, state }: Target, who = (inputs["user"] ?? inputs["email"]) as string): Person {
  const named = personOf(who);
  return {
    userUid: (inputs["user"] ?? recordedUid(state) ?? named.userUid) as string | undefined,
    email: (inputs["email"] ?? state["email"] ?? named.email) as string | undefined,
  };
}

/** Names of the inputs that identify a different person or organization than the recorded one. */
export async function replacedPerson(run: Run, target: Recorded): Promise<string[]> {
  const organization = (await isOtherOrganization(run, target)) ? ["organization"] : [];
  const person = (await isOtherPerson(run, target)) ? [target.inputs["user"] === undefined ? "email" : "user"] : [];
  return [...organization, ...person];
}

/**
 * Whether the declaration names a different person; a different spelling is not one. A request is only sent if the
 * state does not decide it; if the request fails, this throws.
 */
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

/** Reads the person's membership, and their invitation unless their uid is known and is that of a member. */
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

/**
 * Warns if a different person has the declared address now. The recorded uid is the identity: that person is not
 * changed.
 */
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
 * Refuses to invite an address that a different person has now, or that a member had before and nobody has now: the
 * program may mean this member.
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
    "Declare them by their current address, or by their uid (user), in every resource that still has the old address.",
  );
}

/** Records the person as managed, from the state and without a request. */
export function notePerson(run: Run, target: Recorded): void {
  const [organizationUid, who] = splitId(target.id, 2) as [string, string];
  run.managed.add(organizationUid, aliasesOf(who, personIn(target, who)));
}

/** Records that a newly declared person may not be a member of the organization yet. */
export function announcePerson(run: Run, { organization, user, email }: Properties): void {
  const names = [user, email].filter((name) => typeof name === "string" && !isUnknown(name));
  if (!isUnknown(organization)) run.labels.noteUnsettled(organization as string, names as string[]);
}

/** Records from the state, without a request, the uid of an address, and people who are not recorded as members. */
export function learnPerson(run: Run, { id, inputs, state }: Recorded): void {
  const [organizationUid] = splitId(id, 2) as [string, string];
  // If the address was corrected in the program, the old address does not identify the person.
  if (inputs["email"] === state["email"]) run.labels.learn(organizationUid, state["email"], recordedUid(state));
  if (state["status"] === "active" || state["status"] === "accepted") return;
  const names = [inputs["user"], inputs["email"], state["userUid"]].filter((name) => typeof name === "string");
  run.labels.noteUnsettled(organizationUid, names as string[]);
}

type Found = Pick<PersonStatus, "member" | "invitation">;

/** Reads both lists: a person who joined in a different way may be a member and still have a valid invitation. */
async function find(run: Run, view: OrganizationView, person: Person): Promise<Found> {
  const found = await findStep(run, view, person);
  if (found.member || !isValid(found.invitation)) return found;
  // With hidden addresses, an invited person counts as not being a member, because this cannot be found out.
  return { ...found, member: await view.members.find(person).catch(unlessKnown) };
}

/** Does not read the members for a person with a valid invitation, who usually has no next step: this saves a list. */
async function findStep(run: Run, view: OrganizationView, person: Person): Promise<Found> {
  const { userUid, email } = person;
  const known = userUid === undefined ? undefined : await view.members.find(person);
  if (known || email === undefined) return { member: known, invitation: undefined };
  const row = await view.invitationOf(email);
  warnNewValues(run, row);
  return { member: isValid(row) ? undefined : await view.members.find(person), invitation: row };
}

/**
 * A valid invitation of a member, which they could accept after their removal, if it can be found out. Only their
 * current address counts: an invitation of a former address belongs to a different person.
 */
export async function leftoverInvitation({ view, person, member }: PersonStatus): Promise<Invitation | undefined> {
  const email = member?.email ?? person.email;
  const found = email === undefined ? undefined : await view.invitationOf(email).catch(unlessKnown);
  return isValid(found) ? found : undefined;
}

/** Cancels the recorded invitation of a resource. A different invitation of the same address stays, with a warning. */
export async function cancelRecorded(
  run: Run,
  { view, invitation: row, ...seen }: PersonStatus,
  { state }: Target,
  recorded: unknown,
): Promise<void> {
  if (!row) return;
  // If the request that created it got no answer, its uid is not recorded.
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

/**
 * Statuses of listed invitations in the contract; an invitation with a different status counts as pending until it
 * expires.
 */
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

/** Sends the email that is due to a person who is not a member, if any. */
export async function ensureInvited(run: Run, target: Target, seen: PersonStatus): Promise<PersonStatus> {
  const due = dueEmailOf(target, seen);
  if (due === undefined) return seen;
  refuseMovedAddress(run, seen);
  return due === "resend" ? sendEmail(target, seen, () => seen.view.resend(seen.invitation!)) : invite(target, seen);
}

/** The email that this step sends to a person who is not a member. */
function dueEmailOf(target: Target, seen: PersonStatus): "invite" | "resend" | undefined {
  const { invitation: row, member, emails } = seen;
  const invitation = row && { isValid: isValid(row), role: invitedRole(row) };
  return dueEmail(declarationOf(target, seen), { isMember: member !== undefined, invitation }, emails);
}

function declarationOf({ id, inputs, state }: Target, { person }: PersonStatus) {
  return { isNew: id === undefined, declared: inputs, recorded: state, hasAddress: person.email !== undefined };
}

/**
 * Whether a next step is possible for a person who is not recorded as a member. Logs the status of their invitation and
 * the email of the step, because the preview shows neither.
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
    `${statusSentence(seen, target)} ${next}`,
    (count) => `${count} more people of organization ${seen.view.slug} have the status ${status}.`,
  );
  return due !== undefined;
}

/** The part of the log line that says that the declared role is set, unless the preview shows this. */
function roleOf({ role }: Member, { inputs, state }: Target): string {
  const declared = inputs["role"];
  const isShown = declared !== state["role"];
  const stays = role === undefined || role === "owner" || declared === undefined || role === declared;
  return stays || isShown ? "" : `, as ${printable(role, 20)}: the declared role (${declared as string}) is set`;
}

function statusSentence(seen: PersonStatus, { state }: Target): string {
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

/** A sentence that says why an email cannot be sent, if it cannot. */
function obstacleTo(target: Target, seen: PersonStatus): string | undefined {
  const obstacle = emailObstacle(declarationOf(target, seen), seen.emails);
  if (obstacle === "no-address") return "Nobody can be invited by uid: declare their email.";
  return obstacle && `${limitReached(target, seen)}, and are not invited again.`;
}

/** The outputs that record the emails of an invitation. */
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

/** The status of a person; `undefined` for a member, for whom each kind has its own status. */
export function statusOf({ member, invitation: row }: PersonStatus, state: Properties): StatusOutside | undefined {
  if (member) return undefined;
  return statusOutside(row && { isValid: isValid(row) }, {
    status: state["status"],
    isPast: isPast(state["expiresAt"] as string | undefined),
  });
}

/**
 * The role of a valid invitation; `undefined` if this version does not know it, because it may equal the declared role.
 */
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
      // It may be cancelled: then only this record shows that a new invitation is due.
      throw error instanceof OutcomeUnknownError
        ? new UnfinishedError({ ...without, isEmailPending: true } satisfies PersonStatus, error)
        : error;
    });
  }
  return sendEmail(target, without, () => view.invite(email, target.inputs["role"] as string), row !== undefined);
}

/**
 * Sends an email. One that may have been sent counts as sent; one that is not known to be sent is recorded as pending.
 * @param cancelled whether the previous invitation is cancelled already
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
    `${nameOf(seen)} is not invited again. ${limitReached(target, seen)}.`,
    "Raise maxEmails to invite once more, or revert the change.",
  );
}

function limitReached(target: Target, seen: PersonStatus): string {
  const count = emailCount({ recorded: target.state }, seen.emails);
  return `They have been invited ${count === 1 ? "once" : `${count} times`}, the most that maxEmails allows`;
}

function nameOf({ person, who }: PersonStatus): string {
  return quoted(person.email ?? person.userUid ?? who);
}

export function isValid(row: Invitation | undefined): boolean {
  return row !== undefined && !isOverdue(row);
}
