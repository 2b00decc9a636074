import {
  emailCount,
  hasEmailsLeft,
  hasMembershipStep,
  invitesByItself,
  statusOutside,
} from "../../provider/policy/person.js";
import type { Invitation } from "../../provider/client/index.js";
import { quoted } from "../../provider/core/text.js";
import { isOverdue, isPast } from "../../provider/snapshot/index.js";
import { day } from "../output/terminal.js";
import type { Declaration } from "./declarations.js";
import type { Live, Membership } from "./live.js";

/** The situation of a person in one organization or team. */
export interface Finding {
  /**
   * `waiting` for somebody else; `ready`: a step has become possible, and the next `up` takes it; `ended`: an invitation
   * that has expired, or somebody who has gone; `runOut`: the declared time of the access is over.
   */
  group: "waiting" | "ready" | "ended" | "runOut";
  /** In one sentence. */
  message: string;
  /** Of what has ended. */
  outcome?: "expired" | "gone";
  /** What somebody who waits is waiting for: without an invitation, nobody can accept. */
  awaits?: "acceptance" | "invitation" | "unknown" | undefined;
  /** When the person was invited, as the service tells. */
  since?: string | undefined;
  /** Until when the invitation is valid. */
  until?: string | undefined;
}

/** What a declaration and the service, as it is now, come to; undefined where everything is settled. */
export async function judge(declaration: Declaration, live: Live): Promise<Finding | undefined> {
  const membership = await live.membership(declaration);
  const invitation = await live.invitation(declaration.email);
  const seen = { declaration, membership, invitation, listed: live.invitations !== undefined };
  return declaration.teamUid === undefined ? joining(seen) : teamMembership(seen);
}

/** Whose access has run out, unless it has ended anyway. `validUntil` is the last valid day, in UTC. */
export function judgeTime({ validUntil, reason }: Declaration, now = Date.now()): Finding | undefined {
  if (validUntil === undefined || validUntil >= new Date(now).toISOString().slice(0, 10)) return undefined;
  const why = reason === undefined ? "" : ` (${quoted(reason)})`;
  return { group: "runOut", message: `access ran out on ${day(validUntil)}${why}`, until: validUntil };
}

/** An invitation that no declaration knows. */
export function judgeInvitation(row: Invitation): Finding {
  return isOverdue(row) ? expired(row.expiresAt) : { ...waiting(row), message: invited(row) };
}

interface Seen {
  declaration: Declaration;
  membership: Membership;
  /** Listed by the service: pending, or expired and still shown. */
  invitation: Invitation | undefined;
  /** Whether invitations may be seen at all. */
  listed: boolean;
}

/** The way into the organization: of an OrganizationMember or an Invitation. */
function joining(seen: Seen): Finding | undefined {
  const { declaration, membership, invitation } = seen;
  const { status } = declaration;
  const joined = status === "active" || status === "accepted";
  if (isMember(membership)) {
    if (joined) return undefined;
    return ready(`${declaration.joinedOnce ? "is a member again" : "has accepted"}: the next up records it`);
  }
  // An Invitation that was accepted has served its purpose; nothing else is known of whom the key may not see.
  if (status === "accepted" || (joined && membership === "unknown")) return undefined;
  const finding = invitation && !isOverdue(invitation) ? pending(invitation) : ending(seen);
  return { ...finding, message: [finding.message, next(declaration, finding)].filter(Boolean).join("; ") };
}

/** Why somebody is neither a member nor validly invited. */
function ending({ declaration, membership, invitation, listed }: Seen): Finding {
  const { status, expiresAt, email, lastWas } = declaration;
  if (membership === "unknown" || !listed) return asRecorded(declaration);
  if (invitation) return expired(invitation.expiresAt);
  if (lastWas === "member") return gone("is not a member any more: left, or removed by somebody else");
  if (email === undefined) return gone("is not a member, and nobody can be invited by uid");
  if (statusOutside(undefined, { status, isPast: isPast(expiresAt) }) === "expired") return expired(expiresAt);
  return gone("the invitation has vanished: cancelled or declined, Avala does not say which");
}

/** What the key may not look up is told as the last run left it. */
function asRecorded({ status, expiresAt, lastWas }: Declaration): Finding {
  if (status === "gone") {
    const what = lastWas === "member" ? "was not a member any more" : "the invitation had vanished";
    return gone(`${what} when the last run looked`);
  }
  if (status === "expired" || isPast(expiresAt)) return expired(expiresAt);
  const until = expiresAt === undefined ? "" : `, until ${day(expiresAt)}`;
  return {
    group: "waiting",
    awaits: "acceptance",
    message: `invited${until}, as the last run recorded it`,
    until: expiresAt,
  };
}

/** What becomes of an invitation by itself. An Invitation has no limit of emails. */
function next({ email, emails }: Declaration, { group }: Finding): string {
  const { maxEmails } = emails.declared;
  const limit = typeof maxEmails === "number" ? ` of ${maxEmails}` : "";
  const count = `${emailCount(emails)}${limit}`;
  if (!hasEmailsLeft(emails)) return `email limit reached (${count})`;
  if (group === "waiting" || email === undefined) return "";
  return invitesByItself(emails)
    ? `the next up invites them again (${count} emails so far)`
    : "a new value of resend invites them again";
}

/** In a team. */
function teamMembership({ declaration, membership, invitation, listed }: Seen): Finding | undefined {
  const { status, email } = declaration;
  const hasStep = membership !== "unknown" && hasMembershipStep({ status }, isMember(membership));
  if (status === "active") return hasStep ? gone("is not a member of the organization any more") : undefined;
  if (hasStep) {
    return ready(
      status === "gone"
        ? "was removed from the team by somebody else: the next up adds them again"
        : "has joined: the next up adds them to the team",
    );
  }
  if (status === "gone") return gone("was removed from the team by somebody else");
  if (invitation) {
    return isOverdue(invitation) ? expired(invitation.expiresAt) : pending(invitation);
  }
  if (email === undefined) return uninvited("is not a member of the organization");
  if (membership === "unknown" || !listed) {
    return uninvited("was not a member of the organization when the last run looked", "unknown");
  }
  return uninvited("nobody has invited them");
}

function isMember(membership: Membership): boolean {
  return typeof membership === "object";
}

function pending(row: Invitation): Finding {
  return { ...waiting(row), message: invited(row) };
}

function uninvited(message: string, awaits: "invitation" | "unknown" = "invitation"): Finding {
  return { group: "waiting", awaits, message };
}

function waiting({ createdAt, expiresAt }: Invitation): Omit<Finding, "message"> {
  return { group: "waiting", awaits: "acceptance", since: createdAt, until: expiresAt };
}

function invited({ createdAt, expiresAt }: Invitation): string {
  const since = createdAt === undefined ? "" : ` ${day(createdAt)}`;
  const until = expiresAt === undefined ? "" : `, valid until ${day(expiresAt)}`;
  return `invited${since}${until}`;
}

function expired(on: string | undefined): Finding {
  const when = on === undefined ? "" : ` on ${day(on)}`;
  return { group: "ended", outcome: "expired", message: `the invitation has expired${when}`, until: on };
}

function gone(message: string): Finding {
  return { group: "ended", outcome: "gone", message };
}

function ready(message: string): Finding {
  return { group: "ready", message };
}
