import { canonicalUid } from "../schema/index.js";
import { type OrganizationView } from "../snapshot/index.js";
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
