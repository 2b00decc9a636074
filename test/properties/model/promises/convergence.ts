import type { Properties } from "../../../support/host.js";
import { isReference, resolveDeclarations, recordNames, type Resolved } from "../resolved.js";
import { hold, type Observed } from "../observed.js";
import { isPersonKind, isTeamPersonKind } from "../program.js";
import {
  invitationOf,
  lower,
  organizationFields,
  organizationOf,
  organizationUid,
  rolesIn,
  teamFields,
  teamId,
  type OrganizationRow,
  type Service,
} from "../service.js";
import { disagreements } from "./records.js";

/** The service is as declared, as far as people have accepted. */
export function serviceIsAsDeclared(run: Observed): void {
  const { after } = run;
  const broken = resolveDeclarations({ ...run, records: run.recordsNow }, after).flatMap((row) =>
    missing(row, run).map((what) => `${row.name}: ${what}`),
  );
  hold("Everything is as declared", broken);
}

/** The declared objects that the service does not have. */
function missing(row: Resolved, { after }: Observed): string[] {
  const { kind, inputs, organization: uid, team: teamUid, record, name } = row;
  const organization = uid === undefined ? undefined : organizationOf(after, uid);
  if (!organization) return ["its organization is not there"];
  if (!record) return [`${name} is not recorded`];
  const stated = disagreements(record, after);
  if (kind === "organization") return [...stated, ...fieldsMissing(inputs, organization, organizationFields)];
  const members = rolesIn(after, organization.members);
  if (isPersonKind(kind)) return [...stated, ...personMissing(row, organization, members, after)];
  const team = organization.teams.find((candidate) => candidate.uid === teamUid);
  if (!team) return [kind === "team" ? "it is not there" : "its team is not there"];
  if (kind === "team") return [...stated, ...fieldsMissing(inputs, team, teamFields)];
  const memberships = rolesIn(after, team.members);
  const lacking =
    kind === "teamMembership" ? membershipMissing(row, members, memberships) : rosterMissing(row, members, memberships);
  return [...stated, ...lacking];
}

type Roles = ReadonlyMap<string, string>;

function personMissing(
  { kind, inputs, names }: Resolved,
  organization: OrganizationRow,
  members: Roles,
  after: Service,
): string[] {
  const user = [...names].find((one) => members.has(one));
  const role = (inputs["role"] ?? "member") as string;
  if (user !== undefined) {
    const isManaged = kind === "organizationMember" && members.get(user) !== "owner";
    return isManaged && members.get(user) !== role ? [`is ${members.get(user)} and not ${role}`] : [];
  }
  const invitation = [...names]
    .filter((one) => one.includes("@"))
    .map((email) => invitationOf(after, organization, email))
    .find(Boolean);
  return invitation && invitation.role !== role ? [`is invited as ${invitation.role} and not ${role}`] : [];
}

function membershipMissing({ inputs, names }: Resolved, members: Roles, memberships: Roles): string[] {
  const user = [...names].find((one) => members.has(one));
  const role = user && memberships.get(user);
  return user === undefined || role === inputs["role"]
    ? []
    : [`a member of the organization, and ${role ?? "not in the team"}`];
}

function rosterMissing({ inputs, people }: Resolved, members: Roles, memberships: Roles): string[] {
  const lacking = [...people].filter(([who, role]) => members.has(who) && memberships.get(who) !== role);
  const strangers = inputs["unmanaged"] === "remove" ? [...memberships.keys()].filter((user) => !people.has(user)) : [];
  return [
    ...lacking.map(([who, role]) => `${who} is not ${role}`),
    ...strangers.map((user) => `${user} is still in the team`),
  ];
}

function fieldsMissing<Row>(inputs: Properties, row: Row, fields: readonly (keyof Row & string)[]): string[] {
  return fields
    .filter((field) => inputs[field] !== undefined && lower(String(inputs[field])) !== lower(String(row[field])))
    .map((field) => `${field} is ${JSON.stringify(row[field])} and not ${JSON.stringify(inputs[field])}`);
}

/**
 * A preview of a settled stack shows no steps, and sends no request if everybody has accepted. (A respelling that changes
 * nothing is not recorded, as the engine updates nothing: it is looked up in each run.)
 */
export function staysSettled({ steps, calls, error, program, recordsNow }: Observed): void {
  const isRespelt = Object.entries(program).some(([name, { inputs }]) =>
    ["organization", "user", "email"].some((field) => {
      const [text, recorded] = [inputs[field], recordsNow.get(name)?.outputs[field]];
      return typeof text === "string" && lower(text) !== recorded;
    }),
  );
  const everybodyArrived = [...recordsNow.values()].every(({ outputs }) =>
    ["status", "waiting"].every((name) =>
      [undefined, "", "active", "accepted"].includes(outputs[name] as string | undefined),
    ),
  );
  hold("A settled stack stays as it is", [
    ...(error ? [error.message] : []),
    ...steps.filter((step) => !step.startsWith("same ")),
    ...(everybodyArrived && !isRespelt ? calls : calls.filter((call) => !call.startsWith("GET "))),
  ]);
}

/**
 * If nothing happens in between, up takes the steps that preview has shown. For resources in a new organization or team,
 * preview shows a replacement, as it cannot know that this one exists already (adopted under another name).
 */
export function keepsPreviewsPromise(preview: Observed, up: Observed): void {
  if (preview.error || up.error) return;
  const isMade = (name: string) => ["create", "replace"].some((op) => preview.steps.includes(`${op} ${name}`));
  const unknown = Object.entries(up.program)
    .filter(([, { inputs }]) => Object.values(inputs).some((value) => isReference(value) && isMade(value.name)))
    .map(([name]) => name);
  // Deletions of replaced resources are part of the replacement; resources deleted with their team have no deletion of
  // their own.
  const gone = [...up.records].filter(([, { deletedWith }]) => deletedWith !== undefined).map(([name]) => name);
  const shown = (steps: string[]) =>
    steps.filter((step) => {
      const [op, name] = step.split(" ") as [string, string];
      return op === "delete" ? name !== "replaced" && !gone.includes(name) : !unknown.includes(name);
    });
  const [promised, done] = [shown(preview.steps), shown(up.steps)];
  hold("Preview shows what up does", [
    ...promised.filter((step) => !done.includes(step)).map((step) => `only preview: ${step}`),
    ...done.filter((step) => !promised.includes(step)).map((step) => `only up: ${step}`),
  ]);
}

/**
 * Another spelling replaces nothing: if a run replaces, the person, the team or the organization is another one. (A new
 * spelling of a person who is not a member cannot be recognized.)
 */
export function replacesOnlyOthers(run: Observed): void {
  const { before, records, steps, remade } = run;
  const broken = resolveDeclarations(run, before).filter((row) => {
    const old = records.get(row.name);
    if (
      !old ||
      !steps.includes(`replace ${row.name}`) ||
      remade.includes(row.name) ||
      organizationUid(old) !== row.organization
    )
      return false;
    if (row.kind === "team") return true;
    if (isTeamPersonKind(row.kind) && teamId(old) !== `${row.organization}/${row.team}`) return false;
    if (row.kind === "teamRoster") return true;
    const members = rolesIn(before, organizationOf(before, row.organization)?.members ?? []);
    return [...recordNames(old, before)].some((name) => members.has(name) && row.names.has(name));
  });
  hold(
    "Nothing is replaced by itself",
    broken.map(({ name }) => name),
  );
}
