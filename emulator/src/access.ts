import { forbidden, notFound } from "./errors.js";
import { pathUid } from "./fields.js";
import type { Membership, Organization, OrganizationRole, Person, Team } from "./model.js";
import type { Call } from "./operation.js";

/** `manager` is owner or admin. */
type Need = "member" | "manager" | "owner";

const ALLOWED: Record<Need, OrganizationRole[]> = {
  member: ["owner", "admin", "member"],
  manager: ["owner", "admin"],
  owner: ["owner"],
};

export interface Visit {
  organization: Organization;
  membership: Membership<OrganizationRole>;
}

/** The organization of the path, for a caller who may `need` it. People outside do not learn that it exists. */
export function visit(call: Call, need: Need): Visit {
  const organization = call.service.store.organizationBySlug(call.param("slug"));
  if (!organization) throw notFound();
  const membership = organization.members.get(call.person.uid);
  if (!membership) throw call.service.settings.hiddenIs === 403 ? forbidden() : notFound();
  if (!ALLOWED[need].includes(membership.role)) throw forbidden();
  return { organization, membership };
}

/** The same for a change; a softly deleted organization can only be read. */
export function change(call: Call, need: Need): Visit {
  const visited = visit(call, need);
  if (!visited.organization.isActive) throw forbidden("This organization is not active.");
  return visited;
}

export const isManager = ({ membership }: Visit): boolean => ALLOWED.manager.includes(membership.role);

/** The team of the path. */
export function teamOf(call: Call, { organization }: Visit): Team {
  const team = organization.teamsBySlug.get(call.param("team_slug"));
  if (!team) throw notFound();
  return team;
}

/** A team to be changed by a manager of the organization or a lead of the team. */
export function ledTeam(call: Call): Team {
  const visited = change(call, "member");
  const team = teamOf(call, visited);
  if (!isManager(visited) && team.members.get(call.person.uid)?.role !== "lead") throw forbidden();
  return team;
}

/** The membership of the person in the path. */
export function memberOf<Role>(call: Call, members: Map<string, Membership<Role>>): Membership<Role> {
  const membership = members.get(pathUid(call.param("user_uid")) ?? "");
  if (!membership) throw notFound();
  return membership;
}

/** Rows of people can be sorted by these. */
export const peopleOrder = {
  created_at: ({ createdAt }: { createdAt: string }) => Date.parse(createdAt),
  username: ({ person }: { person: Person }) => person.username,
  email: ({ person }: { person: Person }) => person.email,
  role: ({ role }: { role: string }) => role,
};
