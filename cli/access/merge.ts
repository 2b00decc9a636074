import type { Invitation, Member, TeamMember } from "../../provider/client/index.js";
import { normalizeDomain } from "../../provider/core/address.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { isOverdue, isPast } from "../../provider/snapshot/index.js";
import type { CellState } from "../output/matrix.js";
import type { Place, Places } from "../pulumi/places.js";
import { parseUrn, peopleType } from "../pulumi/urn.js";
import { secretText } from "../pulumi/values.js";
import { Identity } from "./identity.js";
import type { LivingOrganization } from "./living.js";
import type { RecordedAccess, RecordedOrganization } from "./recorded.js";
import { accessesOf, isLiving, type Access, type FindingName, type OrganizationReport, type Person } from "./report.js";

/** What accesses are judged by. */
export interface Standards {
  /** `validUntil` before this day has passed, `2027-01-31`. */
  today: string;
  /** Domains of `--internal`, in normal form. */
  internal: readonly string[];
  /** Where people and resources are declared. */
  places: Places;
}

/** Of one person in one scope: what declares them, and what the service shows. */
interface Sources {
  declared: RecordedAccess[];
  member?: Member | TeamMember;
  invitation?: Invitation;
}

type Row = Sources & { email: string | undefined; userUid: string | undefined };

/** The access of an organization, from its state and, where it was read, from the service. */
export function organizationReport(
  recorded: RecordedOrganization,
  living: LivingOrganization | undefined,
  standards: Standards,
): OrganizationReport {
  const rows = [...rowsOf(recorded, living)];
  const identity = new Identity(rows);
  const byPerson = new Map<string, Row[]>();
  for (const row of rows) {
    const key = identity.keyOf(row);
    const same = byPerson.get(key);
    if (same) same.push(row);
    else byPerson.set(key, [row]);
  }
  const internal = [...standards.internal, ...(living?.allowedDomains ?? []).map(domainOf)];
  const context: Context = { recorded, living, standards, internal, teamNames: teamsByUid(recorded, living) };
  const people = [...byPerson.values()]
    .map((same) => personOf(same, context))
    .filter((one) => accessesOf(one).length > 0);
  return {
    uid: recorded.uid,
    slug: living?.slug ?? recorded.slug,
    name: living?.name ?? recorded.name,
    source: living ? "service" : "state",
    internalDomains: [...new Set(internal)].toSorted(),
    teams: teamRows(context, people),
    people: people.toSorted((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1)),
  };
}

interface Context {
  recorded: RecordedOrganization;
  living: LivingOrganization | undefined;
  standards: Standards;
  internal: readonly string[];
  teamNames: ReadonlyMap<string, { uid: string; slug?: string | undefined; name?: string | undefined }>;
}

function* rowsOf(
  { accesses, ownerUid }: RecordedOrganization,
  living: LivingOrganization | undefined,
): Generator<Row & { teamUid?: string | undefined }> {
  for (const one of accesses) yield { ...personIn(one), declared: [one], teamUid: one.teamUid };
  if (!living?.members && ownerUid !== undefined)
    yield { email: undefined, userUid: ownerUid, declared: [], member: { userUid: ownerUid, role: "owner" } };
  for (const member of living?.members ?? []) yield { ...personIn(member), declared: [], member };
  for (const invitation of living?.invitations ?? [])
    yield { email: invitation.email, userUid: undefined, declared: [], invitation };
  for (const team of living?.teams ?? [])
    for (const member of team.members ?? []) yield { ...personIn(member), declared: [], member, teamUid: team.uid };
}

const personIn = ({ email, userUid }: { email?: string | undefined; userUid?: string | undefined }) => ({
  email: email === "" ? undefined : email,
  userUid: userUid === undefined ? undefined : (canonicalUid(userUid) ?? userUid),
});

function personOf(rows: (Row & { teamUid?: string | undefined })[], context: Context): Person {
  const shown = rows.flatMap(({ member }) => member ?? []);
  const own = rows.filter(({ teamUid }) => teamUid === undefined);
  const email = shown.find((row) => row.email)?.email ?? rows.find((row) => row.email !== undefined)?.email;
  const external = externalOf(email, context.internal);
  const about = { external, isMember: own.some(({ member }) => member) };
  const organization = accessOf(sourcesOf(own), undefined, about, context);
  const teamUids = [...new Set(rows.flatMap(({ teamUid }) => teamUid ?? []))];
  const teams = teamUids.flatMap((uid) => {
    const sources = sourcesOf(rows.filter(({ teamUid }) => teamUid === uid));
    return accessOf(sources, uid, { ...about, organization }, context) ?? [];
  });
  const order = ({ team }: Access) => `${team!.name ?? ""}\0${team!.uid}`;
  return {
    email,
    userUid: rows.find((row) => row.userUid !== undefined)?.userUid,
    fullName: shown.find((row) => row.fullName)?.fullName,
    lastActiveAt: shown.map(lastActive).find((time) => time !== undefined),
    external,
    organization,
    teams: teams.toSorted((one, other) => (order(one) < order(other) ? -1 : 1)),
  };
}

/** Shown in the organization's list alone. */
function lastActive(row: Member | TeamMember): string | undefined {
  return "lastActiveAt" in row ? row.lastActiveAt : undefined;
}

function sourcesOf(rows: readonly Row[]): Sources {
  const member = rows.find((row) => row.member)?.member;
  const invitations = rows.flatMap(({ invitation }) => invitation ?? []);
  const invitation = invitations.find((row) => !isOverdue(row)) ?? invitations[0];
  return {
    declared: rows.flatMap(({ declared }) => declared),
    ...(member && { member }),
    ...(invitation && { invitation }),
  };
}

interface About {
  external: boolean | undefined;
  /** The service shows them as a member of the organization. */
  isMember: boolean;
  /** Of a team: what they have in the organization. */
  organization?: Access | undefined;
}

function accessOf(sources: Sources, team: string | undefined, about: About, context: Context): Access | undefined {
  const { member, invitation } = sources;
  const status = statusOf(sources, team, about, context);
  if (status === undefined) return undefined;
  const declared = sources.declared.filter(({ unmanaged }) => unmanaged === undefined);
  const value = (name: "reason" | "validUntil" | "role") => declared.find((one) => one[name] !== undefined)?.[name];
  const declaredRole = value("role");
  const shownRole = member?.role ?? invitation?.role;
  const role = shownRole ?? declaredRole ?? "unknown";
  // A roster has neither: what is declared of the person in the organization holds for its teams.
  const isRoster = declared.length > 0 && declared.every(({ kind }) => kind === "TeamRoster");
  const access: Access = {
    team: team === undefined ? undefined : (context.teamNames.get(team) ?? { uid: team }),
    role,
    declaredRole: declaredRole === undefined || declaredRole === role || role === "owner" ? undefined : declaredRole,
    status,
    declared: declared.map(({ kind, name, urn, email, userUid }) => ({
      kind,
      name,
      urn,
      ...listedAt(context.standards.places, urn, email ?? userUid),
    })),
    managed: declared.length > 0,
    reason: value("reason") ?? (isRoster ? about.organization?.reason : undefined),
    validUntil: value("validUntil") ?? (isRoster ? about.organization?.validUntil : undefined),
    since: member?.createdAt ?? invitation?.createdAt,
    invitedUntil: member
      ? undefined
      : (invitation?.expiresAt ?? declared.find(({ expiresAt }) => expiresAt)?.expiresAt),
    findings: [],
  };
  const sealed = new Set(declared.flatMap((one) => one.sealed));
  const hidden = (["reason", "validUntil"] as const).filter((name) => access[name] === undefined && sealed.has(name));
  const shown = Object.fromEntries(hidden.map((name) => [name, secretText]));
  return { ...access, ...shown, findings: findingsOf(access, sealed, about, context.standards) };
}

/** The line that lists a person whom a People component declares, if it is the only one. */
function listedAt(places: Places, urn: string, who: string | undefined): Place | undefined {
  if (who === undefined || !parseUrn(urn).types.includes(peopleType)) return undefined;
  const found = places.ofPerson(who);
  return found.length === 1 ? found[0] : undefined;
}

/** What an access is now; undefined where there is none and none is declared any more. */
function statusOf(
  sources: Sources,
  team: string | undefined,
  { isMember }: About,
  { living }: Context,
): CellState | undefined {
  const { declared, member, invitation } = sources;
  if (member) return "active";
  if (invitation) return isOverdue(invitation) ? "expired" : "invited";
  const recorded = recordedStatus(declared);
  if (living === undefined || recorded === undefined) return recorded;
  const rows = team === undefined ? living.members : living.teams?.find(({ uid }) => uid === team)?.members;
  if (rows === undefined && !(team !== undefined && living.teams?.every(({ uid }) => uid !== team))) return recorded;
  // Somebody known by address alone may be one of those whose addresses are hidden, or of several who have the address.
  const byUid = declared.some(({ userUid }) => userUid !== undefined);
  const mayBe = ({ email }: { email?: string | undefined }) => !email || declared.some((one) => one.email === email);
  if (!byUid && rows?.some(mayBe)) return recorded;
  if (team !== undefined) return recorded === "waiting" ? "waiting" : "gone";
  // An Invitation that was accepted has served its purpose.
  if (declared.every(({ kind, status }) => kind === "Invitation" && status === "accepted")) return undefined;
  if (isMember || recorded !== "invited" || living.invitations === undefined)
    return recorded === "active" ? "gone" : recorded;
  return declared.some(({ expiresAt }) => isPast(expiresAt)) ? "expired" : "gone";
}

const statuses: Readonly<Record<string, CellState>> = {
  active: "active",
  accepted: "active",
  invited: "invited",
  waiting: "waiting",
  expired: "expired",
  gone: "gone",
};
const strongest: readonly CellState[] = ["active", "invited", "waiting", "expired", "gone"];

/** As the last run recorded it; what is not known counts as access. */
function recordedStatus(declared: readonly RecordedAccess[]): CellState | undefined {
  const found = declared.map(({ status, expiresAt }) => {
    const known = statuses[status ?? "active"] ?? "active";
    return known === "invited" && isPast(expiresAt) ? "expired" : known;
  });
  return strongest.find((status) => found.includes(status));
}

function findingsOf(
  access: Access,
  sealed: ReadonlySet<string>,
  { external }: About,
  { today }: Standards,
): FindingName[] {
  if (!isLiving(access)) return [];
  const isOwner = access.team === undefined && access.role === "owner";
  const { validUntil, reason, managed } = access;
  const found: Record<FindingName, boolean> = {
    expired: validUntil === undefined ? sealed.has("validUntil") : !(validUntil >= today),
    // Nothing declares the owner's role.
    "no-reason": reason === undefined && !sealed.has("reason") && !isOwner,
    external: external !== false,
    unmanaged: !managed && !isOwner,
  };
  return (Object.keys(found) as FindingName[]).filter((name) => found[name]);
}

/** Undefined where no domain is internal, or the address is not known. */
function externalOf(email: string | undefined, internal: readonly string[]): boolean | undefined {
  if (internal.length === 0 || email === undefined) return undefined;
  return !internal.includes(domainOf(email));
}

/** Of an address, or of a domain with or without `@`. */
export function domainOf(text: string): string {
  return normalizeDomain(text.slice(text.lastIndexOf("@") + 1).trim());
}

function teamsByUid({ teams }: RecordedOrganization, living: LivingOrganization | undefined) {
  const all = [...teams, ...(living?.teams ?? []).map(({ uid, slug, name }) => ({ uid, slug, name }))];
  return new Map(all.map((team) => [team.uid, team]));
}

function teamRows({ recorded, teamNames }: Context, people: readonly Person[]): OrganizationReport["teams"] {
  const declared = new Set(recorded.teams.map(({ uid }) => uid));
  const byTeam = new Map([...teamNames.keys()].map((uid) => [uid, [] as Access[]]));
  for (const access of people.flatMap(({ teams }) => teams)) {
    const { uid } = access.team!;
    const same = byTeam.get(uid);
    if (same) same.push(access);
    else byTeam.set(uid, [access]);
  }
  const rows = [...byTeam].map(([uid, accesses]) => {
    const inside = accesses.filter(({ status }) => status === "active");
    const leads = inside.filter(({ role }) => role === "lead").length;
    return { ...(teamNames.get(uid) ?? { uid }), managed: declared.has(uid), members: inside.length, leads };
  });
  const order = ({ name, uid }: { name?: string | undefined; uid: string }) => `${(name ?? "").toLowerCase()}\0${uid}`;
  return rows.toSorted((one, other) => (order(one) < order(other) ? -1 : 1));
}

function orderOf({ email, userUid }: Person): string {
  return `${email ?? "\uffff"}\0${userUid ?? ""}`;
}
