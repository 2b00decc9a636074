import { invitation as schema } from "../../schema/index.js";
import { joinId, splitId } from "../../core/identity.js";
import { handOver } from "../runtime/handOver.js";
import type { Lifecycle } from "../lifecycle.js";
import {
  announcePerson,
  cancelRecorded,
  canTakeNextStep,
  ensureInvited,
  invitedRole,
  learnPerson,
  notePerson,
  emailOutputs,
  observePerson,
  personClaims,
  personSubject,
  recordedPersonClaims,
  replacedPerson,
  statusOf,
  type PersonStatus,
} from "./person.js";
import { organizationOf } from "./scope.js";

/** A person's way up to acceptance; what comes after is none of its business. */
export const invitation: Lifecycle<PersonStatus> = {
  schema,
  naturalKey: true,

  claims: personClaims,
  recordedClaims: recordedPersonClaims,
  announce: announcePerson,
  learn: learnPerson,
  noteLeaving: notePerson,
  subjects: (seen, target) => [personSubject(seen, target)],
  replaced: replacedPerson,

  /** Acceptance is recorded, and the rest is none of its business any more. */
  hasPendingStep: async (run, target) => target.state["status"] !== "accepted" && canTakeNextStep(run, target),

  observe: observePerson,
  ensure: (run, target, seen) => ensureInvited(run, target, seen!),
  sync: (_run, _target, seen) => Promise.resolve(seen),

  /** Looks for the invitation alone: whether the person is a member does not matter, and may not be knowable. */
  async remove(run, target) {
    const { state } = target;
    const view = await organizationOf(run, target);
    const who = splitId(target.id, 2)[1]!;
    const email = (state["email"] ?? who) as string;
    const row = await view.invitationOf(email);
    const seen: PersonStatus = { view, person: { email }, who, member: undefined, invitation: row, emails: 0 };
    if (!row || handOver(run, personSubject(seen, target), state)) return;
    await cancelRecorded(run, seen, target, state["uid"]);
  },

  id: ({ view, who }) => joinId(view.uid, who),
  toInputs: ({ invitation: row, member }) => ({ role: member ? undefined : invitedRole(row) }),
  outputs: (seen, { state }) => {
    const { invitation: row, member } = seen;
    // Accepted once, and a member no more: the invitation has served its purpose.
    const served = !row && state["status"] === "accepted";
    return {
      uid: row?.uid ?? state["uid"],
      status: member || served ? "accepted" : statusOf(seen, state),
      expiresAt: row?.expiresAt ?? state["expiresAt"],
      userUid: member?.userUid ?? state["userUid"],
      ...emailOutputs(seen, state),
    };
  },
};
