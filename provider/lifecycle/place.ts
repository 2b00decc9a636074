import { canonicalUid, splitId } from "../schema/index.js";
import type { OrganizationView, TeamView } from "../snapshot/index.js";
import { GuardError } from "./guards.js";
import { isUnknown } from "./inputs.js";
import type { Target } from "./lifecycle.js";
import type { Run } from "./run.js";

/** The organization a target belongs to: by the id of what is recorded, else as the program names it. */
export function organizationOf(run: Run, { id, inputs }: Target): Promise<OrganizationView> {
  return run.snapshot.organization(id === undefined ? (inputs["organization"] as string) : organizationUidOf(id));
}

/** The first part of every id. */
function organizationUidOf(id: string): string {
  return id.split("/")[0]!;
}

/** Whether a program's way to name the organization means another one than the id's. Asks only for unseen slugs. */
export async function isOtherOrganization(run: Run, { id, inputs, state }: Required<Target>): Promise<boolean> {
  const named = inputs["organization"] as string;
  if (isUnknown(named)) return true;
  if (named === state["organization"]) return false;
  const uid = canonicalUid(named) ?? (await run.snapshot.organization(named)).uid;
  return uid !== organizationUidOf(id);
}

/** A team by its id, or undefined where the complete list does not hold it. */
export async function teamOf(run: Run, id: string): Promise<TeamView | undefined> {
  const [organizationUid, teamUid] = splitId(id, 2);
  return (await run.snapshot.organization(organizationUid!)).team(teamUid!);
}

/** One person in one team, whoever declares them there. */
export function placeIdentity(team: string, who: string): string {
  return `place ${team} ${who}`;
}

/** A team whose people are declared one by one. */
export function edgesIdentity(team: string): string {
  return `edges ${team}`;
}

/** A team whose people are declared as a whole. */
export function rosterIdentity(team: string): string {
  return `roster ${team}`;
}

/** Refuses a team whose people are declared both one by one and as a whole; each side asks for the other's identity. */
export function refuseBeside(run: Run, team: string, other: (team: string) => string): void {
  if (run.declarations.held([other(team)]).length === 0) return;
  throw new GuardError(
    `Team ${team} is declared by a TeamRoster and by TeamMemberships. They would work against each other.`,
    "Keep either the roster or the single memberships.",
  );
}

export function teamGone(team: string): GuardError {
  return new GuardError(
    `Team ${team} is gone.`,
    "Run pulumi refresh, so that state knows; the next up makes what is missing.",
  );
}
