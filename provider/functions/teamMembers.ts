import type * as pulumi from "@pulumi/pulumi";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";
import type { GetTeamArgs, GetTeamOutputArgs } from "./teams.js";

/** Whose members: a team by id, or by slug or name in its organization. */
export type GetTeamMembersArgs = GetTeamArgs;

/** Whose members: a team as the resource or its id, or by slug or name in its organization. */
export type GetTeamMembersOutputArgs = GetTeamOutputArgs;

/** A person in a team. What the service leaves out is absent. */
export interface TeamMemberResult {
  /** The person's lasting identity, a UUID. */
  userUid: string;
  /** Personal: of some people it is the phone number. */
  username?: string;
  /** Absent where the service hides addresses from the key. */
  email?: string;
  fullName?: string;
  /** `lead` or `member`; others may come. */
  role?: string;
  /** When the person joined the team, ISO 8601. */
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
 * const people = await getTeamMembers({ organization: "acme", slug: "core" });
 * const leads = people.filter(({ role }) => role === "lead");
 *
 * @throws `AVALA_TEAM_NOT_FOUND` and `AVALA_ORGANIZATION_NOT_FOUND`, as `getTeam`
 */
export function getTeamMembers(args: GetTeamMembersArgs, opts?: pulumi.InvokeOptions): Promise<TeamMemberResult[]> {
  return ask(teamMembers, args, opts);
}

/** As `getTeamMembers`, for arguments that are outputs or resources. */
export function getTeamMembersOutput(
  args: GetTeamMembersOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<TeamMemberResult[]> {
  return askOutput(teamMembers, args, opts);
}
