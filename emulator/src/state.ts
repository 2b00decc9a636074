import type { Invitation, Membership, Organization, Team } from "./model.js";
import type { State } from "./seed.js";
import type { World } from "./world.js";

const membership = <Role>({ person, role, createdAt }: Membership<Role>) => ({
  email: person.email,
  role,
  createdAt,
});

const invitation = ({ organization: _, invitedBy, ...plain }: Invitation) => ({
  ...plain,
  invitedBy: invitedBy.email,
});

const team = ({ organization: _, members, ...plain }: Team) => ({
  ...plain,
  members: [...members.values()].map(membership),
});

const organization = ({
  members,
  invitations,
  pending: _,
  teams,
  teamsBySlug: __,
  ...plain
}: Organization) => ({
  ...plain,
  members: [...members.values()].map(membership),
  invitations: [...invitations.values()].map(invitation),
  teams: [...teams.values()].map(team),
});

/** Everything, in the shape of a seed: a reset to it gives the same state again. The request log is not part of it. */
export function dump({ clock, settings, store }: World): State {
  return {
    clockOffsetSeconds: clock.offsetSeconds,
    settings,
    people: [...store.people.values()],
    keys: [...store.keys.values()].map(({ key, person, revoked }) => ({
      key,
      email: person.email,
      revoked,
    })),
    organizations: [...store.organizations.values()].map(organization),
    emails: store.mails,
  };
}
