import { Organization, People, Team, TeamMembership } from "pulumi-avala";

const acmeRobotics = new Organization("acme-robotics", {
  name: "Acme Robotics",
  description: "Robots that see",
  website: "https://acme.example.com",
  industry: "robotics",
  visibility: "private",
});

const labeling = new Team("labeling", { organization: acmeRobotics, name: "Labeling", color: "#6366F1" });
const perception = new Team("perception", {
  organization: acmeRobotics,
  name: "Perception",
  description: "Cameras and lidar",
  color: "#6366F1",
});

// Everybody except the owner, with their roles and team memberships.
const people = new People("people", {
  organization: acmeRobotics,
  file: "people.yaml",
  teams: { labeling, perception },
});

// No program sets the role of the owner. To transfer the ownership:
//   npx pulumi-avala transfer-ownership acme-robotics --to <person>
// The owner's team memberships are declared here.
new TeamMembership("owner-perception", { team: perception, email: "grace@example.com", role: "member" });

/** People who have not accepted their invitation yet. */
export const waiting = people.waiting;
