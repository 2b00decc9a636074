import type { Invitation, Membership, Organization, OrganizationRole } from "../model.js";
import { isOverdue } from "../serializers.js";
import { emailKey } from "../store.js";

const byAddress = (a: string, b: string): number => (emailKey(a) < emailKey(b) ? -1 : 1);

export const isOpen = (row: Invitation, now: number): boolean => row.status === "pending" && !isOverdue(row, now);

/** Invitations that can be accepted, by address. */
export const openInvitations = ({ invitations }: Organization, now: number): Invitation[] =>
  [...invitations.values()].filter((row) => isOpen(row, now)).toSorted((a, b) => byAddress(a.email, b.email));

export const pastInvitations = ({ invitations }: Organization, now: number): Invitation[] =>
  [...invitations.values()].filter((row) => !isOpen(row, now));

/** Also those whom lists do not show, by address: an act on one row moves none of the others. */
export const membersByAddress = ({ members }: Organization): Membership<OrganizationRole>[] =>
  [...members.values()].toSorted((a, b) => byAddress(a.person.email, b.person.email));

/** What became of an invitation that is not open. The service does not distinguish declined from cancelled either. */
export function outcomeOf({ status }: Invitation): "accepted" | "declined or cancelled" | "expired" {
  if (status === "accepted") return "accepted";
  return status === "cancelled" ? "declined or cancelled" : "expired";
}

/**
 * Ids of elements. One organization has one slug, and no name before a slug is the beginning of another name and a
 * hyphen: "rename" and "rename-team" would make one id for the slugs `team-acme` and `acme`.
 */
export const ids = {
  fold: ({ slug }: Organization): string => `fold-${slug}`,
  /** A control of an organization. */
  control: (act: string, { slug }: Organization): string => `${act}-${slug}`,
  /** The button in the row of a person. */
  member: (act: "role" | "remove", { slug }: Organization, personUid: string): string => `${act}-${slug}-${personUid}`,
  invitation: (act: string, { uid }: Invitation): string => `${act}-${uid}`,
};
