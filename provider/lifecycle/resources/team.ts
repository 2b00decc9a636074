import { canonicalUid, joinId, splitId } from "../../core/identity.js";
import { normalizeEmail } from "../../core/address.js";
import { quoted } from "../../core/text.js";
import { team as schema } from "../../schema/index.js";
import { hiddenIn, hiddenProperties } from "../../policy/hiddenState.js";
import { AvalaError } from "../../core/errors.js";
import type { LastSeen, OrganizationView, TeamView } from "../../snapshot/index.js";
import type { TeamMember } from "../../client/index.js";
import { delta, wireInputs } from "./delta.js";
import { GuardError, unmanagedNamed } from "../runtime/guards.js";
import { addressOf, handOver, isNamedInProgram, refuseDeclaredInside, type Subject } from "../runtime/handOver.js";
import { isUnknown } from "../../core/unknown.js";
import type { Properties } from "../inputs.js";
import type { Lifecycle, Recorded, Target } from "../lifecycle.js";
import { adoptsOther, isOtherOrganization, organizationOf, scopeOfTeam, teamPersonKey } from "./scope.js";
import type { Run } from "../runtime/run.js";
import { isRecorded } from "../state.js";

interface Observed {
  view: TeamView;
  row: Awaited<ReturnType<TeamView["row"]>>;
  /** Uids of the people in the team right after its creation by this run, because the service may add the creator. */
  initialMembers?: string[];
}

export const team: Lifecycle<Observed> = {
  schema,
  naturalKey: false,

  claims: ({ organization, adopt }, creating) =>
    creating && typeof adopt === "string" && ![organization, adopt].some(isUnknown)
      ? [{ key: keyOf(organization as string, adopt) }]
      : [],

  recordedClaims({ id, state }) {
    const [organization, uid] = splitId(id, 2) as [string, string];
    const slug = state["slug"];
    const names = typeof slug === "string" ? [uid, slug] : [uid];
    return names.map((name) => ({ key: keyOf(organization, name), uid: keyOf(organization, uid), living: true }));
  },

  noteLeaving(run, { id, state }) {
    const [organizationUid, uid] = splitId(id, 2) as [string, string];
    run.managed.addTeam(organizationUid, uid);
    run.managed.add(id, hiddenIn(state).initialMembers);
  },

  subjects: ({ view, row }, { id, inputs }) => {
    const subject = subjectOf(view, row.slug);
    const { organization, adopt } = inputs as { organization: string; adopt?: string };
    const adopted = id === undefined && adopt !== undefined ? [{ key: keyOf(organization, adopt) }] : [];
    return [{ ...subject, names: [...adopted, ...subject.names] }];
  },

  async replaced(run, target) {
    if (!(await isOtherOrganization(run, target))) return [];
    await judgeMove(run, target);
    return ["organization"];
  },

  /** `adopt` has an effect only on create; later it may only name the same team again. */
  async refuseInputs(run, { id, inputs, state }) {
    const adopt = inputs["adopt"] as string | undefined;
    const [organizationUid, uid] = splitId(id, 2) as [string, string];
    if (adopt === undefined || adopt === state["adopt"] || adopt === state["slug"] || canonicalUid(adopt) === uid)
      return;
    const organization = await run.snapshot.organization(organizationUid);
    const row = (await organization.teams.get()).get(uid);
    if (row?.slug !== adopt) throw adoptsOther("Team", uid, adopt);
  },

  async observe(run, target) {
    const organization = await organizationOf(run, target);
    if (target.id !== undefined) {
      const uid = splitId(target.id, 2)[1]!;
      run.managed.addTeam(organization.uid, uid);
      return look(await organization.team(uid, lastSeen(target)));
    }
    const adopt = target.inputs["adopt"] as string | undefined;
    return adopt === undefined ? undefined : look(await adopted(organization, adopt));
  },

  async ensure(run, target, seen) {
    if (seen) return seen;
    if (target.id !== undefined) {
      throw new GuardError(
        `Avala does not show team ${target.id} any more: somebody else has deleted it, or, within a minute of its creation, Avala's answers lag behind.`,
        "Run pulumi refresh to update the state; if the team is gone, the next pulumi up creates it again.",
      );
    }
    const organization = await organizationOf(run, target);
    const name = target.inputs["name"] as string;
    return organization.creating.run(name, async () => {
      await refuseSameName(run, organization, name);
      const view = await organization.createTeam({ name, ...wireInputs(schema, target.inputs) });
      return { view, row: await view.row(), initialMembers: await initialMembersOf(view) };
    });
  },

  async sync(_run, target, seen) {
    const patch = delta(schema, target, { ...seen.row });
    if (Object.keys(patch).length === 0) return seen;
    return { ...seen, row: await seen.view.update(patch) };
  },

  async remove(run, { id, inputs, state }) {
    const [organizationUid, uid] = splitId(id, 2) as [string, string];
    const organization = await run.snapshot.organization(organizationUid);
    const view = await organization.team(uid, lastSeen({ state, refreshing: true }));
    if (!view) return;
    const { initialMembers } = hiddenIn(state);
    if (handOver(run, subjectOf(view, (await view.row()).slug, state), state)) {
      return inputs["forceDestroy"] ? refuseLeftInside(run, view) : undefined;
    }
    await refuseDeclaredInside(run, { text: `Team ${id}`, names: [id] }, state);
    // For a team that moves to a different organization, the current declaration decides.
    if (!inputs["forceDestroy"] && !run.forced.has(addressOf(state))) await judgeInside(run, view, initialMembers);
    await view.delete();
  },

  id: ({ view }) => joinId(view.organization.uid, view.uid),
  toInputs: ({ row }) => ({ ...row }),
  outputs: ({ row, initialMembers }, { state }) => ({
    uid: row.uid,
    slug: row.slug,
    createdAt: row.createdAt,
    ...hiddenProperties({ initialMembers: initialMembers ?? hiddenIn(state).initialMembers }),
  }),
};

/**
 * The recorded facts for a search. With `createdAt`, an absent team is searched until its absence is proven. That is
 * only done if absence is recorded or counts as deletion, and not for an adopted team or one that a program reads by
 * `get`.
 */
function lastSeen({ state, refreshing }: Pick<Target, "state" | "refreshing">): LastSeen {
  const slug = state["slug"] as string | undefined;
  return refreshing && isRecorded(state) && state["adopt"] === undefined
    ? { slug, createdAt: (state["createdAt"] ?? "") as string }
    : { slug };
}

function keyOf(organization: string, reference: string): string {
  return `team ${canonicalUid(organization) ?? organization} ${canonicalUid(reference) ?? reference}`;
}

/** The team with all its names, including the one in the `adopt` of its resource. */
function subjectOf(view: TeamView, slug: string, { adopt }: Properties = {}): Subject {
  const { organization, uid } = view;
  const texts = [uid, slug, ...(typeof adopt === "string" ? [adopt] : [])];
  const names = [organization.uid, organization.slug].flatMap((scope) => texts.map((text) => keyOf(scope, text)));
  return {
    text: `team ${uid} of organization ${organization.slug}`,
    names: names.map((key) => ({ key })),
    uid: keyOf(organization.uid, uid),
    kinds: ["Team"],
    scope: scopeOfTeam(view, slug),
  };
}

async function look(view: TeamView | undefined): Promise<Observed | undefined> {
  return view && { view, row: await view.row() };
}

/** Uids of the people in a new team. If the list cannot be read, because lists may lag, none are recorded. */
async function initialMembersOf(view: TeamView): Promise<string[]> {
  const rows = await view.members.get().catch((error: unknown) => {
    if (error instanceof AvalaError) return new Map<string, never>();
    throw error;
  });
  return [...rows.keys()];
}

/**
 * The engine does not delete memberships with `deletedWith` one by one. If the team stays, because another resource has
 * taken it over, people whom no resource declares any more would stay in the team, and in no state: this is refused.
 */
async function refuseLeftInside(run: Run, view: TeamView): Promise<void> {
  const teamId = joinId(view.organization.uid, view.uid);
  const names = ({ userUid, email }: TeamMember) => [userUid, ...(email ? [normalizeEmail(email)] : [])];
  const isClaimed = (row: TeamMember) =>
    names(row).some(
      (name) => run.claims.claimants(teamPersonKey(teamId, name), teamPersonKey(teamId, row.userUid)).length > 0,
    );
  const left = [...(await view.members.get()).values()].filter(
    (row) => !isClaimed(row) && !isNamedInProgram(run, names(row)),
  );
  const unknown = await run.managed.unmanagedAmong(teamId, left);
  if (unknown.length === 0) return;
  throw new GuardError(
    `Team ${teamId} is declared by another resource now, and holds ${unmanagedNamed(unknown)}: memberships that were deleted with this resource (deletedWith) were not removed.`,
    "Take them out of the team, or declare them, then run up again. To rename the resource alone, use aliases in its options.",
  );
}

async function adopted(organization: OrganizationView, reference: string): Promise<TeamView> {
  const uid = canonicalUid(reference);
  const row = [...(await organization.teams.get()).values()].find((candidate) =>
    uid === undefined ? candidate.slug === reference : candidate.uid === uid,
  );
  const view = row && (await organization.team(row.uid));
  if (view) return view;
  throw new GuardError(
    `Organization ${organization.uid} has no team ${quoted(reference)} to adopt.`,
    "Give adopt the uid or the slug of one of its teams, or leave it out to create one.",
  );
}

async function refuseSameName(run: Run, organization: OrganizationView, name: string): Promise<void> {
  const other = await sameName(organization, name);
  if (!other) return;
  const isGivenUp = await run.renames.wait("Team", name, run.claims);
  if (isGivenUp && !(await sameName(organization, name))) return;
  throw new GuardError(
    `A team named ${quoted(name)} exists already in organization ${organization.uid}.`,
    `To take it over, add  adopt: ${quoted(other.uid)}  to this resource; otherwise choose another name.`,
  );
}

async function sameName(organization: OrganizationView, name: string) {
  return [...(await organization.teams.get()).values()].find((row) => row.name === name);
}

/**
 * A team that moves to a different organization is deleted in the former one at the end of the run. If the former team
 * contains undeclared people, the move is refused before anything is created.
 */
async function judgeMove(run: Run, { id, inputs, state }: Recorded): Promise<void> {
  if (inputs["forceDestroy"] === true || run.claims.program === undefined) return;
  const [organizationUid, uid] = splitId(id, 2) as [string, string];
  const view = await (await run.snapshot.organization(organizationUid)).team(uid, lastSeen({ state }));
  const { initialMembers } = hiddenIn(state);
  const rows = view
    ? [...(await view.members.get()).values()].filter(({ userUid }) => !initialMembers.includes(userUid))
    : [];
  const left = rows.filter(
    ({ userUid, email }) => !isNamedInProgram(run, [userUid, ...(email ? [normalizeEmail(email)] : [])]),
  );
  if (left.length === 0) return;
  throw new GuardError(
    `Team ${id} is not moved to another organization, because of ${unmanagedNamed(left)} inside: the former team is deleted by that.`,
    "Take them out of the team, or declare their memberships, in a run of its own; or set forceDestroy: true on the team.",
  );
}

/** Refuses a deletion with unmanaged people in the team. Managed people who are still in it count as removed by it. */
async function judgeInside(run: Run, view: TeamView, initialMembers: readonly string[]): Promise<void> {
  const teamId = joinId(view.organization.uid, view.uid);
  const people = await view.members.get();
  const unmanaged = await run.managed.unmanagedAmong(teamId, people.values());
  if (unmanaged.length === 0) {
    return run.breaker.count(
      `team ${teamId}`,
      [...people.keys()].filter((userUid) => !initialMembers.includes(userUid)),
    );
  }
  throw new GuardError(
    `Team ${teamId} is not deleted, because of ${unmanagedNamed(unmanaged)} inside.`,
    "Declare them or take them out, or set forceDestroy: true on the team; run up, then delete it.",
  );
}
