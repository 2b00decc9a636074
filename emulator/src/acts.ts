import { ControlError } from "./errors.js";
import type { Invitation, Organization, Person } from "./model.js";
import { isOverdue } from "./serializers.js";
import type { Service } from "./service.js";

/** What the invitee or time can do to a pending invitation. */
export const ACTS = ["accept", "decline", "expire"] as const;
export type Act = (typeof ACTS)[number];

const acts: Record<Act, (service: Service, invitation: Invitation) => void> = {
  accept({ store, clock }, invitation) {
    if (isOverdue(invitation, clock.now())) throw new ControlError(409, "This invitation has expired.");
    store.accept(invitation, clock.iso());
  },
  decline: ({ store }, invitation) => store.settle(invitation, "cancelled"),
  expire({ clock }, invitation) {
    invitation.expiresAt = clock.iso();
  },
};

/** Applies the action to the invitation of this uid, or throws a ControlError. */
export function actOn(service: Service, uid: string, act: Act): Invitation {
  const invitation = service.store.invitations.get(uid);
  if (!invitation) throw new ControlError(404, "No invitation has this uid.");
  if (invitation.status !== "pending") throw new ControlError(409, `This invitation is ${invitation.status}.`);
  acts[act](service, invitation);
  return invitation;
}

/** Makes a person a member without an invitation; a pending one stays. Throws a ControlError for a member. */
export function addByHand(
  { store, clock }: Service,
  organization: Organization,
  { email, role }: { email: string; role: "admin" | "member" },
): Person {
  const person = store.signUp(email);
  if (organization.members.has(person.uid)) throw new ControlError(409, `${email} is already a member.`);
  store.addMember(organization, { person, role, createdAt: clock.iso() });
  return person;
}
