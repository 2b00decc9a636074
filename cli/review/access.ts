import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { organizationEnding } from "../../provider/policy/organization.js";
import { organization, team } from "../../provider/schema/index.js";
import { claimsOf, isKept, wishesOf, type AccessRecord, type Certainty, type DesiredAccess } from "./claims.js";
import { People, type Person } from "./people.js";
import { Places, type Scope } from "./places.js";
import type { Preview, Resource, Step } from "../pulumi/preview.js";
import { isSecret, isUnknown, shownValue, textOf } from "../pulumi/values.js";

/** One person in one organization or team, before the run and after it. */
export interface Access {
  place: Scope;
  person: Person;
  before: AccessRecord | undefined;
  after: AccessRecord | undefined;
  /** Mails that the run sends for it, at most. */
  mails: number;
  /** A place of somebody whom this run invites, as far as it does not find them to be a member. */
  newcomer: boolean;
  /** Why it is lost, where that is no resource of its own. */
  through: "organization left" | "team deleted" | "organization deleted" | undefined;
  /** Resources of the program that stand for it, before and after. */
  resources: string[];
}

/** What a run does to an organization or team itself. */
export interface Act {
  act: "create" | "adopt" | "update" | "delete" | "forget" | "leave" | "take out others" | "change people unknown";
  place: Scope;
  urn: string;
  /** What differs of the declaration. */
  fields: { name: string; before: string | undefined; after: string | undefined }[];
  /** Deleted whatever is inside. */
  forced: boolean;
}

/** Who has what, before the run and after it, and what becomes of organizations and teams. */
export class Model {
  readonly places: Places;
  readonly people: People;
  readonly acts: Act[];
  readonly #accesses = new Map<string, Access>();

  constructor(preview: Preview) {
    this.places = new Places(preview);
    this.people = new People(preview);
    const steps = preview.steps.filter(({ kind }) => kind !== "Organization" && kind !== "Team");
    const joining = steps.filter(({ kind }) => kind === "OrganizationMember" || kind === "Invitation");
    const placing = steps.filter(({ kind }) => kind === "TeamMembership" || kind === "TeamRoster");
    for (const step of steps) this.#before(step);
    for (const step of joining) this.#after(step);
    // A place in a team hangs on what becomes of the person in the organization.
    for (const step of placing) this.#after(step);
    this.acts = [...placeActs(preview, this.places), ...rosterActs(preview, this.places)];
    this.places.tellApart();
    this.people.tellApart();
    this.#leave();
    for (const act of this.acts) if (act.act === "delete") this.#empty(act.place);
  }

  get accesses(): Access[] {
    return [...this.#accesses.values()];
  }

  #before({ old }: Step): void {
    if (!old) return;
    for (const claim of claimsOf(old)) {
      const access = this.#access(this.#placeOf(old), claim);
      access.before = stronger(access.before, claim);
    }
  }

  #after(step: Step): void {
    const { op, old, new: now } = step;
    if (old && (op === "delete" || op === "replace")) this.#letGo(old);
    if (op === "same") return this.#keep(old ?? now);
    if (op === "read" || op === "delete" || !now) return;
    if (now.kind === "TeamRoster") this.#keepOthers(step, now);
    for (const wish of wishesOf(step)) this.#grant(this.#access(this.#placeOf(now), wish.claim), wish);
  }

  #keep(resource: Resource | undefined): void {
    for (const claim of resource ? claimsOf(resource) : []) {
      const access = this.#access(this.#placeOf(resource!), claim);
      access.after = declaredTogether(claim, access.after);
    }
  }

  /** Whoever is left in a place by a resource that goes. */
  #letGo(resource: Resource): void {
    const kept = isKept(resource);
    for (const claim of claimsOf(resource)) {
      const access = this.#access(this.#placeOf(resource), claim);
      if (kept || !claim.managed) access.after = stronger(access.after, { ...claim, managed: false });
    }
  }

  /** People in a team whom its roster does not name; and everybody, where it cannot be read. */
  #keepOthers({ old }: Step, now: Resource): void {
    if (!old || now.id === undefined) return;
    const unreadable = isHidden(now.inputs["members"]);
    const takenOut = now.inputs["unmanaged"] === "remove";
    for (const claim of claimsOf(old)) {
      const stays = unreadable || (!claim.managed && !takenOut);
      const access = this.#access(this.#placeOf(now), claim);
      if (stays) access.after = stronger(access.after, claim);
    }
  }

  #grant(access: Access, wish: DesiredAccess): void {
    const { standing, mails } = access.place.kind === "team" ? this.#placed(access, wish) : joined(access, wish);
    const claim =
      wish.claim.kind === "Invitation" && standing === "has" ? served(access, wish) : { ...wish.claim, standing };
    const possible = wish.possible && standing !== access.before?.standing && waits(access);
    access.after = declaredTogether({ ...claim, possible }, access.after?.managed ? access.after : undefined);
    access.mails += mails;
  }

  #placed(access: Access, { possible, step }: DesiredAccess): Outcome {
    const { before, place, person } = access;
    if (before?.standing === "has") return { standing: "has", mails: 0 };
    const joining = this.#accesses.get(keyOf({ place: place.organization, person }));
    const standing = standingInTeam(joining?.after?.standing);
    access.newcomer = joining !== undefined && joining.mails > 0;
    return { standing: possible && step.kind !== "TeamRoster" ? "granted" : standing, mails: 0 };
  }

  /** Whoever leaves the organization leaves its teams, declared there or not. */
  #leave(): void {
    const leaves = (access: Access) => access.before?.standing === "has" && !access.after;
    for (const access of this.accesses) {
      if (access.place.kind !== "team" || !access.after) continue;
      const inOrganization = this.#accesses.get(keyOf({ place: access.place.organization, person: access.person }));
      if (inOrganization && leaves(inOrganization)) lose(access, "organization left");
    }
  }

  #empty(place: Scope): void {
    for (const access of this.accesses) {
      const within = place.kind === "team" ? access.place : access.place.organization;
      if (within === place) lose(access, place.kind === "team" ? "team deleted" : "organization deleted");
    }
  }

  #placeOf(resource: Resource): Scope {
    const inTeam = resource.kind === "TeamMembership" || resource.kind === "TeamRoster";
    return inTeam ? this.places.teamOf(resource) : this.places.organizationOf(resource);
  }

  #access(place: Scope, { named, urn }: AccessRecord): Access {
    const person = this.people.of(named);
    const key = keyOf({ place, person });
    const access = this.#accesses.get(key) ?? {
      place,
      person,
      before: undefined,
      after: undefined,
      mails: 0,
      newcomer: false,
      through: undefined,
      resources: [],
    };
    this.#accesses.set(key, access);
    if (!access.resources.includes(urn)) access.resources.push(urn);
    return access;
  }
}

interface Outcome {
  standing: Certainty;
  mails: number;
}

/** How somebody stands in an organization after a step that declares them there. */
function joined({ before, place }: Access, wish: DesiredAccess): Outcome {
  const { claim, step, possible, asksForMail, mailsByItself } = wish;
  if (before === undefined) {
    // Nobody can be invited by uid, and into a new organization nobody but by an invitation.
    if (claim.named.email === undefined && claim.named.hidden === undefined) return { standing: "granted", mails: 0 };
    return { standing: place.created ? "invited" : "depends", mails: 1 };
  }
  if (before.standing === "has") return { standing: "has", mails: 0 };
  if (step.op !== "update") {
    const again = before.standing === "lapsed" || before.role !== claim.role;
    return { standing: "invited", mails: again ? 1 : 0 };
  }
  if (asksForMail) return { standing: "invited", mails: 1 };
  if (mailsByItself) return { standing: "depends", mails: 1 };
  return { standing: possible ? "has" : before.standing, mails: 0 };
}

/** An Invitation leaves a member as they are: from the acceptance on it manages nothing. */
function served({ before }: Access, { claim }: DesiredAccess): AccessRecord {
  return { ...claim, role: before?.role ?? claim.role, standing: "has", managed: false };
}

/** Somebody who waits gets the access by what others do: they accept, or have a place once they are a member. */
function waits({ before, place }: Access): boolean {
  return before?.standing === (place.kind === "team" ? "waiting" : "invited");
}

function standingInTeam(inOrganization: Certainty | undefined): Certainty {
  if (inOrganization === "has" || inOrganization === "granted") return "granted";
  return inOrganization === "invited" || inOrganization === "lapsed" ? "waiting" : "depends";
}

const strength: readonly Certainty[] = ["has", "granted", "depends", "invited", "waiting", "lapsed"];

/** Of two that stand for one access, the one that says more; the first where both say the same. */
function stronger(one: AccessRecord | undefined, other: AccessRecord | undefined): AccessRecord | undefined {
  if (!one || !other) return one ?? other;
  if (one.managed !== other.managed) return one.managed ? one : other;
  return strength.indexOf(other.standing) < strength.indexOf(one.standing) ? other : one;
}

/**
 * Of two resources of the program that stand for one access, the one that says more. It has become possible only where it
 * has for both: else the change of one would pass for what others did to the other.
 */
function declaredTogether(one: AccessRecord, other: AccessRecord | undefined): AccessRecord {
  if (!other) return one;
  return { ...stronger(one, other)!, possible: one.possible === true && other.possible === true };
}

function lose(access: Access, through: Access["through"]): void {
  access.after = undefined;
  access.mails = 0;
  access.through = through;
}

function keyOf({ place, person }: Pick<Access, "place" | "person">): string {
  return JSON.stringify([place.key, person.key]);
}

function placeActs({ steps }: Preview, places: Places): Act[] {
  const ours = steps.filter(
    ({ kind, op }) => (kind === "Organization" || kind === "Team") && op !== "same" && op !== "read",
  );
  const made = ours.flatMap(({ op, old, new: now, urn }): Act[] => {
    if (!now) return [];
    const place = places.declared(now);
    const act = op === "update" ? "update" : place.created ? "create" : "adopt";
    return [{ act, place, urn, fields: fieldChanges(op === "update" ? old : undefined, now), forced: false }];
  });
  // A team or organization that another resource has adopted stays.
  const held = new Set(made.map(({ place }) => place));
  const gone = ours.flatMap(({ op, old, urn }): Act[] => {
    if (!old || (op !== "delete" && op !== "replace") || old.id === undefined) return [];
    const place = places.existing(old, old.id);
    if (held.has(place)) return [];
    return [{ act: ending(old), place, urn, fields: [], forced: old.outputs["forceDestroy"] === true }];
  });
  return [...made, ...gone];
}

function ending({ kind, outputs, retained }: Resource): Act["act"] {
  if (retained) return "forget";
  if (kind === "Team") return "delete";
  const ending = organizationEnding(textOf(outputs["onDestroy"]), hiddenIn(outputs).isCreated);
  return ending === "retain" ? "forget" : ending;
}

/**
 * What identities and settings of an organization or team change; `adopt` matters once, on creation. What the service has
 * chosen, and nobody declares, does not change.
 */
function fieldChanges(old: Resource | undefined, now: Resource): Act["fields"] {
  const before = old?.outputs ?? {};
  const { serverDefaults } = hiddenIn(before);
  const { inputs } = now.kind === "Team" ? team : organization;
  const names = Object.keys(inputs).filter(
    (name) =>
      name !== "organization" &&
      (old === undefined || name !== "adopt") &&
      (now.inputs[name] !== undefined || !serverDefaults.includes(name)),
  );
  return names
    .toSorted()
    .map((name) => ({ name, before: shownValue(before[name]), after: shownValue(now.inputs[name]) }))
    .filter(({ before, after }) => before !== after);
}

/** What a roster does to people of whom the preview does not tell. */
function rosterActs({ steps }: Preview, places: Places): Act[] {
  return steps
    .filter(({ kind }) => kind === "TeamRoster")
    .flatMap(({ op, old, new: now, urn }): Act[] => {
      const resource = now ?? old;
      if (!resource || op === "same" || op === "read") return [];
      const place = places.teamOf(resource);
      const act = (act: Act["act"]): Act => ({ act, place, urn, fields: [], forced: false });
      const hidden = [old?.outputs["members"], now?.inputs["members"]].some(isHidden);
      const removes = now?.inputs["unmanaged"] === "remove" && !place.created;
      return [...(hidden ? [act("change people unknown")] : []), ...(removes ? [act("take out others")] : [])];
    });
}

function isHidden(value: unknown): boolean {
  return isSecret(value) || isUnknown(value);
}
