import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Organization, Team, TeamRoster } from "pulumi-avala";

const members = JSON.parse(readFileSync(join(__dirname, "members.json"), "utf8"));

const acme = new Organization("acme", { name: "Acme Robotics" });
const annotators = new Team("annotators", { organization: acme, name: "Annotators" });
const roster = new TeamRoster("annotators", { team: annotators, members });

export const waiting = roster.waiting;
export const unmanaged = roster.unmanagedMembers;
