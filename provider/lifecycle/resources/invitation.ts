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

/** A single invitation. After its acceptance, the person is not managed any more. */
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

  /** After the acceptance is recorded, no step follows. */
  hasPendingStep: async (run, target) => target.state["status"] !== "accepted" && canTakeNextStep(run, target),

  observe: observePerson,
  ensure: (run, target, seen) => ensureInvited(run, target, seen!),
  sync: (_run, _target, seen) => Promise.resolve(seen),

  /**
   * Reads only the invitations: whether the person is a member makes no difference, and may be impossible to find out.
   */
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
    // The invitation was accepted, also if the person has left since then.
    const wasAccepted = !row && state["status"] === "accepted";
    return {
      uid: row?.uid ?? state["uid"],
      status: member || wasAccepted ? "accepted" : statusOf(seen, state),
      expiresAt: row?.expiresAt ?? state["expiresAt"],
      userUid: member?.userUid ?? state["userUid"],
      ...emailOutputs(seen, state),
    };
  },
};
