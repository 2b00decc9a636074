import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";
import type { Team } from "../resources/team.js";
import { joinId } from "../core/identity.js";
import { ask, askOutput } from "./ask.js";
import { listQuery, objectQuery, type Read } from "./query.js";
import type { GetOrganizationArgs, GetOrganizationOutputArgs } from "./organizations.js";

/** Which team: by id, or by slug or name in its organization. */
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
      /** Display name, compared exactly. Where several teams have it, it is an error. */
      name: string;
      team?: never;
      slug?: never;
    };

/** Which team: the resource or its id, or its slug or name in its organization. */
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
      /** Display name, compared exactly. Where several teams have it, it is an error. */
      name: pulumi.Input<string>;
      team?: never;
      slug?: never;
    };

/** Whose teams. */
export interface GetTeamsArgs extends GetOrganizationArgs {}

/** Whose teams. */
export interface GetTeamsOutputArgs extends GetOrganizationOutputArgs {}

/** A team. What the service leaves out is absent. */
export interface TeamResult {
  /** `<organization uid>/<team uid>`, as `Team` resources have it for an id. */
  id: string;
  /** Lasting identity, a UUID. */
  uid: string;
  /** Last part of its address; may follow a change of the name. */
  slug: string;
  name?: string;
  description?: string;
  /** Such as `#6366F1`. */
  color?: string;
  memberCount?: number;
  /** Time of creation, ISO 8601. */
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
 * const core = await getTeam({ organization: "acme", name: "Core" });
 * new TeamMembership("ada", { team: core.id, email: "ada@example.com", role: "lead" });
 *
 * @throws `AVALA_TEAM_NOT_FOUND` where there is no such team, or more than one of the name;
 * `AVALA_ORGANIZATION_NOT_FOUND` where the key reaches no such organization
 */
export function getTeam(args: GetTeamArgs, opts?: pulumi.InvokeOptions): Promise<TeamResult> {
  return ask(team, args, opts);
}

/** As `getTeam`, for arguments that are outputs or resources. */
export function getTeamOutput(args: GetTeamOutputArgs, opts?: pulumi.InvokeOutputOptions): pulumi.Output<TeamResult> {
  return askOutput(team, args, opts);
}

/**
 * All teams of an organization.
 *
 * @example
 * const teams = await getTeams({ organization: "acme" });
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` where the key reaches no such organization
 */
export function getTeams(args: GetTeamsArgs, opts?: pulumi.InvokeOptions): Promise<TeamResult[]> {
  return ask(teams, args, opts);
}

/** As `getTeams`, for arguments that are outputs or resources. */
export function getTeamsOutput(
  args: GetTeamsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<TeamResult[]> {
  return askOutput(teams, args, opts);
}
