import { readFileSync } from "node:fs";
import { Organization, Team, TeamRoster } from "pulumi-avala";

const acme = new Organization("acme", { name: "Acme Robotics" });
const mapping = new Team("mapping", { organization: acme, name: "Mapping" });

const members = JSON.parse(readFileSync("mapping.json", "utf8"));

// Everybody else is removed from the team.
export const roster = new TeamRoster("mapping-people", { team: mapping, members, unmanaged: "remove" });
