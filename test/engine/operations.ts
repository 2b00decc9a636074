/**
 * Every operation of the organizations API, the resources, functions and commands that use it, and the step of
 * operations.test.ts that tests it on the real engine. docs/internals/operations.md shows it.
 */

/** Steps of the test, in their order. */
export const steps = {
  declared: "an organization, a team, people and team memberships are created",
  accepted: "an up follows after a person has accepted their invitation",
  changed: "all inputs that can change are changed",
  refreshed: "the state is refreshed",
  asked: "a program calls every function, in a preview",
  commanded: "the commands are run",
  withdrawn: "people are removed from the program",
  left: 'an organization with onDestroy: "leave" is removed from the program',
  destroyed: "everything is destroyed",
} as const;

export type Step = keyof typeof steps;

/** The users of each operation, with the step in which each uses it. */
export const operations: Record<string, Partial<Record<string, Step>>> = {
  listOrganizations: { Organization: "declared", getOrganizations: "asked", status: "commanded" },
  createOrganization: { Organization: "declared" },
  getOrganization: { Organization: "refreshed", getOrganization: "asked" },
  updateOrganization: { Organization: "changed" },
  deleteOrganization: { Organization: "destroyed" },
  listIndustryChoices: { getIndustryChoices: "asked" },
  listMembers: { OrganizationMember: "refreshed", getOrganizationMembers: "asked", status: "commanded" },
  updateMemberRole: { OrganizationMember: "changed" },
  removeMember: { OrganizationMember: "destroyed" },
  leaveOrganization: { Organization: "left", leave: "commanded" },
  transferOwnership: { "transfer-ownership": "commanded" },
  listInvitations: { OrganizationMember: "changed", Invitation: "changed", getInvitations: "asked" },
  createInvitation: { OrganizationMember: "declared", Invitation: "declared" },
  resendInvitation: { OrganizationMember: "changed", Invitation: "changed", resend: "commanded" },
  cancelInvitation: { OrganizationMember: "withdrawn", Invitation: "withdrawn" },
  listTeams: { Team: "changed", getTeams: "asked" },
  createTeam: { Team: "declared" },
  getTeam: { getTeam: "asked" },
  updateTeam: { Team: "changed" },
  deleteTeam: { Team: "destroyed" },
  listTeamMembers: { TeamMembership: "accepted", TeamRoster: "refreshed", getTeamMembers: "asked" },
  addTeamMember: { TeamMembership: "accepted", TeamRoster: "accepted" },
  updateTeamMemberRole: { TeamMembership: "changed", TeamRoster: "changed" },
  removeTeamMember: { TeamMembership: "withdrawn", TeamRoster: "destroyed" },
};

/**
 * Calls that are not operations of the organizations API: the invited person's acceptance, and reads about the API key.
 */
export const besides = ["acceptInvitation", "getPermissions", "getCurrentUser"];
