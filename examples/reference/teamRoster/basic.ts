import { Organization, Team, TeamRoster } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const labeling = new Team("labeling", { organization: acme, name: "Labeling" });

const roster = new TeamRoster("labeling-people", {
  team: labeling,
  members: { "ada@example.com": "lead", "linus@example.com": "member" },
});

export const waiting = roster.waiting;
