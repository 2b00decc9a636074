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

// Everybody but the owner, with their roles and their places in teams.
const people = new People("people", {
  organization: acmeRobotics,
  file: "people.yaml",
  teams: { labeling, perception },
});

// There is one owner, whose role is a fact and none that a program sets: it moves to somebody else by
//   npx pulumi-avala transfer-ownership acme-robotics --to <person>
// Their places in teams are declared here.
new TeamMembership("owner-perception", { team: perception, email: "grace@example.com", role: "member" });

/** Who has not accepted their invitation yet. */
export const waiting = people.waiting;
