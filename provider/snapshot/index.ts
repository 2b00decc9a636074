import { createClient, type ClientSettings } from "../client/index.js";
import { Snapshot, type SnapshotOptions } from "./snapshot.js";

/** Opens the snapshot of one run. */
export function openSnapshot(settings: ClientSettings, options?: SnapshotOptions): Snapshot {
  return new Snapshot(createClient(settings), options);
}

export * from "./errors.js";
export { isAnswered, isOverdue, isPast } from "./invitations.js";
export type { LastSeen, OrganizationView, TeamView } from "./organization.js";
export type { PersonRow } from "./people.js";
export { lagNote } from "./lag.js";
export { Snapshot } from "./snapshot.js";
