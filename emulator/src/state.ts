import type { Invitation, Membership, Organization, Team } from "./model.js";
import type { State } from "./seed.js";
import type { Clock } from "./clock.js";
import type { Settings } from "./settings.js";
import type { Store } from "./store.js";

function without<From extends object, Name extends keyof From>(from: From, ...names: Name[]): Omit<From, Name> {
  const rest = { ...from };
  for (const name of names) delete rest[name];
  return rest;
}

const membership = <Role>({ person, ...row }: Membership<Role>) => ({ email: person.email, ...row });

const invitation = (row: Invitation) => ({ ...without(row, "organization"), invitedBy: row.invitedBy.email });

const team = (row: Team) => ({
  ...without(row, "organization"),
  members: [...row.members.values()].map(membership),
});

const organization = (row: Organization) => ({
  ...without(row, "pending", "teamsBySlug"),
  members: [...row.members.values()].map(membership),
  invitations: [...row.invitations.values()].map(invitation),
  teams: [...row.teams.values()].map(team),
});

interface Exported {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly store: Store;
}

/**
 * Everything, in the shape of a seed: a reset to it gives the same state again. The request log is not part of it.
 * Nothing of it changes with the store: reads that lag see it later.
 */
export function exportState({ clock, settings, store }: Exported): State {
  return {
    clockOffsetSeconds: clock.offsetSeconds,
    settings,
    people: [...store.people.values()].map((person) => ({ ...person })),
    keys: [...store.keys.values()].map(({ person, scopes, hides, ...row }) => ({
      ...row,
      email: person.email,
      ...(scopes && { scopes: [...scopes] }),
      ...(hides && { hides: [...hides] }),
    })),
    organizations: [...store.organizations.values()].map(organization),
    emails: [...store.emails],
  };
}
