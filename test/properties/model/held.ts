import type { Recorded } from "../../support/stack.js";
import { recordNames, uidsIn, type Resolved } from "./resolved.js";
import type { Observed } from "./observed.js";
import { isTeamPersonKind } from "./program.js";
import { addressOf, lower, rosterLines, uidOf, type InvitationRow, type Service } from "./service.js";

/**
 * The access that a record holds: its deletion removes this access and nothing else. A run with a refresh may learn more
 * about a person who was gone.
 */

/** Access granted by an interrupted step is not recorded, and a refresh may find new access. */
const mayHaveMore = ({ initErrors }: Recorded, looks: boolean): boolean => looks || initErrors.length > 0;

/** Uids of the people whose membership of the organization a record may hold. */
export function membershipsHeld(record: Recorded, service: Service, looks: boolean): string[] {
  const { status, onDestroy } = record.outputs;
  if (record.kind !== "organizationMember" || onDestroy === "retain") return [];
  if (!mayHaveMore(record, looks) && (status === "gone" || status === "expired")) return [];
  return uidsIn(recordNames(record, service));
}

/** Uids of the people whose team membership a record may hold. */
export function teamMembershipsHeld(record: Recorded, service: Service, looks: boolean): string[] {
  const { outputs } = record;
  if (record.kind === "teamRoster") {
    const known = rosterLines(outputs["__known"]);
    const declared = [...rosterLines(outputs["members"]).keys()].map(
      (who) => known.get(who) ?? uidOf(service, who) ?? who,
    );
    return [...known.values(), ...rosterLines(outputs["__removing"]).keys(), ...declared];
  }
  if (record.kind !== "teamMembership" || outputs["onDestroy"] === "retain") return [];
  if (!mayHaveMore(record, looks) && outputs["status"] !== "active") return [];
  return uidsIn(recordNames(record, service));
}

/**
 * Whether a record holds an invitation: the recorded one, one at the current address of a member, or, if none is recorded,
 * any of the address.
 */
export function holdsInvitation(
  { kind, outputs }: Recorded,
  { uid, email }: Pick<InvitationRow, "uid" | "email">,
  service: Service,
  looks: boolean,
): boolean {
  if (outputs["onDestroy"] === "retain") return false;
  const recorded = kind === "invitation" ? outputs["uid"] : outputs["invitationUid"];
  if (recorded === uid) return true;
  const known = (outputs["userUid"] ?? outputs["user"]) as string | undefined;
  const current = known === undefined ? undefined : addressOf(service, known);
  if (current !== undefined) return lower(current) === lower(email);
  const named = typeof outputs["email"] === "string" && lower(outputs["email"]) === lower(email);
  // If a new invitation got no answer, its uid is not known.
  return named && (looks || recorded === undefined || outputs["__emailPending"] === true);
}

/**
 * A declaration with a former address of the record's person, which nobody has now: it is unknown whether it declares them.
 * Without another person to declare, it must not remove them.
 */
export function mayStillBeDeclared(
  record: Recorded,
  { resolved, before }: { resolved: Resolved[] } & Pick<Observed, "before">,
) {
  const { email } = record.outputs;
  const [organization, team] = record.id.split("/");
  return resolved.some((row) => {
    if (row.organization !== organization || isTeamPersonKind(row.kind) !== isTeamPersonKind(record.kind)) return false;
    if (isTeamPersonKind(record.kind) && row.team !== team) return false;
    const isNobodys = typeof email === "string" && uidOf(before, email) === undefined;
    return isNobodys && row.names.has(lower(email as string)) && uidsIn(row.names).length === 0;
  });
}
