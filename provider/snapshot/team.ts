import { NotFoundError } from "../core/errors.js";
import type { AvalaClient, Identified, Team, TeamMember, TeamWrite } from "../client/index.js";
import type { Listing } from "./listing.js";
import { TeamVanishedError } from "./errors.js";
import { People, type PersonRow } from "./people.js";
import { confirmWrite } from "./settle.js";
import { KeyedMutex } from "./turns.js";

/** The parts of its organization that a team needs. */
export interface OrganizationOfTeam {
  readonly uid: string;
  readonly slug: string;
  readonly teams: Listing<Identified<Team>>;
  withSlug<T>(call: (slug: string) => Promise<T>): Promise<T>;
  hasRemoved(userUid: string): Promise<boolean>;
}

/** One team in the snapshot of a run. If its path is not found, the slug is looked up by uid (slugs-move). */
export class TeamOf<Organization extends OrganizationOfTeam> {
  readonly uid: string;
  readonly organization: Organization;
  readonly members: People<TeamMember>;
  readonly #client: AvalaClient;
  readonly #removing = new KeyedMutex();

  /** @param hiddenPeople see `People` */
  constructor(client: AvalaClient, organization: Organization, uid: string, hiddenPeople: ReadonlySet<string>) {
    this.uid = uid;
    this.organization = organization;
    this.#client = client;
    const members = () => this.#at((slug, team) => client.teamMembers.list(slug, team));
    this.members = new People(`team ${uid}`, members, hiddenPeople);
  }

  /** The team as the service returns it. */
  async row(): Promise<Identified<Team>> {
    const row = (await this.organization.teams.get()).get(this.uid);
    if (!row) throw new TeamVanishedError(this.uid);
    return row;
  }

  async update(patch: TeamWrite): Promise<Identified<Team>> {
    const { teams } = this.organization;
    const applied = async () => {
      const row = (await teams.reload()).get(this.uid);
      return row && (Object.keys(patch) as (keyof TeamWrite)[]).every((key) => row[key] === patch[key])
        ? row
        : undefined;
    };
    const answer = await confirmWrite<Team>(
      () => this.#at((slug, team) => this.#client.teams.update(slug, team, patch)),
      applied,
    );
    const known = { ...(await this.row()), ...answer, uid: this.uid };
    teams.upsert(known);
    // The slug may change with the name; a response that omits it does not show this.
    if (patch.name !== undefined && answer.slug === undefined) await teams.reload();
    return this.row();
  }

  async delete(): Promise<void> {
    const { teams } = this.organization;
    await confirmWrite(
      () => this.#orVanished(this.#at((slug, team) => this.#client.teams.delete(slug, team))),
      async () => ((await teams.reload()).has(this.uid) ? undefined : true),
      { orGone: true },
    );
    teams.remove(this.uid);
  }

  /** Adds a member of the organization to the team. */
  async add(person: PersonRow, role: string): Promise<TeamMember> {
    const { userUid } = person;
    const row = await confirmWrite<TeamMember>(
      async () => {
        await this.#at((slug, team) => this.#client.teamMembers.add(slug, team, { userUid, role }));
        return { userUid, email: person.email, username: person.username, role } as TeamMember;
      },
      async () => (await this.members.reload()).get(userUid),
      { orRefused: true },
    );
    this.members.upsert(row);
    return row;
  }

  async setRole(member: TeamMember, role: string): Promise<TeamMember> {
    const changed = { ...member, role };
    const row = await confirmWrite<TeamMember>(
      async () => {
        await this.#at((slug, team) => this.#client.teamMembers.setRole(slug, team, member.userUid, role));
        return changed;
      },
      async () => {
        const now = (await this.members.reload()).get(member.userUid);
        return now?.role === role ? now : undefined;
      },
    );
    this.members.upsert(row);
    return row;
  }

  /** Removes a person from the team. Two resources may do so for the same person: one request serves both. */
  remove(userUid: string): Promise<void> {
    return this.#removing.run(userUid, () => this.#remove(userUid));
  }

  async #remove(userUid: string): Promise<void> {
    if (this.members.loaded !== undefined && !this.members.has(userUid)) return;
    // "Not found" does not mean that the slug has moved if this run has removed the person from the organization.
    const remove = (slug: string, team: string) =>
      this.#client.teamMembers.remove(slug, team, userUid).catch(async (error: unknown) => {
        if (!(error instanceof NotFoundError && (await this.organization.hasRemoved(userUid)))) throw error;
      });
    await confirmWrite(
      () => this.#orVanished(this.#at(remove)),
      async () => ((await this.members.reload()).has(userUid) ? undefined : true),
      { orGone: true },
    );
    this.members.remove(userUid);
  }

  async #orVanished(removal: Promise<unknown>): Promise<true> {
    try {
      await removal;
    } catch (error) {
      if (!(error instanceof TeamVanishedError)) throw error;
    }
    return true;
  }

  async #at<T>(call: (slug: string, teamSlug: string) => Promise<T>): Promise<T> {
    const { slug } = await this.row();
    try {
      return await this.organization.withSlug((organization) => call(organization, slug));
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      const now = (await this.organization.teams.reload()).get(this.uid)?.slug;
      if (now === undefined) throw new TeamVanishedError(this.uid);
      if (now === slug) throw error;
      return this.organization.withSlug((organization) => call(organization, now));
    }
  }
}
