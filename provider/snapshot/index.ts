import { createClient, type ClientSettings } from "../client/index.js";
import { Snapshot } from "./snapshot.js";

/**
 * Opens the picture that one run has of the service.
 * @param hiddenPeople uids of people with a hidden address who are known to be nobody who is asked for by address
 */
export function openSnapshot(settings: ClientSettings, hiddenPeople?: ReadonlySet<string>): Snapshot {
  return new Snapshot(createClient(settings), hiddenPeople);
}

export * from "./errors.js";
export { isAnswered, isOverdue, isPast } from "./invitations.js";
export type { OrganizationView } from "./organization.js";
export type { PersonRow } from "./people.js";
export { Snapshot } from "./snapshot.js";
export type { TeamView } from "./team.js";
export {
  AvalaError,
  ConfigError,
  ForbiddenError,
  NotFoundError,
  positiveSetting,
  resolveClientSettings,
} from "../client/index.js";
export type {
  ClientSettings,
  Invitation,
  Lookup,
  Member,
  Organization,
  OrganizationWrite,
  TeamMember,
} from "../client/index.js";
