import { canonicalUid, joinId, splitId } from "../../core/identity.js";
import { quoted } from "../../core/text.js";
import type { OrganizationView, TeamView } from "../../snapshot/index.js";
import { GuardError } from "../runtime/guards.js";
import type { Scope } from "../runtime/handOver.js";
import { isUnknown } from "../../core/unknown.js";
import type { Recorded, Target } from "../lifecycle.js";
import type { Run } from "../runtime/run.js";

/** The organization of a target: by its recorded id, or else as the program names it. */
export function organizationOf(run: Run, { id, inputs }: Target): Promise<OrganizationView> {
  return run.snapshot.organization(id === undefined ? (inputs["organization"] as string) : organizationUidOf(id));
}

/** The first part of every id. */
function organizationUidOf(id: string): string {
  return id.split("/")[0]!;
}

/**
 * Whether the program now names a different organization than the one in the id. A request is only sent if a slug has
 * changed; if it fails, this throws.
 */
export async function isOtherOrganization(run: Run, { id, inputs, state }: Recorded): Promise<boolean> {
  const named = inputs["organization"] as string;
  if (isUnknown(named)) return isOtherWhileUnknown(run);
  if (named === state["organization"]) return false;
  const uid = canonicalUid(named) ?? (await run.snapshot.organization(named)).uid;
  return uid !== organizationUidOf(id);
}

/**
 * Whether an unknown identity counts as a different one. In a preview it does, which is the worst case: the resource is
 * replaced. In an update it does not: the engine then asks which dependents to delete before it replaces a resource,
 * and their real identities are compared later, when they are known.
 */
export function isOtherWhileUnknown(run: Run): boolean {
  return run.claims.program === undefined;
}

/** A team by its id, or undefined if the complete list does not contain it. */
export async function teamOf(run: Run, id: string): Promise<TeamView | undefined> {
  const [organizationUid, teamUid] = splitId(id, 2);
  return (await run.snapshot.organization(organizationUid!)).team(teamUid!);
}

/** The key of one person in one team, for memberships and rosters. */
export function teamPersonKey(team: string, who: string): string {
  return `membership ${team} ${who}`;
}

/** The key of a team whose people are declared one by one. */
export function membershipsKey(team: string): string {
  return `edges ${team}`;
}

/** The key of a team whose people are declared by a roster. */
export function rosterKey(team: string): string {
  return `roster ${team}`;
}

/**
 * Refuses a team whose people are declared both one by one and by a roster.
 * @param other returns the key of the other way of declaration
 */
export function refuseBothWays(run: Run, team: string, other: (team: string) => string): void {
  if (run.claims.claimants(other(team), undefined).length === 0) return;
  throw new GuardError(
    `Team ${team} is declared by a TeamRoster and by TeamMemberships. They would overwrite each other's changes.`,
    "Keep either the roster or the single memberships.",
  );
}

/** An organization, with every name that a program may use for it. */
export function scopeOfOrganization({ uid, slug }: OrganizationView): Scope {
  return { names: [uid, slug], adopt: [uid, slug] };
}

/** A team, with every name that a program may use for it. */
export function scopeOfTeam({ organization, uid }: TeamView, slug: string | undefined): Scope {
  return {
    names: [joinId(organization.uid, uid)],
    adopt: slug === undefined ? [uid] : [uid, slug],
    within: scopeOfOrganization(organization),
  };
}

/** Records people of a team as managed, in the team and in its organization. */
export function noteAt({ managed }: Run, team: string, aliases: readonly (string | undefined)[]): void {
  for (const at of [team, team.split("/")[0]!]) managed.add(at, aliases);
}

export function teamGone(team: string): GuardError {
  return new GuardError(
    `Team ${team} is gone.`,
    "Run pulumi refresh to update the state; the next pulumi up creates what is missing.",
  );
}

/** The error for an `adopt` that names a different object than the one that the resource manages. */
export function adoptsOther(kind: string, uid: string, adopt: string): GuardError {
  return new GuardError(
    `This resource manages the ${kind.toLowerCase()} ${uid}, and adopt names a different one: ${quoted(adopt)}. Nothing is changed.`,
    `To take that one over, declare a ${kind} with a different name and this adopt line; leave adopt here as it was.`,
  );
}
