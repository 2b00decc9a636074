import { shellWord } from "../../provider/core/shell.js";
import type { Living, LivingTeam, Who } from "./liveOrganization.js";
import { identifierOf, Names, sorted } from "./names.js";
import { literal, nameComment, personEntry, scalar } from "../output/peopleYaml.js";
import { objectLiteral } from "./text.js";

export type Style = "edges" | "roster";

/** What a written program goes by beside the organization. */
export interface Naming {
  /** Names of the files that it reads. */
  people: string;
  teams: string;
  /** Begins its logical names: beside another program, which may have teams of the same names. */
  prefix: string;
}

/** A program that declares the organization, as a person would write it. */
export function programOf(living: Living, style: Style, naming: Naming): string {
  return style === "edges" ? edges(living, naming) : rosters(living, naming);
}

function edges(living: Living, naming: Naming): string {
  const names = new Names();
  const organization = names.unique(identifierOf(living.key, "organization"), "");
  const teams = living.teams.map((team) => ({ team, name: names.unique(identifierOf(team.key, "team"), "") }));
  const nameOfTeam = new Map(teams.map(({ team, name }) => [team.key, name]));
  const memberships = othersMemberships(living, nameOfTeam, naming);
  const used = ["Organization", "People"];
  if (teams.length > 0) used.push("Team");
  if (memberships.length > 0) used.push("TeamMembership");
  const byKey = objectLiteral(
    teams.map(({ team, name }) => [team.key, name]),
    { indent: 2, around: 8 },
  );
  return paragraphs([
    `import { ${used.join(", ")} } from "pulumi-avala";`,
    organizationOf(living, organization),
    teams.map(({ team, name }) => teamOf(team, name, organization, naming)).join("\n"),
    `// Everybody except the owner, with their roles and team memberships.
const people = new People(${literal(peopleName(naming))}, {
  organization${organization === "organization" ? "" : `: ${organization}`},
  file: ${literal(naming.people)},${teams.length > 0 ? `\n  teams: ${byKey},` : ""}
});`,
    [
      ownerNote(living, memberships.length > 0 ? "The owner's team memberships are declared here." : ""),
      ...memberships,
    ].join("\n"),
    waiting,
  ]);
}

function rosters(living: Living, naming: Naming): string {
  const organization = new Names().unique(identifierOf(living.key, "organization"), "");
  const teamName = naming.prefix === "" ? "key" : `\`${naming.prefix}\${key}\``;
  return paragraphs([
    `import { readFileSync } from "node:fs";
import { Organization, People, Team, TeamRoster, type TeamArgs, type TeamRosterArgs } from "pulumi-avala";
import { parse } from "yaml";`,
    `/** A team of ${naming.teams}: the arguments of a Team, and its people. */
interface TeamEntry extends Omit<TeamArgs, "organization">, Pick<TeamRosterArgs, "members"> {}`,
    organizationOf(living, organization),
    `// Everybody except the owner, with their role in the organization.
const people = new People(${literal(peopleName(naming))}, { organization${organization === "organization" ? "" : `: ${organization}`}, file: ${literal(naming.people)} });`,
    ownerNote(living, `The owner's team memberships are in ${naming.teams}.`),
    `const teams = parse(readFileSync(${literal(naming.teams)}, "utf8")) as Record<string, TeamEntry>;
for (const [key, { members, ...args }] of Object.entries(teams)) {
  const team = new Team(${teamName}, { ...args, organization${organization === "organization" ? "" : `: ${organization}`} });
  new TeamRoster(${teamName}, { team, members });
}`,
    waiting,
  ]);
}

const waiting = `/** People who have not accepted their invitation yet. */
export const waiting = people.waiting;`;

function paragraphs(parts: readonly string[]): string {
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function organizationOf({ key, inputs }: Living, name: string): string {
  const head = `const ${name} = new Organization(${literal(key)}, `;
  return `${head}${objectLiteral(literals(inputs), { around: head.length + 2 })});`;
}

function teamOf({ key, inputs }: LivingTeam, name: string, organization: string, { prefix }: Naming): string {
  const head = `const ${name} = new Team(${literal(prefix + key)}, `;
  return `${head}${objectLiteral([["organization", organization], ...literals(inputs)], { around: head.length + 2 })});`;
}

function literals(inputs: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(inputs).map(([name, value]) => [name, literal(value)]);
}

function ownerNote({ owner, slug, uid }: Living, note: string): string {
  if (owner === undefined) return "";
  // A slug of other characters could end the line, look like something else, or be an option of the command.
  const named = /^\w[-\w]*$/.test(slug) ? slug : shellWord(uid);
  return `// No program sets the role of the owner. To transfer the ownership:
//   npx pulumi-avala transfer-ownership ${named} --to <person>${note === "" ? "" : `\n// ${note}`}`;
}

/** The team memberships of those who are not in the file of people. */
function othersMemberships(
  { others, owner }: Living,
  nameOfTeam: ReadonlyMap<string, string>,
  naming: Naming,
): string[] {
  return others.flatMap(({ who, memberships }) =>
    sorted([...memberships], ([key]) => key).map(([key, role]) => {
      const head = `new TeamMembership(${literal(otherName(who, owner, key, naming))}, `;
      const args: [string, string][] = [
        ["team", nameOfTeam.get(key)!],
        [who.by, literal(who.name)],
        ["role", literal(role)],
      ];
      return `${head}${objectLiteral(args, { around: head.length + 2 })});`;
    }),
  );
}

/** Logical name of the component of people; those of the people begin with it. */
export function peopleName({ prefix }: Naming): string {
  return `${prefix}people`;
}

/** Logical name of the team membership of somebody who is not in the file of people. */
export function otherName(who: Who, owner: Who | undefined, key: string, { prefix }: Naming): string {
  return `${prefix}${who === owner ? "owner" : who.name}-${key}`;
}

/** The file of people. @param withTeams whether it contains their team memberships too */
export function peopleFileOf({ people }: Living, withTeams: boolean, firstLine: string): string {
  const teamsLine = withTeams
    ? "# teams:       keys of teams in the program: a list of teams for a member, or lead or member for each team\n"
    : "";
  const head = `${firstLine}# Everybody except the owner. The order, and the letter case of addresses, do not matter.
#
# email:       email address; a new person gets one invitation email
# user:        user uid, instead of email
# role:        role in the organization: admin or member (default)
${teamsLine}# reason, validUntil: notes for reviewers of this file; never sent to Avala

`;
  return head + (people.map((person) => personEntry(person, withTeams)).join("\n") || "[]\n");
}

/** The file of teams that a program of rosters reads. */
export function teamsFileOf({ teams }: Living, firstLine: string): string {
  const head = `${firstLine}# The teams, by their logical names in Pulumi, each with all its people: lead or member.
# The order, and the letter case of addresses, do not matter.

`;
  const entry = ({ key, inputs, members }: LivingTeam) =>
    `${scalar(key)}:\n${Object.entries(inputs)
      .map(([name, value]) => `  ${name}: ${scalar(value)}\n`)
      .join("")}${membersIn(members)}`;
  return head + (teams.map(entry).join("\n") || "{}\n");
}

function membersIn(members: LivingTeam["members"]): string {
  if (members.length === 0) return "  members: {}\n";
  const lines = members.map(({ who, role }) => `    ${scalar(who.name)}: ${role}${nameComment(who.fullName)}\n`);
  return `  members:\n${lines.join("")}`;
}
