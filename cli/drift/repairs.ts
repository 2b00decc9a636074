import type { Declaration } from "../membership/declarations.js";
import type { Kind } from "./finding.js";

export const owner =
  "If that is right, run pulumi refresh to record it. If not, only the new owner can give the ownership back.";
export const formerOwner =
  "Declare and import them, with the role they are to keep: they owned the organization before.";
export const changed = "pulumi up --refresh sets it back; or declare the value of now.";
export const changedInvitation =
  "pulumi up --refresh cancels the invitation and invites again, which mails; or declare the value of now.";
export const missingTeam =
  "pulumi up --refresh makes it again, with its places; or take both out of the program, and pulumi refresh lets go of them.";
export const missingForeignTeam = "Name another team; pulumi refresh lets go of the places that were in it.";
export const vanishedOrganization =
  "Restore the access, or use a key that has it; if it is deleted for good, see docs/guides/recovery.md (AVALA_ASSUME_DELETED).";

export const unmanagedPerson = "Declare and import them, or remove them in Avala.";
export const unmanagedTeam = "Declare and import it, or delete it in Avala.";
export const unmanagedPlace = "Declare and import the place, or take them out in Avala.";
export const unmanagedInvitation = "Declare the person and import them, or cancel the invitation in Avala.";
export const unmanagedInRoster =
  'Name them in members of the TeamRoster, or take them out in Avala; with unmanaged: "remove" the roster does.';
export const removedByRoster =
  "pulumi up --refresh takes them out, as the TeamRoster says; or name them in its members.";

/** What is to be done about where a person stands. */
export function ofPerson(kind: Kind, { teamUid, email }: Declaration, isReady: boolean): string {
  const inTeam = teamUid !== undefined;
  if (kind === "runOut") return "Take them out of the program, or declare a later validUntil.";
  if (kind === "ready") return "pulumi up takes the step.";
  if (kind === "waiting") {
    return "Nothing until they accept: npx pulumi-avala resend mails an invitation again, an OrganizationMember invites.";
  }
  if (inTeam && isReady) return "pulumi up --refresh puts them back; or take the place out of the program.";
  if (inTeam) return "They have to be a member first: see to that, or take the place out of the program.";
  if (email === undefined) return "Declare them by email, which invites them; or take them out of the program.";
  return "A new value of resend and pulumi up mail them; or take them out of the program.";
}
