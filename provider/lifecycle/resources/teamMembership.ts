import { holdsAccess, recordedUid } from "../../policy/identity.js";
import { hasMembershipStep, membershipStatus } from "../../policy/person.js";
import { joinId, splitId, type Person } from "../../core/identity.js";
import { normalizeEmail } from "../../core/address.js";
import { quoted } from "../../core/text.js";
import { teamMembership as schema } from "../../schema/index.js";
import { ForbiddenError, NotFoundError } from "../../core/errors.js";
import type { Member, TeamMember } from "../../client/index.js";
import type { TeamView } from "../../snapshot/index.js";
import { handOver, type Subject } from "../runtime/handOver.js";
import { isUnknown } from "../../core/unknown.js";
import { sends, type Lifecycle, type Target } from "../lifecycle.js";
import { aliasesOf, isOtherPerson, isValid, personIn, personKey, warnMovedAddress } from "./person.js";
import {
  membershipsKey,
  isOtherWhileUnknown,
  noteAt,
  scopeOfTeam,
  refuseBothWays,
  rosterKey,
  teamGone,
  teamOf,
  teamPersonKey,
} from "./scope.js";
import type { Run } from "../runtime/run.js";
import { isRecorded, isUnfinished } from "../state.js";

interface Observed {
  view: TeamView;
  person: Person;
  /** Last part of the id: the person as first declared. */
  who: string;
  /** The row of their team membership. */
  row: TeamMember | undefined;
  /** Their membership of the organization; read only if `row` is undefined, or to find the person. */
  member: Member | undefined;
  /** Another resource declares them in the organization, and they are not recorded as a member yet. */
  isPending: boolean;
  /** They have lost the recorded membership. This is drift, which a refresh records. */
  hasDrifted?: boolean;
}

export const teamMembership: Lifecycle<Observed> = {
  schema,
  naturalKey: true,

  claims: ({ team, user, email }) =>
    [team, user ?? email].some(isUnknown)
      ? []
      : [
          { key: membershipsKey(team as string), shared: true },
          { key: teamPersonKey(team as string, (user ?? email) as string) },
        ],

  recordedClaims({ id, inputs, state }) {
    const [organization, team] = splitId(id, 3) as [string, string];
    const uid = (inputs["user"] ?? recordedUid(state)) as string | undefined;
    const teamId = joinId(organization, team);
    const key = teamPersonKey(teamId, (inputs["user"] ?? inputs["email"]) as string);
    return [{ key, uid: uid && teamPersonKey(teamId, uid) }];
  },

  learn(run, { id, inputs, state }) {
    const [organizationUid, teamUid] = splitId(id, 3) as [string, string];
    if (state["status"] === "active") {
      run.labels.learnTeam(organizationUid, state["userUid"], joinId(organizationUid, teamUid));
    }
    if (inputs["email"] === state["email"]) run.labels.learn(organizationUid, state["email"], recordedUid(state));
  },

  noteLeaving(run, target) {
    const [organization, team, who] = splitId(target.id, 3) as [string, string, string];
    noteAt(run, joinId(organization, team), aliasesOf(who, personIn(target, who)));
  },

  subjects: (seen, target) => [subjectOf(seen, target)],

  async replaced(run, target) {
    const { id, inputs } = target;
    const [organization, team] = splitId(id, 3);
    const named = inputs["team"];
    if (isUnknown(named) ? isOtherWhileUnknown(run) : named !== joinId(organization!, team!)) return ["team"];
    return (await isOtherPerson(run, target)) ? [inputs["user"] === undefined ? "email" : "user"] : [];
  },

  /**
   * A person without a recorded membership can be added to the team as soon as they are a member of the organization. A
   * person with a recorded membership has lost it if they are not a member of the organization any more; this is only
   * read if another resource declares them as pending.
   */
  async hasPendingStep(run, target) {
    const { id, inputs, state } = target;
    const [organizationUid, , who] = splitId(id, 3);
    const isActive = state["status"] === "active";
    const names = [inputs["user"], inputs["email"], state["userUid"]] as (string | undefined)[];
    if (isActive && !run.labels.isUnsettled(organizationUid!, names)) return false;
    const organization = await run.snapshot.organization(organizationUid!);
    const isMember = (await organization.members.find(personIn(target, who))) !== undefined;
    return hasMembershipStep(state, isMember);
  },

  observe,

  /**
   * A person who has lost a membership that the state still contains is not added again: this is drift, which a refresh
   * records, and the next update corrects.
   */
  async ensure(run, target, seen) {
    if (!seen) throw teamGone(target.inputs["team"] as string);
    refuseBothWays(run, teamIdOf(seen.view), rosterKey);
    if (seen.row) return seen;
    const isDrift = target.state["status"] === "active" && target.changed !== undefined;
    if (seen.member && isDrift) return { ...seen, hasDrifted: true };
    if (seen.member) return { ...seen, row: await seen.view.add(seen.member, target.inputs["role"] as string) };
    if (!isDrift) await warnUnlessInvited(run, seen);
    return seen;
  },

  async sync(_run, target, seen) {
    const role = target.inputs["role"] as string;
    if (!seen.row || seen.row.role === role) return seen;
    if (target.state["status"] === "active" && !sends(target, "role")) return seen;
    return { ...seen, row: await seen.view.setRole(seen.row, role) };
  },

  async remove(run, target) {
    const seen = await observe(run, target);
    if (!seen || target.inputs["onDestroy"] === "retain") return;
    const { view, row } = seen;
    const { userUid } = row ?? { userUid: recordedUid(target.state) };
    if (!row) {
      // The membership ended with the person's removal from the organization in this run; it counts as a removal too.
      if (userUid !== undefined && (await view.organization.hasRemoved(userUid))) {
        await run.breaker.count(`team ${teamIdOf(view)}`, [userUid]);
      }
      return;
    }
    if (handOver(run, subjectOf(seen, target), target.state)) return;
    if (!holdsAccess(target.state, isUnfinished(target.state))) {
      run.log.warn(
        `${nameOf(row)} is in team ${teamIdOf(view)} in another way than by the resource that is deleted, and stays. No resource declares it now.`,
      );
      return;
    }
    await run.breaker.count(`team ${teamIdOf(view)}`, [row.userUid]);
    await view.remove(row.userUid);
  },

  id: ({ view, who }) => joinId(teamIdOf(view), who),
  toInputs: ({ row }) => ({ role: row?.role }),
  outputs: ({ row, member, isPending, hasDrifted }, { state }) => {
    const found = row ?? member;
    return {
      status: membershipStatus(state, {
        isInTeam: row !== undefined || hasDrifted === true,
        isMember: member !== undefined,
        isPending,
      }),
      userUid: found?.userUid ?? state["userUid"],
      username: found?.username ?? state["username"],
    };
  },
};

async function observe(run: Run, target: Target): Promise<Observed | undefined> {
  const { id, inputs, state } = target;
  const [organizationUid, teamUid, who] = id === undefined ? [...splitId(inputs["team"] as string, 2)] : splitId(id, 3);
  const view = await teamOf(run, joinId(organizationUid!, teamUid!));
  if (!view) return undefined;
  const person = personIn(target, who);
  const found = await find(view, person);
  if (!found.row && id !== undefined && !isRecorded(state)) return undefined;
  const named = [inputs["user"], inputs["email"], state["userUid"]] as (string | undefined)[];
  // A refresh records what it reads, independently of the order in which it reads resources.
  const isPending = !target.refreshing && run.labels.isUnsettled(organizationUid!, named);
  const seen = { view, person, who: who ?? ((inputs["user"] ?? inputs["email"]) as string), ...found, isPending };
  note(run, seen);
  warnMovedAddress(run, { view: view.organization, person, member: found.member ?? (found.row as Member | undefined) });
  return seen;
}

/** The person's team membership; without one, their membership of the organization. */
async function find(view: TeamView, person: Person): Promise<Pick<Observed, "row" | "member">> {
  if (person.userUid !== undefined || person.email === undefined) {
    const row = await view.members.find(person);
    return row ? { row, member: undefined } : { row: undefined, member: await view.organization.members.find(person) };
  }
  // A team's list may hide addresses that the organization's list shows, so the person is found by uid.
  const member = await view.organization.members.find(person);
  return member ? { row: (await view.members.get()).get(member.userUid), member } : { row: undefined, member };
}

function teamIdOf(view: TeamView): string {
  return joinId(view.organization.uid, view.uid);
}

function subjectOf({ view, person, who, row, member }: Observed, { inputs, state }: Target): Subject {
  const teamId = teamIdOf(view);
  const uid = person.userUid ?? row?.userUid ?? member?.userUid;
  const { members } = view.organization;
  const address = (row?.email ?? member?.email) || members.loaded?.get(uid ?? "")?.email;
  const label = (inputs["email"] ?? state["email"]) as string | undefined;
  const named = (inputs["user"] ?? label ?? who) as string;
  return {
    text: `${quoted(person.email ?? uid ?? who, 254)} in team ${teamId}`,
    names: [named, ...aliasesOf(who, person, row, member)].map((name) => ({ key: teamPersonKey(teamId, name), name })),
    uid: uid && teamPersonKey(teamId, uid),
    person: { uid, address: address === undefined ? undefined : normalizeEmail(address), label },
    holderOf: (email) => view.members.holderOf(email) ?? members.holderOf(email),
    kinds: ["TeamMembership", "TeamRoster"],
    scope: scopeOfTeam(view, view.organization.teams.loaded?.get(view.uid)?.slug),
  };
}

function nameOf({ email, userUid }: TeamMember | Member): string {
  return quoted(email ?? userUid, 254);
}

/** Records the person as managed. */
function note(run: Run, { view, person, who, row, member }: Observed): void {
  noteAt(run, teamIdOf(view), aliasesOf(who, person, row, member));
}

async function warnUnlessInvited(run: Run, { view, person }: Observed): Promise<void> {
  const { organization } = view;
  const { email } = person;
  const pending = `their membership of team ${quoted((await view.row()).name ?? view.uid)} is pending until they are a member`;
  if (email === undefined) {
    run.log.warn(`User ${person.userUid} is not a member of organization ${organization.slug}: ${pending}.`);
    return;
  }
  const scopes = [organization.uid, organization.slug];
  if (scopes.some((scope) => run.claims.claimants(personKey(scope, email), undefined).length > 0)) return;
  const row = await organization.invitationOf(email).catch((error: unknown) => {
    // Only owners and admins may see invitations; with any other key, this is unknown.
    if (error instanceof ForbiddenError || error instanceof NotFoundError) return null;
    throw error;
  });
  if (row === null || isValid(row)) return;
  const what = row
    ? `The invitation of ${quoted(email)} into organization ${organization.slug} has expired`
    : `Nobody has invited ${quoted(email)} into organization ${organization.slug}`;
  run.log.oneOfMany(
    "warning",
    `waiting ${view.uid}`,
    `${what}: ${pending}.`,
    (count) => `${count} more memberships of team ${teamIdOf(view)} are pending, of people without a valid invitation.`,
  );
}
