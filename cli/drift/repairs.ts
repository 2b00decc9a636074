import { pages } from "../../provider/core/documentation.js";
import type { Declaration } from "../membership/declarations.js";
import type { Finding as Standing } from "../membership/standing.js";
import type { Kind } from "./finding.js";

export const owner =
  "If this is intended, run pulumi refresh to record it. If not, only the new owner can transfer the ownership back.";
export const formerOwner = "Declare and import them with the role they are to keep: they are the former owner.";
export const changed = "Run pulumi up --refresh to restore it, or change the code to the current value.";
export const changedInvitation =
  "pulumi up --refresh cancels the invitation and sends a new one; or change the code to the current value.";
export const missingTeam =
  "pulumi up --refresh recreates it and its memberships; or remove both from the program and run pulumi refresh.";
export const missingForeignTeam =
  "Declare a different team, then run pulumi refresh to drop its memberships from the state.";
export const vanishedOrganization = `Restore access, or use a key that has it; if the organization was deleted for good, see ${pages.vanishedOrganization} (AVALA_ASSUME_DELETED).`;

export const unmanagedPerson = "Declare and import them, or remove them in Avala.";
export const unmanagedTeam = "Declare and import it, or delete it in Avala.";
export const unmanagedTeamMembership = "Declare and import the team membership, or remove them from the team in Avala.";
export const unmanagedInvitation = "Declare the person and import them, or cancel the invitation in Avala.";
export const unmanagedInRoster =
  'Add them to members of the TeamRoster, or remove them in Avala; unmanaged: "remove" lets the roster remove them.';
export const removedByRoster =
  'pulumi up --refresh removes them, because of unmanaged: "remove" of the TeamRoster; or add them to its members.';

const ofWaiting = {
  acceptance: "Pending acceptance. Reminder: npx pulumi-avala resend <organization> <email>.",
  invitation:
    "Without an invitation they cannot accept: declare them by email in an OrganizationMember, or change its resend if they were invited before; or remove the team membership from the program.",
  unknown: "Pending acceptance, if they are invited: this API key does not see it.",
} as const;

/** What to do about a person's state. */
export function ofPerson(
  kind: Kind,
  { teamUid, email }: Declaration,
  { group, awaits = "unknown" }: Pick<Standing, "group" | "awaits">,
): string {
  const inTeam = teamUid !== undefined;
  if (kind === "accessExpired") return "Remove them from the program, or declare a later validUntil.";
  if (kind === "ready") return "Run pulumi up to apply it.";
  if (kind === "waiting") return ofWaiting[awaits];
  if (inTeam && group === "ready")
    return "Run pulumi up --refresh to add them again, or remove the team membership from the program.";
  if (inTeam) return "Invite them again first, or remove the team membership from the program.";
  if (email === undefined) return "Declare them by email to invite them, or remove them from the program.";
  return "Change resend and run pulumi up to invite them again, or remove them from the program.";
}
