import { canonicalUid, joinId, splitId } from "../../core/identity.js";
import { quoted } from "../../core/text.js";
import type { OrganizationView, TeamView } from "../../snapshot/index.js";
import { GuardError } from "../runtime/guards.js";
import type { Scope } from "../runtime/handOver.js";
import { isUnknown } from "../../core/unknown.js";
import type { Recorded, Target } from "../lifecycle.js";
import type { Run } from "../runtime/run.js";

/** The organization a target belongs to: by the id of what is recorded, else as the program names it. */
export function organizationOf(run: Run, { id, inputs }: Target): Promise<OrganizationView> {
  return run.snapshot.organization(id === undefined ? (inputs["organization"] as string) : organizationUidOf(id));
}

/** The first part of every id. */
function organizationUidOf(id: string): string {
  return id.split("/")[0]!;
}

/**
 * Whether a program's way to name the organization means another one than the id's. Asks only for unseen slugs, and fails
 * where the answer cannot be had.
 */
export async function isOtherOrganization(run: Run, { id, inputs, state }: Recorded): Promise<boolean> {
  const named = inputs["organization"] as string;
  if (isUnknown(named)) return isOtherWhileUnknown(run);
  if (named === state["organization"]) return false;
  const uid = canonicalUid(named) ?? (await run.snapshot.organization(named)).uid;
  return uid !== organizationUidOf(id);
}

/**
 * What an identity counts as that is not known yet. In a preview, the worst: everything below is made anew. In an update
 * the engine asks in this way whom to delete before it replaces what is above them: nobody, as what they are declared in
 * is known by the time they are registered, and compared then.
 */
export function isOtherWhileUnknown(run: Run): boolean {
  return run.claims.program === undefined;
}

/** A team by its id, or undefined where the complete list does not hold it. */
export async function teamOf(run: Run, id: string): Promise<TeamView | undefined> {
  const [organizationUid, teamUid] = splitId(id, 2);
  return (await run.snapshot.organization(organizationUid!)).team(teamUid!);
}

/** One person in one team, whoever declares them there. */
export function teamPersonKey(team: string, who: string): string {
  return `membership ${team} ${who}`;
}

/** A team whose people are declared one by one. */
export function edgesKey(team: string): string {
  return `edges ${team}`;
}

/** A team whose people are declared as a whole. */
export function rosterKey(team: string): string {
  return `roster ${team}`;
}

/** Refuses a team whose people are declared both one by one and as a whole; each side asks for the other's key. */
export function refuseBeside(run: Run, team: string, other: (team: string) => string): void {
  if (run.claims.claimants(other(team), undefined).length === 0) return;
  throw new GuardError(
    `Team ${team} is declared by a TeamRoster and by TeamMemberships. They would work against each other.`,
    "Keep either the roster or the single memberships.",
  );
}

/** An organization by every name that a program may give it. */
export function scopeOfOrganization({ uid, slug }: OrganizationView): Scope {
  return { names: [uid, slug], adopt: [uid, slug] };
}

/** A team by every name that a program may give it. */
export function scopeOfTeam({ organization, uid }: TeamView, slug: string | undefined): Scope {
  return {
    names: [joinId(organization.uid, uid)],
    adopt: slug === undefined ? [uid] : [uid, slug],
    within: scopeOfOrganization(organization),
  };
}

/** Notes people of a team, so that they count as unmanaged neither there nor in its organization. */
export function noteAt({ managed }: Run, team: string, aliases: readonly (string | undefined)[]): void {
  for (const at of [team, team.split("/")[0]!]) managed.add(at, aliases);
}

export function teamGone(team: string): GuardError {
  return new GuardError(
    `Team ${team} is gone.`,
    "Run pulumi refresh, so that state knows; the next up makes what is missing.",
  );
}

/** `adopt` of a resource that stands for another object already. */
export function adoptsOther(kind: string, uid: string, adopt: string): GuardError {
  return new GuardError(
    `This resource stands for the ${kind.toLowerCase()} ${uid}, and adopt names another one: ${quoted(adopt)}. Nothing is renamed or handed over.`,
    `To take that one over, declare a ${kind} of another name with this adopt line; leave adopt here as it was.`,
  );
}
