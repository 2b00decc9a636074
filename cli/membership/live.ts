import type { Identified, Invitation, Member, Organization } from "../../provider/client/index.js";
import { ForbiddenError } from "../../provider/core/errors.js";
import {
  IdentityUnknownError,
  isAnswered,
  OrganizationVanishedError,
  type OrganizationView,
  type Snapshot,
} from "../../provider/snapshot/index.js";
import { printable } from "../../provider/core/text.js";
import type { Person } from "../../provider/core/identity.js";
import { shownOrganization } from "../session.js";

/** Whether somebody is a member: their row, `absent` where that is proven, `unknown` otherwise. */
export type Membership = Member | "absent" | "unknown";

/** An organization as it is now, as far as the key may see it. */
export interface Live {
  uid: string;
  row: Identified<Organization> | undefined;
  /** Undefined where they may not be seen. */
  members: Member[] | undefined;
  /** Undefined where they may not be seen. */
  invitations: Invitation[] | undefined;
  /** The listed invitation of an address, rather a valid one. */
  invitation(email: string | undefined): Promise<Invitation | undefined>;
  membership(person: Person): Promise<Membership>;
  teamName(uid: string): Promise<string | undefined>;
  /** What could not be seen, for people. */
  notes: string[];
}

/**
 * Reads an organization's people and invitations, and says what it may not see.
 * @param people false where nobody is asked about: nothing is read then but where the organization is
 */
export async function lookAt(snapshot: Snapshot, uid: string, people = true): Promise<Live> {
  const row = (await snapshot.organizations()).find((candidate) => candidate.uid === uid);
  const view = await orUndefined(OrganizationVanishedError, snapshot.organization(uid));
  if (!row || !view) return unseen(uid);
  if (!people) return { ...unseen(uid), row, notes: [] };
  const [members, invitations] = await Promise.all([
    orUndefined(ForbiddenError, view.members.get()),
    orUndefined(ForbiddenError, view.invitations.get()),
  ]);
  const organization = shownOrganization(row);
  const hidden = [members ? [] : "people", invitations ? [] : "invitations"].flat();
  return {
    uid,
    row,
    members: members && [...members.values()],
    invitations: invitations && [...invitations.values()].filter((row) => !isAnswered(row)),
    invitation: async (email) => (invitations && email !== undefined ? view.invitationOf(email) : undefined),
    membership: async (person) => (members ? membershipIn(view, person) : "unknown"),
    teamName: async (team) => (await orUndefined(ForbiddenError, view.teams.get()))?.get(team)?.name,
    notes: hidden.map(
      (what) => `This API key cannot see the ${what} of ${organization}: what the state records is shown.`,
    ),
  };
}

function unseen(uid: string): Live {
  return {
    uid,
    row: undefined,
    members: undefined,
    invitations: undefined,
    invitation: async () => undefined,
    membership: async () => "unknown",
    teamName: async () => undefined,
    notes: [
      `Organization ${printable(uid)} is not visible to this key: deleted, or access lost. What the state records is shown.`,
    ],
  };
}

async function membershipIn({ members }: OrganizationView, person: Person): Promise<Membership> {
  try {
    return (await members.find(person)) ?? "absent";
  } catch (error) {
    if (error instanceof IdentityUnknownError) return "unknown";
    throw error;
  }
}

async function orUndefined<T>(type: new (...args: never[]) => Error, answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof type) return undefined;
    throw error;
  });
}
