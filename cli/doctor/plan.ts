import { AvalaError } from "../../provider/core/errors.js";
import { canonicalUid, normalizeOrganization, normalizeTeamId } from "../../provider/core/identity.js";
import { quoted } from "../../provider/core/text.js";
import type { Settings } from "../../provider/lifecycle/runtime/settings.js";
import type { OrganizationView, Snapshot } from "../../provider/snapshot/index.js";
import { hint } from "../commandLine.js";
import { plural, type Terminal } from "../output/terminal.js";
import { previewOf, type Resource, type Step } from "../pulumi/preview.js";
import { exportedState, parse, previewed, projectFolder, type StackTarget } from "../pulumi/run.js";
import { textOf } from "../pulumi/values.js";
import { openSession } from "../session.js";
import { failed, ofError, ok, warning, type Check } from "./check.js";
import { providerInputsOf, sharesOf } from "./keys.js";

/**
 * What a preview of the program does not ask Avala, and an update would fail at: whether the objects that it names exist,
 * whether names are taken, and whether the keys may change what is to be changed. Sends reads only.
 * @param own settings of the environment and the stack configuration; undefined if Avala cannot be asked with them
 */
export async function planChecks(
  stackTarget: StackTarget,
  own: Settings | undefined,
  terminal: Terminal,
): Promise<Check[]> {
  if (projectFolder(stackTarget) === undefined) {
    return [failed("plan", "No Pulumi project in this folder or its parents.", "Pass its folder with --cwd.")];
  }
  try {
    terminal.note("Running pulumi preview.");
    const document = parse(await previewed(stackTarget), "pulumi preview");
    const preview = previewOf(document);
    // Only the state shows the keys of providers, and only theirs are needed.
    const state = preview.explicitProviders.size > 0 ? await exportedState(stackTarget, { secrets: true }) : undefined;
    const { shares, unchecked } = sharesOf(preview, own, providerInputsOf(state, document), stackTarget);
    const sessions = shares.map(({ settings, steps }) => ({ steps, session: openSession(terminal, settings) }));
    try {
      return await checksOf(
        sessions.map(({ steps, session }) => ({ steps, snapshot: session.loadSnapshot() })),
        unchecked,
      );
    } finally {
      await Promise.all(sessions.map(({ session }) => session.client.close()));
    }
  } catch (error) {
    if (!(error instanceof AvalaError)) throw error;
    return [ofError("error", "plan", error)];
  }
}

/**
 * @param shares steps, each with what their key shows
 * @param unchecked what no key was found for
 */
export async function checksOf(
  shares: readonly { steps: readonly Step[]; snapshot: Snapshot }[],
  unchecked: readonly Check[] = [],
): Promise<Check[]> {
  const plans = shares.map(({ steps, snapshot }) => new Plan(steps, snapshot));
  const found = await Promise.all(plans.map((plan) => plan.problems()));
  const problems = [...found.flat(), ...unchecked.filter(({ level }) => level === "error")];
  const unknown = plans.reduce((sum, plan) => sum + plan.unknown, 0);
  const notes = [
    ...(unknown > 0
      ? [
          warning(
            "planUnknown",
            `${plural(unknown, "name")} of organizations, teams or people not checked: known only during the update, or secret.`,
            "Run pulumi up for the resources that they come from first, if the update has to be certain.",
          ),
        ]
      : []),
    ...unchecked.filter(({ level }) => level !== "error"),
  ];
  if (problems.length > 0 || (shares.length === 0 && unchecked.length > 0)) return [...problems, ...notes];
  const changes = shares.flatMap(({ steps }) => steps).filter(({ op }) => op !== "same").length;
  return [
    ok("plan", `${plural(changes, "change")} planned; every name that is known exists where it has to, or is free`),
    ...notes,
  ];
}

/** Where a resource belongs: an organization that the key sees, one that this update creates, or one that is not known. */
type Place = OrganizationView | "new" | "unknown" | undefined;

class Plan {
  /** Number of names that cannot be checked before the update. */
  unknown = 0;
  readonly #steps: readonly Step[];
  readonly #snapshot: Snapshot;
  readonly #byUrn: ReadonlyMap<string, Step>;
  readonly #problems = new Map<string, Check>();

  constructor(steps: readonly Step[], snapshot: Snapshot) {
    this.#steps = steps;
    this.#snapshot = snapshot;
    this.#byUrn = new Map(steps.map((step) => [step.urn, step]));
  }

  /** In the order of the preview, each once; of a service that does not answer, its error. */
  async problems(): Promise<Check[]> {
    try {
      // One after the other: lists are read once anyway.
      for (const step of this.#steps) await this.#look(step);
    } catch (error) {
      if (!(error instanceof AvalaError)) throw error;
      return [...this.#problems.values(), ofError("error", "plan", error)];
    }
    return [...this.#problems.values()];
  }

  async #look(step: Step): Promise<void> {
    const { op, kind, old, new: now } = step;
    if (op === "delete") return this.#deleted(old!);
    if (now === undefined) return;
    if (kind === "Organization") return this.#organization(step, now);
    const place = await this.#placeOf(now);
    if (place === "unknown") this.unknown++;
    if (typeof place !== "object") return;
    if (op !== "same") await this.#mayChange(now, place);
    if (kind === "Team") return this.#team(step, now, place);
    if (kind === "TeamMembership" || kind === "TeamRoster") return this.#inTeam(now, place);
    if (op === "create") await this.#user(now, place);
  }

  async #deleted(old: Resource): Promise<void> {
    if (old.retained || old.id === undefined) return;
    const place = await this.#find(old.id.split("/")[0]!);
    // What is not visible any more is reported by the update itself.
    if (place !== undefined) await this.#mayChange(old, place);
  }

  async #organization({ op, old }: Step, now: Resource): Promise<void> {
    const rows = await this.#snapshot.organizations();
    const adopt = textOf(now.inputs["adopt"]);
    const uid = now.id ?? (adopt === undefined ? undefined : (await this.#named(now, "adopt", adopt))?.uid);
    if (now.id === undefined && now.inputs["adopt"] !== undefined && adopt === undefined) this.unknown++;
    const view = uid === undefined ? undefined : await this.#find(uid);
    if (now.id !== undefined && view === undefined) {
      this.#fail("planOrganization", now, `organization ${now.id} is not visible to this API key.`, restore);
    }
    if (view !== undefined && op !== "same") await this.#mayChange(now, view);
    if (adopt !== undefined && view === undefined) return;
    const others = rows.filter((row) => row.uid !== uid && !this.#givesUp(row.uid, "slug", row.slug));
    const slug = textOf(now.inputs["slug"]);
    if (slug !== undefined && slug !== old?.inputs["slug"] && others.some((row) => row.slug === slug))
      this.#fail("planSlug", now, `the slug ${quoted(slug)} is taken.`, "Choose another slug.");
    const handle = textOf(now.inputs["handle"]);
    if (handle !== undefined && handle !== old?.inputs["handle"] && (await this.#isHandleTaken(others, handle)))
      this.#fail("planHandle", now, `the handle ${quoted(handle)} is taken.`, "Choose another handle.");
    if (uid !== undefined || now.inputs["allowDuplicateName"] === true) return;
    const name = textOf(now.inputs["name"]);
    const same = rows.find((row) => row.name === name && !this.#givesUp(row.uid, "name", name));
    if (name === undefined) this.unknown++;
    else if (same !== undefined) {
      const fix = `Add  adopt: ${quoted(same.uid)}  to take it over, or allowDuplicateName: true to create a second one.`;
      this.#fail("planName", now, `an organization named ${quoted(name)} exists already (${same.uid}).`, fix);
    }
  }

  /** Lists do not show handles. */
  async #isHandleTaken(rows: readonly { uid: string }[], handle: string): Promise<boolean> {
    for (const { uid } of rows) {
      const { handle: taken } = await (await this.#snapshot.organization(uid)).detail();
      if (taken?.toLowerCase() === handle.toLowerCase() && !this.#givesUp(uid, "handle", taken)) return true;
    }
    return false;
  }

  async #team({ old }: Step, now: Resource, place: OrganizationView): Promise<void> {
    if (now.id !== undefined && old?.id === now.id) return;
    const rows = [...(await place.teams.get()).values()];
    if (now.inputs["adopt"] !== undefined) {
      const adopt = textOf(now.inputs["adopt"]);
      if (adopt === undefined) return void this.unknown++;
      const wanted = canonicalUid(adopt) ?? adopt;
      if (rows.some(({ uid, slug }) => uid === wanted || slug === wanted)) return;
      const slugs = rows.map(({ slug }) => slug);
      const fix = hint(adopt, slugs, "Give adopt the uid or slug of a team, or omit it to create one.");
      return this.#fail("planAdopt", now, `organization ${place.slug} has no team ${quoted(adopt)} to adopt.`, fix);
    }
    const name = textOf(now.inputs["name"]);
    if (name === undefined) return void this.unknown++;
    const same = rows.find((row) => row.name === name && !this.#givesUp(row.uid, "name", name));
    if (same === undefined) return;
    const fix = `Add  adopt: ${quoted(same.uid)}  to take it over, or choose another name.`;
    this.#fail("planName", now, `a team named ${quoted(name)} exists already in organization ${place.slug}.`, fix);
  }

  /** Of a membership or a roster, its team: by id, if it is not declared beside. */
  async #inTeam(now: Resource, place: OrganizationView): Promise<void> {
    const team = now.id?.split("/")[1] ?? normalizeTeamId(textOf(now.inputs["team"]) ?? "")?.split("/")[1];
    if (team === undefined || (await place.teams.get()).has(team)) return;
    this.#fail(
      "planTeam",
      now,
      `organization ${place.slug} has no team ${team}.`,
      "Run pulumi refresh if it was deleted, or correct team.",
    );
  }

  async #user(now: Resource, place: OrganizationView): Promise<void> {
    const user = canonicalUid(textOf(now.inputs["user"]) ?? "");
    if (user === undefined || (await place.members.get()).has(user)) return;
    const what = `user ${user} is not a member of organization ${place.slug}, and nobody can be invited by uid.`;
    this.#fail("planPerson", now, what, "Declare the person by email.");
  }

  async #mayChange(resource: Resource, place: OrganizationView): Promise<void> {
    const role = await place.ownRole();
    if (role === "owner" || role === "admin") return;
    const is = role === undefined ? "a user whose role Avala does not report" : `a ${role}`;
    const fix = "Use a key of its owner or an admin.";
    const what = `the key of ${is} of organization ${place.slug} cannot change it.`;
    if (!this.#problems.has(`role ${place.uid}`))
      this.#problems.set(`role ${place.uid}`, failedFor("planRole", resource, what, fix));
  }

  async #placeOf(resource: Resource): Promise<Place> {
    if (resource.id !== undefined) return this.#namedPlace(resource, resource.id.split("/")[0]!);
    const team = normalizeTeamId(textOf(resource.inputs["team"]) ?? "");
    const named = team?.split("/")[0] ?? textOf(resource.inputs["organization"]);
    if (named !== undefined) return this.#namedPlace(resource, named);
    const above = this.#above(resource);
    if (above === undefined) return "unknown";
    if (above.kind !== "Organization") return this.#placeOf(above);
    const adopt = above.id ?? above.inputs["adopt"];
    if (adopt === undefined) return "new";
    const reference = textOf(adopt);
    // That there is none to adopt is reported for the organization.
    return reference === undefined ? "unknown" : this.#find(reference);
  }

  /** The resource of this program that an organization or team comes from. */
  #above({ dependencies }: Resource): Resource | undefined {
    const urns = [...(dependencies["team"] ?? []), ...(dependencies["organization"] ?? [])];
    const [only, ...more] = urns.flatMap((urn) => this.#byUrn.get(urn)?.new ?? []);
    return more.length === 0 ? only : undefined;
  }

  #namedPlace(resource: Resource, reference: string): Promise<OrganizationView | undefined> {
    return this.#named(resource, "organization", reference);
  }

  /** An organization that a resource names; reported where the key does not see it. */
  async #named(resource: Resource, property: string, reference: string): Promise<OrganizationView | undefined> {
    const found = await this.#find(reference);
    if (found !== undefined) return found;
    const slugs = (await this.#snapshot.organizations()).map(({ slug }) => slug);
    const fix = hint(reference, slugs, `Correct ${property}, or use a key that sees the organization.`);
    const check = property === "adopt" ? "planAdopt" : "planOrganization";
    this.#fail(check, resource, `organization ${quoted(reference)} is not visible to this API key.`, fix);
    return undefined;
  }

  async #find(reference: string): Promise<OrganizationView | undefined> {
    const named = normalizeOrganization(reference);
    const row = (await this.#snapshot.organizations()).find(({ uid, slug }) => uid === named || slug === named);
    return row && this.#snapshot.organization(row.uid);
  }

  /** Whether another step of the update frees a name: it renames or deletes the object that has it. */
  #givesUp(uid: string, property: string, value: unknown): boolean {
    return this.#steps.some(({ op, old, new: now }) => {
      if (old?.id?.split("/").at(-1) !== uid) return false;
      return (
        (op === "delete" && !old.retained) ||
        (now !== undefined && now.id === undefined) ||
        (op === "update" && now?.inputs[property] !== value)
      );
    });
  }

  #fail(name: string, resource: Resource, what: string, fix: string): void {
    this.#problems.set(`${name} ${resource.urn}`, failedFor(name, resource, what, fix));
  }
}

const restore = "Restore access, or use a key that has it.";

function failedFor(name: string, resource: Resource, what: string, fix: string): Check {
  return failed(name, `${resource.kind} ${quoted(resource.name)}: ${what}`, fix);
}
