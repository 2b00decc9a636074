import { NotFoundError } from "../core/errors.js";
import type {
  AvalaClient,
  Identified,
  Invitation,
  Member,
  Organization,
  OrganizationWrite,
  Team,
  TeamWrite,
} from "../client/index.js";
import { normalizeEmail } from "../core/address.js";
import { quoted } from "../core/text.js";
import { CreatedNotShownError, IdentityUnknownError, OrganizationVanishedError } from "./errors.js";
import { isAnswered, isOverdue } from "./invitations.js";
import type { Lag } from "./lag.js";
import { Listing } from "./listing.js";
import { People } from "./people.js";
import { confirmWrite } from "./settle.js";
import { TeamOf } from "./team.js";
import { KeyedMutex } from "./turns.js";

/**
 * What the state records of a team. Because lists may lag, it determines where and for how long to look for the team
 * before it counts as deleted.
 */
export interface LastSeen {
  slug?: string | undefined;
  /** ISO 8601, by the service's clock; "" if it is unknown. Undefined if the team's absence need not be proven. */
  createdAt?: string | undefined;
}

/** The parts of its snapshot that an organization needs. */
export interface OrganizationContext {
  client: AvalaClient;
  /** Uids of people with a hidden address who are known not to be declared by address. */
  hiddenPeople: ReadonlySet<string>;
  lag: Lag;
  /** The current slug of the organization, from a new list; an error if the organization is not visible any more. */
  locate(uid: string): Promise<Identified<Organization>>;
  /** The role of the API key's user, as in the list. */
  ownRole(uid: string): Promise<string | undefined>;
  /** Uid of the API key's user, read once; `undefined` if the service does not return it. */
  ownUser(): Promise<string | undefined>;
  put(row: Identified<Organization>): void;
  drop(uid: string): void;
}

/** One team, with the organization that it belongs to. */
export type TeamView = TeamOf<OrganizationView>;

/**
 * One organization in the snapshot of a run: its lists, read when they are first needed, and writes, which update them.
 */
export class OrganizationView {
  /** Serializes creations, so that two resources with the same team name cannot both find the name unused. */
  readonly creating = new KeyedMutex();
  /**
   * Serializes demotions and removals of people who have the role of the API key's user, because the last person with
   * this role counts as that user.
   */
  readonly leavingRole = new KeyedMutex();
  readonly uid: string;
  readonly members: People<Member>;
  readonly invitations: Listing<Invitation>;
  readonly teams: Listing<Identified<Team>>;
  readonly #context: OrganizationContext;
  readonly #teams = new Map<string, TeamView>();
  /** Removals of members by this run, started or done, by uid. */
  readonly #removals = new Map<string, Promise<true>>();
  #slug: string;
  #detail: Promise<Identified<Organization>> | undefined;

  constructor(context: OrganizationContext, uid: string, slug: string) {
    const { client, hiddenPeople } = context;
    this.uid = uid;
    this.#slug = slug;
    this.#context = context;
    const members = () => this.withSlug((slug) => client.members.list(slug));
    this.members = new People(`organization ${uid}`, members, hiddenPeople);
    this.invitations = new Listing(
      () => this.withSlug((slug) => client.invitations.list(slug)),
      (row) => row.uid,
    );
    this.teams = new Listing(
      () => this.withSlug((slug) => client.teams.list(slug)),
      (row) => row.uid,
    );
  }

  /** The last known slug; it may be outdated, because slugs move. */
  get slug(): string {
    return this.#slug;
  }

  /**
   * Runs a call with the organization's slug, and again if the slug has moved in the meantime (slugs-move,
   * slug-edits-are-limited).
   */
  async withSlug<T>(call: (slug: string) => Promise<T>): Promise<T> {
    const slug = this.#slug;
    try {
      return await call(slug);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      this.#slug = (await this.#context.locate(this.uid)).slug;
      if (this.#slug === slug) throw error;
      return call(this.#slug);
    }
  }

  /** The detail of the organization, read once. */
  detail(): Promise<Identified<Organization>> {
    this.#detail ??= this.#fetchDetail().catch((error: unknown) => {
      this.#detail = undefined;
      throw error;
    });
    return this.#detail;
  }

  async update(patch: OrganizationWrite): Promise<Identified<Organization>> {
    const before = await this.detail();
    const answer = await confirmWrite<Organization>(
      () => this.withSlug((slug) => this.#context.client.organizations.update(slug, patch)),
      async () => {
        this.#detail = undefined;
        const now = await this.detail();
        const keys = Object.keys(patch) as (keyof OrganizationWrite)[];
        return keys.every((key) => key === "logo" || now[key as keyof Organization] === patch[key]) ? now : undefined;
      },
    );
    const moved = answer.slug ?? (patch.slug || patch.name ? (await this.#context.locate(this.uid)).slug : this.#slug);
    const now = this.setDetail({ ...before, ...answer, uid: this.uid, slug: moved });
    this.#context.put(now);
    return now;
  }

  /** Uses a response as the organization's detail. */
  setDetail(detail: Identified<Organization>): Identified<Organization> {
    this.#slug = detail.slug;
    this.#detail = Promise.resolve(detail);
    return detail;
  }

  /** An organization that this run has just created has no invitations and no teams. Its members are read. */
  markEmpty(): void {
    this.teams.seedEmpty();
    this.invitations.seedEmpty();
  }

  async delete(): Promise<void> {
    await this.#end((slug) => this.#context.client.organizations.delete(slug));
  }

  /** Removes the API key's user from the organization. */
  async leave(): Promise<void> {
    await this.#end((slug) => this.#context.client.organizations.leave(slug));
  }

  /** A team by uid, or undefined if its absence is proven. */
  async team(uid: string, { slug, createdAt }: LastSeen = {}): Promise<TeamView | undefined> {
    if (this.teams.hasDropped(uid)) return undefined;
    const look = async (again: boolean) => {
      if (again) return (await this.teams.reload()).has(uid);
      return (await this.teams.get()).has(uid) || this.#isAt(uid, slug);
    };
    const isThere = await (createdAt === undefined ? look(false) : this.#context.lag.isShown(createdAt, look));
    return isThere ? this.#team(uid) : undefined;
  }

  async #isAt(uid: string, slug: string | undefined): Promise<boolean> {
    if (slug === undefined) return false;
    const row = await this.#context.client.teams.get(this.#slug, slug).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
    if (row?.uid !== uid) return false;
    this.teams.upsert(row);
    return true;
  }

  async createTeam(input: TeamWrite & { name: string }): Promise<TeamView> {
    const before = new Set((await this.teams.get()).keys());
    const find = async () => {
      const created = [...(await this.teams.reload()).values()].filter(
        (row) => !before.has(row.uid) && row.name === input.name,
      );
      return created.length === 1 ? created[0] : undefined;
    };
    const answer = await confirmWrite<Team>(
      () => this.withSlug((slug) => this.#context.client.teams.create(slug, input)),
      find,
    );
    const { uid, slug } = answer;
    const row = uid !== undefined && slug !== undefined ? { ...input, ...answer, uid, slug } : await find();
    if (!row) throw new CreatedNotShownError(`team ${quoted(input.name)}`);
    this.teams.upsert(row);
    const view = this.#team(row.uid);
    if (row.memberCount === 0) view.members.seedEmpty();
    return view;
  }

  /**
   * The invitation of an address: pending, or expired if the service lists expired ones. `undefined` only if it is
   * proven that there is none.
   */
  async invitationOf(email: string): Promise<Invitation | undefined> {
    const rows = await this.invitations.get();
    const found = findInvitation(rows, email);
    const hidden = [...rows.values()].filter((row) => row.email === undefined);
    if (!found && hidden.length > 0) {
      throw IdentityUnknownError.hiddenInvitations(email, `organization ${this.uid}`, hidden);
    }
    return found;
  }

  async setRole(member: Member, role: string): Promise<Member> {
    const row = await confirmWrite<Member>(
      async () => {
        await this.withSlug((slug) => this.#context.client.members.setRole(slug, member.userUid, role));
        return { ...member, role };
      },
      async () => {
        const now = (await this.members.reload()).get(member.userUid);
        return now?.role === role ? now : undefined;
      },
    );
    this.members.upsert(row);
    return row;
  }

  /** Removes a member. If the person is not a member any more, that counts as done. */
  async removeMember(userUid: string): Promise<void> {
    const removal = confirmWrite<true>(
      async () => {
        await this.withSlug((slug) => this.#context.client.members.remove(slug, userUid));
        return true;
      },
      async () => ((await this.members.reload()).has(userUid) ? undefined : true),
      { orGone: true },
    );
    this.#removals.set(userUid, removal);
    await removal;
    this.members.remove(userUid);
  }

  /** Whether this run has removed the person: their team memberships end with it, and are not found afterwards. */
  hasRemoved(userUid: string): Promise<boolean> {
    return (this.#removals.get(userUid) ?? Promise.resolve(false)).catch(() => false);
  }

  /** Teams whose list of members has been read and contains the person. */
  teamsWith(userUid: string): TeamView[] {
    return [...this.#teams.values()].filter(({ members }) => members.has(userUid));
  }

  /** The role of the API key's user, if the service shows it. */
  ownRole(): Promise<string | undefined> {
    return this.#context.ownRole(this.uid);
  }

  /**
   * Uid of the API key's user: as the service returns it, or else the only member with the user's role
   * (own-user-may-be-unknown). `undefined` if it is unknown.
   */
  async ownPerson(): Promise<string | undefined> {
    const ownUser = await this.#context.ownUser();
    if (ownUser !== undefined) return ownUser;
    const role = await this.ownRole();
    const people = [...(await this.members.get()).values()].filter((member) => member.role === role);
    return role !== undefined && people.length === 1 ? people[0]!.userUid : undefined;
  }

  /** Creates an invitation, which sends one email. */
  async invite(email: string, role: string): Promise<Invitation> {
    const lookUp = async () => findInvitation(await this.invitations.reload(), email);
    const answer = await confirmWrite<Partial<Invitation>>(
      () => this.withSlug((slug) => this.#context.client.invitations.create(slug, { email, role })),
      lookUp,
      { orRefused: true },
    );
    // The email has been sent: a failure to read the invitation afterwards must not lead to a second email.
    const shown = () => lookUp().catch(() => undefined);
    const row = answer.uid === undefined ? await shown() : ({ email, role, ...answer } as Invitation);
    if (!row) throw new CreatedNotShownError(`the invitation of ${quoted(email)}`);
    this.invitations.upsert(row);
    return row;
  }

  /**
   * Sends the email of a listed invitation again, and reads its new expiry from the list, because the response is
   * empty. No list shows whether an email was sent, so without a response the result remains unknown.
   */
  async resend(row: Invitation): Promise<Invitation> {
    const send = () => this.withSlug((slug) => this.#context.client.invitations.resend(slug, row.uid));
    await confirmWrite(send, () => Promise.reject(new Error("an email cannot be looked up")));
    const rows = await this.invitations.reload().catch(() => undefined);
    return rows?.get(row.uid) ?? row;
  }

  /**
   * Cancels an invitation. After a refusal, or without a response, it counts as cancelled if it is not listed as
   * pending any more, because it cannot be accepted then.
   */
  async cancel(uid: string): Promise<void> {
    await confirmWrite(
      async () => {
        await this.withSlug((slug) => this.#context.client.invitations.cancel(slug, uid));
        return true;
      },
      async () => {
        const row = (await this.invitations.reload()).get(uid);
        return row === undefined || isAnswered(row) || isOverdue(row) ? true : undefined;
      },
      { orRefused: true, orGone: true },
    );
    this.invitations.remove(uid);
  }

  #team(uid: string): TeamView {
    const { client, hiddenPeople } = this.#context;
    const view = this.#teams.get(uid) ?? new TeamOf(client, this, uid, hiddenPeople);
    this.#teams.set(uid, view);
    return view;
  }

  async #fetchDetail(): Promise<Identified<Organization>> {
    const get = (slug: string) => this.#context.client.organizations.get(slug);
    const detail = await this.withSlug(get);
    if (detail.uid === this.uid) return this.setDetail(detail);
    // The slug belongs to a different organization now: look this one up by uid.
    this.#slug = (await this.#context.locate(this.uid)).slug;
    const again = await get(this.#slug);
    if (again.uid !== this.uid)
      throw new Error(`The slug of organization ${this.uid} changed twice while it was read; run again.`);
    return this.setDetail(again);
  }

  async #end(call: (slug: string) => Promise<void>): Promise<void> {
    const vanished = (error: unknown) => {
      if (error instanceof OrganizationVanishedError) return true;
      throw error;
    };
    await confirmWrite(
      () => this.withSlug(call).then(() => true, vanished),
      () => this.#context.locate(this.uid).then(() => undefined, vanished),
    );
    this.#context.drop(this.uid);
  }
}

function findInvitation(rows: ReadonlyMap<string, Invitation>, email: string): Invitation | undefined {
  const wanted = normalizeEmail(email);
  const found = [...rows.values()].filter(
    (row) => row.email !== undefined && normalizeEmail(row.email) === wanted && !isAnswered(row),
  );
  return found.find((row) => !isOverdue(row)) ?? found[0];
}
