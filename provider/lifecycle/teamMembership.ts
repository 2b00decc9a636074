import { joinId, quoted, splitId, teamMembership as schema, type Person } from "../schema/index.js";
import { ForbiddenError, NotFoundError, type Member, type TeamMember, type TeamView } from "../snapshot/index.js";
import { isUnknown, type Properties } from "./inputs.js";
import type { Lifecycle, Target } from "./lifecycle.js";
import { tell } from "./log.js";
import { aliasesOf, hasSomebodyElsesAddress, isOtherPerson, isValid, personIdentity, personIn } from "./person.js";
import { edgesIdentity, placeIdentity, refuseBeside, rosterIdentity, teamGone, teamOf } from "./place.js";
import type { Run } from "./run.js";
import { isRecorded } from "./state.js";

interface Seen {
  view: TeamView;
  person: Person;
  /** Last part of the id: the person as first declared. */
  who: string;
  /** Their place in the team. */
  row: TeamMember | undefined;
  /** Looked up only while they have none. */
  member: Member | undefined;
}

export const teamMembership: Lifecycle<Seen> = {
  schema,
  naturalKey: true,

  identities: ({ team, user, email }) =>
    [team, user ?? email].some(isUnknown)
      ? []
      : [edgesIdentity(team as string), placeIdentity(team as string, (user ?? email) as string)],

  spellings: spellingsOf,

  async replaced(run, target) {
    const { id, inputs } = target;
    const [organization, team] = splitId(id, 3);
    if (inputs["team"] !== joinId(organization!, team!)) return ["team"];
    return (await isOtherPerson(run, target)) ? [inputs["user"] === undefined ? "email" : "user"] : [];
  },

  /** Waiting or gone: whoever is a member of the organization can be in the team. */
  async canSettle(run, target) {
    if (target.state["status"] === "active") return false;
    const [organizationUid, , who] = splitId(target.id, 3);
    const organization = await run.snapshot.organization(organizationUid!);
    return (await organization.members.find(personIn(target, who))) !== undefined;
  },

  observe,

  async ensure(run, target, seen) {
    if (!seen) throw teamGone(target.inputs["team"] as string);
    refuseBeside(run, placeOf(seen.view), rosterIdentity);
    if (seen.row) return seen;
    if (seen.member) return { ...seen, row: await seen.view.add(seen.member, target.inputs["role"] as string) };
    await warnUnlessInvited(run, seen);
    return seen;
  },

  async sync(_run, { inputs }, seen) {
    const role = inputs["role"] as string;
    if (!seen.row || seen.row.role === role) return seen;
    return { ...seen, row: await seen.view.setRole(seen.row, role) };
  },

  async remove(run, target) {
    const seen = await observe(run, target);
    if (!seen) return;
    if (!seen.row || target.inputs["onDestroy"] === "retain") return;
    if (run.declarations.held(spellingsOf(seen)).length > 0) return;
    if (hasSomebodyElsesAddress({ ...seen, member: seen.row, view: seen.view.organization })) return;
    run.breaker.count(`team ${placeOf(seen.view)}`, [seen.row.userUid]);
    await seen.view.remove(seen.row.userUid);
  },

  id: ({ view, who }) => joinId(placeOf(view), who),
  shown: ({ row }) => ({ role: row?.role }),
  outputs: ({ row, member }, { state }) => {
    const found = row ?? member;
    return {
      status: row ? "active" : wasActive(state) ? "gone" : "waiting",
      userUid: found?.userUid ?? state["userUid"],
      username: found?.username ?? state["username"],
    };
  },
};

async function observe(run: Run, target: Target): Promise<Seen | undefined> {
  const { id, inputs, state } = target;
  const [organizationUid, teamUid, who] = id === undefined ? [...splitId(inputs["team"] as string, 2)] : splitId(id, 3);
  const view = await teamOf(run, joinId(organizationUid!, teamUid!));
  if (!view) return undefined;
  const person = personIn(target, who);
  const found = await find(view, person);
  if (!found.row && id !== undefined && !isRecorded(state)) return undefined;
  const seen = { view, person, who: who ?? ((inputs["user"] ?? inputs["email"]) as string), ...found };
  note(run, seen);
  return seen;
}

/** The place in the team; where there is none, whether the person is a member of the organization at all. */
async function find(view: TeamView, person: Person): Promise<Pick<Seen, "row" | "member">> {
  if (person.userUid !== undefined || person.email === undefined) {
    const row = await view.members.find(person);
    return row ? { row, member: undefined } : { row: undefined, member: await view.organization.members.find(person) };
  }
  // A team's list may hide addresses that the organization's list shows: the uid decides.
  const member = await view.organization.members.find(person);
  return member ? { row: (await view.members.get()).get(member.userUid), member } : { row: undefined, member };
}

function placeOf(view: TeamView): string {
  return joinId(view.organization.uid, view.uid);
}

function spellingsOf({ view, person, who, row, member }: Seen): string[] {
  return aliasesOf(who, person, row, member).map((name) => placeIdentity(placeOf(view), name));
}

/** Noted, so that nobody takes them for a stranger. */
function note(run: Run, { view, person, who, row, member }: Seen): void {
  const aliases = aliasesOf(who, person, row, member);
  run.known.note(placeOf(view), aliases);
  run.known.note(view.organization.uid, aliases);
}

function wasActive(state: Properties): boolean {
  return state["status"] === "active" || state["status"] === "gone";
}

async function warnUnlessInvited(run: Run, { view, person }: Seen): Promise<void> {
  const { organization } = view;
  const { email } = person;
  const place = `their place in team ${quoted((await view.row()).name ?? view.uid)} waits until they are a member`;
  if (email === undefined) {
    tell("warning", `User ${person.userUid} is no member of organization ${organization.slug}: ${place}.`);
    return;
  }
  const declared = [organization.uid, organization.slug].map((place) => personIdentity(place, email));
  if (run.declarations.held(declared).length > 0) return;
  const row = await organization.invitationOf(email).catch((error: unknown) => {
    // Only owners and admins may see invitations: others cannot be told whether there is one.
    if (error instanceof ForbiddenError || error instanceof NotFoundError) return null;
    throw error;
  });
  if (row === null || isValid(row)) return;
  const what = row
    ? `The invitation of ${quoted(email)} into organization ${organization.slug} has expired`
    : `Nobody has invited ${quoted(email)} into organization ${organization.slug}`;
  tell("warning", `${what}: ${place}.`);
}
