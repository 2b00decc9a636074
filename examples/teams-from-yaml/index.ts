import { join } from "node:path";
import { Invitation, Organization, Team, TeamMembership } from "pulumi-avala";
import { readPeopleFile } from "./peopleFile";

const { organization: name, teams, people } = readPeopleFile(join(__dirname, "people.yaml"));

const organization = new Organization("organization", { name });
const made = new Map(Object.entries(teams).map(([key, args]) => [key, new Team(key, { organization, ...args })]));

for (const { email, role, teams: places = {}, ...why } of people) {
  new Invitation(email, { organization, email, role });
  for (const [key, role] of Object.entries(places)) {
    new TeamMembership(`${key}/${email}`, { team: made.get(key)!, email, role, ...why });
  }
}

export const slug = organization.slug;
