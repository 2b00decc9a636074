import { Organization, OrganizationMember, Team, TeamMembership } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics", industry: "robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception" });
const labeling = new Team("labeling", { organization: acme, name: "Labeling", color: "#10B981" });

new OrganizationMember("ada", { organization: acme, email: "ada@example.com", role: "admin" });
new OrganizationMember("grace", { organization: acme, email: "grace@example.com" });

const ada = new TeamMembership("ada-perception", { team: perception, email: "ada@example.com", role: "lead" });
const grace = new TeamMembership("grace-labeling", { team: labeling, email: "grace@example.com", role: "member" });

export const organization = acme.slug;
export const teams = [perception.slug, labeling.slug];
export const people = { ada: ada.status, grace: grace.status };
