import { joinId, organizationMember as schema, quoted } from "../schema/index.js";
import type { Member } from "../snapshot/index.js";
import { GuardError } from "./guards.js";
import type { Lifecycle } from "./lifecycle.js";
import { tell } from "./log.js";
import {
  canTakeNextStep,
  ensureInvited,
  hasSomebodyElsesAddress,
  invitationBeside,
  invitedRole,
  mailOutputs,
  notePerson,
  observePerson,
  personIdentities,
  replacedPerson,
  spellingsOf,
  statusOf,
  type Newcomer,
} from "./person.js";
import type { Run } from "./run.js";

/** A person from nobody to member. */
export const organizationMember: Lifecycle<Newcomer> = {
  schema,
  naturalKey: true,

  identities: personIdentities,
  spellings: spellingsOf,
  replaced: replacedPerson,

  /** Acceptance is recorded; an invitation that has ended is mailed again where the declaration says so. */
  canSettle: async (run, target) => target.state["status"] !== "active" && canTakeNextStep(run, target),

  observe: observePerson,
  ensure: (_run, target, seen) => ensureInvited(target, seen!),

  async sync(_run, target, seen) {
    const role = target.inputs["role"] as string;
    const { view, member } = seen;
    if (!member || member.role === role || staysOwner(seen, member)) return seen;
    const change = async () => ({ ...seen, member: await view.setRole(member, role) });
    return role === "member" ? unlessOwnPerson(seen, member, "made a plain member", change) : change();
  },

  async remove(run, target) {
    if (target.inputs["onDestroy"] === "retain") return notePerson(run, target);
    const seen = await observePerson(run, target);
    if (!seen || run.declarations.held(spellingsOf(seen)).length > 0) return;
    if (hasSomebodyElsesAddress(seen)) return;
    if (!seen.member) return seen.row && seen.view.cancel(seen.row.uid);
    if (staysOwner(seen, seen.member)) return;
    await removeMember(run, seen, seen.member);
  },

  id: ({ view, who }) => joinId(view.uid, who),
  shown: ({ row, member }) => ({
    role: member ? (member.role === "owner" ? undefined : member.role) : invitedRole(row),
  }),
  outputs: (seen, { state }) => {
    const { row, member } = seen;
    return {
      status: statusOf(seen, state) ?? "active",
      userUid: member?.userUid ?? state["userUid"],
      username: member?.username ?? state["username"],
      invitationUid: member ? undefined : (row?.uid ?? state["invitationUid"]),
      expiresAt: member ? undefined : (row?.expiresAt ?? state["expiresAt"]),
      ...mailOutputs(seen, state),
    };
  },
};

async function removeMember(run: Run, seen: Newcomer, member: Member): Promise<void> {
  const { view } = seen;
  const beside = await invitationBeside(seen);
  await unlessOwnPerson(seen, member, "removed", async () => {
    run.breaker.count(`organization ${view.uid}`, [member.userUid]);
    // First what they could come back by: should the run end in between, the next one still finds the member.
    if (beside) await view.cancel(beside.uid);
    await view.removeMember(member.userUid);
  });
}

/** An organization has one owner (T12): whoever it is, they are neither demoted nor removed. */
function staysOwner({ view }: Newcomer, member: Member): boolean {
  if (member.role === undefined) {
    throw new GuardError(
      `Avala does not show the role of ${nameOf(member)} in organization ${view.slug}. They may be its owner, and stay as they are.`,
      "Use a key of an owner or admin.",
    );
  }
  if (member.role !== "owner") return false;
  tell("warning", `${nameOf(member)} is the owner of organization ${view.slug} and stays it, whatever is declared.`);
  return true;
}

/**
 * Takes a step that ends somebody's role, unless they are known to be the key's own person: without their role the key
 * could not put anything right afterwards (T13). Those who have the key's role lose it one after the other: of two who
 * went at the same time, neither would be known.
 */
async function unlessOwnPerson<T>(
  { view }: Newcomer,
  member: Member,
  what: string,
  step: () => Promise<T>,
): Promise<T> {
  if (member.role !== (await view.ownRole())) return step();
  return view.leavingRole.take("own", async () => {
    if ((await view.ownPerson())?.userUid !== member.userUid) return step();
    throw new GuardError(
      `${nameOf(member)} is the person whose API key this run uses, and is not ${what} in organization ${view.slug}.`,
      "Use the key of another admin or of the owner, or keep the person: " +
        'with onDestroy: "retain" the resource can go while the person stays.',
    );
  });
}

function nameOf({ email, username, userUid }: Member): string {
  return quoted(email ?? username ?? userUid);
}
