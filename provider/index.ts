/** Avala organizations, teams, people and invitations as code. */
export { Organization } from "./resources/organization.js";
export { Team } from "./resources/team.js";
export { OrganizationMember } from "./resources/organizationMember.js";
export { TeamMembership } from "./resources/teamMembership.js";
export { TeamRoster } from "./resources/teamRoster.js";
export { Invitation } from "./resources/invitation.js";
export {
  People,
  PeopleError,
  type PeopleArgs,
  type PeopleDefaults,
  type PersonArgs,
  type PersonCommonArgs,
} from "./components/people.js";
export { Provider, type ProviderArgs } from "./resources/provider.js";
export type { OrganizationArgs, OrganizationState } from "./generated/organization.js";
export type { TeamArgs, TeamState } from "./generated/team.js";
export type {
  OrganizationMemberArgs,
  OrganizationMemberCommonArgs,
  OrganizationMemberState,
} from "./generated/organizationMember.js";
export type { TeamMembershipArgs, TeamMembershipCommonArgs, TeamMembershipState } from "./generated/teamMembership.js";
export type { TeamRosterArgs, TeamRosterState } from "./generated/teamRoster.js";
export type { InvitationArgs, InvitationState } from "./generated/invitation.js";
export {
  getOrganization,
  getOrganizationOutput,
  getOrganizations,
  getOrganizationsOutput,
} from "./functions/organizations.js";
export type { GetOrganizationArgs, GetOrganizationOutputArgs, OrganizationResult } from "./functions/organizations.js";
export { getOrganizationMembers, getOrganizationMembersOutput } from "./functions/organizationMembers.js";
export type {
  GetOrganizationMembersArgs,
  GetOrganizationMembersOutputArgs,
  OrganizationMemberResult,
} from "./functions/organizationMembers.js";
export { getInvitations, getInvitationsOutput } from "./functions/invitations.js";
export type { GetInvitationsArgs, GetInvitationsOutputArgs, InvitationResult } from "./functions/invitations.js";
export { getTeam, getTeamOutput, getTeams, getTeamsOutput } from "./functions/teams.js";
export type {
  GetTeamArgs,
  GetTeamOutputArgs,
  GetTeamsArgs,
  GetTeamsOutputArgs,
  TeamResult,
} from "./functions/teams.js";
export { getTeamMembers, getTeamMembersOutput } from "./functions/teamMembers.js";
export type { GetTeamMembersArgs, GetTeamMembersOutputArgs, TeamMemberResult } from "./functions/teamMembers.js";
export { getIndustryChoices, getIndustryChoicesOutput, type IndustryChoice } from "./functions/industryChoices.js";
