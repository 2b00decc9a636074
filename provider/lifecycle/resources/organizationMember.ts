import { joinId } from "../../core/identity.js";
import { organizationMember as schema } from "../../schema/index.js";
import { quoted } from "../../core/text.js";
import { holdsAccess } from "../../policy/identity.js";
import type { Member } from "../../client/index.js";
import { GuardError } from "../runtime/guards.js";
import { handOver } from "../runtime/handOver.js";
import { sends, type Lifecycle } from "../lifecycle.js";
import {
  announcePerson,
  cancelRecorded,
  canTakeNextStep,
  ensureInvited,
  leftoverInvitation,
  invitedRole,
  learnPerson,
  emailOutputs,
  notePerson,
  observePerson,
  personClaims,
  personSubject,
  recordedPersonClaims,
  replacedPerson,
  statusOf,
  type PersonStatus,
} from "./person.js";
import type { Run } from "../runtime/run.js";
import { isUnfinished } from "../state.js";

/** One person's membership of an organization, from the invitation on. */
export const organizationMember: Lifecycle<PersonStatus> = {
  schema,
  naturalKey: true,

  claims: personClaims,
  recordedClaims: recordedPersonClaims,
  announce: announcePerson,
  learn: learnPerson,
  noteLeaving: notePerson,
  subjects: (seen, target) => [personSubject(seen, target)],
  replaced: replacedPerson,

  /**
   * The next step records an acceptance, or, with `onExpiry: "resend"`, invites again after an invitation has ended.
   */
  hasPendingStep: async (run, target) => target.state["status"] !== "active" && canTakeNextStep(run, target),

  observe: observePerson,
  ensure: (run, target, seen) => ensureInvited(run, target, seen!),

  /**
   * A person who has joined since the last run gets the declared role. A changed role of a recorded member is drift,
   * which is only corrected after a refresh has recorded it.
   */
  async sync(run, target, seen) {
    const role = target.inputs["role"] as string;
    const { view, member } = seen;
    if (!member || member.role === role || staysOwner(run, seen, member)) return seen;
    if (target.state["status"] === "active" && !sends(target, "role")) return seen;
    const change = async () => ({ ...seen, member: await view.setRole(member, role) });
    return role === "member" ? unlessOwnPerson(seen, member, "made a plain member", change) : change();
  },

  async remove(run, target) {
    const { inputs, state } = target;
    if (inputs["onDestroy"] === "retain") return;
    const seen = await observePerson(run, target);
    if (!seen?.member && !seen?.invitation) return;
    if (handOver(run, personSubject(seen, target), state)) return;
    if (!seen.member) return cancelRecorded(run, seen, target, state["invitationUid"]);
    if (!holdsAccess(state, isUnfinished(state))) return warnNotHeld(run, seen, seen.member);
    if (staysOwner(run, seen, seen.member)) return;
    await removeMember(run, seen, seen.member);
  },

  id: ({ view, who }) => joinId(view.uid, who),
  toInputs: ({ invitation: row, member }) => ({
    role: member ? (member.role === "owner" ? undefined : member.role) : invitedRole(row),
  }),
  outputs: (seen, { state }) => {
    const { invitation: row, member } = seen;
    return {
      status: statusOf(seen, state) ?? "active",
      userUid: member?.userUid ?? state["userUid"],
      username: member?.username ?? state["username"],
      invitationUid: member ? undefined : (row?.uid ?? state["invitationUid"]),
      expiresAt: member ? undefined : (row?.expiresAt ?? state["expiresAt"]),
      ...emailOutputs(seen, state),
    };
  },
};

/**
 * The person joined in a different way than by the recorded invitation, so the deletion does not remove their access.
 */
function warnNotHeld(run: Run, { view }: PersonStatus, member: Member): void {
  run.log.warn(
    `${nameOf(member)} has become a member of organization ${view.slug} in another way than by the resource that is deleted, and stays a member. No resource declares them now.`,
  );
}

async function removeMember(run: Run, seen: PersonStatus, member: Member): Promise<void> {
  const { view } = seen;
  const { userUid } = member;
  const leftover = await leftoverInvitation(seen);
  await unlessOwnPerson(seen, member, "removed", async () => {
    await run.breaker.count(`organization ${view.uid}`, [userUid]);
    // Their team memberships end with the removal, so they count as removals from the teams.
    const teams = view.teamsWith(userUid).map(({ uid }) => `${view.uid}/${uid}`);
    for (const team of new Set([...teams, ...run.labels.teamsOf(view.uid, userUid)])) {
      await run.breaker.count(`team ${team}`, [userUid]);
    }
    // Cancelled first: if the run ends after this, the next run still finds the member, who could accept it otherwise.
    if (leftover) await view.cancel(leftover.uid);
    await view.removeMember(member.userUid);
  });
}

/** Whether the member is the owner, who is never demoted or removed; this is logged as a warning. */
function staysOwner(run: Run, { view }: PersonStatus, member: Member): boolean {
  if (member.role === undefined) {
    throw new GuardError(
      `Avala does not show the role of ${nameOf(member)} in organization ${view.slug}. They may be its owner, and stay as they are.`,
      "Use a key of an owner or admin.",
    );
  }
  if (member.role !== "owner") return false;
  run.log.warn(
    `${nameOf(member)} is the owner of organization ${view.slug} and stays the owner, whatever is declared.`,
  );
  return true;
}

/**
 * Takes a step that ends the role of a member, unless the member is the API key's user: without this role, the key
 * could not correct anything afterwards. If the service does not return that user, the only member with the key's role
 * counts as the user. Steps for members with this role are therefore taken one after the other.
 */
async function unlessOwnPerson<T>(
  { view }: PersonStatus,
  member: Member,
  what: string,
  step: () => Promise<T>,
): Promise<T> {
  const ownRole = await view.ownRole();
  if (ownRole !== undefined && member.role !== ownRole) return step();
  return view.leavingRole.run("own", async () => {
    if ((await view.ownPerson()) !== member.userUid) return step();
    throw new GuardError(
      `${nameOf(member)} is the user whose API key this run uses, and is not ${what} in organization ${view.slug}.`,
      "Use the key of another admin or of the owner, or keep the person: " +
        'with onDestroy: "retain" the resource can go while the person stays.',
    );
  });
}

function nameOf({ email, userUid }: Member): string {
  return quoted(email ?? userUid);
}
