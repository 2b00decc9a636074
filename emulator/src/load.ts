import type { Clock } from "./clock.js";
import type { Organization, Team } from "./model.js";
import { INVITATION_SECONDS, type OrganizationSeed, SeedError, type State } from "./seed.js";
import { slugify } from "./slugs.js";
import { emailKey, Store } from "./store.js";

/** Builds the store of a start, or refuses it: people must be listed, and identifiers must not repeat. */
export const load = (seed: State, clock: Clock): Store => new Loader(clock).load(seed);

class Loader {
  private readonly store = new Store();

  constructor(private readonly clock: Clock) {}

  load(seed: State): Store {
    seed.people.forEach((person, i) => this.person(person, `people[${i}]`));
    seed.keys.forEach(({ key, email, revoked, scopes }, i) => {
      this.unused(this.store.keys.has(key), key, `keys[${i}].key`);
      this.store.keys.set(key, { key, person: this.known(email, `keys[${i}].email`), revoked, scopes });
    });
    seed.organizations.forEach((organization, i) => this.organization(organization, `organizations[${i}]`));
    this.store.emails.push(...seed.emails);
    return this.store;
  }

  private person(person: State["people"][number], at: string): void {
    const { store } = this;
    this.unused(store.people.has(person.uid), person.uid, `${at}.uid`);
    this.unused(store.personByEmail(person.email) !== undefined, person.email, `${at}.email`);
    const username = person.username ?? store.freeUsername(person.email);
    this.unused(store.usernameTaken(username), username, `${at}.username`);
    store.addPerson({ ...person, username });
  }

  private organization(seed: OrganizationSeed, at: string): void {
    const { members, invitations, teams, ...plain } = seed;
    const slug = seed.slug ?? this.store.freeOrganizationSlug(slugify(seed.name, "organization"));
    this.unused(this.store.organizations.has(seed.uid), seed.uid, `${at}.uid`);
    this.unused(this.store.organizationBySlug(slug) !== undefined, slug, `${at}.slug`);
    const { handle } = seed;
    if (handle !== null) this.unused(this.store.organizationByHandle(handle) !== undefined, handle, `${at}.handle`);
    if (members.filter(({ role }) => role === "owner").length !== 1) {
      throw new SeedError(`${at}.members: an organization has exactly one owner`);
    }
    const organization: Organization = {
      ...plain,
      ...this.times(seed),
      slug,
      members: new Map(),
      invitations: new Map(),
      pending: new Map(),
      teams: new Map(),
      teamsBySlug: new Map(),
    };
    this.store.addOrganization(organization);
    this.members(organization, members, at);
    invitations.forEach((invitation, i) => this.invitation(organization, invitation, `${at}.invitations[${i}]`));
    teams.forEach((team, i) => this.team(organization, team, `${at}.teams[${i}]`));
  }

  private members(organization: Organization, seeds: OrganizationSeed["members"], at: string): void {
    seeds.forEach(({ email, role, createdAt }, i) => {
      const person = this.known(email, `${at}.members[${i}].email`);
      this.unused(organization.members.has(person.uid), email, `${at}.members[${i}].email`);
      this.store.addMember(organization, {
        person,
        role,
        createdAt: createdAt ?? organization.createdAt,
      });
    });
  }

  private invitation(organization: Organization, seed: OrganizationSeed["invitations"][number], at: string): void {
    this.unused(this.store.invitations.has(seed.uid), seed.uid, `${at}.uid`);
    this.unused(this.store.invitations.has(seed.token), seed.token, `${at}.token`);
    const second = seed.status === "pending" && organization.pending.has(emailKey(seed.email));
    this.unused(second, seed.email, `${at}.email`);
    const owner = [...organization.members.values()].find(({ role }) => role === "owner")?.person;
    const invitedBy =
      seed.invitedBy === undefined && owner ? owner : this.known(seed.invitedBy ?? "", `${at}.invitedBy`);
    this.store.addInvitation({
      ...seed,
      organization,
      invitedBy,
      expiresAt: seed.expiresAt ?? this.clock.iso(INVITATION_SECONDS),
      createdAt: seed.createdAt ?? this.clock.iso(),
    });
  }

  private team(organization: Organization, { members, ...seed }: OrganizationSeed["teams"][number], at: string): void {
    const slug = seed.slug ?? this.store.freeTeamSlug(organization, slugify(seed.name, "team"));
    this.unused(organization.teams.has(seed.uid), seed.uid, `${at}.uid`);
    this.unused(organization.teamsBySlug.has(slug), slug, `${at}.slug`);
    const team: Team = { ...seed, ...this.times(seed), slug, organization, members: new Map() };
    this.store.addTeam(team);
    members.forEach(({ email, role, createdAt }, i) => {
      const person = this.known(email, `${at}.members[${i}].email`);
      if (!organization.members.has(person.uid)) {
        throw new SeedError(`${at}.members[${i}].email: ${email} is not a member of ${organization.slug}`);
      }
      this.unused(team.members.has(person.uid), email, `${at}.members[${i}].email`);
      this.store.addTeamMember(team, { person, role, createdAt: createdAt ?? team.createdAt });
    });
  }

  private times(seed: { createdAt?: string | undefined; updatedAt?: string | undefined }) {
    const createdAt = seed.createdAt ?? this.clock.iso();
    return { createdAt, updatedAt: seed.updatedAt ?? createdAt };
  }

  private known(email: string, at: string) {
    const person = this.store.personByEmail(email);
    if (!person) throw new SeedError(`${at}: ${email || "nobody"} is not in people`);
    return person;
  }

  private unused(taken: boolean, value: string, at: string): void {
    if (taken) throw new SeedError(`${at}: ${value} is there twice`);
  }
}
