import {
  joinId,
  normalizeEmail,
  personOf,
  quoted,
  splitId,
  teamMembership as schema,
  type Person,
} from "../schema/index.js";
import { NotFoundError, type Member, type TeamMember, type TeamView } from "../snapshot/index.js";
import { GuardError } from "./guards.js";
import { isUnknown, type Properties } from "./inputs.js";
import type { Lifecycle, Target } from "./lifecycle.js";
import { tell } from "./log.js";
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
    [team, user ?? email].some(isUnknown) ? [] : [identityOf(team as string, (user ?? email) as string)],

  async replaced(run, target) {
    const { id, inputs } = target;
    const [organization, team] = splitId(id, 3);
    if (inputs["team"] !== joinId(organization!, team!)) return ["team"];
    return (await isOtherPerson(run, target)) ? [inputs["user"] === undefined ? "email" : "user"] : [];
  },

  /** Waiting or gone: whoever is a member of the organization can be in the team. */
  async canSettle(run, { id, inputs, state }) {
    if (state["status"] === "active") return false;
    const [organizationUid, , who] = splitId(id, 3);
    const organization = await run.snapshot.organization(organizationUid!);
    return (await organization.members.find(personIn(inputs, state, who))) !== undefined;
  },

  observe,

  async ensure(run, target, seen) {
    if (!seen) {
      throw new GuardError(
        `Team ${target.inputs["team"] as string} is gone.`,
        "Run pulumi refresh, so that state knows; the next up makes what is missing.",
      );
    }
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
    const aliases = noted(run, seen);
    if (!seen.row || target.inputs["onDestroy"] === "retain") return;
    if (run.declarations.holdsAny(aliases.map((alias) => identityOf(placeOf(seen.view), alias)))) return;
    run.breaker.count(`team ${placeOf(seen.view)}`, seen.row.userUid);
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

async function observe(run: Run, { id, inputs, state }: Target): Promise<Seen | undefined> {
  const [organizationUid, teamUid, who] = id === undefined ? [...splitId(inputs["team"] as string, 2)] : splitId(id, 3);
  const organization = await run.snapshot.organization(organizationUid!);
  const view = await organization.team(teamUid!);
  if (!view) return undefined;
  const person = personIn(inputs, state, who);
  const found = await find(view, person);
  if (!found.row && id !== undefined && !isRecorded(state)) return undefined;
  const seen = { view, person, who: who ?? ((inputs["user"] ?? inputs["email"]) as string), ...found };
  noted(run, seen);
  return seen;
}

/** The person as the program names them now, and by the uid that state has learnt. */
function personIn(inputs: Properties, state: Properties, who: string | undefined): Person {
  const named = who === undefined ? {} : personOf(who);
  return {
    userUid: (inputs["user"] ?? state["userUid"] ?? named.userUid) as string | undefined,
    email: (inputs["email"] ?? state["email"] ?? named.email) as string | undefined,
  };
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

function identityOf(place: string, who: string): string {
  return `teamMembership ${place} ${who}`;
}

/** Every name the person is known by; noted, so that nobody takes them for a stranger. */
function noted(run: Run, { view, person, who, row, member }: Seen): string[] {
  const emails = [person.email, row?.email, member?.email].map((email) => email && normalizeEmail(email));
  const aliases = [who, person.userUid, row?.userUid, member?.userUid, ...emails].filter(
    (alias) => alias !== undefined,
  );
  run.known.note(placeOf(view), aliases);
  run.known.note(view.organization.uid, aliases);
  return [...new Set(aliases)];
}

function wasActive(state: Properties): boolean {
  return state["status"] === "active" || state["status"] === "gone";
}

/** Another spelling is no other person: asks only where state does not tell. */
async function isOtherPerson(run: Run, { id, inputs, state }: Required<Target>): Promise<boolean> {
  const [user, email] = [inputs["user"], inputs["email"]] as [string | undefined, string | undefined];
  if (isUnknown(user) || isUnknown(email)) return true;
  const recorded = state["userUid"] ?? state["user"];
  if (user !== undefined) {
    if (recorded !== undefined) return user !== recorded;
  } else if (email === state["email"]) {
    return false;
  }
  const organization = await run.snapshot.organization(splitId(id, 3)[0]!);
  const member = await organization.members.find({ userUid: user, email });
  if (!member) return true;
  if (recorded !== undefined) return member.userUid !== recorded;
  return member.email === undefined || normalizeEmail(member.email) !== state["email"];
}

async function warnUnlessInvited(run: Run, { view, person }: Seen): Promise<void> {
  const { organization } = view;
  const { email } = person;
  const place = `their place in team ${quoted((await view.row()).name ?? view.uid)} waits until they are a member`;
  if (email === undefined) {
    tell("warning", `User ${person.userUid} is no member of organization ${organization.slug}: ${place}.`);
    return;
  }
  const declared = [organization.uid, organization.slug].map((place) => `invitation ${place} ${email}`);
  if (run.declarations.holdsAny(declared)) return;
  try {
    if (await organization.invitationOf(email)) return;
  } catch (error) {
    // Only owners and admins may see invitations: others cannot be told whether there is one.
    if ((error as { code?: string }).code === "AVALA_FORBIDDEN" || error instanceof NotFoundError) return;
    throw error;
  }
  tell("warning", `Nobody has invited ${quoted(email)} into organization ${organization.slug}: ${place}.`);
}
