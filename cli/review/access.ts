import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { organizationEnding } from "../../provider/policy/organization.js";
import { organization, team } from "../../provider/schema/index.js";
import { recordsOf, isKept, desiredAccessOf, type AccessRecord, type Certainty, type DesiredAccess } from "./claims.js";
import {
  isHiddenText,
  providerName,
  unclearInputs,
  unclearRecord,
  worstOf,
  worstStep,
  type Unclear,
} from "./decisive.js";
import { People, tellPeopleApart, type Person } from "./people.js";
import { Scopes, tellScopesApart, type Scope } from "./scopes.js";
import type { Preview, Resource, Step } from "../pulumi/preview.js";
import { hiddenText, shownValue } from "../pulumi/values.js";

/** One person in one organization or team, before the run and after it. */
export interface Access {
  scope: Scope;
  person: Person;
  before: AccessRecord | undefined;
  after: AccessRecord | undefined;
  /** Emails that the run sends for it, at most. */
  emails: number;
  /** A team membership of a person whom this run invites, unless the run finds that they are a member already. */
  newcomer: boolean;
  /** Why it is lost, where that is no resource of its own. */
  cause: "organization left" | "team deleted" | "organization deleted" | undefined;
  /** What decides about it and is not shown. */
  unclear: Unclear[];
  /** Resources of the program that stand for it, before and after. */
  resources: string[];
}

/** What a run does to an organization or team itself. */
export interface Act {
  act: "create" | "adopt" | "update" | "delete" | "forget" | "leave" | "removeUnlisted" | "membersUnknown";
  scope: Scope;
  urn: string;
  /** What differs of the declaration. */
  fields: { name: string; before: string | undefined; after: string | undefined }[];
  /** Deleted whatever is inside. */
  forced: boolean;
  /** What decides about it and is not shown. */
  unclear: readonly Unclear[];
  /** The preview does not show which people, and how many, it takes access from. */
  takesUnknown: boolean;
}

/** What a report is about: as a preview tells, or as a rehearsal has observed it. */
export interface AccessModel {
  readonly accesses: readonly Access[];
  readonly acts: readonly Act[];
  /** Organizations whose resources have a provider that may mean another deployment from now on, by its name. */
  readonly changedProviders: readonly { scope: Scope; provider: string }[];
}

/** Who has what, before the run and after it, and what becomes of organizations and teams. */
export class Model implements AccessModel {
  readonly scopes: Scopes;
  readonly people: People;
  readonly acts: Act[];
  readonly changedProviders: { scope: Scope; provider: string }[];
  readonly #accesses = new Map<string, Access>();

  constructor(preview: Preview) {
    this.scopes = new Scopes(preview);
    this.people = new People(preview);
    const steps = preview.steps.map(worstStep).filter(({ kind }) => kind !== "Organization" && kind !== "Team");
    const joining = steps.filter(({ kind }) => kind === "OrganizationMember" || kind === "Invitation");
    const teamSteps = steps.filter(({ kind }) => kind === "TeamMembership" || kind === "TeamRoster");
    for (const step of steps) this.#before(step);
    for (const step of joining) this.#after(step);
    // A team membership depends on what becomes of the person in the organization.
    for (const step of teamSteps) this.#after(step);
    this.acts = [...scopeActs(preview, this.scopes), ...rosterActs(preview, this.scopes)];
    this.changedProviders = this.#changedProviders(preview);
    tellScopesApart(this.scopes.all);
    tellPeopleApart(this.people.all);
    this.#leave();
    for (const act of this.acts) if (act.act === "delete") this.#empty(act.scope);
  }

  get accesses(): Access[] {
    return [...this.#accesses.values()];
  }

  #changedProviders({ steps, changedProviders }: Preview): Model["changedProviders"] {
    const found = new Map<string, Model["changedProviders"][number]>();
    for (const { old, new: now, kind } of steps) {
      const resource = now ?? old!;
      const isMoved = old && now && providerName(old) !== providerName(now);
      if (!isMoved && !changedProviders.includes(resource.provider)) continue;
      const scope =
        kind === "Organization" || kind === "Team" ? this.scopes.declaredOrExisting(resource) : this.#scopeOf(resource);
      const provider = providerName(resource);
      found.set(JSON.stringify([scope.organization.key, provider]), { scope: scope.organization, provider });
    }
    return [...found.values()];
  }

  #before({ old }: Step): void {
    if (!old) return;
    for (const claim of recordsOf(old)) {
      const access = this.#access(this.#scopeOf(old), claim);
      access.before = stronger(access.before, claim);
    }
  }

  #after(step: Step): void {
    const { op, old, new: now } = step;
    if (old && (op === "delete" || op === "replace")) this.#letGo(old);
    if (op === "same") return this.#keep(old ?? now);
    if (op === "read" || op === "delete" || !now) return;
    if (now.kind === "TeamRoster") this.#keepOthers(step, now);
    for (const wish of desiredAccessOf(step)) this.#grant(this.#access(this.#scopeOf(now), wish.claim), wish);
  }

  #keep(resource: Resource | undefined): void {
    for (const claim of resource ? recordsOf(resource) : []) {
      const access = this.#access(this.#scopeOf(resource!), claim);
      access.after = declaredTogether({ ...claim, kept: true }, access.after);
    }
  }

  /** The access that stays when a resource goes. */
  #letGo(resource: Resource): void {
    const kept = isKept(resource);
    for (const claim of recordsOf(resource)) {
      const access = this.#access(this.#scopeOf(resource), claim);
      if (claim.managed) access.unclear.push(...claim.unclear);
      if (kept || !claim.managed) access.after = stronger(access.after, { ...claim, managed: false });
    }
  }

  /** People in a team whom its roster does not name stay, unless it removes them. */
  #keepOthers({ old }: Step, now: Resource): void {
    if (!old || now.id === undefined) return;
    const removes = worstOf(now.kind, now.inputs)["unmanaged"] === "remove";
    const unclear = unclearInputs(now, false);
    for (const claim of recordsOf(old)) {
      const access = this.#access(this.#scopeOf(now), claim);
      const decides = claim.managed ? "members" : "unmanaged";
      if (!claim.managed && !removes) access.after = stronger(access.after, claim);
      else access.unclear.push(...unclear.filter(({ name }) => name === decides));
    }
  }

  #grant(access: Access, wish: DesiredAccess): void {
    const { certainty, emails } = access.scope.kind === "team" ? this.#inTeam(access, wish) : joined(access, wish);
    const claim =
      wish.claim.kind === "Invitation" && certainty === "has" ? served(access, wish) : { ...wish.claim, certainty };
    const possible = wish.possible && certainty !== access.before?.certainty && waits(access);
    access.unclear.push(...wish.claim.unclear);
    access.after = declaredTogether({ ...claim, possible }, access.after?.managed ? access.after : undefined);
    access.emails += emails;
  }

  #inTeam(access: Access, { possible, step }: DesiredAccess): Outcome {
    const { before, scope, person } = access;
    if (before?.certainty === "has") return { certainty: "has", emails: 0 };
    const joining = this.#accesses.get(keyOf({ scope: scope.organization, person }));
    const certainty = certaintyInTeam(joining?.after?.certainty);
    access.newcomer = joining !== undefined && joining.emails > 0;
    return { certainty: possible && step.kind !== "TeamRoster" ? "granted" : certainty, emails: 0 };
  }

  /** Whoever leaves the organization leaves its teams, declared there or not. */
  #leave(): void {
    const leaves = (access: Access) => access.before?.certainty === "has" && !access.after;
    for (const access of this.accesses) {
      if (access.scope.kind !== "team" || !access.after) continue;
      const inOrganization = this.#accesses.get(keyOf({ scope: access.scope.organization, person: access.person }));
      // What the same run gives is given before the person leaves, and stays if that fails.
      const isGiven = access.before?.certainty !== "has" && !access.after.kept;
      if (inOrganization && leaves(inOrganization) && !isGiven) lose(access, "organization left");
    }
  }

  #empty(scope: Scope): void {
    for (const access of this.accesses) {
      const within = scope.kind === "team" ? access.scope : access.scope.organization;
      if (within === scope) lose(access, scope.kind === "team" ? "team deleted" : "organization deleted");
    }
  }

  #scopeOf(resource: Resource): Scope {
    const inTeam = resource.kind === "TeamMembership" || resource.kind === "TeamRoster";
    return inTeam ? this.scopes.teamOf(resource) : this.scopes.organizationOf(resource);
  }

  #access(scope: Scope, { named, urn }: AccessRecord): Access {
    const person = this.people.of(named);
    const key = keyOf({ scope, person });
    const access = this.#accesses.get(key) ?? {
      scope,
      person,
      before: undefined,
      after: undefined,
      emails: 0,
      newcomer: false,
      cause: undefined,
      unclear: [],
      resources: [],
    };
    this.#accesses.set(key, access);
    if (!access.resources.includes(urn)) access.resources.push(urn);
    return access;
  }
}

interface Outcome {
  certainty: Certainty;
  emails: number;
}

/** How somebody stands in an organization after a step that declares them there. */
function joined({ before, scope }: Access, wish: DesiredAccess): Outcome {
  const { claim, step, possible, asksForEmail, invitesByItself } = wish;
  if (before === undefined) {
    // Nobody can be invited by uid, and into a new organization nobody but by an invitation.
    if (claim.named.email === undefined && claim.named.hidden === undefined) return { certainty: "granted", emails: 0 };
    return { certainty: scope.created ? "invited" : "depends", emails: 1 };
  }
  if (before.certainty === "has") {
    const isStep = step.op !== "update" || asksForEmail || invitesByItself;
    const isSure = before.managed && before.unclear.every(({ name }) => name !== "status");
    return isSure || !isStep ? { certainty: "has", emails: 0 } : { certainty: "depends", emails: 1 };
  }
  if (step.op !== "update") {
    const again = before.certainty === "lapsed" || before.role !== claim.role;
    return { certainty: "invited", emails: again ? 1 : 0 };
  }
  if (asksForEmail) return { certainty: "invited", emails: 1 };
  if (invitesByItself) return { certainty: "depends", emails: 1 };
  return { certainty: possible ? "has" : before.certainty, emails: 0 };
}

/** An Invitation leaves a member as they are: from the acceptance on it manages nothing. */
function served({ before }: Access, { claim }: DesiredAccess): AccessRecord {
  return { ...claim, role: before === undefined ? claim.role : before.role, certainty: "has", managed: false };
}

/** Somebody who waits gets the access by what others do: they accept, or are added to a team once they are a member. */
function waits({ before, scope }: Access): boolean {
  return before?.certainty === (scope.kind === "team" ? "waiting" : "invited");
}

function certaintyInTeam(inOrganization: Certainty | undefined): Certainty {
  if (inOrganization === "has" || inOrganization === "granted") return "granted";
  return inOrganization === "invited" || inOrganization === "lapsed" ? "waiting" : "depends";
}

const strength: readonly Certainty[] = ["has", "granted", "depends", "invited", "waiting", "lapsed"];

/** Of two that stand for one access, the one that says more; the first where both say the same. */
export function stronger(one: AccessRecord | undefined, other: AccessRecord | undefined): AccessRecord | undefined {
  if (!one || !other) return one ?? other;
  if (one.managed !== other.managed) return one.managed ? one : other;
  return strength.indexOf(other.certainty) < strength.indexOf(one.certainty) ? other : one;
}

/**
 * Of two resources that stand for one access, the one that says more, with the role of what the run writes: with
 * `--exclude` a resource that the program no longer declares may stay beside its successor. It has become possible only
 * where it has for both: else the change of one would pass for what others did to the other.
 */
function declaredTogether(one: AccessRecord, other: AccessRecord | undefined): AccessRecord {
  if (!other) return one;
  const [written, left] = one.kept === true ? [other, one] : [one, other];
  const more = stronger(written, left)!;
  return {
    ...more,
    role: left.kept === true && written.managed ? written.role : more.role,
    possible: one.possible === true && other.possible === true,
    kept: one.kept === true && other.kept === true,
  };
}

function lose(access: Access, through: Access["cause"]): void {
  access.after = undefined;
  access.emails = 0;
  access.cause = through;
}

function keyOf({ scope, person }: Pick<Access, "scope" | "person">): string {
  return JSON.stringify([scope.key, person.key]);
}

function scopeActs({ steps }: Preview, scopes: Scopes): Act[] {
  const ours = steps
    .map(worstStep)
    .filter(({ kind, op }) => (kind === "Organization" || kind === "Team") && op !== "same" && op !== "read");
  const made = ours.flatMap(({ op, old, new: now, urn }): Act[] => {
    if (!now) return [];
    const scope = scopes.declared(now);
    const act = op === "update" ? "update" : scope.created ? "create" : "adopt";
    const fields = fieldChanges(op === "update" ? old : undefined, now);
    const unclear = [...unclearInputs(now, op !== "update"), ...unclearScope(scope)];
    return [{ act, scope, urn, fields, forced: false, unclear, takesUnknown: false }];
  });
  // A team or organization that another resource has adopted stays.
  const held = new Set(made.map(({ scope }) => scope));
  const gone = ours.flatMap(({ op, old, urn }): Act[] => {
    if (!old || (op !== "delete" && op !== "replace") || old.id === undefined) return [];
    const scope = scopes.existing(old, old.id);
    if (held.has(scope)) return [];
    const forced = worstOf(old.kind, old.outputs)["forceDestroy"] === true;
    return [{ act: ending(old), scope, urn, fields: [], forced, unclear: unclearRecord(old), takesUnknown: false }];
  });
  return [...made, ...gone];
}

/** An organization or team of which the preview does not say which it is. */
export function unclearScope(scope: Scope): Unclear[] {
  const unknown = [scope.organization, scope].find(({ isKnown }) => !isKnown);
  return unknown === undefined ? [] : [{ name: unknown.kind, shown: unknown.name }];
}

function ending({ kind, outputs, retained }: Resource): Act["act"] {
  if (retained) return "forget";
  if (kind === "Team") return "delete";
  const declared = worstOf(kind, outputs)["onDestroy"];
  const ending = organizationEnding(declared, hiddenIn(outputs).isCreated);
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
  const values = names
    .toSorted()
    .map((name) => ({ name, before: shownValue(before[name]), after: shownValue(now.inputs[name]) }));
  const provider = { name: "provider", before: old && providerName(old), after: old && providerName(now) };
  return [...values, provider].filter(({ before, after }) => before !== after || isHiddenText(after));
}

/** What a roster does to people whom the preview does not show. */
function rosterActs({ steps }: Preview, scopes: Scopes): Act[] {
  return steps
    .map(worstStep)
    .filter(({ kind }) => kind === "TeamRoster")
    .flatMap(({ op, old, new: now, urn }): Act[] => {
      const resource = now ?? old;
      if (!resource || op === "same" || op === "read") return [];
      const scope = scopes.teamOf(resource);
      const unclear = now ? unclearInputs(now, op !== "update") : unclearRecord(old!);
      const wasHidden = hiddenText(old?.outputs["members"]);
      const act = (act: Act["act"]): Act => ({
        act,
        scope,
        urn,
        fields: [],
        forced: false,
        unclear: wasHidden === undefined || unclear.length > 0 ? unclear : [{ name: "members", shown: wasHidden }],
        takesUnknown: wasHidden !== undefined,
      });
      const hidden = wasHidden !== undefined || hiddenText(now?.inputs["members"]) !== undefined;
      const removes = now !== undefined && worstOf(now.kind, now.inputs)["unmanaged"] === "remove" && !scope.created;
      return [...(hidden ? [act("membersUnknown")] : []), ...(removes ? [act("removeUnlisted")] : [])];
    });
}
