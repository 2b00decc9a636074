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

/** A person from nobody to member. */
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

  /** Acceptance is recorded; an invitation that has ended is mailed again where the declaration says so. */
  hasPendingStep: async (run, target) => target.state["status"] !== "active" && canTakeNextStep(run, target),

  observe: observePerson,
  ensure: (run, target, seen) => ensureInvited(run, target, seen!),

  /** Whoever has joined since the last run gets the declared role; of a member, another role is drift until a refresh. */
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

/** They have joined in another way than by what is recorded: that access is not this declaration's to take away. */
function warnNotHeld(run: Run, { view }: PersonStatus, member: Member): void {
  run.log.warn(
    `${nameOf(member)} has become a member of organization ${view.slug} in another way than by the resource that is deleted, and stays a member. No resource declares them now.`,
  );
}

async function removeMember(run: Run, seen: PersonStatus, member: Member): Promise<void> {
  const { view } = seen;
  const { userUid } = member;
  const beside = await leftoverInvitation(seen);
  await unlessOwnPerson(seen, member, "removed", async () => {
    await run.breaker.count(`organization ${view.uid}`, [userUid]);
    // Their team memberships end too.
    const teams = view.teamsWith(userUid).map(({ uid }) => `${view.uid}/${uid}`);
    for (const team of new Set([...teams, ...run.labels.teamsOf(view.uid, userUid)])) {
      await run.breaker.count(`team ${team}`, [userUid]);
    }
    // First what they could come back by: should the run end in between, the next one still finds the member.
    if (beside) await view.cancel(beside.uid);
    await view.removeMember(member.userUid);
  });
}

/** An organization has one owner, who is neither demoted nor removed, whatever is declared. */
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
 * Takes a step that ends somebody's role, unless they are the API key's own user: without their role the key could not put
 * anything right afterwards. Where the service does not say who that is, the only one with the key's role is: so those
 * who have it lose it one after the other, as of two at the same time neither would be known.
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
