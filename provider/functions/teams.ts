import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";
import type { Team } from "../resources/team.js";
import { joinId } from "../core/identity.js";
import { ask, askOutput } from "./ask.js";
import { listQuery, objectQuery, type Read } from "./query.js";
import type { GetOrganizationArgs, GetOrganizationOutputArgs } from "./organizations.js";

/**
 * The team that is read: by id, or by slug or name in its organization.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteam
 */
export type GetTeamArgs =
  | {
      /** Id of the team, `<organization uid>/<team uid>`. */
      team: string;
      organization?: never;
      slug?: never;
      name?: never;
    }
  | {
      /** Uid or slug of the organization. */
      organization: string;
      /** Last part of the team's address, compared exactly. */
      slug: string;
      team?: never;
      name?: never;
    }
  | {
      /** Uid or slug of the organization. */
      organization: string;
      /** Display name, compared exactly. It is an error if several teams have it. */
      name: string;
      team?: never;
      slug?: never;
    };

/**
 * The team that is read: the resource or its id, or its slug or name in its organization.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteam
 */
export type GetTeamOutputArgs =
  | {
      /** The resource, or its id, `<organization uid>/<team uid>`. */
      team: Team | pulumi.Input<string>;
      organization?: never;
      slug?: never;
      name?: never;
    }
  | {
      /** The organization: the resource, its uid or slug. */
      organization: Organization | pulumi.Input<string>;
      /** Last part of the team's address, compared exactly. */
      slug: pulumi.Input<string>;
      team?: never;
      name?: never;
    }
  | {
      /** The organization: the resource, its uid or slug. */
      organization: Organization | pulumi.Input<string>;
      /** Display name, compared exactly. It is an error if several teams have it. */
      name: pulumi.Input<string>;
      team?: never;
      slug?: never;
    };

/**
 * The organization whose teams are read.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteams
 */
export interface GetTeamsArgs extends GetOrganizationArgs {}

/**
 * The organization whose teams are read.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteams
 */
export interface GetTeamsOutputArgs extends GetOrganizationOutputArgs {}

/** A team. Fields that Avala omits are absent. */
export interface TeamResult {
  /** `<organization uid>/<team uid>`, which is also the id of `Team` resources. */
  id: string;
  /** Identity, a UUID; it never changes. */
  uid: string;
  /** Last part of the team's address. It may change when the team is renamed. */
  slug: string;
  name?: string;
  description?: string;
  /** Color, such as `#6366F1`. */
  color?: string;
  memberCount?: number;
  /** Time of creation, in ISO 8601. */
  createdAt?: string;
}

const readTeam: Read<GetTeamArgs, TeamResult> = (service, args) => service.teamRow(args);
const team = objectQuery("getTeam", readTeam);

const readTeams: Read<GetTeamsArgs, TeamResult[]> = async (service, args) => {
  const organization = await service.organization(args.organization);
  const rows = [...(await organization.teams.get()).values()];
  return rows.map((row) => ({ id: joinId(organization.uid, row.uid), ...row }));
};
const teams = listQuery("getTeams", readTeams);

/**
 * A team.
 *
 * @example
 * ```ts
 * import { getTeamOutput, TeamMembership } from "pulumi-avala";
 *
 * const platform = getTeamOutput({ organization: "initech", name: "Platform" });
 *
 * export const lee = new TeamMembership("lee-platform", { team: platform.id, email: "lee@example.com", role: "lead" });
 * ```
 *
 * @throws `AVALA_TEAM_NOT_FOUND` if the team does not exist, or more than one has the name;
 * `AVALA_ORGANIZATION_NOT_FOUND` if no organization with this uid or slug is visible to the key
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteam
 */
export function getTeam(args: GetTeamArgs, opts?: pulumi.InvokeOptions): Promise<TeamResult> {
  return ask(team, args, opts);
}

/**
 * As `getTeam`, for arguments that are outputs or resources.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteam
 */
export function getTeamOutput(args: GetTeamOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<TeamResult> {
  return askOutput(team, args, opts);
}

/**
 * All teams of an organization.
 *
 * @example
 * ```ts
 * import { getTeamsOutput } from "pulumi-avala";
 *
 * const teams = getTeamsOutput({ organization: "globex" });
 *
 * export const sizes = teams.apply((rows) =>
 *   Object.fromEntries(rows.map(({ name, memberCount }) => [name, memberCount])),
 * );
 * ```
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` if no organization with this uid or slug is visible to the key
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteams
 */
export function getTeams(args: GetTeamsArgs, opts?: pulumi.InvokeOptions): Promise<TeamResult[]> {
  return ask(teams, args, opts);
}

/**
 * As `getTeams`, for arguments that are outputs or resources.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getteams
 */
export function getTeamsOutput(
  args: GetTeamsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<TeamResult[]> {
  return askOutput(teams, args, opts);
}
