import type { Additions } from "../../emulator/src/index.js";
import type { Invitation, Member, TeamMember } from "../../provider/client/index.js";
import { momentOf } from "../../provider/core/time.js";
import { isAnswered, isOverdue } from "../../provider/snapshot/index.js";
import type { Inside, OrganizationRow } from "./reader.js";

export type OrganizationSeed = NonNullable<Additions["organizations"]>[number];
type MemberSeed = OrganizationSeed["members"][number];
type InvitationSeed = NonNullable<OrganizationSeed["invitations"]>[number];
type PersonSeed = NonNullable<Additions["people"]>[number];

/** In place of an address that no key sees; nobody can have it. */
export const hiddenAddress = (uid: string): string => `${uid}@hidden.invalid`;

/** What is known of a person. */
type Known = Pick<Member, "email" | "username" | "fullName" | "lastActiveAt">;

/** The people of a deployment, as all its lists together show them. */
export class KnownPeople {
  readonly #known: Map<string, Known>;

  constructor(known: ReadonlyMap<string, Known> = new Map()) {
    this.#known = new Map(known);
  }

  /** These people, and those of further rows. */
  with(rows: readonly Member[]): KnownPeople {
    const more = new KnownPeople(this.#known);
    for (const row of rows) more.#add(row);
    return more;
  }

  /** What a row does not show stays as it is known. */
  #add({ userUid, email, username, fullName, lastActiveAt }: Member): void {
    const before = this.#known.get(userUid) ?? {};
    this.#known.set(userUid, {
      email: email || before.email,
      username: username || before.username,
      fullName: fullName ?? before.fullName,
      lastActiveAt: time(lastActiveAt) ?? before.lastActiveAt,
    });
  }

  address(uid: string): string {
    return this.#known.get(uid)?.email ?? hiddenAddress(uid);
  }

  isHidden(uid: string): boolean {
    return this.#known.get(uid)?.email === undefined;
  }

  get hidden(): string[] {
    return [...this.#known.keys()].filter((uid) => this.isHidden(uid));
  }

  seed(uid: string): PersonSeed {
    const { username = uid, fullName, lastActiveAt } = this.#known.get(uid) ?? {};
    return { uid, email: this.address(uid), username, fullName, lastActiveAt };
  }
}

/** Somebody with rights in an organization whom none of its lists shows. */
export type Unlisted = Required<Pick<MemberSeed, "email" | "role">>;

/** What no more than the row of the list shows. */
export function rowSeed(row: OrganizationRow, members: MemberSeed[]): OrganizationSeed {
  return { ...fields(row), counts: { members: row.memberCount ?? 0, teams: row.teamCount ?? 0 }, members };
}

/** @param unlisted the keys' users who are not in the list of members */
export function organizationSeed(
  { detail, members, invitations = [], teams }: Inside,
  people: KnownPeople,
  unlisted: readonly Unlisted[],
): OrganizationSeed {
  return {
    ...fields(detail),
    members: [
      ...members.map((row) => membership(row, people)),
      ...unlisted.map((row): MemberSeed => ({ ...row, unlisted: true })),
    ],
    invitations: invitationSeeds(invitations),
    teams: teams.map(({ team, members }) => ({
      uid: team.uid,
      name: team.name || team.slug,
      slug: team.slug,
      description: team.description,
      color: team.color,
      createdAt: time(team.createdAt),
      members: members.map((row) => membership(row, people)),
    })),
  };
}

function fields(row: OrganizationRow): Omit<OrganizationSeed, "members"> {
  const { role: _, memberCount: _members, teamCount: _teams, createdAt, ...shown } = row;
  return {
    ...shown,
    name: row.name || row.slug,
    // Where the service does not say how often a slug may change, the copy does not count.
    slugEditsRemaining: row.slugEditsRemaining ?? null,
    createdAt: time(createdAt),
  };
}

/** A role that the copy does not know, or that is not shown, is refused: every statement about access would be a guess. */
function membership({ userUid, role, createdAt }: Member | TeamMember, people: KnownPeople) {
  return { email: people.address(userUid), role: (role ?? "") as never, createdAt: time(createdAt) };
}

/** One pending invitation for each address, rather a valid one; others stay out of the copy's list. */
function invitationSeeds(rows: readonly Invitation[]): InvitationSeed[] {
  const taken = new Set<string>();
  const validFirst = rows.toSorted((a, b) => Number(isOverdue(a)) - Number(isOverdue(b)));
  const pending = new Set(
    validFirst.filter((row) => {
      const address = (row.email || row.uid).toLowerCase();
      if (isAnswered(row) || taken.has(address)) return false;
      return taken.add(address);
    }),
  );
  return rows.map((row) => ({
    uid: row.uid,
    email: row.email || hiddenAddress(row.uid),
    role: (row.role ?? "") as InvitationSeed["role"],
    status: pending.has(row) ? "pending" : isAnswered(row) ? (row.status as InvitationSeed["status"]) : "expired",
    expiresAt: expiry(row),
    createdAt: time(row.createdAt),
  }));
}

/** The copy judges by the time alone. */
function expiry(row: Invitation): string | undefined {
  const shown = time(row.expiresAt);
  if (!isOverdue(row) || (shown !== undefined && Date.parse(shown) < Date.now())) return shown;
  return new Date(0).toISOString();
}

function time(text: string | undefined): string | undefined {
  return text !== undefined && momentOf(text) !== undefined ? text : undefined;
}
