import { organization as schema, quoted } from "../schema/index.js";
import type { Organization, OrganizationView } from "../snapshot/index.js";
import { delta, wireInputs } from "./delta.js";
import { GuardError, strangersNamed } from "./guards.js";
import type { Properties } from "./inputs.js";
import type { Lifecycle, Target } from "./lifecycle.js";
import type { Run } from "./run.js";

interface Seen {
  view: OrganizationView;
  detail: Organization;
  /** Made by this very run. */
  created: boolean;
}

/** Set in state when the resource made the organization: then, by default, it also deletes it. */
const createdKey = "__created";

/** Fields that the service takes on creation (contract section 4.1); the others follow in an update. */
const takenOnCreate = ["name", "description", "logo", "website", "industry", "email", "phone", "visibility"];

export const organization: Lifecycle<Seen> = {
  schema,
  naturalKey: false,

  identities: ({ adopt }) => (typeof adopt === "string" ? [identityOf(adopt)] : []),
  replaced: async () => [],

  async observe(run, { id, inputs, state }) {
    const reference = id ?? (inputs["adopt"] as string | undefined);
    if (reference === undefined) return undefined;
    return look(await run.snapshot.organization(reference, state["slug"] as string | undefined), false);
  },

  async ensure(run, target, seen) {
    if (seen) return seen;
    const name = target.inputs["name"] as string;
    return run.snapshot.creating.take(name, async () => {
      await refuseSameName(run, target);
      const input = { name, ...wireInputs(schema, target.inputs, takenOnCreate) };
      return look(await run.snapshot.createOrganization(input), true);
    });
  },

  async sync(_run, target, seen) {
    const patch = delta(schema, seen.created ? sentOnCreate(target) : target, shown(seen));
    if (Object.keys(patch).length === 0) return seen;
    return { ...seen, detail: await seen.view.update(patch) };
  },

  async remove(run, { id, inputs, state }) {
    const onDestroy = inputs["onDestroy"] ?? (state[createdKey] ? "delete" : "retain");
    if (onDestroy === "retain") return;
    const view = await run.snapshot.organization(id, state["slug"] as string | undefined);
    if (run.declarations.held([identityOf(view.uid), identityOf(view.slug)]).length > 0) return;
    if (onDestroy === "leave") return view.leave();
    if (!inputs["forceDestroy"]) await refuseUnlessEmpty(run, view);
    await view.delete();
  },

  id: ({ view }) => view.uid,
  shown,
  outputs: ({ view, detail, created }, { state }) => ({
    uid: view.uid,
    plan: detail.plan,
    isVerified: detail.isVerified,
    createdAt: detail.createdAt,
    [createdKey]: created || state[createdKey] === true ? true : undefined,
  }),
};

function identityOf(reference: string): string {
  return `organization ${reference}`;
}

async function look(view: OrganizationView, created: boolean): Promise<Seen> {
  return { view, detail: await view.detail(), created };
}

function shown({ detail }: Seen): Properties {
  return { ...detail };
}

/** What went with the creation counts as sent: a value that is never read back is not sent twice. */
function sentOnCreate(target: Target): Target {
  return { ...target, state: { ...target.state, logo: target.inputs["logo"] } };
}

async function refuseSameName(run: Run, { inputs }: Target): Promise<void> {
  if (inputs["allowDuplicateName"]) return;
  const name = inputs["name"] as string;
  const other = (await run.snapshot.organizations()).find((row) => row.name === name);
  if (!other) return;
  throw new GuardError(
    `An organization named ${quoted(name)} exists already (${other.uid}).`,
    `To take it over, add  adopt: "${other.uid}"  to this resource` +
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
  const strangers = run.known.strangersAmong(view.uid, people);
  if (strangers.length > 0) inside.push(strangersNamed(strangers));
  if (inside.length === 0) {
    // Whom declarations know, and have not taken out before, loses the organization with its deletion.
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
