import { isDefaultProvider } from "../pulumi/managed.js";
import { parseUrn, pathOf, providerOf } from "../pulumi/urn.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { mark, secretMark, secretText } from "../pulumi/values.js";
import { GuardError } from "../../provider/lifecycle/runtime/guards.js";
import { isUnknown } from "../../provider/core/unknown.js";
import { checkInputs, type Properties } from "../../provider/lifecycle/inputs.js";
import type { Observed } from "../../provider/lifecycle/observer.js";
import type { KindKey } from "../../provider/lifecycle/registry.js";
import { addressKey, checkValue, isOptional, resources as schemas, typeToken } from "../../provider/schema/index.js";
import { canonicalUid, joinId, normalizeOrganization } from "../../provider/core/identity.js";
import { quoted } from "../../provider/core/text.js";
import { AvalaError, ForbiddenError } from "../../provider/core/errors.js";
import {
  IdentityUnknownError,
  OrganizationNotFoundError,
  OrganizationVanishedError,
  type OrganizationView,
} from "../../provider/snapshot/index.js";
import { ConfigError } from "../../provider/core/errors.js";
import { HiddenKeyError, type Deployment, type Deployments } from "./deployments.js";
import type { PreviewedStep } from "../pulumi/engine.js";
import { plural } from "../output/terminal.js";
import { entryOf, type Entry, type ImportFile } from "./importFile.js";

/** A resource that is skipped, and why. */
export interface Skipped {
  kind: string;
  name: string;
  reason: string;
}

/** A resource of the program, as its preview declares it. */
interface Item {
  /** The entry of the file that it completes. */
  entry: Entry;
  /** What the completed entry says beside id, inputs and outputs; the entry itself where it is named as the program does. */
  placed?: Entry;
  kind: KindKey;
  urn: string;
  /** As checked; what is secret or not known yet is not what it says. */
  inputs: Properties;
  step: PreviewedStep;
}

/** Why something is left out. */
class Left extends Error {}

const phases: readonly (readonly KindKey[])[] = [
  ["organization"],
  ["team"],
  ["organizationMember", "invitation", "teamMembership", "teamRoster"],
];
const kindOfType = new Map(Object.entries(schemas).map(([key, { kind }]) => [typeToken(kind), key as KindKey]));

/** Fills in an import file: each resource of the program is looked for by the names that its declaration gives it. */
export class Filling {
  readonly leftOut: Skipped[] = [];
  readonly notes: string[] = [];
  /** Values in the file that the program keeps secret. */
  secrets = 0;
  /** Entries with an id that could not be completed: they stay in the file as they are. */
  readonly incomplete: Entry[] = [];
  readonly nameTable: Record<string, string>;
  readonly #file: ImportFile;
  readonly #deployments: Deployments;
  readonly #steps: ReadonlyMap<string, PreviewedStep>;
  readonly #items: Item[];
  /** Entries with an id whose names the program does not declare: of another source than its preview. */
  readonly #given: Entry[] = [];
  /** Components that completed entries need. */
  readonly #added: Entry[] = [];
  /** Entries of what the state contains already. */
  readonly #recorded = new Set<Entry>();
  /** Ids of organizations and teams by urn. */
  readonly #ids = new Map<string, string>();
  readonly #filled = new Map<Entry, Entry>();

  constructor(file: ImportFile, steps: readonly PreviewedStep[], deployments: Deployments) {
    this.#file = file;
    this.#deployments = deployments;
    this.nameTable = { ...file.nameTable };
    this.#steps = new Map(steps.map((step) => [step.urn, step]));
    this.#items = this.#itemsOf(steps);
  }

  /** The entries of what exists, with the components and providers that they need. */
  async entries(): Promise<Entry[]> {
    for (const kinds of phases) {
      const named = this.#items.filter(({ kind }) => kinds.includes(kind));
      await this.#phase([...named, ...(await this.#matchedById(kinds))]);
    }
    const { resources } = this.#file;
    const isIncomplete = (entry: Entry) => hasId(entry) && !this.#filled.has(entry) && !this.#recorded.has(entry);
    this.incomplete.push(...resources.filter(isIncomplete));
    const others = resources.filter((entry) => isForeign(entry));
    if (others.length > 0) {
      this.notes.push(
        `${plural(others.length, "resource")} of other providers in the file, such as ${quoted(others[0]!.name)}: add their ids, or remove them.`,
      );
    }
    const kept = new Set([...this.#filled.keys(), ...others, ...this.incomplete]);
    const byName = new Map(resources.map((entry) => [entry.name, entry]));
    for (const entry of kept) {
      for (const name of [entry.parent, entry.provider]) {
        const needed = byName.get(name ?? "");
        if (needed && !kindOfType.has(needed.type)) kept.add(needed);
      }
    }
    const left = resources.filter((entry) => kept.has(entry)).map((entry) => this.#filled.get(entry) ?? entry);
    // Others name them as their parents.
    return [...this.#added, ...left];
  }

  #itemsOf(steps: readonly PreviewedStep[]): Item[] {
    const { resources, nameTable = {} } = this.#file;
    const byName = new Map(resources.map((entry) => [entry.name, entry]));
    const byPath = new Map(steps.map((step) => [pathOf(parseUrn(step.urn)), step]));
    const typesOf = ({ type, parent }: Entry, depth = 0): string[] => {
      const above = byName.get(parent ?? "");
      if (above && depth < 100) return [...typesOf(above, depth + 1), type];
      const parentUrn = nameTable[parent ?? ""];
      const { types } = parseUrn(parentUrn ?? "");
      return parentUrn === undefined || types.join("$") === "pulumi:pulumi:Stack" ? [type] : [...types, type];
    };
    return resources.flatMap((entry): Item[] => {
      const kind = kindOfType.get(entry.type);
      if (kind === undefined) return [];
      const step = byPath.get(pathOf({ types: typesOf(entry), name: entry.logicalName ?? entry.name }));
      const inputs = step?.newState?.inputs;
      if (step && inputs) return [{ entry, kind, urn: step.urn, inputs, step }];
      if (hasId(entry)) {
        this.#given.push(entry);
        return [];
      }
      this.#leave(entry, "not in the preview; is this the right program?");
      return [];
    });
  }

  /**
   * Entries whose names the program does not declare, such as those of drift: the resource of the same type that declares
   * the object of the entry's id.
   */
  async #matchedById(kinds: readonly KindKey[]): Promise<Item[]> {
    const given = this.#given.filter(({ type }) => kinds.includes(kindOfType.get(type)!));
    const types = new Set(given.map(({ type }) => type));
    const named = new Set(this.#items.map(({ urn }) => urn));
    const open = [...this.#steps.values()].filter(({ urn }) => types.has(parseUrn(urn).type) && !named.has(urn));
    const candidates = (await Promise.all(open.map((step) => this.#candidate(step)))).filter(
      (one) => one !== undefined,
    );
    const matched = await Promise.all(
      given.map(async (entry): Promise<Item[]> => {
        const ofType = candidates.filter(({ item }) => item.entry.type === entry.type);
        const isSame = await Promise.all(ofType.map(({ id, deployment }) => areSame(id, entry.id!, deployment)));
        const [found] = ofType.filter((_, index) => isSame[index]);
        if (!found) {
          this.#leave(entry, "no resource of the program declares it");
          return [];
        }
        if (found.item.step.op !== "create") {
          this.#recorded.add(entry);
          this.#leave(entry, "in the state already");
          return [];
        }
        return [{ ...found.item, entry, placed: this.#placed(entry, found.item.step) }];
      }),
    );
    return matched.flat();
  }

  /** A resource of the program with the id of the object that it declares, if that exists. */
  async #candidate(step: PreviewedStep): Promise<{ item: Item; id: string; deployment: Deployment } | undefined> {
    const { type, name } = parseUrn(step.urn);
    const inputs = step.newState?.inputs;
    if (!inputs) return undefined;
    const item: Item = { entry: { type, name }, kind: kindOfType.get(type)!, urn: step.urn, inputs, step };
    try {
      const deployment = await this.#deployments.of(step.newState!.provider);
      return { item, id: await this.#find(item, deployment), deployment };
    } catch (error) {
      reasonOf(error);
      return undefined;
    }
  }

  /** The entry under the name, parent and provider that the program gives the resource. */
  #placed({ type, name }: Entry, { urn, newState }: PreviewedStep): Entry {
    const logicalName = parseUrn(urn).name;
    const parent = this.#nameFor(newState!.parent);
    const providerUrn = providerOf(newState!.provider);
    const provider = isDefaultProvider(parseUrn(providerUrn).name) ? undefined : this.#nameFor(providerUrn);
    return {
      type,
      name,
      ...(logicalName === name ? {} : { logicalName }),
      ...(parent === undefined ? {} : { parent }),
      ...(provider === undefined ? {} : { provider }),
    };
  }

  /** The name by which entries refer to another resource; undefined for the stack itself. */
  #nameFor(urn: string | undefined): string | undefined {
    if (urn === undefined || urn === "" || parseUrn(urn).type === "pulumi:pulumi:Stack") return undefined;
    const known = Object.entries(this.nameTable).find(([, known]) => known === urn);
    if (known) return known[0];
    const { type, name: wanted } = parseUrn(urn);
    const taken = new Set([...this.#file.resources, ...this.#added].map(({ name }) => name));
    let name = wanted;
    for (let number = 2; taken.has(name) || Object.hasOwn(this.nameTable, name); number++) name = `${wanted}-${number}`;
    const step = this.#steps.get(urn);
    if (step?.op !== "create") this.nameTable[name] = urn;
    else {
      const parent = this.#nameFor(step.newState?.parent);
      const same = this.#added.find((entry) => entry.type === type && (entry.logicalName ?? entry.name) === wanted);
      if (same) return same.name;
      const named = name === wanted ? {} : { logicalName: wanted };
      this.#added.push({ type, name, ...named, component: true, ...(parent === undefined ? {} : { parent }) });
    }
    return name;
  }

  /** If two resources match the same object, both are skipped: the match is ambiguous. */
  async #phase(items: readonly Item[]): Promise<void> {
    const found = await Promise.all(
      items.map(async (item) => {
        try {
          const deployment = await this.#deployments.of(item.step.newState!.provider);
          return { item, deployment, id: await this.#find(item, deployment) };
        } catch (error) {
          this.#leave(item.entry, reasonOf(error));
          return undefined;
        }
      }),
    );
    const matches = found.filter((match) => match !== undefined);
    const count = new Map<string, number>();
    for (const { item, id } of matches) count.set(`${item.kind} ${id}`, (count.get(`${item.kind} ${id}`) ?? 0) + 1);
    for (const { item, deployment, id } of matches) {
      try {
        if (count.get(`${item.kind} ${id}`)! > 1)
          throw new Left(`a different resource matches the same object (${id}); set adopt on each`);
        this.#filled.set(item.entry, await this.#fill(item, deployment, id));
        this.#ids.set(item.urn, id);
      } catch (error) {
        this.#leave(item.entry, reasonOf(error));
      }
    }
  }

  async #find(item: Item, deployment: Deployment): Promise<string> {
    const { kind, inputs } = item;
    if (kind === "organization") return findOrganization(inputs, deployment);
    const scope = kind === "team" || "organization" in inputs ? "organization" : "team";
    const scopeId = this.#scopeIdOf(item, scope);
    if (kind === "teamRoster") return scopeId;
    const view = await deployment.snapshot.organization(scopeId.split("/")[0]!);
    if (kind === "team") return joinId(view.uid, await findTeam(inputs, view));
    const who = text(inputs["user"]) ?? text(inputs["email"]);
    if (who === undefined) throw new Left("its person is secret, or not known before the update");
    return scope === "team" ? joinId(scopeId, who) : joinId(view.uid, who);
  }

  /** The organization or team of a resource: as its preview names it, or as the resource it was given has been found. */
  #scopeIdOf({ inputs, step }: Item, name: "organization" | "team"): string {
    const given = text(inputs[name]);
    if (given !== undefined) return given;
    const type = typeToken(schemas[name].kind);
    const urns = (step.newState!.propertyDependencies?.[name] ?? []).filter((urn) => parseUrn(urn).type === type);
    const id = urns.length === 1 ? this.#ids.get(urns[0]!) : undefined;
    if (id === undefined) throw new Left(`its ${name} does not exist, or was skipped`);
    return id;
  }

  async #fill(item: Item, deployment: Deployment, id: string): Promise<Entry> {
    const { kind, inputs } = item;
    const entry = item.placed ?? item.entry;
    const { declared, secrets } = await this.#declared(item, deployment, id);
    const scope = "organization" in inputs ? "organization" : "team";
    if (scope in inputs && text(inputs[scope]) === undefined) declared[scope] = this.#scopeIdOf(item, scope);
    const known = await knownUid(declared, deployment, id);
    const { failures } = checkInputs(schemas[kind], {}, declared);
    if (failures.length > 0) throw new Left(failures[0]!.reason);
    const observed = await deployment.observer.imported(kind, id, declared, known);
    requireThere(kind, observed);
    const filled = entryOf(kind, entry.name, id, observed);
    this.secrets += secrets.length;
    for (const properties of [filled.inputs!, filled.outputs!]) {
      for (const name of secrets) if (name in properties) properties[name] = secretOf(properties[name]);
    }
    return { ...entry, id, inputs: filled.inputs!, outputs: filled.outputs! };
  }

  /** The inputs as declared; in place of those that are secret or not known yet, what the service shows. */
  async #declared({ entry, kind, inputs }: Item, { observer }: Deployment, id: string) {
    const given = Object.entries(inputs).filter(([name]) => !name.startsWith("__"));
    const hidden = given.filter(([name, value]) => isHidden(value) && name !== "organization" && name !== "team");
    const declared = Object.fromEntries(given.filter(([, value]) => !isHidden(value)));
    // As the program passes it: the preview shows it.
    if (inputs[addressKey] !== undefined) declared[addressKey] = inputs[addressKey];
    if (hidden.length === 0) return { declared, secrets: [] };
    const shown = (await observer.refreshed(kind, id, {}))?.outputs ?? {};
    const secrets: string[] = [];
    for (const [name, value] of hidden) {
      const field = schemas[kind].inputs[name as never] as Parameters<typeof checkValue>[1];
      // What a roster holds is what it declares: the service alone does not tell.
      const usable =
        name !== "members" && shown[name] !== undefined && checkValue(name, field, shown[name]).failures.length === 0;
      if (usable) declared[name] = shown[name];
      else if (!isOptional(field)) throw new Left(`its ${name} is secret, or not known before the update`);
      else this.notes.push(`The ${name} of ${quoted(entry.name)} is not known: the first pulumi up records it.`);
      if (usable && value === secretText) secrets.push(name);
    }
    return { declared, secrets };
  }

  #leave({ type, name, logicalName = name }: Entry, reason: string): void {
    const kind = schemas[kindOfType.get(type)!].kind;
    this.leftOut.push({ kind, name: logicalName, reason });
  }
}

/** Whether two ids name the same object; a person may be named by address or uid. */
async function areSame(one: string, other: string, { snapshot }: Deployment): Promise<boolean> {
  const [first, second] = [one, other].map((id) =>
    id.split("/").map((part) => canonicalUid(part) ?? normalizeEmail(part)),
  );
  if (first!.join("/") === second!.join("/")) return true;
  const people = [first!.pop()!, second!.pop()!];
  if (first!.length === 0 || first!.join("/") !== second!.join("/")) return false;
  const { members } = await snapshot.organization(first![0]!);
  const uids = await Promise.all(
    people.map(async (who) => {
      const uid = canonicalUid(who);
      const found = await members
        .find(uid === undefined ? { email: who } : { userUid: uid })
        .catch((error: unknown) => {
          if (error instanceof IdentityUnknownError) return undefined;
          throw error;
        });
      return found?.userUid;
    }),
  );
  return uids[0] !== undefined && uids[0] === uids[1];
}

/** Whether somebody has given the entry its id: the engine writes a placeholder. */
function hasId({ type, id }: Entry): boolean {
  return kindOfType.has(type) && canonicalUid(id?.split("/")[0] ?? "") !== undefined;
}

/** By what is unique, or by a name that only one has. */
async function findOrganization(inputs: Properties, { snapshot, ownKey }: Deployment): Promise<string> {
  const rows = await snapshot.organizations();
  const adopt = text(inputs["adopt"]);
  const slug = text(inputs["slug"]);
  const named = adopt === undefined ? slug : normalizeOrganization(adopt);
  const found = rows.find((row) => named !== undefined && [row.uid, row.slug].includes(named));
  if (found) return found.uid;
  if (adopt !== undefined) throw new Left(`${quoted(adopt)} is not visible to the API key in use`);
  const name = text(inputs["name"]);
  if (name === undefined) throw new Left("its name is secret, or not known before the update; set adopt");
  if (inputs["allowDuplicateName"] === true) throw new Left("it declares a new organization (allowDuplicateName)");
  const same = rows.filter((row) => row.name === name);
  if (same.length > 1) {
    throw new Left(
      `${same.length} organizations have its name (${same.map(({ uid }) => uid).join(", ")}); set adopt to one of them`,
    );
  }
  if (same.length === 1 && !ownKey) {
    throw new Left(
      "the key of its provider is not known, and may see a different organization of this name; set adopt",
    );
  }
  if (same.length === 1) return same[0]!.uid;
  throw new Left(ownKey ? "does not exist, or is not visible to its API key" : "not visible to the API key in use");
}

async function findTeam(inputs: Properties, view: OrganizationView): Promise<string> {
  const rows = [...(await view.teams.get()).values()];
  const adopt = text(inputs["adopt"]);
  if (adopt !== undefined) {
    const uid = canonicalUid(adopt);
    const found = rows.find((row) => (uid === undefined ? row.slug === adopt : row.uid === uid));
    if (found) return found.uid;
    throw new Left(`no team ${quoted(adopt)} to adopt`);
  }
  const name = text(inputs["name"]);
  if (name === undefined) throw new Left("its name is secret, or not known before the update; set adopt");
  const same = rows.filter((row) => row.name === name);
  if (same.length > 1) throw new Left(`${same.length} teams have its name; set adopt to one of them`);
  if (same.length === 1) return same[0]!.uid;
  throw new Left("does not exist");
}

/** The uid of a person who is a member. */
async function knownUid(declared: Properties, { snapshot }: Deployment, id: string): Promise<Properties> {
  const [userUid, email] = [text(declared["user"]), text(declared["email"])];
  if (userUid === undefined && email === undefined) return {};
  const { members } = await snapshot.organization(id.split("/")[0]!);
  const member = await members.find({ userUid, email }).catch((error: unknown) => {
    // Somebody who is invited is found by their invitation.
    if (error instanceof IdentityUnknownError) return undefined;
    throw error;
  });
  return member ? { userUid: member.userUid } : {};
}

function requireThere(kind: KindKey, observed: Observed | undefined): asserts observed is Observed {
  if (observed === undefined) throw new Left("does not exist");
  const { status } = observed.outputs;
  if (kind === "teamMembership" && status !== "active") throw new Left("the person is not in the team");
  if (status === "gone") throw new Left("the person is neither a member nor invited: pulumi up invites them");
}

/** What concerns one resource alone; anything else ends the command. */
function reasonOf(error: unknown): string {
  if (error instanceof Left) return error.message;
  if (error instanceof HiddenKeyError)
    return "only the program knows the key of its provider, whose base URL is different: set apiKeyEnv on the provider";
  if (error instanceof OrganizationNotFoundError || error instanceof OrganizationVanishedError)
    return "its organization is not visible to the API key in use";
  const own = [ConfigError, ForbiddenError, GuardError, IdentityUnknownError].some((type) => error instanceof type);
  if (own) return (error as AvalaError).message;
  throw error;
}

/** A text that the preview shows as it is. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !isHidden(value) ? value : undefined;
}

function isHidden(value: unknown): boolean {
  return value === secretText || isUnknown(value);
}

/** Of another provider, and with an id that somebody has to give. */
function isForeign({ type, component, id }: Entry): boolean {
  return !kindOfType.has(type) && component !== true && id !== undefined;
}

/** How the engine writes a secret in its files; the state holds it encrypted. */
function secretOf(value: unknown): object {
  return { [mark]: secretMark, plaintext: JSON.stringify(value) };
}
