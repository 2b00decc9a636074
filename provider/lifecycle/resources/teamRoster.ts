import { addressOrUid, normalizeEmail } from "../../core/address.js";
import { canonicalUid, joinId, personOf, splitId } from "../../core/identity.js";
import { namesOf, rosterOf, teamRoster as schema, textOf, type Roster } from "../../schema/index.js";
import { quoted } from "../../core/text.js";
import { AvalaError } from "../../core/errors.js";
import type { Member, TeamMember } from "../../client/index.js";
import type { TeamView } from "../../snapshot/index.js";
import { GuardError, unmanagedNamed } from "../runtime/guards.js";
import { isUnknown } from "../../core/unknown.js";
import type { Properties } from "../inputs.js";
import { handOver, type Subject } from "../runtime/handOver.js";
import { sends, UnfinishedError, type Lifecycle, type Target } from "../lifecycle.js";
import { warnMovedAddress } from "./person.js";
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
import { runWithinBudget, type Step } from "./slice.js";
import { hiddenIn, hiddenProperties } from "../../policy/hiddenState.js";
import { isRecorded, isUnfinished } from "../state.js";

/** A team and its people, as they were observed. */
interface Observed {
  view: TeamView;
  declared: Roster;
  /** Declared people in the team, by the name that declares them. */
  inTeam: Map<string, TeamMember>;
  /** Declared people who are members of the organization, but not in the team, by the name that declares them. */
  ready: Map<string, Member>;
  /** Recorded uids of declared people who have been in the team, by the name that declares them. */
  known: Map<string, string>;
  /**
   * People in the team to remove, by uid: they were declared before, or the removal of unmanaged people is declared.
   */
  leaving: Map<string, TeamMember>;
  /** People in the team who are not declared and were not declared before. */
  unmanaged: TeamMember[];
  /**
   * Declared people who have been in the team and are not members of the organization now, but are declared as such.
   */
  unsettled: Set<string>;
}

export const teamRoster: Lifecycle<Observed> = {
  schema,
  naturalKey: true,

  claims({ team, members }) {
    if (isUnknown(team)) return [];
    const teamId = team as string;
    const people = isUnknown(members) ? [] : [...rosterOf(members).keys()];
    return [{ key: rosterKey(teamId) }, ...people.map((who) => ({ key: teamPersonKey(teamId, who) }))];
  },

  recordedClaims({ id, inputs, state }) {
    const known = knownIn(state);
    return [...rosterOf(inputs["members"]).keys()].map((who) => {
      const uid = known.get(who);
      return { key: teamPersonKey(id, who), uid: uid && teamPersonKey(id, uid) };
    });
  },

  learn(run, { id, inputs, state }) {
    const [organizationUid] = splitId(id, 2) as [string, string];
    const declared = rosterOf(inputs["members"]);
    for (const [who, uid] of knownIn(state)) {
      run.labels.learnTeam(organizationUid, uid, id);
      if (declared.has(who)) run.labels.learn(organizationUid, who, uid);
    }
  },

  noteLeaving(run, { id, inputs, state }) {
    const known = knownIn(state);
    noteAt(run, id, [...rosterOf(inputs["members"]).keys(), ...known.keys(), ...known.values()]);
  },

  subjects: (seen) => [
    ...[...seen.inTeam].map(([who, row]) => subjectOf(seen, who, row)),
    ...[...seen.ready].map(([who, member]) => subjectOf(seen, who, member)),
  ],

  replaced: async (run, { id, inputs: { team } }) =>
    (isUnknown(team) ? isOtherWhileUnknown(run) : team !== id) ? ["team"] : [],

  /** Pending people can be added, or removals of unmanaged or formerly declared people are not done yet. */
  async hasPendingStep(run, { id, state, inputs }) {
    if (namesOf(hiddenIn(state).removing).length > 0) return true;
    const [organizationUid] = splitId(id, 2) as [string, string];
    for (const [who, userUid] of knownIn(state)) {
      if (!run.labels.isUnsettled(organizationUid, [who, userUid])) continue;
      const organization = await run.snapshot.organization(organizationUid);
      if (!(await organization.members.find({ userUid }))) return true;
    }
    if (inputs["unmanaged"] === "remove" && namesOf(state["unmanagedMembers"]).length > 0) return true;
    const waiting = namesOf(state["waiting"]);
    if (waiting.length === 0) return false;
    const { members } = await run.snapshot.organization(organizationUid);
    for (const who of waiting) if (await members.find(personOf(who))) return true;
    return false;
  },

  observe,

  async ensure(run, { inputs }, seen) {
    if (!seen) throw teamGone(inputs["team"] as string);
    refuseBothWays(run, teamIdOf(seen), membershipsKey);
    return seen;
  },

  async sync(run, target, seen) {
    removeUnmanaged(target, seen);
    // A person who has lost their membership of the organization is pending again, like a new one.
    for (const who of seen.unsettled) seen.known.delete(who);
    const removals = await removalSteps(run, target, seen);
    await work(run, seen, assignmentSteps(target, seen), removals).catch((error: unknown) => {
      throw error instanceof Error ? new UnfinishedError(seen, error) : error;
    });
    warnUnmanaged(run, target, seen);
    return seen;
  },

  async remove(run, target) {
    const seen = await observe(run, target);
    if (!seen) return;
    for (const [who, row] of seen.inTeam) {
      // A person who was pending has joined in a different way, so this resource does not remove them.
      if (seen.known.has(who) || isUnfinished(target.state)) seen.leaving.set(row.userUid, row);
    }
    seen.inTeam.clear();
    await work(run, seen, [], await removalSteps(run, target, seen));
  },

  id: teamIdOf,
  toInputs: (seen) => ({ members: shownRoster(seen) }),
  outputs: (seen, { inputs }) => ({
    waiting: textOf([...seen.declared.keys()].filter((who) => isWaiting(seen, who)).map((who) => [who])),
    unmanagedMembers: inputs["unmanaged"] === "ignore" ? "" : textOf(seen.unmanaged.map((row) => [addressOrUid(row)])),
    ...hiddenProperties({
      knownMembers: textOf([...seen.inTeam].map(([who, { userUid }]) => [who, userUid])),
      removing: seen.leaving.size === 0 ? undefined : textOf([...seen.leaving.keys()].map((uid) => [uid])),
    }),
  }),
};

async function observe(run: Run, target: Target): Promise<Observed | undefined> {
  const { id, inputs, state } = target;
  const view = await teamOf(run, id ?? (inputs["team"] as string));
  if (!view) return undefined;
  // A resource that is read by `get` declares nobody.
  const declared = rosterOf(inputs["members"]);
  const known = knownIn(state);
  const rows = await view.members.get();
  const seen: Observed = {
    view,
    declared,
    known,
    inTeam: new Map(),
    ready: new Map(),
    leaving: new Map(),
    unmanaged: [],
    unsettled: new Set(),
  };
  for (const who of declared.keys()) {
    await locate(run, seen, who, rows);
    const names = [who, known.get(who)];
    const isLost = !seen.inTeam.has(who) && !seen.ready.has(who);
    if (isLost && !target.refreshing && known.has(who) && run.labels.isUnsettled(view.organization.uid, names))
      seen.unsettled.add(who);
  }
  refuseTwice(seen);
  sortUndeclared(seen, state, rows);
  note(run, seen);
  return seen;
}

/** A team's list may hide addresses that the organization's list shows, so people are found by uid. */
async function locate(run: Run, seen: Observed, who: string, rows: ReadonlyMap<string, TeamMember>): Promise<void> {
  const uid = seen.known.get(who) ?? canonicalUid(who);
  const row = uid === undefined ? undefined : rows.get(uid);
  if (row) return void seen.inTeam.set(who, row);
  const { members } = seen.view.organization;
  const member = await members.find({ ...personOf(who), ...(uid && { userUid: uid }) });
  if (!member)
    return warnMovedAddress(run, { view: seen.view.organization, person: { userUid: uid, ...personOf(who) }, member });
  const found = rows.get(member.userUid);
  if (found) seen.inTeam.set(who, found);
  else seen.ready.set(who, member);
}

/** Sorts the people of the team who are not declared: `leaving`, if they were declared before; else `unmanaged`. */
function sortUndeclared(seen: Observed, state: Properties, rows: ReadonlyMap<string, TeamMember>): void {
  const declared = new Set([...seen.inTeam.values()].map(({ userUid }) => userUid));
  const dropped = [...rosterOf(state["members"]).keys()].filter((who) => !seen.declared.has(who));
  // People with a recorded uid are found by it. Without one they were pending, and have joined in a different way;
  // except after an interrupted step, which may have added them.
  const taken = dropped.map((who) => seen.known.get(who) ?? (isUnfinished(state) ? who : undefined));
  const before = new Set([...namesOf(hiddenIn(state).removing), ...taken.filter((name) => name !== undefined)]);
  for (const row of rows.values()) {
    if (declared.has(row.userUid)) continue;
    const names = [row.userUid, row.email === undefined ? undefined : normalizeEmail(row.email)];
    if (names.some((name) => name !== undefined && before.has(name))) seen.leaving.set(row.userUid, row);
    else seen.unmanaged.push(row);
  }
}

function refuseTwice({ inTeam, ready }: Observed): void {
  const names = new Map<string, string>();
  for (const [who, { userUid }] of [...inTeam, ...ready]) {
    const other = names.get(userUid);
    if (other !== undefined) {
      throw new GuardError(
        `One person is in the roster twice: as ${quoted(other, 160)} and as ${quoted(who, 160)}.`,
        "Keep one of the two.",
      );
    }
    names.set(userUid, who);
  }
}

/** Removes only unmanaged people that the preview showed: the recorded ones, or all if `unmanaged` has changed. */
function removeUnmanaged(target: Target, seen: Observed): void {
  if (target.inputs["unmanaged"] !== "remove") return;
  const recorded = sends(target, "unmanaged") ? undefined : new Set(namesOf(target.state["unmanagedMembers"]));
  const isShown = (row: TeamMember) =>
    recorded === undefined || [addressOrUid(row), row.userUid].some((name) => recorded.has(name));
  for (const row of seen.unmanaged.filter(isShown)) seen.leaving.set(row.userUid, row);
  seen.unmanaged = seen.unmanaged.filter((row) => !isShown(row));
}

/**
 * Additions and role changes, which come before removals, so that the team has a lead if possible. An unchanged line
 * sends nothing: a lost membership or a different role is drift, which a refresh records.
 */
function assignmentSteps(target: Target, seen: Observed): Step[] {
  const { view, declared, inTeam, ready, known } = seen;
  const before = rosterOf(target.state["members"]);
  const isNew = (who: string) => target.changed === undefined || before.get(who) !== declared.get(who);
  const adds = [...ready]
    .filter(([who]) => isNew(who) || !known.has(who))
    .map(([who, member]): Step => async () => {
      inTeam.set(who, await view.add(member, declared.get(who)!));
      ready.delete(who);
    });
  const roles = [...inTeam]
    .filter(([who, { role }]) => role !== declared.get(who) && (isNew(who) || !known.has(who)))
    .map(([who, row]): Step => async () => {
      inTeam.set(who, await view.setRole(row, declared.get(who)!));
    });
  return [...adds, ...roles];
}

/** The removals, checked against the limit as a whole before the first request. */
async function removalSteps(run: Run, target: Target, seen: Observed): Promise<Step[]> {
  const whoByUid = new Map([...knownIn(target.state)].map(([who, uid]) => [uid, who]));
  // Kept if another resource declares this person, such as a single membership that replaces the roster.
  for (const [uid, row] of seen.leaving) {
    if (handOver(run, subjectOf(seen, whoByUid.get(uid) ?? uid, row), target.state)) seen.leaving.delete(uid);
  }
  await run.breaker.count(`team ${teamIdOf(seen)}`, [...seen.leaving.keys()]);
  return [...seen.leaving.keys()].map((uid): Step => async () => {
    await seen.view.remove(uid);
    seen.leaving.delete(uid);
  });
}

function subjectOf(seen: Observed, who: string, { userUid, email }: TeamMember | Member): Subject {
  const { view } = seen;
  const teamId = teamIdOf(seen);
  const { members } = view.organization;
  const shown = email || members.loaded?.get(userUid)?.email;
  const address = shown === undefined ? undefined : normalizeEmail(shown);
  const names = [...new Set([who, userUid, ...(address === undefined ? [] : [address])])];
  return {
    text: `${quoted(address ?? who, 254)} in team ${teamId}`,
    names: names.map((name) => ({ key: teamPersonKey(teamId, name), name })),
    uid: teamPersonKey(teamId, userUid),
    person: { uid: userUid, address, label: canonicalUid(who) === undefined ? who : undefined },
    holderOf: (name) => view.members.holderOf(name) ?? members.holderOf(name),
    kinds: ["TeamMembership", "TeamRoster"],
    scope: scopeOfTeam(view, view.organization.teams.loaded?.get(view.uid)?.slug),
  };
}

/** Takes the steps; removals start when all assignments are done. After a failure, the results so far are recorded. */
async function work(run: Run, seen: Observed, assignments: readonly Step[], removals: readonly Step[]): Promise<void> {
  const all = assignments.length + removals.length;
  if (all === 0) return;
  const name = `Team ${quoted((await seen.view.row()).name ?? seen.view.uid)}`;
  const end = Date.now() + run.settings.sliceSeconds * 1000;
  let left = all;
  for (const steps of [assignments, removals]) {
    const undone = await runWithinBudget(run.log, name, steps, (end - Date.now()) / 1000);
    left -= steps.length - undone;
    if (undone > 0) throw new IncompleteError(name, all - left, all);
  }
}

/** The time of a step is over before all changes are made. The changes so far are recorded. */
export class IncompleteError extends AvalaError {
  readonly code = "AVALA_INCOMPLETE";

  constructor(what: string, done: number, all: number) {
    super(`${what}: ${done} of ${all} changes are made and recorded.`, "Run it again to go on from there.");
  }
}

function warnUnmanaged(run: Run, { inputs }: Target, { view, unmanaged }: Observed): void {
  if (inputs["unmanaged"] !== "report" || unmanaged.length === 0) return;
  run.log.warn(`Team ${view.uid} holds ${unmanagedNamed(unmanaged)}.`);
}

/**
 * The people as the service shows them: pending people as declared; people who have lost their membership are missing.
 */
function shownRoster(seen: Observed): string {
  const shown = [...seen.declared].flatMap(([who, role]): [string, string][] => {
    const row = seen.inTeam.get(who);
    if (row) return [[who, row.role ?? role]];
    return isWaiting(seen, who) ? [[who, role]] : [];
  });
  return textOf(shown);
}

/** A person who has been in the team is not pending: they have lost their membership. */
function isWaiting({ inTeam, known }: Observed, who: string): boolean {
  return !inTeam.has(who) && !known.has(who);
}

function note(run: Run, { view, declared, inTeam, leaving }: Observed): void {
  const uids = [...[...inTeam.values()].map(({ userUid }) => userUid), ...leaving.keys()];
  noteAt(run, joinId(view.organization.uid, view.uid), [...declared.keys(), ...uids]);
}

function knownIn(state: Properties): Map<string, string> {
  return isRecorded(state) ? (rosterOf(hiddenIn(state).knownMembers) as Map<string, string>) : new Map();
}

function teamIdOf({ view }: Pick<Observed, "view">): string {
  return joinId(view.organization.uid, view.uid);
}
