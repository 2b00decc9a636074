import { getTeamsOutput, Organization, OrganizationMember, Team, TeamRoster } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception" });

export const people = [
  new OrganizationMember("ada", { organization: acme, email: "ada@example.com", role: "admin" }),
  new OrganizationMember("grace", { organization: acme, email: "grace@example.com" }),
];
export const roster = new TeamRoster("perception", {
  team: perception,
  members: { "ada@example.com": "lead", "grace@example.com": "member" },
});
export const partners = getTeamsOutput({ organization: "umbrella" }).apply((teams) => teams.map(({ name }) => name));
