import type { Kind } from "../support/host.js";

/** One situation of a resource, and the cost of the run of the engine that ends it. */
export interface Cost {
  when: string;
  /** Operations of the API, lists and other reads first, each as often as it is sent. */
  operations: string[];
  emails: number;
}

/**
 * The requests and emails of one resource, as costs.test.ts measures them; docs/reference/resources shows them. Each run
 * has this resource alone: resources of one run share what is read.
 */
export const costs: Record<Kind, Cost[]> = {
  organization: [
    { when: "create", operations: ["listOrganizations", "createOrganization"], emails: 0 },
    { when: "create with `adopt`", operations: ["getOrganization", "listOrganizations"], emails: 0 },
    { when: "`up` without a change", operations: [], emails: 0 },
    { when: "refresh", operations: ["getOrganization"], emails: 0 },
    {
      when: "destroy, created by the resource",
      operations: ["getOrganization", "listMembers", "listTeams", "deleteOrganization"],
      emails: 0,
    },
    { when: 'destroy, adopted, imported or with `onDestroy: "retain"`', operations: [], emails: 0 },
    {
      when: "change of `name`, `description`, `website`, `industry`, `email`, `phone`, `visibility`, `handle`, `slug`, `logo`",
      operations: ["getOrganization", "updateOrganization"],
      emails: 0,
    },
    {
      when: "change of `onDestroy`, `forceDestroy`, `allowDuplicateName`, `reason`",
      operations: ["getOrganization"],
      emails: 0,
    },
  ],
  team: [
    { when: "create", operations: ["listOrganizations", "listTeams", "createTeam"], emails: 0 },
    { when: "create with `adopt`", operations: ["listOrganizations", "listTeams"], emails: 0 },
    { when: "`up` without a change", operations: [], emails: 0 },
    { when: "refresh", operations: ["listOrganizations", "listTeams"], emails: 0 },
    { when: "destroy", operations: ["listOrganizations", "listTeamMembers", "listTeams", "deleteTeam"], emails: 0 },
    {
      when: "change of `name`, `description`, `color`",
      operations: ["listOrganizations", "listTeams", "updateTeam"],
      emails: 0,
    },
    { when: "change of `forceDestroy`, `reason`", operations: ["listOrganizations", "listTeams"], emails: 0 },
  ],
  organizationMember: [
    {
      when: "create, a new person",
      operations: ["listInvitations", "listMembers", "listOrganizations", "createInvitation"],
      emails: 1,
    },
    {
      when: "create, a member with the declared role",
      operations: ["listInvitations", "listMembers", "listOrganizations"],
      emails: 0,
    },
    {
      when: "create, a member with a different role",
      operations: ["listInvitations", "listMembers", "listOrganizations", "updateMemberRole"],
      emails: 0,
    },
    { when: "`up` without a change, invited", operations: ["listInvitations", "listOrganizations"], emails: 0 },
    {
      when: "first `up` after the acceptance",
      operations: ["listInvitations", "listMembers", "listOrganizations"],
      emails: 0,
    },
    { when: "`up` without a change, member", operations: [], emails: 0 },
    { when: "refresh, invited", operations: ["listInvitations", "listMembers", "listOrganizations"], emails: 0 },
    { when: "refresh, member", operations: ["listMembers", "listOrganizations"], emails: 0 },
    {
      when: "destroy, invited",
      operations: ["listInvitations", "listMembers", "listOrganizations", "cancelInvitation"],
      emails: 0,
    },
    {
      when: "destroy, member",
      operations: ["listInvitations", "listMembers", "listOrganizations", "removeMember"],
      emails: 0,
    },
    {
      when: "change of `role`, invited",
      operations: ["listInvitations", "listMembers", "listOrganizations", "cancelInvitation", "createInvitation"],
      emails: 1,
    },
    {
      when: "change of `onExpiry`, `maxEmails`, `onDestroy`, `reason`, `validUntil`, invited",
      operations: ["listInvitations", "listMembers", "listOrganizations"],
      emails: 0,
    },
    {
      when: "change of `resend`, invited",
      operations: ["listInvitations", "listInvitations", "listMembers", "listOrganizations", "resendInvitation"],
      emails: 1,
    },
    {
      when: "change of `role`, member",
      operations: ["listMembers", "listOrganizations", "updateMemberRole"],
      emails: 0,
    },
    {
      when: "change of `onExpiry`, `maxEmails`, `resend`, `onDestroy`, `reason`, `validUntil`, member",
      operations: ["listMembers", "listOrganizations"],
      emails: 0,
    },
  ],
  teamMembership: [
    {
      when: "create, a member of the organization",
      operations: ["listMembers", "listOrganizations", "listTeamMembers", "listTeams", "addTeamMember"],
      emails: 0,
    },
    {
      when: "create, already in the team with the declared role",
      operations: ["listMembers", "listOrganizations", "listTeamMembers", "listTeams"],
      emails: 0,
    },
    {
      when: "create, not a member of the organization (waiting)",
      operations: ["listInvitations", "listMembers", "listOrganizations", "listTeams"],
      emails: 0,
    },
    { when: "`up` without a change, active", operations: [], emails: 0 },
    { when: "`up` without a change, waiting", operations: ["listMembers", "listOrganizations"], emails: 0 },
    {
      when: "first `up` after the person has become a member",
      operations: ["listMembers", "listOrganizations", "listTeamMembers", "listTeams", "addTeamMember"],
      emails: 0,
    },
    { when: "refresh, active", operations: ["listOrganizations", "listTeamMembers", "listTeams"], emails: 0 },
    {
      when: "destroy, active",
      operations: ["listOrganizations", "listTeamMembers", "listTeams", "removeTeamMember"],
      emails: 0,
    },
    { when: "destroy, waiting", operations: ["listMembers", "listOrganizations", "listTeams"], emails: 0 },
    {
      when: "change of `role`",
      operations: ["listOrganizations", "listTeamMembers", "listTeams", "updateTeamMemberRole"],
      emails: 0,
    },
    {
      when: "change of `onDestroy`, `reason`, `validUntil`",
      operations: ["listOrganizations", "listTeamMembers", "listTeams"],
      emails: 0,
    },
  ],
  teamRoster: [
    {
      when: "create, one person is missing",
      operations: ["listMembers", "listOrganizations", "listTeamMembers", "listTeams", "addTeamMember"],
      emails: 0,
    },
    {
      when: "create, everybody is in the team",
      operations: ["listMembers", "listOrganizations", "listTeamMembers", "listTeams"],
      emails: 0,
    },
    { when: "`up` without a change, nobody waiting", operations: [], emails: 0 },
    { when: "`up` without a change, somebody waiting", operations: ["listMembers", "listOrganizations"], emails: 0 },
    {
      when: "change of `members`, one more person",
      operations: ["listMembers", "listOrganizations", "listTeamMembers", "listTeams", "addTeamMember"],
      emails: 0,
    },
    {
      when: "change of `members`, one person fewer",
      operations: ["listOrganizations", "listTeamMembers", "listTeams", "removeTeamMember"],
      emails: 0,
    },
    { when: "refresh", operations: ["listOrganizations", "listTeamMembers", "listTeams"], emails: 0 },
    {
      when: "destroy, two people",
      operations: ["listOrganizations", "listTeamMembers", "listTeams", "removeTeamMember", "removeTeamMember"],
      emails: 0,
    },
    {
      when: "change of `members`, another role",
      operations: ["listOrganizations", "listTeamMembers", "listTeams", "updateTeamMemberRole"],
      emails: 0,
    },
    { when: "change of `unmanaged`", operations: ["listOrganizations", "listTeamMembers", "listTeams"], emails: 0 },
  ],
  invitation: [
    {
      when: "create, a new person",
      operations: ["listInvitations", "listMembers", "listOrganizations", "createInvitation"],
      emails: 1,
    },
    { when: "create, a member", operations: ["listInvitations", "listMembers", "listOrganizations"], emails: 0 },
    { when: "`up` without a change, invited", operations: ["listInvitations", "listOrganizations"], emails: 0 },
    {
      when: "first `up` after the acceptance",
      operations: ["listInvitations", "listMembers", "listOrganizations"],
      emails: 0,
    },
    { when: "refresh, invited", operations: ["listInvitations", "listMembers", "listOrganizations"], emails: 0 },
    { when: "destroy, invited", operations: ["listInvitations", "listOrganizations", "cancelInvitation"], emails: 0 },
    { when: "destroy, accepted", operations: ["listInvitations", "listOrganizations"], emails: 0 },
    {
      when: "change of `role`, invited",
      operations: ["listInvitations", "listMembers", "listOrganizations", "cancelInvitation", "createInvitation"],
      emails: 1,
    },
    {
      when: "change of `resend`, invited",
      operations: ["listInvitations", "listInvitations", "listMembers", "listOrganizations", "resendInvitation"],
      emails: 1,
    },
  ],
};
