import { canonicalUid, joinId, quoted, splitId, team as schema } from "../schema/index.js";
import { AvalaError, type OrganizationView, type TeamView } from "../snapshot/index.js";
import { delta, wireInputs } from "./delta.js";
import { GuardError, strangersNamed } from "./guards.js";
import { isUnknown } from "./inputs.js";
import type { Lifecycle } from "./lifecycle.js";
import { isOtherOrganization, organizationOf } from "./place.js";
import type { Run } from "./run.js";

interface Seen {
  view: TeamView;
  row: Awaited<ReturnType<TeamView["row"]>>;
  /** Who was inside right after this run made the team: the service may put the creator in. */
  joined?: string[];
}

/** Uids in state of those whom no declaration knows and who are no strangers either. */
const joinedKey = "__joined";

export const team: Lifecycle<Seen> = {
  schema,
  naturalKey: false,

  identities: ({ organization, adopt }) =>
    typeof adopt === "string" && !isUnknown(organization) ? [identityOf(organization as string, adopt)] : [],

  async replaced(run, target) {
    return (await isOtherOrganization(run, target)) ? ["organization"] : [];
  },

  async observe(run, target) {
    const organization = await organizationOf(run, target);
    if (target.id !== undefined) return look(await organization.team(splitId(target.id, 2)[1]!));
    const adopt = target.inputs["adopt"] as string | undefined;
    return adopt === undefined ? undefined : look(await adopted(organization, adopt));
  },

  async ensure(run, target, seen) {
    if (seen) return seen;
    if (target.id !== undefined) {
      throw new GuardError(
        `Team ${target.id} has been deleted by somebody else.`,
        "Run pulumi refresh, so that state knows; the next up makes it again.",
      );
    }
    const organization = await organizationOf(run, target);
    const name = target.inputs["name"] as string;
    return organization.creating.take(name, async () => {
      await refuseSameName(organization, name);
      const view = await organization.createTeam({ name, ...wireInputs(schema, target.inputs) });
      return { view, row: await view.row(), joined: await insideAtFirst(view) };
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
    const view = await organization.team(uid);
    if (!view || (await isHandedOver(run, view))) return;
    const joined = (state[joinedKey] ?? []) as string[];
    run.known.note(id, joined);
    if (!inputs["forceDestroy"]) await judgeInside(run, view, joined);
    await view.delete();
  },

  id: ({ view }) => joinId(view.organization.uid, view.uid),
  shown: ({ row }) => ({ ...row }),
  outputs: ({ row, joined }, { state }) => ({
    uid: row.uid,
    slug: row.slug,
    createdAt: row.createdAt,
    [joinedKey]: joined ? (joined.length > 0 ? joined : undefined) : state[joinedKey],
  }),
};

function identityOf(organization: string, reference: string): string {
  return `team ${organization} ${canonicalUid(reference) ?? reference}`;
}

async function look(view: TeamView | undefined): Promise<Seen | undefined> {
  return view && { view, row: await view.row() };
}

/** A new team need not answer at once (T20); who is inside then is nobody's fault. */
async function insideAtFirst(view: TeamView): Promise<string[]> {
  const rows = await view.members.get().catch((error: unknown) => {
    if (error instanceof AvalaError) return new Map<string, never>();
    throw error;
  });
  return [...rows.keys()];
}

/** Another declaration of this run has adopted the team. */
async function isHandedOver(run: Run, view: TeamView): Promise<boolean> {
  const { organization, uid } = view;
  const { slug } = await view.row();
  const spellings = [organization.uid, organization.slug].flatMap((place) => [
    identityOf(place, uid),
    identityOf(place, slug),
  ]);
  return run.declarations.held(spellings).length > 0;
}

async function adopted(organization: OrganizationView, reference: string): Promise<TeamView> {
  const uid = canonicalUid(reference);
  const row = [...(await organization.teams.get()).values()].find((candidate) =>
    uid === undefined ? candidate.slug === reference : candidate.uid === uid,
  );
  const view = row && (await organization.team(row.uid));
  if (view) return view;
  throw new GuardError(
    `There is no team ${quoted(reference)} in organization ${organization.uid} to adopt.`,
    "Give adopt the uid or the slug of one of its teams, or leave it out to create one.",
  );
}

async function refuseSameName(organization: OrganizationView, name: string): Promise<void> {
  const other = [...(await organization.teams.get()).values()].find((row) => row.name === name);
  if (!other) return;
  throw new GuardError(
    `A team named ${quoted(name)} exists already in organization ${organization.uid}.`,
    `To take it over, add  adopt: "${other.uid}"  to this resource; otherwise choose another name.`,
  );
}

/** Refuses strangers; of the others, those who have not been taken out before lose their places with the deletion. */
async function judgeInside(run: Run, view: TeamView, joined: readonly string[]): Promise<void> {
  const place = joinId(view.organization.uid, view.uid);
  const people = await view.members.get();
  const strangers = run.known.strangersAmong(place, people.values());
  if (strangers.length === 0) {
    return run.breaker.count(
      `team ${place}`,
      [...people.keys()].filter((userUid) => !joined.includes(userUid)),
    );
  }
  throw new GuardError(
    `Team ${place} is not deleted, because of ${strangersNamed(strangers)} inside.`,
    "Declare them or take them out, or set forceDestroy: true on the team; run up, then delete it.",
  );
}
