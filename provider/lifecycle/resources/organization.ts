import { canonicalUid, joinId } from "../../core/identity.js";
import { organization as schema } from "../../schema/index.js";
import { printable, quoted } from "../../core/text.js";
import { AvalaError } from "../../core/errors.js";
import type { Organization } from "../../client/index.js";
import type { OrganizationView } from "../../snapshot/index.js";
import { hiddenIn, hiddenProperties } from "../../policy/hiddenState.js";
import { organizationEnding } from "../../policy/organization.js";
import { delta, wireInputs } from "./delta.js";
import { GuardError, unmanagedNamed, teamsNamed } from "../runtime/guards.js";
import { addressOf, handOver, refuseDeclaredInside, type Subject } from "../runtime/handOver.js";
import { isUnknown } from "../../core/unknown.js";
import type { Properties } from "../inputs.js";
import type { Lifecycle, Target } from "../lifecycle.js";
import { adoptsOther, scopeOfOrganization } from "./scope.js";
import type { Run } from "../runtime/run.js";
import { isRecorded } from "../state.js";

interface Observed {
  view: OrganizationView;
  detail: Organization;
  /** Created by this run. */
  created: boolean;
  /** Uid of the owner; read only in a refresh. */
  owner?: string | undefined;
}

/** Fields that the service accepts on creation (contract); the others are sent in an update after it. */
export const takenOnCreate = ["name", "description", "logo", "website", "industry", "email", "phone", "visibility"];

export const organization: Lifecycle<Observed> = {
  schema,
  naturalKey: false,

  claims: ({ adopt }, creating) =>
    creating && typeof adopt === "string" && !isUnknown(adopt) ? [{ key: keyOf(adopt) }] : [],

  recordedClaims({ id, state }) {
    const slug = state["slug"];
    const names = typeof slug === "string" ? [id, slug] : [id];
    return names.map((name) => ({ key: keyOf(name), uid: keyOf(id), living: true }));
  },

  subjects: ({ view }, { id, inputs }) => {
    const subject = subjectOf(view);
    const adopt = inputs["adopt"] as string | undefined;
    const adopted = id === undefined && adopt !== undefined ? [{ key: keyOf(adopt) }] : [];
    return [{ ...subject, names: [...adopted, ...subject.names] }];
  },
  replaced: async () => [],

  /** `adopt` has an effect only on create; later it may only name the same organization again. */
  async refuseInputs(run, { id, inputs, state }) {
    const adopt = inputs["adopt"] as string | undefined;
    if (adopt === undefined || adopt === state["adopt"] || adopt === state["slug"] || canonicalUid(adopt) === id)
      return;
    if ((await run.snapshot.organization(adopt)).uid !== id) throw adoptsOther("Organization", id, adopt);
  },

  async observe(run, { id, inputs, state, refreshing }) {
    const reference = id ?? (inputs["adopt"] as string | undefined);
    if (reference === undefined) return undefined;
    const seen = await look(await run.snapshot.organization(reference, state["slug"] as string | undefined), false);
    if (!refreshing || !isRecorded(state)) return seen;
    // Read for the first time if the run reads the members anyway, and from then on in each refresh.
    const isLookedFor = hiddenIn(state).owner !== undefined || (await seen.view.members.isWantedSoon());
    return isLookedFor ? { ...seen, owner: await ownerOf(seen.view) } : seen;
  },

  async ensure(run, target, seen) {
    if (seen) return seen;
    const name = target.inputs["name"] as string;
    return run.snapshot.creating.run(name, async () => {
      await refuseSameName(run, target);
      const input = { name, ...wireInputs(schema, target.inputs, takenOnCreate) };
      return look(await run.snapshot.createOrganization(input), true);
    });
  },

  async sync(_run, target, seen) {
    const patch = delta(schema, seen.created ? sentOnCreate(target) : target, inputsOf(seen));
    if (Object.keys(patch).length === 0) return seen;
    return { ...seen, detail: await seen.view.update(patch) };
  },

  async remove(run, { id, inputs, state }) {
    const ending = organizationEnding(inputs["onDestroy"], hiddenIn(state).isCreated);
    if (ending === "retain") return;
    const view = await run.snapshot.organization(id, state["slug"] as string | undefined);
    if (handOver(run, subjectOf(view, state), state)) return;
    if (ending === "leave") return view.leave();
    const { uid, slug } = view;
    await refuseDeclaredInside(run, { text: `Organization ${uid}`, names: [uid, slug] }, state, async () =>
      [...(await view.teams.get()).keys()].map((team) => joinId(uid, team)),
    );
    if (!inputs["forceDestroy"] && !run.forced.has(addressOf(state))) await refuseUnlessEmpty(run, view);
    await view.delete();
  },

  id: ({ view }) => view.uid,
  toInputs: inputsOf,
  outputs: ({ view, detail, created, owner }, { state }) => ({
    uid: view.uid,
    plan: detail.plan,
    isVerified: detail.isVerified,
    createdAt: detail.createdAt,
    ...hiddenProperties({
      isCreated: created || hiddenIn(state).isCreated,
      owner: owner ?? hiddenIn(state).owner,
    }),
  }),
};

function keyOf(reference: string): string {
  return `organization ${canonicalUid(reference) ?? reference}`;
}

/** The organization with all its names, including the one in the `adopt` of its resource. */
function subjectOf(view: OrganizationView, { adopt }: Properties = {}): Subject {
  const { uid, slug } = view;
  const texts = [uid, slug, ...(typeof adopt === "string" ? [adopt] : [])];
  return {
    text: `organization ${slug} (${uid})`,
    names: texts.map((text) => ({ key: keyOf(text) })),
    uid: keyOf(uid),
    kinds: ["Organization"],
    scope: scopeOfOrganization(view),
  };
}

async function look(view: OrganizationView, created: boolean): Promise<Observed> {
  return { view, detail: await view.detail(), created };
}

/** Uid of the owner; `undefined` if the key may not read the members. */
async function ownerOf(view: OrganizationView): Promise<string | undefined> {
  const rows = await view.members.get().catch((error: unknown) => {
    if (error instanceof AvalaError) return undefined;
    throw error;
  });
  return [...(rows?.values() ?? [])].find(({ role }) => role === "owner")?.userUid;
}

function inputsOf({ detail }: Observed): Properties {
  return { ...detail };
}

/** A field that is never read back counts as sent after the creation, so that it is not sent twice. */
function sentOnCreate(target: Target): Target {
  return { ...target, state: { ...target.state, logo: target.inputs["logo"] } };
}

async function refuseSameName(run: Run, { inputs }: Target): Promise<void> {
  if (inputs["allowDuplicateName"]) return;
  const name = inputs["name"] as string;
  const sameName = async () => (await run.snapshot.organizations()).find((row) => row.name === name);
  const other = await sameName();
  if (!other || ((await run.renames.wait("Organization", name, run.claims)) && !(await sameName()))) return;
  throw new GuardError(
    `An organization named ${quoted(name)} exists already (${printable(other.uid)}).`,
    `To take it over, add  adopt: ${quoted(other.uid)}  to this resource` +
      " (it is then kept on destroy, unless onDestroy says otherwise). To make a second one of this name, add  allowDuplicateName: true.",
  );
}

async function refuseUnlessEmpty(run: Run, view: OrganizationView): Promise<void> {
  const detail = await view.detail();
  const contents = [
    [detail.datasetCount, "datasets"],
    [detail.projectCount, "projects"],
    [detail.sliceCount, "slices"],
  ] as const;
  const inside = contents
    .filter(([count]) => count !== 0)
    .map(([count, what]) => ((count ?? -1) < 0 ? `perhaps ${what} (Avala does not say)` : `${count} ${what}`));
  const people = [...(await view.members.get()).values()].filter(({ role }) => role !== "owner");
  const unmanaged = await run.managed.unmanagedAmong(view.uid, people);
  if (unmanaged.length > 0) inside.push(unmanagedNamed(unmanaged));
  const teams = await run.managed.unknownTeams(view.uid, (await view.teams.get()).values());
  if (teams.length > 0) inside.push(teamsNamed(teams));
  if (inside.length === 0) {
    // Managed people who are still members lose their membership with the deletion, so they count as removals.
    return run.breaker.count(
      `organization ${view.uid}`,
      people.map(({ userUid }) => userUid),
    );
  }
  throw new GuardError(
    `Organization ${view.uid} is not deleted, because of what is inside: ${inside.join(", ")}.`,
    'Take them out first, or set forceDestroy: true, or keep the organization with onDestroy: "retain"; run up, then destroy.',
  );
}
