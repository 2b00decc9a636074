import { isDeepStrictEqual } from "node:util";
import {
  isValid,
  organizationFields,
  rolesIn,
  teamFields,
  uidOf,
  type OrganizationRow,
  type Service,
} from "./service.js";

/** One thing that is different in the service after a run. */
export type Change = { organization: string } & (
  | { what: "organization gone" | "organization made" }
  | { what: "member gone" | "member made"; user: string }
  | { what: "member role"; user: string; from: string; to: string }
  | { what: "invited"; email: string; role: string }
  | { what: "invitation over"; uid: string; email: string; role: string; wasValid: boolean }
  | { what: "field"; field: string; from: unknown; to: unknown }
  | { what: "team gone" | "team made"; team: string; name: string }
  | { what: "team field"; team: string; field: string; from: unknown; to: unknown }
  | { what: "team membership gone"; team: string; user: string }
  | { what: "team membership made"; team: string; user: string; to: string }
  | { what: "team membership role"; team: string; user: string; from: string; to: string }
);

const fields = [...organizationFields, "logo", "isActive"] as const;

/** Everything that has changed, so that each change can be asked for its reason. */
export function changesBetween(before: Service, after: Service): Change[] {
  const active = (service: Service) =>
    new Map(service.organizations.filter((row) => row.isActive).map((row) => [row.uid, row]));
  const [olds, news] = [active(before), active(after)];
  return [
    ...[...olds.keys()]
      .filter((uid) => !news.has(uid))
      .map((uid): Change => ({ organization: uid, what: "organization gone" })),
    ...[...news.keys()]
      .filter((uid) => !olds.has(uid))
      .map((uid): Change => ({ organization: uid, what: "organization made" })),
    ...[...olds].flatMap(([uid, old]) => (news.has(uid) ? within(before, after, old, news.get(uid)!) : [])),
  ];
}

function within(before: Service, after: Service, old: OrganizationRow, now: OrganizationRow): Change[] {
  const organization = old.uid;
  const changes: Change[] = fields
    .filter((field) => !isDeepStrictEqual(old[field], now[field]))
    .map((field) => ({ organization, what: "field", field, from: old[field], to: now[field] }));
  const [members, membersNow] = [rolesIn(before, old.members), rolesIn(after, now.members)];
  for (const [user, role] of members) {
    const to = membersNow.get(user);
    if (to === undefined) changes.push({ organization, what: "member gone", user });
    else if (to !== role) changes.push({ organization, what: "member role", user, from: role, to });
  }
  for (const user of membersNow.keys())
    if (!members.has(user)) changes.push({ organization, what: "member made", user });
  const invitations = new Map(old.invitations.map((row) => [row.uid, row]));
  for (const { uid, email, role, status } of now.invitations) {
    const was = invitations.get(uid);
    if (!was) changes.push({ organization, what: "invited", email, role });
    else if (was.status !== status) {
      changes.push({ organization, what: "invitation over", uid, email, role, wasValid: isValid(before, was) });
    }
  }
  const teams = new Map(now.teams.map((row) => [row.uid, row]));
  for (const team of old.teams) {
    const row = teams.get(team.uid);
    if (!row) changes.push({ organization, what: "team gone", team: team.uid, name: team.name });
    else changes.push(...withinTeam(before, after, organization, team, row));
  }
  for (const { uid, name, members: people } of now.teams) {
    if (old.teams.some((row) => row.uid === uid)) continue;
    changes.push({ organization, what: "team made", team: uid, name });
    for (const { email, role } of people) {
      changes.push({ organization, what: "team membership made", team: uid, user: uidOf(after, email)!, to: role });
    }
  }
  return changes;
}

function withinTeam(
  before: Service,
  after: Service,
  organization: string,
  old: OrganizationRow["teams"][number],
  now: OrganizationRow["teams"][number],
): Change[] {
  const team = old.uid;
  const changes: Change[] = teamFields
    .filter((field) => old[field] !== now[field])
    .map((field) => ({ organization, what: "team field", team, field, from: old[field], to: now[field] }));
  const [memberships, membershipsNow] = [rolesIn(before, old.members), rolesIn(after, now.members)];
  for (const [user, role] of memberships) {
    const to = membershipsNow.get(user);
    if (to === undefined) changes.push({ organization, what: "team membership gone", team, user });
    else if (to !== role) changes.push({ organization, what: "team membership role", team, user, from: role, to });
  }
  for (const [user, to] of membershipsNow) {
    if (!memberships.has(user)) changes.push({ organization, what: "team membership made", team, user, to });
  }
  return changes;
}
