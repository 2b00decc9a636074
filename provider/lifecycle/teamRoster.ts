import {
  canonicalUid,
  joinId,
  namesOf,
  normalizeEmail,
  personOf,
  printable,
  quoted,
  rosterOf,
  splitId,
  teamRoster as schema,
  textOf,
  type Roster,
} from "../schema/index.js";
import { AvalaError, type Member, type TeamMember, type TeamView } from "../snapshot/index.js";
import { GuardError, strangersNamed } from "./guards.js";
import { isUnknown, type Properties } from "./inputs.js";
import { UnfinishedError, type Lifecycle, type Target } from "./lifecycle.js";
import { tell } from "./log.js";
import { edgesIdentity, placeIdentity, refuseBeside, rosterIdentity, teamGone, teamOf } from "./place.js";
import type { Run } from "./run.js";
import { takeSlice, type Step } from "./slice.js";
import { isRecorded } from "./state.js";

/** A team and its people, as one look finds them. */
interface Seen {
  view: TeamView;
  declared: Roster;
  /** Their places, by the name under which they are declared. */
  placed: Map<string, TeamMember>;
  /** Members of the organization who have no place yet. */
  ready: Map<string, Member>;
  /** Uids that state has learnt of those declared; who has one has had a place. */
  known: Map<string, string>;
  /** People in the team who were declared before, or are to go for another reason, by uid. */
  leaving: Map<string, TeamMember>;
  /** People in the team whom nobody has declared. */
  strangers: TeamMember[];
}

/** Set in state: names and uids of those in the team, so that a new address makes nobody a stranger. */
const knownKey = "__known";
/** Set in state after a slice: uids of people who are still to be taken out. */
const leavingKey = "__leaving";

export const teamRoster: Lifecycle<Seen> = {
  schema,
  naturalKey: true,

  identities({ team, members }) {
    if (isUnknown(team)) return [];
    const place = team as string;
    const people = isUnknown(members) ? [] : [...rosterOf(members).keys()];
    return [rosterIdentity(place), ...people.map((who) => placeIdentity(place, who))];
  },

  replaced: async (_run, { id, inputs }) => (inputs["team"] === id ? [] : ["team"]),

  /** People who waited can be placed, or strangers and leavers are still to be taken out. */
  async canSettle(run, { id, state, inputs }) {
    if (namesOf(state[leavingKey]).length > 0) return true;
    if (inputs["unmanaged"] === "remove" && namesOf(state["unmanagedMembers"]).length > 0) return true;
    const waiting = namesOf(state["waiting"]);
    if (waiting.length === 0) return false;
    const { members } = await run.snapshot.organization(splitId(id, 2)[0]!);
    for (const who of waiting) if (await members.find(personOf(who))) return true;
    return false;
  },

  observe,

  async ensure(run, { inputs }, seen) {
    if (!seen) throw teamGone(inputs["team"] as string);
    refuseBeside(run, placeOf(seen), edgesIdentity);
    return seen;
  },

  async sync(run, target, seen) {
    if (target.inputs["unmanaged"] === "remove") {
      for (const row of seen.strangers.splice(0)) seen.leaving.set(row.userUid, row);
    }
    // Whoever has lost their place and gets none now waits for one, as if they were new.
    for (const who of seen.declared.keys()) if (!seen.placed.has(who)) seen.known.delete(who);
    const steps = [...placing(seen), ...leaving(run, seen)];
    await work(run, seen, steps).catch((error: unknown) => {
      throw error instanceof Error ? new UnfinishedError(seen, error) : error;
    });
    tellStrangers(target, seen);
    return seen;
  },

  async remove(run, target) {
    const seen = await observe(run, target);
    if (!seen) return;
    for (const [who, row] of seen.placed) {
      // Whose uid is known is meant by it alone: their address may be somebody else's by now.
      if ((seen.known.get(who) ?? row.userUid) === row.userUid) seen.leaving.set(row.userUid, row);
    }
    seen.placed.clear();
    await work(run, seen, leaving(run, seen));
  },

  id: placeOf,
  shown: (seen) => ({ members: shownRoster(seen) }),
  outputs: (seen, { inputs }) => ({
    waiting: textOf([...seen.declared.keys()].filter((who) => isWaiting(seen, who)).map((who) => [who])),
    unmanagedMembers: inputs["unmanaged"] === "ignore" ? "" : textOf(seen.strangers.map((row) => [nameOf(row)])),
    [knownKey]: textOf([...seen.placed].map(([who, { userUid }]) => [who, userUid])),
    [leavingKey]: seen.leaving.size === 0 ? undefined : textOf([...seen.leaving.keys()].map((uid) => [uid])),
  }),
};

async function observe(run: Run, target: Target): Promise<Seen | undefined> {
  const { id, inputs, state } = target;
  const view = await teamOf(run, id ?? (inputs["team"] as string));
  if (!view) return undefined;
  // What `get` reads has no declaration.
  const declared = rosterOf(inputs["members"]);
  const known = knownIn(state);
  const rows = await view.members.get();
  const seen: Seen = { view, declared, known, placed: new Map(), ready: new Map(), leaving: new Map(), strangers: [] };
  for (const who of declared.keys()) await place(seen, who, rows);
  refuseTwice(seen);
  sort(seen, state, rows);
  note(run, seen);
  return seen;
}

/** A team's list may hide addresses that the organization's list shows: the uid decides. */
async function place(seen: Seen, who: string, rows: ReadonlyMap<string, TeamMember>): Promise<void> {
  const uid = seen.known.get(who) ?? canonicalUid(who);
  const row = uid === undefined ? undefined : rows.get(uid);
  if (row) return void seen.placed.set(who, row);
  const member = await seen.view.organization.members.find({ ...personOf(who), ...(uid && { userUid: uid }) });
  if (!member) return;
  const found = rows.get(member.userUid);
  if (found) seen.placed.set(who, found);
  else seen.ready.set(who, member);
}

/** Whoever is in the team and not declared: leaving, where a declaration has named them before, or a stranger. */
function sort(seen: Seen, state: Properties, rows: ReadonlyMap<string, TeamMember>): void {
  const declared = new Set([...seen.placed.values()].map(({ userUid }) => userUid));
  const dropped = [...rosterOf(state["members"]).keys()].filter((who) => !seen.declared.has(who));
  // Whose uid is known is meant by it alone: their address may be somebody else's by now.
  const before = new Set([...namesOf(state[leavingKey]), ...dropped.map((who) => seen.known.get(who) ?? who)]);
  for (const row of rows.values()) {
    if (declared.has(row.userUid)) continue;
    const names = [row.userUid, row.email === undefined ? undefined : normalizeEmail(row.email)];
    if (names.some((name) => name !== undefined && before.has(name))) seen.leaving.set(row.userUid, row);
    else seen.strangers.push(row);
  }
}

function refuseTwice({ placed, ready }: Seen): void {
  const names = new Map<string, string>();
  for (const [who, { userUid }] of [...placed, ...ready]) {
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

/** Adds and roles come before removals: nobody is left without a lead for longer than it takes. */
function placing(seen: Seen): Step[] {
  const { view, declared, placed, ready } = seen;
  const adds = [...ready].map(([who, member]): Step => async () => {
    placed.set(who, await view.add(member, declared.get(who)!));
    ready.delete(who);
  });
  const roles = [...placed]
    .filter(([who, { role }]) => role !== declared.get(who))
    .map(([who, row]): Step => async () => {
      placed.set(who, await view.setRole(row, declared.get(who)!));
    });
  return [...adds, ...roles];
}

/** Judged as a whole, before the first request. */
function leaving(run: Run, seen: Seen): Step[] {
  const team = placeOf(seen);
  const whoByUid = new Map([...seen.known].map(([who, uid]) => [uid, who]));
  const identities = ({ userUid, email }: TeamMember) =>
    [userUid, email && normalizeEmail(email), whoByUid.get(userUid)].map((name) => placeIdentity(team, name ?? ""));
  const held = new Set(run.declarations.held([...seen.leaving.values()].flatMap(identities)));
  // Another declaration stands for this person: single memberships that take the roster's place.
  for (const [uid, row] of seen.leaving) {
    if (identities(row).some((identity) => held.has(identity))) seen.leaving.delete(uid);
  }
  run.breaker.count(`team ${team}`, [...seen.leaving.keys()]);
  return [...seen.leaving.keys()].map((uid): Step => async () => {
    await seen.view.remove(uid);
    seen.leaving.delete(uid);
  });
}

/** What is reached is recorded, whatever stops the rest. */
async function work(run: Run, seen: Seen, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  const name = `Team ${quoted((await seen.view.row()).name ?? seen.view.uid)}`;
  const left = await takeSlice(name, steps, run.settings.sliceSeconds);
  if (left > 0) throw new SliceError(name, steps.length - left, steps.length);
}

/** A long piece of work is cut into slices, each of which is recorded. */
export class SliceError extends AvalaError {
  readonly code = "AVALA_SLICE";

  constructor(what: string, done: number, all: number) {
    super(`${what}: ${done} of ${all} changes are made and recorded.`, "Run it again to go on from there.");
  }
}

function tellStrangers({ inputs }: Target, { view, strangers }: Seen): void {
  if (inputs["unmanaged"] !== "report" || strangers.length === 0) return;
  tell("warning", `Team ${view.uid} holds ${strangersNamed(strangers)}.`);
}

/** The people as the service shows them: those who wait count as declared; who has lost their place is missing. */
function shownRoster(seen: Seen): string {
  const shown = [...seen.declared].flatMap(([who, role]): [string, string][] => {
    const row = seen.placed.get(who);
    if (row) return [[who, row.role ?? role]];
    return isWaiting(seen, who) ? [[who, role]] : [];
  });
  return textOf(shown);
}

/** Whoever has had a place has lost it, which is no waiting. */
function isWaiting({ placed, known }: Seen, who: string): boolean {
  return !placed.has(who) && !known.has(who);
}

function note(run: Run, { view, declared, placed, leaving }: Seen): void {
  const place = joinId(view.organization.uid, view.uid);
  const uids = [...[...placed.values()].map(({ userUid }) => userUid), ...leaving.keys()];
  for (const at of [place, view.organization.uid]) run.known.note(at, [...declared.keys(), ...uids]);
}

function knownIn(state: Properties): Map<string, string> {
  return isRecorded(state) ? (rosterOf(state[knownKey]) as Map<string, string>) : new Map();
}

function nameOf({ email, userUid }: TeamMember): string {
  return email === undefined ? userUid : printable(normalizeEmail(email), 254);
}

function placeOf({ view }: Pick<Seen, "view">): string {
  return joinId(view.organization.uid, view.uid);
}
