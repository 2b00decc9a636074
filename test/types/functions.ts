/**
 * Checked by the compiler only: arguments and results of functions, in either form. A wrong line fails `tsc -p test`; so
 * does an expected error that has stopped being one.
 */
import * as pulumi from "@pulumi/pulumi";
import {
  getIndustryChoices,
  getIndustryChoicesOutput,
  getInvitations,
  getInvitationsOutput,
  getOrganization,
  getOrganizationMembers,
  getOrganizationMembersOutput,
  getOrganizationOutput,
  getOrganizations,
  getOrganizationsOutput,
  getTeam,
  getTeamMembers,
  getTeamMembersOutput,
  getTeamOutput,
  getTeams,
  getTeamsOutput,
  Organization,
  type IndustryChoice,
  type InvitationResult,
  type OrganizationMemberResult,
  type OrganizationResult,
  type Provider,
  Team,
  type TeamMemberResult,
  TeamMembership,
  type TeamResult,
} from "../../provider/index.js";
import type * as client from "../../provider/client/index.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Plain<T> = { [Name in keyof T]: T[Name] };

/** Results are the client's fields, and an id. */
export const same: [
  Same<Plain<OrganizationResult>, Plain<{ id: string } & client.Identified<client.Organization>>>,
  Same<Plain<TeamResult>, Plain<{ id: string } & client.Identified<client.Team>>>,
  Same<Plain<OrganizationMemberResult>, Plain<client.Member>>,
  Same<Plain<TeamMemberResult>, Plain<client.TeamMember>>,
  Same<keyof InvitationResult, keyof client.Invitation>,
] = [true, true, true, true, true];

/** Never called. */
export async function plain(provider: Provider): Promise<void> {
  const own = { organization: "acme" };
  const acme: OrganizationResult = await getOrganization(own);
  const all: OrganizationResult[] = await getOrganizations({ provider });
  const everybody: OrganizationMemberResult[] = await getOrganizationMembers(own);
  await getOrganizationMembers({ organization: acme.id, search: "ada", role: "admin" }, { provider });
  const core: TeamResult = await getTeam({ organization: "acme", slug: "core" });
  await getTeam({ organization: "acme", name: "Core" }, { parent: new pulumi.ComponentResource("a:b:C", "c") });
  await getTeam({ team: core.id });
  const teams: TeamResult[] = await getTeams(own);
  const inside: TeamMemberResult[] = await getTeamMembers({ team: core.id });
  const [invitation]: InvitationResult[] = await getInvitations(own);
  const link: pulumi.Output<string> | undefined = invitation?.acceptUrl;
  const choices: IndustryChoice[] = await getIndustryChoices();
  new Team("of-known", { organization: acme.id, name: "New" });
  new TeamMembership("in-known", { team: core.id, email: "ada@example.com", role: "lead" });
  void [all, everybody, teams, inside, link, choices];
}

/** Never called. */
export function output(acme: Organization, core: Team, provider: Provider): void {
  const options = { provider, dependsOn: [acme] };
  const known: pulumi.Output<OrganizationResult> = getOrganizationOutput({ organization: acme }, options);
  const slug: pulumi.Output<string> = getOrganizationOutput({ organization: acme.id }).slug;
  const all: pulumi.Output<OrganizationResult[]> = getOrganizationsOutput({ dependsOn: acme });
  const role = pulumi.output("admin" as const);
  const people: pulumi.Output<OrganizationMemberResult[]> = getOrganizationMembersOutput({ organization: slug, role });
  const team: pulumi.Output<TeamResult> = getTeamOutput({ team: core }, options);
  getTeamOutput({ organization: acme, name: core.name });
  getTeamOutput({ organization: "acme", slug });
  const teams: pulumi.Output<TeamResult[]> = getTeamsOutput({ organization: acme });
  const inside: pulumi.Output<TeamMemberResult[]> = getTeamMembersOutput({ team: core.id });
  const link: pulumi.Output<string | undefined> = getInvitationsOutput({ organization: acme }).apply(
    (list) => list[0]?.acceptUrl,
  );
  const choices: pulumi.Output<IndustryChoice[]> = getIndustryChoicesOutput({ provider });
  new TeamMembership("in-known", { team: team.id, email: "ada@example.com", role: "lead" });
  void [known, all, people, teams, inside, link, choices];
}

/** Never called. */
export function refused(acme: Organization, core: Team): void {
  // @ts-expect-error -- no organization
  void getOrganization({});
  // @ts-expect-error -- a resource is for the Output form
  void getOrganization({ organization: acme });
  // @ts-expect-error -- an output is for the Output form
  void getTeams({ organization: acme.id });
  // @ts-expect-error -- a team is not an organization
  getTeamsOutput({ organization: core });
  // @ts-expect-error -- an organization is not a team
  getTeamMembersOutput({ team: acme });
  // @ts-expect-error -- no team
  void getTeam({ organization: "acme" });
  // @ts-expect-error -- a name without its organization
  void getTeam({ name: "Core" });
  // @ts-expect-error -- two ways at once
  void getTeam({ organization: "acme", name: "Core", slug: "core" });
  // @ts-expect-error -- an id contains its organization
  void getTeamMembers({ organization: "acme", team: "id" });
  // @ts-expect-error -- a role of teams
  void getOrganizationMembers({ organization: "acme", role: "lead" });
  // @ts-expect-error -- a plain call does not wait
  void getTeams({ organization: "acme" }, { dependsOn: [acme] });
}
