import { invitation as schema, joinId, splitId } from "../schema/index.js";
import type { Lifecycle } from "./lifecycle.js";
import {
  canTakeNextStep,
  ensureInvited,
  invitedRole,
  mailOutputs,
  observePerson,
  personIdentities,
  personIdentity,
  replacedPerson,
  spellingsOf,
  statusOf,
  type Newcomer,
} from "./person.js";
import { organizationOf } from "./place.js";

/** A person's way up to acceptance; what comes after is none of its business. */
export const invitation: Lifecycle<Newcomer> = {
  schema,
  naturalKey: true,

  identities: personIdentities,
  spellings: spellingsOf,
  replaced: replacedPerson,

  /** Acceptance is recorded, and the rest is none of its business any more. */
  canSettle: async (run, target) => target.state["status"] !== "accepted" && canTakeNextStep(run, target),

  observe: observePerson,
  ensure: (_run, target, seen) => ensureInvited(target, seen!),
  sync: (_run, _target, seen) => Promise.resolve(seen),

  /** Looks for the invitation alone: whether the person is a member does not matter, and may not be knowable. */
  async remove(run, target) {
    const view = await organizationOf(run, target);
    const email = splitId(target.id, 2)[1]!;
    run.known.note(view.uid, [email, target.state["userUid"] as string | undefined]);
    const row = await view.invitationOf(email);
    const names = [email, target.state["userUid"] as string | undefined].filter((name) => name !== undefined);
    const spellings = [view.uid, view.slug].flatMap((place) => names.map((name) => personIdentity(place, name)));
    if (row && run.declarations.held(spellings).length === 0) await view.cancel(row.uid);
  },

  id: ({ view, who }) => joinId(view.uid, who),
  shown: ({ row, member }) => ({ role: member ? undefined : invitedRole(row) }),
  outputs: (seen, { state }) => {
    const { row, member } = seen;
    // Accepted once, and a member no more: the invitation has served its purpose.
    const served = !row && state["status"] === "accepted";
    return {
      uid: row?.uid ?? state["uid"],
      status: member || served ? "accepted" : statusOf(seen, state),
      expiresAt: row?.expiresAt ?? state["expiresAt"],
      userUid: member?.userUid ?? state["userUid"],
      ...mailOutputs(seen, state),
    };
  },
};
