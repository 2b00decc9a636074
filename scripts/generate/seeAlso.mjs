// The pages that a resource's page leads to, by words and path below docs.
const lifecycle = (kind) => [`What a ${kind} does on each step`, `internals/lifecycle.md#${kind.toLowerCase()}`];
const resource = (kind, why) => [`${kind}: ${why}`, `reference/resources/${kind[0].toLowerCase()}${kind.slice(1)}.md`];
const functionOf = (name, what) => [`${name}: ${what}`, `reference/functions.md#${name.toLowerCase()}`];
const people = ["People: many people and their teams from a file", "reference/people.md"];
const adopt = ["Adopt an existing organization", "guides/adopt.md"];
const onboarding = ["Onboarding and offboarding", "guides/onboarding.md"];
const personTable = ["Every situation of a person, as a table", "internals/person.md"];
const status = [
  "`npx pulumi-avala status`: who has not accepted, and whose access is over",
  "reference/commands.md#status",
];
const scale = ["Large organizations", "guides/scale.md"];

export const seeAlso = {
  organization: [
    resource("Team", "a team of the organization"),
    resource("OrganizationMember", "a person in the organization"),
    functionOf("getOrganization", "read an organization that is managed elsewhere"),
    functionOf("getIndustryChoices", "the values of `industry`"),
    adopt,
    ["An organization has vanished", "guides/recovery.md#an-organization-has-vanished"],
    ["Several keys, deployments or tenants", "reference/configuration.md#several-keys-deployments-or-tenants"],
  ],
  team: [
    resource("TeamMembership", "one person in a team"),
    resource("TeamRoster", "all people of a team"),
    functionOf("getTeam", "read a team that is managed elsewhere"),
    adopt,
    ["Rename or move resources", "internals/lifecycle.md#moving-resources"],
  ],
  organizationMember: [
    people,
    resource("TeamMembership", "add the person to a team"),
    resource("Invitation", "invite a person without managing them afterwards"),
    functionOf("getOrganizationMembers", "read the people of an organization"),
    onboarding,
    status,
    personTable,
  ],
  teamMembership: [
    people,
    resource("TeamRoster", "all people of a team in one resource"),
    resource("OrganizationMember", "invite the person"),
    functionOf("getTeamMembers", "read the people of a team"),
    onboarding,
    personTable,
  ],
  teamRoster: [
    resource("TeamMembership", "one person in a team"),
    functionOf("getTeamMembers", "read the people of a team"),
    scale,
    ["A complete project", "../examples/roster/README.md"],
  ],
  invitation: [
    resource("OrganizationMember", "invite a person, and manage their membership afterwards"),
    functionOf("getInvitations", "read the invitations of an organization"),
    ["Expired invitations", "guides/onboarding.md#expired-invitations"],
    ["`npx pulumi-avala resend`: send an invitation once more", "reference/commands.md#resend"],
    status,
  ],
};

/** The page of a resource's lifecycle. */
export { lifecycle };
