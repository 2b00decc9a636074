import type { Kind } from "../../../support/host.js";
import type { Recorded } from "../../../support/stack.js";
import { holdsInvitation, membershipsHeld, teamMembershipsHeld } from "../held.js";
import { isNamed, resolveDeclarations, peopleOf, recordNames } from "../resolved.js";
import { hold, type Observed } from "../observed.js";
import { isPersonKind, isTeamPersonKind } from "../program.js";
import {
  addressOf,
  invitationOf,
  isValid,
  lower,
  organizationFields,
  organizationOf,
  organizationUid,
  rolesIn,
  rosterLines,
  teamFields,
  teamId,
  teamOf,
  type OrganizationRow,
  type Service,
} from "../service.js";

/** The state agrees with the service, after a refresh of everything, and after everything is as declared. */
export function stateAgreesWithService({ recordsNow, after, error, command, stale }: Observed): void {
  if (error || stale) return;
  const broken = [...recordsNow].flatMap(([name, record]) =>
    disagreements(record, after).map((what) => `${name}: ${what}`),
  );
  hold(`After ${command}, state and service agree`, broken);
}

/**
 * Absence needs proof: a record leaves the state if the run deletes it, or if its team or organization is gone. (If reads
 * lag, a new team is not visible yet; a resource deleted before its replacement is in no state if the run ends in between.)
 */
export function losesNoRecord(run: Observed): void {
  const { records, recordsNow, program, writing, stale, remade, after, assumedDeleted } = run;
  if (stale) return;
  const lost = [...records].filter(([name, record]) => {
    if (recordsNow.has(name) || remade.includes(name) || (writing && !(name in program))) return false;
    const organization = organizationOf(after, organizationUid(record));
    if (!organization) return !assumedDeleted.includes(organizationUid(record));
    return !(record.kind === "team" || isTeamPersonKind(record.kind)) || teamOf(after, teamId(record)) !== undefined;
  });
  hold(
    `${run.command} lets go of nothing that may be there`,
    lost.map(([name, { kind, id }]) => `${name}: ${kind} ${id}`),
  );
}

/**
 * Objects removed from the program are removed from the service, unless another declaration holds them or they were to be
 * kept.
 */
export function takesAwayWhatLeaves(run: Observed): void {
  if (run.error || run.stale || !run.writing) return;
  const deleted = run.steps.filter((step) => step.startsWith("delete "));
  const broken = deleted.flatMap((step) => {
    const name = step.split(" ").at(-1)!;
    const record = run.records.get(name);
    return record ? left(record, run).map((what) => `${name}: ${what}`) : [];
  });
  hold("What leaves the program leaves the service", broken);
}

/** The remaining access of a deleted record. */
function left(record: Recorded, run: Observed): string[] {
  const { id, kind, outputs } = record;
  const { after } = run;
  const organization = organizationOf(after, organizationUid(record));
  if (!organization || outputs["onDestroy"] === "retain") return [];
  const held = (kinds: (kind: Kind) => boolean) =>
    resolveDeclarations(run, run.before).filter((row) => kinds(row.kind) && row.organization === organization.uid);
  if (kind === "organization") {
    const isDeleted = (outputs["onDestroy"] ?? (outputs["__created"] ? "delete" : "retain")) === "delete";
    return isDeleted && held((other) => other === kind).length === 0 ? ["it is still there"] : [];
  }
  if (isPersonKind(kind)) {
    const people = held(isPersonKind);
    const isDeclared = (user: string) => people.some((row) => isNamed(row.names, after, user));
    const isInvited = (email: string) => people.some((row) => row.names.has(lower(email)));
    return [
      ...memberLeft(record, organization, run)
        .filter((user) => !isDeclared(user))
        .map((user) => `${user} is still a member`),
      ...organization.invitations
        .filter((row) => isValid(after, row) && !isInvited(row.email) && holdsInvitation(record, row, after, false))
        .map(({ email }) => `${email} is still invited`),
    ];
  }
  const team = teamOf(after, teamId(record));
  const declared = (kinds: (kind: Kind) => boolean) => held(kinds).filter((row) => row.team === team?.uid);
  if (kind === "team") return team && declared((other) => other === kind).length === 0 ? [`${id} is still there`] : [];
  const people =
    kind === "teamMembership"
      ? teamMembershipsHeld(record, after, false)
      : [...rosterLines(outputs["__known"]).values()];
  const kept = declared(isTeamPersonKind);
  return [...(team ? rolesIn(after, team.members) : new Map<string, string>()).keys()]
    .filter((user) => people.includes(user))
    .filter((user) => !kept.some((row) => isNamed(row.names, after, user) || row.people.has(user)))
    .map((user) => `${user} is still in the team`);
}

function memberLeft(record: Recorded, { members }: OrganizationRow, { after }: Observed): string[] {
  const ids = membershipsHeld(record, after, false);
  return [...rolesIn(after, members)]
    .filter(([user, role]) => role !== "owner" && ids.includes(user))
    .map(([user]) => user);
}

/** The differences between a record and the service. */
export function disagreements(record: Recorded, service: Service): string[] {
  const organization = organizationOf(service, organizationUid(record));
  if (!organization) return ["its organization is gone"];
  if (record.kind === "organization") return differing(record, organization, organizationFields);
  if (isPersonKind(record.kind)) return personDiffers(record, organization, service);
  const team = teamOf(service, teamId(record));
  if (!team) return [record.kind === "team" ? "it is gone" : "its team is gone"];
  if (record.kind === "team") return differing(record, team, teamFields);
  const memberships = rolesIn(service, team.members);
  return record.kind === "teamMembership"
    ? membershipDiffers(record, memberships, service)
    : rosterDiffers(record, memberships, service);
}

function differing<Row>({ outputs }: Recorded, row: Row, fields: readonly (keyof Row & string)[]): string[] {
  return fields
    .filter((field) => outputs[field] !== undefined)
    .filter((field) => lower(String(outputs[field])) !== lower(String(row[field] ?? "")))
    .map((field) => `${field} is ${JSON.stringify(row[field])}, in state ${JSON.stringify(outputs[field])}`);
}

function personDiffers(record: Recorded, organization: OrganizationRow, service: Service): string[] {
  const { kind, outputs } = record;
  const status = outputs["status"] as string;
  const stated = (is: string, field: string) =>
    is === outputs[field] ? [] : [`${is}, in state ${String(outputs[field])}`];
  const members = rolesIn(service, organization.members);
  const user = [...recordNames(record, service)].find((name) => members.has(name));
  if (user !== undefined) {
    const role = members.get(user)!;
    const isManaged = kind === "organizationMember" && role !== "owner";
    return [
      ...stated(kind === "invitation" ? "accepted" : "active", "status"),
      ...(isManaged ? stated(role, "role") : []),
    ];
  }
  const email = outputs["email"] as string | undefined;
  const invitation = email === undefined ? undefined : invitationOf(service, organization, email);
  if (invitation) return [...stated("invited", "status"), ...stated(invitation.role, "role")];
  const over = ["expired", "gone", ...(kind === "invitation" ? ["accepted"] : [])];
  return over.includes(status) ? [] : [`neither member nor invited, in state ${status}`];
}

function membershipDiffers(record: Recorded, memberships: ReadonlyMap<string, string>, service: Service): string[] {
  const { status, role } = record.outputs;
  const user = [...recordNames(record, service)].find((name) => memberships.has(name));
  if (user === undefined) return status === "active" ? ["not in the team, in state active"] : [];
  return [
    ...(status === "active" ? [] : [`in the team, in state ${String(status)}`]),
    ...(memberships.get(user) === role ? [] : [`${memberships.get(user)}, in state ${String(role)}`]),
  ];
}

function rosterDiffers(record: Recorded, memberships: ReadonlyMap<string, string>, service: Service): string[] {
  const { outputs } = record;
  const people = peopleOf(service, outputs["members"], record);
  const waitingText = [...rosterLines(outputs["waiting"]).keys()].map((who) => `${who} member`).join("\n");
  const waiting = peopleOf(service, waitingText, record);
  return [...memberships].flatMap(([user, role]) => {
    const address = lower(addressOf(service, user)!);
    const stated = people.get(user) ?? people.get(address);
    return stated === undefined || (stated === role && !waiting.has(user))
      ? []
      : [`${address} is ${role}, in state ${stated}`];
  });
}
