/**
 * Every operation of the organizations API, what reaches it from a program or the command line, and the step of
 * operations.test.ts that proves it on the real engine. docs/internals/operations.md shows it.
 */

/** Steps of the test, in the order in which it takes them. */
export const steps = {
  declared: "an organization, a team, people and their places are declared",
  accepted: "somebody has accepted their invitation",
  changed: "everything that can change is changed",
  refreshed: "the state is refreshed",
  asked: "a program asks every function, in a preview",
  commanded: "the commands are run",
  withdrawn: "people leave the program",
  left: "an organization that is to be left leaves the program",
  destroyed: "everything is destroyed",
} as const;

export type Step = keyof typeof steps;

/** What reaches an operation, and the step in which it does. */
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

/** Not of the organizations API: the invitee's own act, and what the service says of the API key. */
export const besides = ["acceptInvitation", "getPermissions", "getCurrentUser"];
