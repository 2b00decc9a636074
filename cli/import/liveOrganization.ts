import type { Invitation, Member, TeamMember } from "../../provider/client/index.js";
import { isUnknown } from "../../provider/core/unknown.js";
import type { Properties } from "../../provider/lifecycle/inputs.js";
import { canonicalUid } from "../../provider/core/identity.js";
import {
  checkValue,
  comparable,
  flagsOf,
  isOptional,
  organization as organizationSchema,
  organizationMember,
  team as teamSchema,
  type ResourceSchema,
} from "../../provider/schema/index.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { printable, quoted } from "../../provider/core/text.js";
import { ForbiddenError } from "../../provider/core/errors.js";
import { isAnswered, isOverdue, type OrganizationView, type Snapshot } from "../../provider/snapshot/index.js";
import { RefusedError } from "../errors.js";
import { keysOf, nameBefore, organizationKeyOf, sorted } from "./names.js";

export type TeamRole = "lead" | "member";

/** Somebody, as a program names them. */
export interface Who {
  /** Email address in normal form, or uid where the address is hidden or names nobody. */
  name: string;
  by: "email" | "user";
  /** Undefined for those who are invited. */
  userUid: string | undefined;
  /** As Avala shows it, for readers of the files. */
  fullName?: string | undefined;
}

/** Somebody whom a program declares in the organization: a member, or somebody with a valid invitation. */
export interface Declared extends Who {
  role: "admin" | "member";
  /** Their roles in teams, by the team's key. */
  memberships: Map<string, TeamRole>;
}

export interface LivingTeam {
  uid: string;
  key: string;
  /** Inputs of its Team, the organization apart. */
  inputs: Record<string, string>;
  members: { who: Who; role: TeamRole }[];
}

/** An organization as it is, in what a program can declare of it. */
export interface Living {
  uid: string;
  slug: string;
  key: string;
  inputs: Record<string, string>;
  people: Declared[];
  /** The owner. Their role is a fact, and no program declares it. */
  owner: Who | undefined;
  teams: LivingTeam[];
  /** Whose role in the organization nothing declares, with their team memberships: the owner, and whose role is unknown. */
  others: { who: Who; memberships: Map<string, TeamRole> }[];
  /** What is skipped, and why. */
  notes: string[];
}

/**
 * Reads an organization, each list once.
 * @param before logical names that were given before, by uid
 */
export async function readLiving(
  snapshot: Snapshot,
  uid: string,
  before: Readonly<Record<string, string>>,
): Promise<Living> {
  const view = await snapshot.organization(uid);
  const notes: string[] = [];
  const [detail, members, invitations, teams] = await Promise.all([
    view.detail(),
    view.members.get(),
    invitationsOf(view, notes),
    view.teams.get(),
  ]);
  const inputs = declarable(organizationSchema, { ...detail }, "the organization", notes);
  if (inputs === undefined) {
    throw new RefusedError(
      `The name of organization ${quoted(detail.slug)} cannot be declared as it is.`,
      "Rename it in Avala and run the command again.",
    );
  }
  const { declared, others, byUid } = sortPeople([...members.values()], notes);
  declared.push(...invited(invitations, [...members.values()], notes));
  const keys = keysOf([...teams.values()], before);
  const liveTeams = await Promise.all(
    [...teams.values()].map(async (row) => {
      const key = keys.get(row.uid)!;
      const inputs = declarable(teamSchema, { ...row }, `team ${quoted(row.name ?? row.uid)}`, notes);
      if (inputs === undefined) return undefined;
      const rows = await (await view.team(row.uid))!.members.get();
      return { uid: row.uid, key, inputs, members: membershipsOf(key, [...rows.values()], byUid, notes) };
    }),
  );
  return {
    uid: view.uid,
    slug: view.slug,
    key: nameBefore(before, view.uid) ?? organizationKeyOf(view.slug),
    inputs,
    people: sorted(declared, ({ name }) => name),
    owner: others.find(({ owner }) => owner)?.who,
    teams: sorted(
      liveTeams.filter((team) => team !== undefined),
      ({ key }) => key,
    ),
    others: sorted(others, ({ who }) => who.name),
    notes,
  };
}

async function invitationsOf(view: OrganizationView, notes: string[]): Promise<Invitation[]> {
  try {
    return [...(await view.invitations.get()).values()];
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    notes.push("Invitations are not visible to this API key: invited people are skipped.");
    return [];
  }
}

/**
 * Of what the service shows, what a program declares: nothing that is empty, volatile, written only, or the service's own
 * choice of an address. Undefined where something that has to be declared cannot be.
 */
function declarable(
  schema: ResourceSchema,
  row: Properties,
  what: string,
  notes: string[],
): Record<string, string> | undefined {
  const inputs: Record<string, string> = {};
  for (const [name, field] of Object.entries(schema.inputs)) {
    const { clientOnly: local, identity, writeOnly, serverDefault: chosen } = flagsOf(field);
    if (local || identity || writeOnly || chosen) continue;
    const value = row[name];
    const needed = !isOptional(field);
    if (typeof value !== "string" || (value === "" && !needed)) {
      if (needed) return undeclarable(name, what, notes);
      continue;
    }
    const { data } = checkValue(name, field, value);
    if (isExact(value) && comparable(field, data) === comparable(field, value)) inputs[name] = data as string;
    else if (needed) return undeclarable(name, what, notes);
    else notes.push(`Skipped: the ${name} of ${what}, which no program can declare as it is.`);
  }
  return inputs;
}

function undeclarable(name: string, what: string, notes: string[]): undefined {
  notes.push(`Skipped: ${what} and its memberships; no program can declare its ${name} as it is.`);
}

/** Whether the engine carries the text as it is: no half characters, and none of its own signs. */
function isExact(text: string): boolean {
  return !/\p{Cs}/u.test(text) && !isUnknown(text);
}

interface Sorted {
  declared: Declared[];
  others: { who: Who; memberships: Map<string, TeamRole>; owner: boolean }[];
  /** All of them, with their team memberships. */
  byUid: Map<string, { who: Who; memberships: Map<string, TeamRole> }>;
}

function sortPeople(members: readonly Member[], notes: string[]): Sorted {
  const shared = sharedAddresses(members);
  const sortedPeople: Sorted = { declared: [], others: [], byUid: new Map() };
  for (const member of members) {
    const who = whoOf(member, shared);
    if (who === undefined) {
      notes.push(`Skipped: member ${quoted(member.userUid)}, which is not a valid uid.`);
      continue;
    }
    const memberships = new Map<string, TeamRole>();
    const { role } = member;
    if (role === "admin" || role === "member") {
      const person = { ...who, role, memberships } as const;
      sortedPeople.declared.push(person);
      sortedPeople.byUid.set(member.userUid, { who, memberships });
      continue;
    }
    if (role !== "owner") {
      const shown = role === undefined ? "not visible to this API key" : quoted(role);
      notes.push(`Skipped: the role of ${printable(who.name, 254)} (${shown}). Their team memberships are declared.`);
    }
    const other = { who, memberships, owner: role === "owner" };
    sortedPeople.others.push(other);
    sortedPeople.byUid.set(member.userUid, other);
  }
  return sortedPeople;
}

/** Addresses that several members have when they are compared as programs do: they name nobody. */
function sharedAddresses(members: readonly Member[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { email } of members) {
    if (email === undefined) continue;
    const address = normalizeEmail(email);
    if (seen.has(address)) shared.add(address);
    seen.add(address);
  }
  return shared;
}

function whoOf({ userUid, email, fullName }: Member, shared: ReadonlySet<string>): Who | undefined {
  const address = addressOf(email);
  if (address !== undefined && !shared.has(address)) return { name: address, by: "email", userUid, fullName };
  const uid = canonicalUid(userUid);
  return uid === undefined ? undefined : { name: uid, by: "user", userUid, fullName };
}

/** In normal form, where a program can declare it. */
function addressOf(email: string | undefined): string | undefined {
  if (email === undefined) return undefined;
  return checkValue("email", organizationMember.inputs.email, email).data as string | undefined;
}

/** People with a valid invitation. Expired ones are skipped: declaring them would send new ones. */
function invited(invitations: readonly Invitation[], members: readonly Member[], notes: string[]): Declared[] {
  const inside = new Set(members.map(({ email }) => addressOf(email)));
  const found = new Map<string, Declared>();
  const expired: { address: string | undefined; shown: string }[] = [];
  for (const row of invitations.filter((row) => !isAnswered(row))) {
    const address = addressOf(row.email);
    const shown = quoted(row.email ?? row.uid, 254);
    if (isOverdue(row)) expired.push({ address, shown });
    else if (address === undefined) notes.push(`Skipped: invitation ${shown}, whose address cannot be declared.`);
    else if (inside.has(address)) notes.push(`Skipped: the invitation of ${shown}, who is a member.`);
    else if (row.role !== "admin" && row.role !== "member")
      notes.push(`Skipped: the invitation of ${shown}, with the role ${quoted(row.role ?? "not shown")}.`);
    else if (!found.has(address))
      found.set(address, { name: address, by: "email", userUid: undefined, role: row.role, memberships: new Map() });
  }
  const late = expired.filter(({ address = "" }) => !found.has(address)).map(({ shown }) => shown);
  if (late.length > 0) {
    const more = late.length > 5 ? ` and ${late.length - 5} more` : "";
    const names = late.toSorted().slice(0, 5).join(", ");
    notes.push(`Skipped expired invitations (declaring them would send new ones): ${names}${more}.`);
  }
  return [...found.values()];
}

function membershipsOf(
  key: string,
  rows: readonly TeamMember[],
  byUid: Sorted["byUid"],
  notes: string[],
): LivingTeam["members"] {
  const members: LivingTeam["members"] = [];
  for (const { userUid, role, email } of rows) {
    const person = byUid.get(userUid);
    const shown = quoted(email ?? userUid, 254);
    if (person === undefined)
      notes.push(`Skipped: the team membership of ${shown} in ${key}; they are not a member of the organization.`);
    else if (role !== "lead" && role !== "member")
      notes.push(`Skipped: the team membership of ${shown} in ${key}, with the role ${quoted(role ?? "not shown")}.`);
    else {
      person.memberships.set(key, role);
      members.push({ who: person.who, role });
    }
  }
  return sorted(members, ({ who }) => who.name);
}
