import { Organization, OrganizationMember, Team, TeamMembership } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const perception = new Team("perception", { organization: acme, name: "Perception" });
const ada = new OrganizationMember("ada", { organization: acme, email: "ada@example.com" });

// Waits, without an error, until Ada has accepted her invitation.
const lead = new TeamMembership(
  "ada-perception",
  { team: perception, email: "ada@example.com", role: "lead" },
  { dependsOn: ada },
);

export const status = lead.status;
