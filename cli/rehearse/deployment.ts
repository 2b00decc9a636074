import type { createEmulator, LocalEmulator, State } from "../../emulator/src/index.js";
import type { Member } from "../../provider/client/index.js";
import { AvalaError } from "../../provider/core/errors.js";
import { normalizeOrganization } from "../../provider/core/identity.js";
import { printable } from "../../provider/core/text.js";
import { RefusedError } from "../errors.js";
import { plural } from "../output/terminal.js";
import type { ProfileSettings } from "../probe/profile.js";
import { shownOrganization } from "../session.js";
import {
  KnownPeople,
  type OrganizationSeed,
  organizationSeed,
  hiddenAddress,
  rowSeed,
  type Unlisted,
} from "./content.js";
import type { Inside, OrganizationRow, Reader, Reports } from "./reader.js";

type Role = Unlisted["role"];

/** A key of the copy, and who asks the living service with the real one. */
export interface CopiedKey {
  key: string;
  reader: Reader;
}

/** What the lists that have been read show. */
interface Known {
  people: KnownPeople;
  /** See `Read`. */
  hides: ReadonlyMap<CopiedKey, string[]>;
  hiddenInvitations: readonly string[];
}

interface Read {
  inside: Inside;
  /** Addresses that a key does not see here, as the emulator's keys name them. */
  hides: ReadonlyMap<CopiedKey, string[]>;
}

/** What the copies of a run share. */
export interface Copying {
  emulator: typeof createEmulator;
  notes: Set<string>;
  onProgress: (text: string) => void;
  /** How the deployments behave, as far as it was measured. */
  profile: ProfileSettings | undefined;
  reports: Reports;
}

/** What the copy knows better than a profile: each key sees of people what it has read, and no request has to wait. */
const ownSettings = { rateLimit: null, hideEmails: false } as const;

/**
 * The copy of one deployment: an emulator that is filled by reading. From the start it has the rows of the organizations
 * that the keys see; what is in an organization is read when a run first asks for it.
 */
export class Deployment {
  readonly emulator: LocalEmulator;
  readonly #copying: Copying;
  readonly #keys: readonly CopiedKey[];
  #known: Known;
  /** Uids of the keys' users; a key whose user is not known has one of its own. */
  readonly #users: ReadonlyMap<CopiedKey, string>;
  /** Organizations that have not been read, by slug. */
  readonly #unread = new Map<string, string>();
  readonly #readings = new Map<string, Promise<void>>();
  /** As they were when they were read. */
  readonly #before = new Map<string, State["organizations"][number]>();

  /**
   * Reads the organizations that are named, by uid or slug.
   * @param keys their readers have looked
   */
  static async open(copying: Copying, keys: readonly CopiedKey[], named: readonly string[]): Promise<Deployment> {
    const names = new Set(named.map(normalizeOrganization));
    const rows = [...rowsOf(keys).values()];
    const first = rows.filter(({ uid, slug }) => names.has(uid) || names.has(slug));
    const read = new Map<string, Read>();
    const readAll = (more: readonly OrganizationRow[]) =>
      Promise.all(more.map(async (row) => read.set(row.uid, await readOrganization(copying, keys, row))));
    await readAll(first);
    recognizeUsers(keys, read);
    // Where the service does not tell who a key's user is, an organization that they own does.
    const unknown = keys.filter(({ reader }) => reader.user === undefined);
    const owned = unknown.flatMap(({ reader }) => [...reader.rows.values()].find(({ role }) => role === "owner") ?? []);
    await readAll(owned.filter(({ uid }) => !read.has(uid)));
    recognizeUsers(keys, read);
    const deployment = new Deployment(copying, keys, await readUsers(copying, keys, read));
    deployment.#fill(rows, read);
    return deployment;
  }

  private constructor(copying: Copying, keys: readonly CopiedKey[], users: readonly Member[]) {
    this.#copying = copying;
    this.#keys = keys;
    this.#known = { people: new KnownPeople().with(users), hides: new Map(), hiddenInvitations: [] };
    this.#users = new Map(keys.map((key) => [key, key.reader.user ?? this.#standIn(key)]));
    const { client } = keys[0]!.reader;
    this.emulator = copying.emulator({
      localKey: false,
      now: () => client.now(),
      profile: copying.profile && { version: 1, settings: copying.profile },
      seed: { settings: ownSettings },
    });
  }

  #fill(rows: readonly OrganizationRow[], read: ReadonlyMap<string, Read>): void {
    this.#addUsers();
    for (const row of rows) this.#addRow(row);
    for (const [uid, organization] of read) this.#complete(uid, organization);
  }

  #addUsers(): void {
    try {
      this.#add([]);
    } catch {
      // An address that the copy cannot represent counts as hidden; the organization that shows it is refused.
      this.#known = { ...this.#known, people: new KnownPeople() };
      this.#add([]);
    }
  }

  /** The reader of a key; undefined if the copy does not know the key. */
  readerOf(key: string): Reader | undefined {
    return this.#keys.find((copied) => copied.key === key)?.reader;
  }

  /** Where the credentials of the keys come from. */
  get sources(): string {
    return [...new Set(this.#keys.map(({ reader }) => reader.shown))].join(", ");
  }

  /** Reads an organization, once, if the key sees it and nobody has asked for it before. */
  async need(slug: string, reader: Reader): Promise<void> {
    const uid = this.#unread.get(slug);
    const row = uid === undefined ? undefined : reader.rows.get(uid);
    if (row === undefined) return;
    const reading = this.#readings.get(row.uid) ?? this.#read(row);
    this.#readings.set(row.uid, reading);
    await reading;
  }

  /** The organizations that have been read or created, and the people. */
  state(): State {
    const state = this.emulator.state();
    return this.#shown({ ...state, organizations: state.organizations.filter(({ counts }) => counts === undefined) });
  }

  /** The organizations as they were when they were read. */
  before(): State {
    const state = this.emulator.state();
    // Another organization may have shown an address since.
    const addresses = new Map(state.people.map(({ uid, email }) => [hiddenAddress(uid), email]));
    const now = (address: string) => addresses.get(address) ?? address;
    const renamed = <Row extends { email: string }>(row: Row) => ({ ...row, email: now(row.email) });
    const organizations = [...this.#before.values()].map((organization) => ({
      ...organization,
      members: organization.members.map(renamed),
      invitations: organization.invitations.map((row) => ({ ...row, invitedBy: row.invitedBy && now(row.invitedBy) })),
      teams: organization.teams.map((team) => ({ ...team, members: team.members.map(renamed) })),
    }));
    return this.#shown({ ...state, organizations, emails: [] });
  }

  /**
   * Without what the service does not show: keys, and people who stand for the users of keys, unless they own what the
   * run has created.
   */
  #shown(state: State): State {
    const organizations = state.organizations.map((organization) => ({
      ...organization,
      members: organization.members.filter(({ unlisted }) => !unlisted),
    }));
    const unknown = this.#keys.filter(({ reader }) => reader.user === undefined);
    const standIns = new Set(unknown.map((key) => this.#users.get(key)));
    const listed = new Set(organizations.flatMap(({ members }) => members.map(({ email }) => email)));
    const people = state.people.filter(({ uid, email }) => !standIns.has(uid) || listed.has(email));
    return { ...state, keys: [], people, organizations };
  }

  #standIn({ reader }: CopiedKey): string {
    if (!reader.isRevoked && !reader.failure) {
      this.#copying.notes.add(
        `Avala does not tell whose the key of ${reader.shown} is: in the copy, somebody who is in no list stands for them. ` +
          "If the run takes the role of an admin or member from the key's user, later requests fail in reality, and not in the copy.",
      );
    }
    return crypto.randomUUID();
  }

  #addRow(row: OrganizationRow): void {
    this.#unread.set(row.slug, row.uid);
    const members = new Map<string, Role>();
    for (const key of this.#keys) {
      const seen = key.reader.rows.get(row.uid);
      if (seen) members.set(this.#users.get(key)!, roleOf(seen) ?? "member");
    }
    const seeds = [...members].map(([uid, role]) => ({ email: this.#known.people.address(uid), role }));
    try {
      this.#add([rowSeed(row, seeds)]);
    } catch (error) {
      const refusal = refusalOf(row, error);
      this.#copying.notes.add(`${refusal.message} The copy's lists of organizations do not contain it.`);
    }
  }

  async #read(row: OrganizationRow): Promise<void> {
    try {
      this.#complete(row.uid, await readOrganization(this.#copying, this.#keys, row));
    } catch (error) {
      if (error instanceof AvalaError)
        this.#copying.notes.add(`${shownOrganization(row)} was not copied: ${error.message}`);
      throw error;
    }
  }

  #complete(uid: string, { inside, hides }: Read): void {
    const { detail, members, invitations = [], teams } = inside;
    const rows = [...members, ...teams.flatMap((team) => team.members)];
    const hidden = invitations.filter(({ email }) => !email).map((row) => row.uid);
    const known: Known = {
      people: this.#known.people.with(rows),
      hides: new Map(
        this.#keys.map((key) => [key, [...(this.#known.hides.get(key) ?? []), ...(hides.get(key) ?? [])]]),
      ),
      hiddenInvitations: [...this.#known.hiddenInvitations, ...hidden],
    };
    try {
      const organization = organizationSeed(inside, known.people, this.#unlisted(uid, inside, known.people));
      this.#add([organization], known, rows);
    } catch (error) {
      throw refusalOf(detail, error);
    }
    this.#known = known;
    for (const [slug, unread] of this.#unread) if (unread === uid) this.#unread.delete(slug);
    this.#before.set(
      uid,
      this.emulator.state().organizations.find((organization) => organization.uid === uid)!,
    );
    this.#noteBlanks(inside, hidden.length);
  }

  /** The users of keys that see the organization, and are not in its list of members. */
  #unlisted(uid: string, { detail, members, invitations }: Inside, people: KnownPeople): Unlisted[] {
    const listed = new Set(members.map(({ userUid }) => userUid));
    const found = new Map<string, Role>();
    for (const key of this.#keys) {
      const seen = key.reader.rows.get(uid);
      const user = this.#users.get(key)!;
      if (seen === undefined || listed.has(user)) continue;
      const role = roleOf(seen) ?? (invitations ? "admin" : "member");
      // The owner is in the list.
      found.set(user, role === "owner" ? "admin" : role);
      if (key.reader.user !== undefined) {
        this.#copying.notes.add(
          `The user of the key of ${key.reader.shown} is not in the list of members of ${shownOrganization(detail)}; in the copy the key has the rights of ${found.get(user)}.`,
        );
      }
    }
    return [...found].map(([user, role]) => ({ email: people.address(user), role }));
  }

  /** Adds organizations, the people of these rows, and what is known of the keys. */
  #add(
    organizations: OrganizationSeed[],
    { people, hides, hiddenInvitations }: Known = this.#known,
    rows: readonly Member[] = [],
  ): void {
    const uids = new Set([...rows.map(({ userUid }) => userUid), ...this.#users.values()]);
    this.emulator.add({
      settings: { hideEmailsOf: [...people.hidden, ...hiddenInvitations] },
      people: [...uids].map((uid) => people.seed(uid)),
      keys: this.#keys.map((copied) => ({
        key: copied.key,
        email: people.address(this.#users.get(copied)!),
        revoked: copied.reader.isRevoked,
        scopes: copied.reader.scopes,
        currentUser: copied.reader.isUserTold ? "full" : "withoutUid",
        hides: hides.get(copied),
      })),
      organizations,
    });
  }

  #noteBlanks({ detail, members, invitations }: Inside, hiddenInvitations: number): void {
    const { notes } = this.#copying;
    const shown = shownOrganization(detail);
    const hidden = members.filter(({ userUid }) => this.#known.people.isHidden(userUid)).length;
    if (hidden > 0) {
      notes.add(
        `Avala hides the addresses of ${hidden} of the people of ${shown}: whether the run invites one of them is not known.`,
      );
    }
    if (invitations === undefined) notes.add(`The keys may not see the invitations of ${shown}: the copy has none.`);
    if (hiddenInvitations > 0) {
      notes.add(
        `Avala hides the addresses of ${plural(hiddenInvitations, "invitation")} of ${shown}: whether the run invites one of these people is not known.`,
      );
    }
    if (detail.slugEditsRemaining === undefined) {
      notes.add(`Avala does not show how often the slug of ${shown} may still change; the copy does not limit it.`);
    }
  }
}

/** The class of the emulator's errors is loaded late. */
function refusalOf(row: OrganizationRow, error: unknown): RefusedError {
  if (!(error instanceof Error) || error.name !== "SeedError") throw error;
  return new RefusedError(
    `${shownOrganization(row)} cannot be copied: ${printable(error.message, 300)}.`,
    "The copy holds what Avala's API documents, and this differs from it.",
  );
}

const roles: readonly string[] = ["owner", "admin", "member"] satisfies Role[];

function roleOf({ role }: OrganizationRow): Role | undefined {
  return roles.includes(role ?? "") ? (role as Role) : undefined;
}

const rank = (row: OrganizationRow | undefined): number => {
  const at = roles.indexOf(row?.role ?? "");
  return at < 0 ? roles.length : at;
};

/** Each organization once, as the key with most rights sees it. */
function rowsOf(keys: readonly CopiedKey[]): Map<string, OrganizationRow> {
  const rows = new Map<string, OrganizationRow>();
  for (const { reader } of keys) {
    for (const [uid, row] of reader.rows) {
      const known = rows.get(uid);
      if (known === undefined || rank(row) < rank(known)) rows.set(uid, row);
    }
  }
  return rows;
}

/** Everything by the key with most rights; by the others the members, to see whose addresses they do not see. */
async function readOrganization(copying: Copying, keys: readonly CopiedKey[], row: OrganizationRow): Promise<Read> {
  copying.onProgress(`Reading ${shownOrganization(row)} from Avala.`);
  const seeing = keys
    .filter(({ reader }) => reader.rows.has(row.uid))
    .toSorted((a, b) => rank(a.reader.rows.get(row.uid)) - rank(b.reader.rows.get(row.uid)));
  const [strongest, ...others] = seeing as [CopiedKey, ...CopiedKey[]];
  const inside = await strongest.reader.read(row.uid);
  const lists = await Promise.all(others.map(async (key) => [key, await key.reader.members(row.uid)] as const));
  const hides = [[strongest, inside.members] as const, ...lists].map(([key, members]) => {
    const hidden = members.filter(({ email }) => !email);
    return [key, hidden.map(({ userUid }) => `${row.uid}/${userUid}`)] as const;
  });
  return { inside, hides: new Map(hides) };
}

/**
 * The rows of keys' users who are in no list that has been read: where nothing else shows their addresses, one list does.
 * They own the organizations that the run creates.
 */
async function readUsers(
  { notes }: Copying,
  keys: readonly CopiedKey[],
  read: ReadonlyMap<string, Read>,
): Promise<Member[]> {
  const seen = new Set([...read.values()].flatMap(({ inside }) => inside.members.map(({ userUid }) => userUid)));
  const rows = await Promise.all(
    keys.map(async ({ reader }) => {
      const { user } = reader;
      if (user === undefined || seen.has(user)) return [];
      const [first] = reader.rows.keys();
      const members = first === undefined ? [] : await reader.members(first).catch(unreadable);
      const own = members.filter(({ userUid }) => userUid === user);
      if (!own.some(({ email }) => email)) {
        notes.add(
          `Avala does not show the address of the user of the key of ${reader.shown}: the copy does not recognize it in the program.`,
        );
      }
      return own;
    }),
  );
  return rows.flat();
}

/** What a run does not ask for need not be in order. */
function unreadable(error: unknown): Member[] {
  if (error instanceof AvalaError) return [];
  throw error;
}

/** The only member with the role of the key's user is that user. */
function recognizeUsers(keys: readonly CopiedKey[], read: ReadonlyMap<string, Read>): void {
  for (const { reader } of keys) {
    for (const [uid, { inside }] of read) {
      const role = reader.rows.get(uid)?.role ?? undefined;
      const same = inside.members.filter((member) => role !== undefined && member.role === role);
      if (same.length === 1) reader.user ??= same[0]!.userUid;
    }
  }
}
