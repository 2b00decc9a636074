import type { Clock } from "./clock.js";
import type { Organization, Person, Team } from "./model.js";
import { type AddedState, INVITATION_SECONDS, type OrganizationSeed, SeedError, type State } from "./seed.js";
import { slugify } from "./slugs.js";
import { emailKey, Store } from "./store.js";

/** Builds the store of a start, or refuses it: people must be listed, and identifiers must not repeat. */
export const load = (seed: State, clock: Clock): Store => new Loader(clock).load(seed);

/**
 * Adds people, keys and organizations to a store. People who are there, by uid, and keys that are there are changed, and
 * an organization of which no more than its row was known is completed. After an error the store is of no use.
 */
export const add = (store: Store, more: AddedState, clock: Clock): void => new Loader(clock, store).add(more);

type OrganizationFields = Omit<Organization, "members" | "invitations" | "pending" | "teams" | "teamsBySlug">;

class Loader {
  constructor(
    private readonly clock: Clock,
    private readonly store = new Store(),
  ) {}

  load(seed: State): Store {
    this.distinct(
      seed.people.map(({ uid }) => uid),
      (i) => `people[${i}].uid`,
    );
    this.distinct(
      seed.keys.map(({ key }) => key),
      (i) => `keys[${i}].key`,
    );
    this.add(seed);
    this.store.emails.push(...seed.emails);
    return this.store;
  }

  add({ people, keys, organizations }: AddedState): void {
    people.forEach((person, i) => this.person(person, `people[${i}]`));
    keys.forEach(({ email, hides, ...key }, i) => {
      const person = this.known(email, `keys[${i}].email`);
      this.store.keys.set(key.key, { ...key, person, ...(hides && { hides: new Set(hides) }) });
    });
    organizations.forEach((organization, i) => this.organization(organization, `organizations[${i}]`));
  }

  private person(person: State["people"][number], at: string): void {
    const { store } = this;
    const before = store.people.get(person.uid);
    const holder = store.personByEmail(person.email);
    this.unused(holder !== undefined && holder !== before, person.email, `${at}.email`);
    const username = person.username ?? before?.username ?? store.freeUsername(person.email);
    this.unused(username !== before?.username && store.usernameTaken(username), username, `${at}.username`);
    if (before) this.change(before, { ...person, username });
    else store.addPerson({ ...person, username });
  }

  private change(person: Person, { email, username, ...plain }: Person): void {
    this.store.updatePerson(person, { email, username });
    Object.assign(person, plain);
  }

  private distinct(values: readonly string[], at: (i: number) => string): void {
    const seen = new Set<string>();
    values.forEach((value, i) => this.unused(seen.size === seen.add(value).size, value, at(i)));
  }

  private organization(seed: OrganizationSeed, at: string): void {
    const { members, invitations, teams, ...plain } = seed;
    const slug = seed.slug ?? this.store.freeOrganizationSlug(slugify(seed.name, "organization"));
    const row = this.store.organizations.get(seed.uid);
    this.unused(row !== undefined && row.counts === undefined, seed.uid, `${at}.uid`);
    const isOther = (found: Organization | undefined) => found !== undefined && found !== row;
    this.unused(isOther(this.store.organizationBySlug(slug)), slug, `${at}.slug`);
    const { handle } = seed;
    if (handle !== null) this.unused(isOther(this.store.organizationByHandle(handle)), handle, `${at}.handle`);
    if (!seed.counts && members.filter(({ role }) => role === "owner").length !== 1) {
      throw new SeedError(`${at}.members: an organization has exactly one owner`);
    }
    const fields = { ...plain, ...this.times(seed), slug };
    const organization = row ? this.complete(row, fields) : this.create(fields);
    this.members(organization, members, at);
    invitations.forEach((invitation, i) => this.invitation(organization, invitation, `${at}.invitations[${i}]`));
    teams.forEach((team, i) => this.team(organization, team, `${at}.teams[${i}]`));
  }

  private create(fields: OrganizationFields): Organization {
    const organization: Organization = {
      ...fields,
      members: new Map(),
      invitations: new Map(),
      pending: new Map(),
      teams: new Map(),
      teamsBySlug: new Map(),
    };
    this.store.addOrganization(organization);
    return organization;
  }

  /** The same object: it keeps its place in the lists of those who belong to it. */
  private complete(row: Organization, { slug, handle, ...plain }: OrganizationFields): Organization {
    this.store.moveOrganization(row, slug);
    this.store.setHandle(row, handle);
    row.members.clear();
    return Object.assign(row, { counts: undefined }, plain);
  }

  private members(organization: Organization, seeds: OrganizationSeed["members"], at: string): void {
    seeds.forEach(({ email, createdAt, ...membership }, i) => {
      const person = this.known(email, `${at}.members[${i}].email`);
      this.unused(organization.members.has(person.uid), email, `${at}.members[${i}].email`);
      this.store.addMember(organization, {
        person,
        ...membership,
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
