import { hiddenIn } from "./hiddenState.js";

/**
 * What becomes of a person in an organization or a team: whether they are invited, what a step sends, what blocks it. Pure
 * functions; the lifecycle carries out what they answer, `status` and `drift` print it, `review` predicts with it.
 */

type Properties = Readonly<Record<string, unknown>>;

/** A declaration of a person, and what state records of it. */
export interface PersonDeclaration {
  /** It is not in state. */
  isNew: boolean;
  /** The declared inputs. */
  declared: Properties;
  /** The recorded outputs; empty where it is new. */
  recorded: Properties;
}

/** What the service shows of a person who is declared in an organization. */
export interface PersonInOrganization {
  isMember: boolean;
  /** Their invitation, as it is listed: pending, or expired and still shown. */
  invitation: { isValid: boolean; role: string | undefined } | undefined;
}

/** Each kind has its own word for a member. */
export type StatusOutside = "invited" | "expired" | "gone";

/** The status of somebody who is not a member. What vanished before its time does not expire when its time has come. */
export function statusOutside(
  invitation: { isValid: boolean } | undefined,
  recorded: { status?: unknown; isPast: boolean },
): StatusOutside {
  if (invitation) return invitation.isValid ? "invited" : "expired";
  return recorded.isPast && recorded.status !== "gone" ? "expired" : "gone";
}

/**
 * The email that a step sends to somebody who is not a member: an invitation, or the one they have again.
 * @param emails sent in this step so far
 */
export function dueEmail(
  declaration: PersonDeclaration & { hasAddress: boolean },
  { isMember, invitation }: PersonInOrganization,
  emails = 0,
): "invite" | "resend" | undefined {
  if (isMember) return undefined;
  if (invitation?.isValid) {
    // The API cannot change an invitation: another role is another one, and serves a new value of resend too.
    if (invitation.role !== undefined && invitation.role !== declaration.declared["role"]) return "invite";
    return asksForResend(declaration) ? "resend" : undefined;
  }
  const isAsked = declaration.isNew || asksForResend(declaration) || asksForRole(declaration);
  return isAsked || (declaration.hasAddress && invitesByItself(declaration, emails)) ? "invite" : undefined;
}

/** Whether a change of the declaration asks for an email. */
export function asksForEmail(declaration: PersonDeclaration): boolean {
  return asksForResend(declaration) || (!declaration.isNew && asksForRole(declaration));
}

/** A new value of `resend`. */
export function asksForResend({ isNew, declared, recorded }: PersonDeclaration): boolean {
  return !isNew && declared["resend"] !== undefined && declared["resend"] !== recorded["resend"];
}

/**
 * Another role than they were invited in is another invitation. That theirs is gone is no reason to send none: a run that
 * was to replace it may have ended after the cancellation, and only a refresh have noticed.
 */
function asksForRole({ declared, recorded }: PersonDeclaration): boolean {
  if (recorded["role"] === declared["role"]) return false;
  return recorded["status"] === "invited" || recorded["userUid"] === undefined;
}

/**
 * An email that no change asks for: one that is pending, or, where the declaration says so, after the last invitation has
 * ended. Never to somebody who has been a member since they were declared.
 */
export function invitesByItself(declaration: PersonDeclaration, emails = 0): boolean {
  const { declared, recorded } = declaration;
  const isWanted =
    hiddenIn(recorded).isEmailPending || (declared["onExpiry"] === "resend" && recorded["userUid"] === undefined);
  return isWanted && hasEmailsLeft(declaration, emails);
}

/** Emails sent for a declaration, those of this step included. */
export function emailCount({ recorded }: Pick<PersonDeclaration, "recorded">, emails = 0): number {
  return (Number(recorded["emailsSent"]) || 0) + emails;
}

/** Whether `maxEmails` allows one more. Kinds without a limit are asked for each email anew. */
export function hasEmailsLeft({ declared, recorded }: Omit<PersonDeclaration, "isNew">, emails = 0): boolean {
  const most = declared["maxEmails"];
  return typeof most !== "number" || emailCount({ recorded }, emails) < most;
}

/** Why an email cannot be sent, whoever asks for it. */
export function emailObstacle(
  declaration: PersonDeclaration & { hasAddress: boolean },
  emails = 0,
): "no-address" | "limit-reached" | undefined {
  if (!declaration.hasAddress) return "no-address";
  return hasEmailsLeft(declaration, emails) ? undefined : "limit-reached";
}

export type MembershipStatus = "active" | "gone" | "waiting";

/** The status of a team membership: one that was recorded and is lost is `gone`, not `waiting`. */
export function membershipStatus(
  recorded: { status?: unknown },
  { isInTeam, isMember, isPending }: { isInTeam: boolean; isMember: boolean; isPending: boolean },
): MembershipStatus {
  if (isInTeam) return "active";
  const wasActive = recorded.status === "active" || recorded.status === "gone";
  return wasActive && (isMember || !isPending) ? "gone" : "waiting";
}

/** Whether the next step of a team membership is possible: to add a member, or to record that the membership is lost. */
export function hasMembershipStep(recorded: { status?: unknown }, isMember: boolean): boolean {
  return isMember !== (recorded.status === "active");
}
