import { NotFoundError } from "../core/errors.js";
import type { AvalaClient, Identified, Organization, OrganizationWrite } from "../client/index.js";
import { canonicalUid } from "../core/identity.js";
import { quoted } from "../core/text.js";
import { CreatedNotShownError, OrganizationNotFoundError, OrganizationVanishedError } from "./errors.js";
import { clockOf, Lag } from "./lag.js";
import { Listing } from "./listing.js";
import { OrganizationView, type OrganizationContext } from "./organization.js";
import { confirmWrite } from "./settle.js";
import { KeyedMutex } from "./turns.js";

type Row = Identified<Organization>;

export interface SnapshotOptions {
  /** Uids of people with a hidden address who are known not to be declared by address. */
  hiddenPeople?: ReadonlySet<string>;
  /**
   * Called once when a run waits, for at most so many seconds, until the service must show an object that was created
   * shortly before.
   */
  onLag?: (seconds: number) => void;
}

/**
 * The data that one run has of the service: each list is read once, completely, and updated by the run's own writes.
 * All requests with a path go through here, because only the snapshot maps uids to current slugs.
 */
export class Snapshot {
  /** Serializes creations, so that two resources with the same name cannot both find the name unused. */
  readonly creating = new KeyedMutex();
  readonly #client: AvalaClient;
  readonly #organizations: Listing<Row>;
  readonly #views = new Map<string, OrganizationView>();
  readonly #reported = new Set<string>();
  /** Organizations that this run has created: one that is not visible yet has not disappeared (lists-may-lag). */
  readonly #created = new Set<string>();
  readonly #context: OrganizationContext;
  #ownUser: Promise<string | undefined> | undefined;

  /** @param options see `SnapshotOptions` */
  constructor(client: AvalaClient, { hiddenPeople = new Set(), onLag = () => {} }: SnapshotOptions = {}) {
    this.#client = client;
    // A deleted organization may remain in the list as inactive.
    this.#organizations = new Listing(
      async () => (await client.organizations.list()).filter((row) => row.isActive !== false),
      (row) => row.uid,
    );
    this.#context = {
      client,
      hiddenPeople,
      lag: new Lag(
        clockOf(() => client.now()),
        onLag,
      ),
      locate: async (uid) => this.#visible(await this.#organizations.reload(), uid),
      ownUser: () => this.ownUser(),
      ownRole: async (uid) => (await this.#organizations.get()).get(uid)?.role ?? undefined,
      put: (row) => this.#organizations.upsert(row),
      drop: (uid) => {
        this.#organizations.remove(uid);
        this.#views.delete(uid);
      },
    };
  }

  /** Uid of the API key's user, read once in a run; `undefined` if the service does not return it. */
  ownUser(): Promise<string | undefined> {
    this.#ownUser ??= this.#client.credential.currentUser().then((user) => user?.uid);
    return this.#ownUser;
  }

  /** The organizations that are visible to the key. */
  async organizations(): Promise<Row[]> {
    return [...(await this.#organizations.get()).values()];
  }

  /**
   * An organization by uid or slug.
   * @param hint its last known slug: avoids reading the list if nothing else needs it
   */
  async organization(reference: string, hint?: string): Promise<OrganizationView> {
    const uid = canonicalUid(reference);
    if (uid === undefined) return this.#bySlug(reference);
    const known = this.#views.get(uid);
    if (known) return known;
    if (hint !== undefined && !this.#organizations.wanted) {
      const hinted = await this.#hinted(uid, hint);
      if (hinted) return hinted;
    }
    return this.#view(this.#visible(await this.#organizations.get(), uid));
  }

  /**
   * Creates an organization; it differs from older ones of its name by a uid that was not there before
   * (writes-echo-input).
   */
  async createOrganization(input: OrganizationWrite & { name: string }): Promise<OrganizationView> {
    const before = new Set((await this.#organizations.get()).keys());
    const find = async () => {
      const created = [...(await this.#organizations.reload()).values()].filter(
        (row) => !before.has(row.uid) && row.name === input.name,
      );
      return created.length === 1 ? created[0] : undefined;
    };
    const answer = await confirmWrite<Organization>(() => this.#client.organizations.create(input), find);
    const { uid, slug } = answer;
    const created = uid !== undefined && slug !== undefined ? { ...answer, uid, slug } : await find();
    if (!created) throw new CreatedNotShownError(`organization ${quoted(input.name)}`);
    this.#created.add(created.uid);
    const view = this.#view(created);
    // A complete answer need not be read again, and a read may lag behind the write (lists-may-lag).
    if (isDetail(created)) view.setDetail(created);
    if (created.teamCount === 0) view.markEmpty();
    this.#organizations.upsert(created);
    return view;
  }

  async #bySlug(slug: string): Promise<OrganizationView> {
    const row = (await this.organizations()).find((candidate) => candidate.slug === slug);
    if (!row) throw new OrganizationNotFoundError(slug);
    return this.#view(row);
  }

  /**
   * Reads the organization by its last known slug; undefined if the slug now leads to a different one, or to none
   * (slugs-move).
   */
  async #hinted(uid: string, hint: string): Promise<OrganizationView | undefined> {
    const detail = await this.#client.organizations.get(hint).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
    if (detail?.uid !== uid || detail.isActive === false) return undefined;
    const view = this.#view(detail);
    view.setDetail(detail);
    return view;
  }

  #visible(rows: ReadonlyMap<string, Row>, uid: string): Row {
    const row = rows.get(uid);
    if (row) return row;
    if (this.#created.has(uid)) throw new CreatedNotShownError(`organization ${uid}`);
    const first = !this.#reported.has(uid);
    this.#reported.add(uid);
    throw new OrganizationVanishedError(uid, first);
  }

  #view(row: Row): OrganizationView {
    const view = this.#views.get(row.uid) ?? new OrganizationView(this.#context, row.uid, row.slug);
    this.#views.set(row.uid, view);
    return view;
  }
}

/** Lists and short responses omit these. */
function isDetail({ description, createdAt }: Organization): boolean {
  return description !== undefined && createdAt !== undefined;
}
