import { printable } from "../../provider/core/text.js";
import { ShownNames } from "../output/lookalikes.js";
import type { Matrix, MatrixCell, MatrixPerson, MatrixTeam } from "../output/matrix.js";
import { day } from "../output/terminal.js";
import { ChangeIndex, keyOf } from "./changes.js";
import { accessesOf, isLiving, type Access, type Change, type OrganizationReport, type Person } from "./report.js";

const details = ["Reason", "Valid until", "Since", "Last active", "Declared by"] as const;

/** An organization's report as a matrix. */
export function matrixOf(organization: OrganizationReport): Matrix {
  const { people, teams, changes } = organization;
  const index = new ChangeIndex(changes);
  const all = [...people, ...index.formerPeople(people)];
  const names = namesOf(organization, all);
  const shownTeams = [...teams, ...lostTeams(organization)];
  const rows = all.map((person) => personRow(person, index, names));
  const used = details.map((_, at) => rows.some((row) => row.details[at] !== ""));
  return {
    title: titleOf(organization),
    counts: countsOf(organization),
    teams: shownTeams.map((team) => teamColumn(team, names)),
    people: rows.map((row) => ({ ...row, details: row.details.filter((_, at) => used[at]) })),
    details: details.filter((_, at) => used[at]),
  };
}

export function titleOf({ name, slug, uid }: OrganizationReport): string {
  return `${printable(name ?? "", 60)} (${printable(slug ?? uid, 60)})`.trimStart();
}

function countsOf({ people, teams }: OrganizationReport): Matrix["counts"] {
  const own = people.flatMap(({ organization }) => organization ?? []);
  const having = (test: (access: Access) => boolean) => own.filter(test).length;
  const flagged = (name: Access["findings"][number]) =>
    people.filter((person) => accessesOf(person).some(({ findings }) => findings.includes(name))).length;
  const leadless = teams.filter(({ leads }) => leads === 0).length;
  const all: [label: string, count: number, always?: true][] = [
    ["members", having(({ status }) => status === "active"), true],
    ["owners and admins", having(({ status, role }) => status === "active" && role !== "member")],
    ["teams", teams.length, true],
    ["invited", having(({ status }) => status === "invited")],
    ["with an expired invitation", having(({ status }) => status === "expired")],
    ["in no team", people.filter(isInNoTeam).length],
    [leadless === 1 ? "team without a lead" : "teams without a lead", leadless],
    ["with unmanaged access", flagged("unmanaged")],
    ["with expired access", flagged("expired")],
    ["external", people.filter(({ external }) => external === true).length],
  ];
  return all.filter(([, count, always]) => always || count > 0).map(([label, count]) => [label, count] as const);
}

function isInNoTeam({ organization, teams }: Person): boolean {
  return organization?.status === "active" && !teams.some(isLiving);
}

type TeamRow = OrganizationReport["teams"][number];

function teamColumn(team: TeamRow, names: ShownNames): MatrixTeam {
  const { uid, members, leads, managed } = team;
  const marks = [...(leads === 0 ? ["no lead"] : []), ...(managed ? [] : ["unmanaged"])];
  return { key: uid, name: names.team(team), members, leads, marks };
}

/** Teams in which somebody had something, and which are not there any more. */
function lostTeams({ teams, changes = [] }: OrganizationReport): TeamRow[] {
  const known = new Set(teams.map(({ uid }) => uid));
  const lost = changes.flatMap(({ team }) => (team && !known.has(team.uid) ? team : []));
  return [...new Map(lost.map((team) => [team.uid, { ...team, managed: true, members: 0, leads: 0 }])).values()];
}

function personRow(person: Person, index: ChangeIndex, names: ShownNames): MatrixPerson {
  const all = accessesOf(person);
  const cells = new Map(all.map((access) => [keyOf(access), cellOf(access, index.of(person, access))]));
  for (const change of index.unshownOf(person)) cells.set(keyOf(change), lostCell(change));
  const own = cells.get("");
  cells.delete("");
  return {
    name: names.person(person),
    fullName: person.fullName === undefined ? undefined : printable(person.fullName, 80),
    own,
    cells,
    marks: marksOf(person),
    details: detailsOf(person, all),
    notes: all.map((access) => sentenceOf(access, names)),
  };
}

function cellOf({ role, status, findings, managed }: Access, change: Change | undefined): MatrixCell {
  const isUnmanaged = !managed && role !== "owner";
  const marks = [...(isUnmanaged ? ["unmanaged"] : []), ...(findings.includes("expired") ? ["expired access"] : [])];
  return { role, state: status, marks, change: change && { kind: change.kind, before: change.before } };
}

function lostCell({ before }: Change): MatrixCell {
  return { role: "none", state: "gone", marks: [], change: { kind: "lost", before } };
}

function marksOf(person: Person): string[] {
  const { external, organization, teams } = person;
  return [
    ...(external === true ? ["external"] : []),
    ...(isInNoTeam(person) ? ["in no team"] : []),
    ...(organization === undefined && teams.length > 0 ? ["in teams only"] : []),
  ];
}

/** What all of a person's accesses have in common stands once. */
function detailsOf(person: Person, all: readonly Access[]): string[] {
  const each = (value: (access: Access) => string | undefined) => [...new Set(all.flatMap((one) => value(one) ?? []))];
  const { since } = person.organization ?? all[0] ?? {};
  return [
    each(({ reason }) => reason).map((text) => printable(text, 200)),
    each(({ validUntil }) => validUntil).map((text) => printable(text, 40)),
    since === undefined ? [] : [day(since)],
    person.lastActiveAt === undefined ? [] : [day(person.lastActiveAt)],
    each(placeOf),
  ].map((texts) => texts.join("; "));
}

/** The file and line of a people file, else the resources of the organization's membership, else those of the first team. */
function placeOf({ declared, team }: Access): string | undefined {
  const places = declared.flatMap(({ file, line }) => (file === undefined ? [] : `${printable(file, 100)}:${line}`));
  if (places.length > 0) return places[0];
  return team === undefined && declared[0] ? printable(declared[0].name, 120) : undefined;
}

/** Everything about one access, for people. */
function sentenceOf(access: Access, names: ShownNames): string {
  const { team, role, declaredRole, status, declared, reason, validUntil, since, invitedUntil, findings } = access;
  const by = declared.map(
    ({ kind, name, file, line }) =>
      `${kind} ${printable(name, 160)}${file === undefined ? "" : ` (${printable(file, 100)}:${line})`}`,
  );
  const parts = [
    `${printable(role, 20)}${status === "active" ? "" : `, ${status}`}`,
    declaredRole === undefined ? "" : `declared as ${printable(declaredRole, 20)}`,
    since === undefined ? "" : `since ${day(since)}`,
    invitedUntil === undefined || !isLiving(access) ? "" : `invitation valid until ${day(invitedUntil)}`,
    validUntil === undefined ? "" : `until ${printable(validUntil, 40)}`,
    reason === undefined ? "" : `reason: ${printable(reason, 200)}`,
    by.length === 0 ? "not declared by any resource" : `declared by ${by.join(", ")}`,
    findings.length === 0 ? "" : `findings: ${findings.join(", ")}`,
  ];
  return `${team ? names.team(team) : "Organization"}: ${parts.filter(Boolean).join("; ")}`;
}

function namesOf({ uid, teams, changes = [] }: OrganizationReport, people: readonly Person[]): ShownNames {
  const organization = { uid };
  return new ShownNames([
    ...people.map((person) => ({ organization, person: { email: person.email, userUid: person.userUid } })),
    ...[...teams, ...changes.flatMap(({ team }) => team ?? [])].map((team) => ({ organization, team })),
  ]);
}
