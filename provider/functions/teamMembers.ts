import type * as pulumi from "@pulumi/pulumi";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";
import type { GetTeamArgs, GetTeamOutputArgs } from "./teams.js";

/**
 * The team whose members are read: by id, or by slug or name in its organization.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteammembers
 */
export type GetTeamMembersArgs = GetTeamArgs;

/**
 * The team whose members are read: the resource or its id, or its slug or name in its organization.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteammembers
 */
export type GetTeamMembersOutputArgs = GetTeamOutputArgs;

/** A person in a team. Fields that Avala omits are absent. */
export interface TeamMemberResult {
  /** The person's uid, a UUID; it never changes. */
  userUid: string;
  /** Personal data: for some people it is their phone number. */
  username?: string;
  /** Absent if Avala hides email addresses from the key. */
  email?: string;
  fullName?: string;
  /** `lead` or `member`; Avala may add more. */
  role?: string;
  /** Time at which the person joined the team, in ISO 8601. */
  createdAt?: string;
}

const readTeamMembers: Read<GetTeamMembersArgs, TeamMemberResult[]> = async (service, args) => {
  const team = await service.team(args);
  return [...(await team.members.get()).values()];
};
const teamMembers = listQuery("getTeamMembers", readTeamMembers);

/**
 * All people in a team.
 *
 * @example
 * ```ts
 * import { getTeamMembersOutput } from "pulumi-avala";
 *
 * const people = getTeamMembersOutput({ organization: "globex", slug: "core" });
 *
 * export const leads = people.apply((rows) => rows.filter(({ role }) => role === "lead").map(({ userUid }) => userUid));
 * ```
 *
 * @throws `AVALA_TEAM_NOT_FOUND` and `AVALA_ORGANIZATION_NOT_FOUND`, as `getTeam`
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteammembers
 */
export function getTeamMembers(args: GetTeamMembersArgs, opts?: pulumi.InvokeOptions): Promise<TeamMemberResult[]> {
  return ask(teamMembers, args, opts);
}

/**
 * As `getTeamMembers`, for arguments that are outputs or resources.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteammembers
 */
export function getTeamMembersOutput(
  args: GetTeamMembersOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<TeamMemberResult[]> {
  return askOutput(teamMembers, args, opts);
}
