import { hiddenIn } from "../../provider/policy/hiddenState.js";
import type { Member, TeamMember } from "../../provider/client/index.js";
import { addressOrUid, normalizeEmail } from "../../provider/core/address.js";
import { joinId, type Person } from "../../provider/core/identity.js";
import { namesOf } from "../../provider/schema/index.js";
import { printable } from "../../provider/core/text.js";
import { isOverdue, type OrganizationView } from "../../provider/snapshot/index.js";
import { typeOf, type Managed } from "../pulumi/managed.js";
import { judgeInvitation } from "../membership/standing.js";
import { day } from "../output/terminal.js";
import type { Scene } from "./scene.js";
import type { Finding, Found, ImportEntry, Notice } from "./finding.js";
import { emailsOf, Known, texts } from "./known.js";
import type { Look } from "./look.js";
import type { Names } from "./names.js";
import * as repairs from "./repairs.js";
import { visible } from "../membership/visible.js";

type Unmanaged = Pick<Found, "findings" | "notices" | "notVisible">;

const none: Unmanaged = { findings: [], notices: [], notVisible: [] };

/**
 * What the organization contains and no resource of the state declares. A stack that declares nothing of a sort does not manage
 * that sort: people count where it declares OrganizationMembers, teams where it declares Teams, people of a team where it
 * declares some of that team, and of invitations those that are pending.
 */
export async function unmanagedIn(view: OrganizationView, scene: Scene): Promise<Unmanaged> {
  const parts = await Promise.all([
    teams(view, scene),
    people(view, scene),
    Promise.resolve(invitations(scene)),
    ...managedTeams(scene).map((uid) => teamMemberships(view, scene, uid)),
  ]);
  return {
    findings: parts.flatMap(({ findings }) => findings),
    notices: parts.flatMap(({ notices }) => notices),
    notVisible: parts.flatMap(({ notVisible }) => notVisible),
  };
}

async function teams(view: OrganizationView, { organization, looks, names }: Scene): Promise<Unmanaged> {
  const declared = new Set(
    looks.filter(({ resource }) => resource.kind === "Team").map((look) => look.resource.teamUid),
  );
  if (declared.size === 0) return none;
  const rows = await visible(view.teams.get());
  if (!rows)
    return { ...none, notVisible: [`The teams of ${shownName(organization)} are not visible to this API key.`] };
  const findings = [...rows.values()]
    .filter(({ uid }) => !declared.has(uid))
    .map((row): Finding => {
      const { uid, slug, name, createdAt } = row;
      return {
        kind: "unmanaged",
        subject: "team",
        organization,
        team: { uid, slug, name },
        message: `not declared by any resource${createdAt === undefined ? "" : `; created ${day(createdAt)}`}`,
        since: createdAt,
        repair: repairs.unmanagedTeam,
        import: entry(names, "Team", teamName(row), joinId(organization.uid, uid)),
      };
    });
  return { ...none, findings };
}

async function people(view: OrganizationView, scene: Scene): Promise<Unmanaged> {
  const { organization, live, looks, formerOwner } = scene;
  if (!live.members || !looks.some(({ resource }) => resource.kind === "OrganizationMember")) return none;
  const known = new Known(looks.filter(({ resource }) => isWayIn(resource)));
  const unmanaged = live.members.filter((row) => !known.has(row));
  const own = await ownPersonAmong(view, unmanaged);
  const notices: Notice[] = [];
  const findings: Finding[] = [];
  const unclear: Member[] = [];
  for (const row of unmanaged) {
    const notice = (message: string) => notices.push({ organization, person: personOfRow(row), message });
    if (row.role === "owner") {
      // A new owner is drift of its own.
      if (formerOwner === undefined) notice("organization owner");
    } else if (row.userUid === own) notice("the API key's user");
    else if (row.role === undefined || known.mayBe(row)) unclear.push(row);
    else findings.push(unmanagedPerson(scene, row));
  }
  return { findings, notices, notVisible: unclearNote(unclear.length, "member", shownName(organization)) };
}

/** The API key's user, who is asked for where one of these people may be them: they would have the key's role. */
async function ownPersonAmong(view: OrganizationView, rows: readonly Member[]): Promise<string | undefined> {
  const ownRole = await view.ownRole();
  const mayBeOwn = ({ role }: Member) => role === undefined || ownRole === undefined || role === ownRole;
  return rows.some((row) => row.role !== "owner" && mayBeOwn(row)) ? view.ownPerson() : undefined;
}

function unmanagedPerson({ organization, names, formerOwner }: Scene, row: Member): Finding {
  return {
    kind: "unmanaged",
    subject: "person",
    organization,
    person: personOfRow(row),
    role: row.role,
    message: `not declared by any resource${sinceText(row)}`,
    since: row.createdAt,
    repair: row.userUid === formerOwner ? repairs.formerOwner : repairs.unmanagedPerson,
    import: entry(names, "OrganizationMember", personName(row), joinId(organization.uid, whoOf(row))),
  };
}

/** Those that are pending: an invitation that has expired lets nobody in. */
function invitations({ organization, live, looks, names }: Scene): Unmanaged {
  const declaring = looks.filter(({ resource }) => isWayIn(resource));
  if (!live.invitations || declaring.length === 0) return none;
  const kind = declaring.some(({ resource }) => resource.kind === "OrganizationMember")
    ? "OrganizationMember"
    : "Invitation";
  const uids = new Set(declaring.flatMap((look) => texts(look, ["invitationUid", "uid"])));
  const known = new Known(declaring);
  const emails = new Set(declaring.flatMap(emailsOf));
  for (const row of live.members ?? []) if (row.email && known.has(row)) emails.add(normalizeEmail(row.email));
  const unmanaged = live.invitations.filter(
    (row) =>
      !isOverdue(row) && !uids.has(row.uid) && !(row.email !== undefined && emails.has(normalizeEmail(row.email))),
  );
  const unclear = unmanaged.filter(({ email }) => email === undefined);
  const findings = unmanaged.flatMap((row): Finding[] => {
    if (row.email === undefined) return [];
    const email = normalizeEmail(row.email);
    const { message, since, until } = judgeInvitation(row);
    return [
      {
        kind: "unmanaged",
        subject: "invitation",
        organization,
        person: { email },
        role: row.role,
        message: `${message}; not declared by any resource`,
        since,
        until,
        repair: repairs.unmanagedInvitation,
        import: entry(names, kind, personName({ email, userUid: row.uid }), joinId(organization.uid, email)),
      },
    ];
  });
  return { ...none, findings, notVisible: unclearNote(unclear.length, "invitation", shownName(organization)) };
}

/** Teams whose people the state declares, one by one or as a whole. */
function managedTeams({ looks }: Scene): string[] {
  const memberships = looks.filter(({ resource: { kind } }) => kind === "TeamMembership" || kind === "TeamRoster");
  return [...new Set(memberships.map(({ resource }) => resource.teamUid!))];
}

async function teamMemberships(view: OrganizationView, scene: Scene, teamUid: string): Promise<Unmanaged> {
  const { organization, live, looks, names, teamNames } = scene;
  const team = await visible(view.team(teamUid));
  const rows = team && (await visible(team.members.get()));
  // That it is not visible is reported for the resources that declare its people.
  if (!team || !rows) return none;
  const here = looks.filter(({ resource }) => resource.teamUid === teamUid);
  const roster = here.find(({ resource }) => resource.kind === "TeamRoster");
  const unmanaged = roster ? unmanagedInRoster(roster, rows.values()) : unmanagedBesideMemberships(here, rows.values());
  const { slug, name } = await team.row();
  const named = { uid: teamUid, slug, name: name ?? teamNames.get(teamUid) };
  const joined = new Set(here.flatMap(({ resource }) => joinedAtFirst(resource)));
  const notices: Notice[] = [];
  const findings: Finding[] = [];
  for (const row of unmanaged.sure) {
    const member = row.email ? undefined : await live.membership({ userUid: row.userUid });
    const known = { ...row, email: row.email ?? (typeof member === "object" ? member.email : undefined) };
    const person = personOfRow(known);
    if (joined.has(row.userUid)) {
      notices.push({ organization, team: named, person, message: "added by Avala when the team was created" });
      continue;
    }
    const id = joinId(organization.uid, teamUid, whoOf(known));
    findings.push({
      kind: "unmanaged",
      subject: "teamMembership",
      organization,
      team: named,
      person,
      role: row.role,
      message: `in the team, but not declared by any resource${sinceText(row)}`,
      since: row.createdAt,
      ...(roster
        ? {
            repair:
              roster.resource.outputs["unmanaged"] === "remove" ? repairs.removedByRoster : repairs.unmanagedInRoster,
          }
        : {
            repair: repairs.unmanagedTeamMembership,
            import: entry(names, "TeamMembership", `${teamName({ ...named, slug })}-${personName(known)}`, id),
          }),
    });
  }
  const where = `team ${printable(named.name ?? teamUid)}`;
  return { findings, notices, notVisible: unclearNote(unmanaged.unclear, "person", where) };
}

interface UnmanagedPeople {
  sure: TeamMember[];
  /** Number of those who may be declared: their addresses are hidden. */
  unclear: number;
}

function unmanagedBesideMemberships(here: readonly Look[], rows: Iterable<TeamMember>): UnmanagedPeople {
  const known = new Known(here.filter(({ resource }) => resource.kind === "TeamMembership"));
  const others = [...rows].filter((row) => !known.has(row));
  return {
    sure: others.filter((row) => !known.mayBe(row)),
    unclear: others.filter((row) => known.mayBe(row)).length,
  };
}

/** A roster lists its unmanaged people; none if it ignores them. */
function unmanagedInRoster(roster: Look, rows: Iterable<TeamMember>): UnmanagedPeople {
  if (roster.is !== "there") return { sure: [], unclear: 0 };
  const names = new Set(namesOf(roster.now.outputs["unmanagedMembers"]));
  const isNamed = (row: TeamMember) => names.has(addressOrUid(row));
  return { sure: [...rows].filter(isNamed), unclear: 0 };
}

const isWayIn = ({ kind }: Managed): boolean => kind === "OrganizationMember" || kind === "Invitation";

function joinedAtFirst({ kind, outputs }: Managed): readonly string[] {
  return kind === "Team" ? hiddenIn(outputs).initialMembers : [];
}

function personOfRow({ userUid, email, username }: Member | TeamMember): Finding["person"] & object {
  return { email: email ? normalizeEmail(email) : undefined, userUid, username };
}

const whoOf = ({ email, userUid }: Person): string => (email ? normalizeEmail(email) : userUid!);

/** Names in programs and import files are ours to choose: an odd address or slug is not one of them. */
function personName({ email, userUid }: Person): string {
  const address = email && normalizeEmail(email);
  return address && /^[\w.+-]+@[\w.-]+$/.test(address) ? address : userUid!;
}

function teamName({ slug, uid }: { slug: string; uid: string }): string {
  return /^[\w-]{1,60}$/.test(slug) ? slug : uid;
}

function entry(names: Names, kind: Managed["kind"], name: string, id: string): ImportEntry {
  return { type: typeOf(kind), name: names.free(kind, name), id };
}

function sinceText({ createdAt }: { createdAt?: string | undefined }): string {
  return createdAt === undefined ? "" : `; since ${day(createdAt)}`;
}

function unclearNote(count: number, what: "member" | "invitation" | "person", of: string): string[] {
  if (count === 0) return [];
  const some =
    count === 1 ? `one ${what} of ${of} is` : `${count} ${what === "person" ? "people" : `${what}s`} of ${of} are`;
  return [`It is not known whether ${some} declared: this API key does not see their addresses or roles.`];
}

function shownName({ name, slug, uid }: Scene["organization"]): string {
  return `${printable(name ?? "", 60)} (${printable(slug ?? uid, 60)})`.trimStart();
}
