import { hiddenIn } from "./hiddenState.js";

/**
 * Rules for a person in an organization or a team: their status, the email that a step sends, and what prevents it.
 * Pure functions: the lifecycle carries out their results, `status` and `drift` print them, and `review` predicts with
 * them.
 */

type Properties = Readonly<Record<string, unknown>>;

/** The declaration of a person, and its recorded state. */
export interface PersonDeclaration {
  /** The resource is not in the state yet. */
  isNew: boolean;
  /** The declared inputs. */
  declared: Properties;
  /** The recorded outputs; empty if the resource is new. */
  recorded: Properties;
}

/** A declared person, as the service shows them in an organization. */
export interface PersonInOrganization {
  isMember: boolean;
  /** Their invitation in the service's list: pending, or expired and still listed. */
  invitation: { isValid: boolean; role: string | undefined } | undefined;
}

/** The statuses of a person who is not a member. Each resource kind has its own status for a member. */
export type StatusOutside = "invited" | "expired" | "gone";

/**
 * The status of a person who is not a member. An invitation that disappeared before it expired (`gone`) does not become
 * `expired` afterwards.
 */
export function statusOutside(
  invitation: { isValid: boolean } | undefined,
  recorded: { status?: unknown; isPast: boolean },
): StatusOutside {
  if (invitation) return invitation.isValid ? "invited" : "expired";
  return recorded.isPast && recorded.status !== "gone" ? "expired" : "gone";
}

/**
 * The email that a step sends to a person who is not a member: `invite` for a new invitation, `resend` for the email of
 * the existing one.
 * @param emails number of emails sent in this step so far
 */
export function dueEmail(
  declaration: PersonDeclaration & { hasAddress: boolean },
  { isMember, invitation }: PersonInOrganization,
  emails = 0,
): "invite" | "resend" | undefined {
  if (isMember) return undefined;
  if (invitation?.isValid) {
    // The API cannot change an invitation: a different role needs a new one, which also satisfies a new value of
    // `resend`.
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
 * A role that differs from the recorded one needs a new invitation, also if the recorded invitation is gone: a run may
 * have ended after it cancelled that invitation to replace it, and a refresh may then have recorded `gone`.
 */
function asksForRole({ declared, recorded }: PersonDeclaration): boolean {
  if (recorded["role"] === declared["role"]) return false;
  return recorded["status"] === "invited" || recorded["userUid"] === undefined;
}

/**
 * Whether an email is due without a change of the declaration: one that is pending, or, with `onExpiry: "resend"`, one
 * after the last invitation has ended. The latter is never sent to a person who has been a member since their
 * declaration.
 */
export function invitesByItself(declaration: PersonDeclaration, emails = 0): boolean {
  const { declared, recorded } = declaration;
  const isWanted =
    hiddenIn(recorded).isEmailPending || (declared["onExpiry"] === "resend" && recorded["userUid"] === undefined);
  return isWanted && hasEmailsLeft(declaration, emails);
}

/** Number of emails sent for a declaration, including those of this step. */
export function emailCount({ recorded }: Pick<PersonDeclaration, "recorded">, emails = 0): number {
  return (Number(recorded["emailsSent"]) || 0) + emails;
}

/** Whether `maxEmails` allows one more email. Kinds without this input have no limit: each email needs a change. */
export function hasEmailsLeft({ declared, recorded }: Omit<PersonDeclaration, "isNew">, emails = 0): boolean {
  const most = declared["maxEmails"];
  return typeof most !== "number" || emailCount({ recorded }, emails) < most;
}

/** Why an email cannot be sent, even if the declaration asks for it. */
export function emailObstacle(
  declaration: PersonDeclaration & { hasAddress: boolean },
  emails = 0,
): "no-address" | "limit-reached" | undefined {
  if (!declaration.hasAddress) return "no-address";
  return hasEmailsLeft(declaration, emails) ? undefined : "limit-reached";
}

export type MembershipStatus = "active" | "gone" | "waiting";

/** The status of a team membership. If it was recorded as active and is lost, it is `gone`, not `waiting`. */
export function membershipStatus(
  recorded: { status?: unknown },
  { isInTeam, isMember, isPending }: { isInTeam: boolean; isMember: boolean; isPending: boolean },
): MembershipStatus {
  if (isInTeam) return "active";
  const wasActive = recorded.status === "active" || recorded.status === "gone";
  return wasActive && (isMember || !isPending) ? "gone" : "waiting";
}

/**
 * Whether the next step of a team membership is possible: to add a member, or to record that the membership is lost.
 */
export function hasMembershipStep(recorded: { status?: unknown }, isMember: boolean): boolean {
  return isMember !== (recorded.status === "active");
}
