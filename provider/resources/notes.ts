import * as pulumi from "@pulumi/pulumi";
import { isMock } from "../core/mocks.js";
import { ProgramJournal } from "../core/notes.js";
import { normalizeEmail } from "../core/address.js";
import { canonicalUid, normalizeOrganization, normalizeTeamId } from "../core/identity.js";
import type { ResourceSchema } from "../schema/index.js";
import { addressOf } from "./base.js";
import { knownValue } from "./references.js";
import { countIfWaiting } from "./waiting.js";

/** Inputs by which resources name the objects that they manage. */
interface Args {
  organization?: unknown;
  team?: unknown;
  user?: unknown;
  email?: unknown;
  members?: unknown;
  adopt?: unknown;
}

/** One journal per engine: a process may run several programs, one after the other. */
const journals = new Map<string, ProgramJournal>();

/**
 * Records for the handlers what the program of an update declares: known values at once, others as soon as they are
 * known. The engine may delete objects before it checks this resource, or without checking it.
 */
export function noteDeclaration(
  resource: pulumi.CustomResource,
  { kind }: ResourceSchema,
  name: string,
  args: Args,
  opts: pulumi.CustomResourceOptions | undefined,
): void {
  const address = addressOf(kind, name, opts?.parent);
  Object.defineProperty(resource, addressOfResource, { value: address });
  const journal = opts?.id === undefined ? openJournal() : undefined;
  if (!journal) return;
  if (kind === "OrganizationMember" || kind === "Invitation") countIfWaiting(resource);
  journal.say(address, "declares", kind);
  for (const alias of opts?.aliases ?? []) whenKnown(aliasName(alias), (text) => alsoAt(journal, address, text));
  const person = args.user ?? args.email;
  if (person !== undefined) whenKnown(person, (text) => journal.say(address, "who", personName(text)));
  if (args.members !== undefined) notePeople(journal, address, args.members);
  if (args.adopt !== undefined) whenKnown(args.adopt, (text) => journal.say(address, "adopt", scopeName(text)));
  noteScope(journal, address, args.team ?? args.organization);
  whenKnown(resource.id, (id) => journal.say(address, "id", scopeName(id)));
}

/** Not enumerable, and used by this module only. */
const addressOfResource = Symbol.for("pulumi-avala.address");

/** None in previews, which delete nothing, and none with mocks: an engine may have started a unit test. */
function openJournal(): ProgramJournal | undefined {
  if (pulumi.runtime.isDryRun() || isMock(pulumi.runtime.getMonitor())) return undefined;
  const engine = engineAddress();
  if (engine === undefined) return undefined;
  const journal = journals.get(engine) ?? new ProgramJournal(engine);
  journals.set(engine, journal);
  return journal;
}

/** The engine's address, as host processes get it: `127.0.0.1:4711`. */
function engineAddress(): string | undefined {
  const engine = pulumi.runtime.getEngine() as { getChannel?: () => { getTarget(): string } } | undefined;
  return engine?.getChannel?.().getTarget().replace(/^dns:/, "");
}

function noteScope(journal: ProgramJournal, address: string, scope: unknown): void {
  if (scope === undefined) return;
  const above = (scope as { [addressOfResource]?: string })[addressOfResource];
  if (above !== undefined) journal.say(address, "in", above);
  whenKnown(pulumi.CustomResource.isInstance(scope) ? scope.id : scope, (text) =>
    journal.say(address, "scope", scopeName(text)),
  );
}

/** A roster may be an output as a whole; its names are never single outputs. */
function notePeople(journal: ProgramJournal, address: string, members: unknown): void {
  const note = (known: unknown) => {
    const names = typeof known === "object" && known !== null ? Object.keys(known) : [];
    for (const name of names) journal.say(address, "who", personName(name));
  };
  if (pulumi.Output.isInstance(members)) members.apply(note);
  else note(members);
}

function alsoAt(journal: ProgramJournal, address: string, text: string): void {
  const name = text.split("::").slice(3).join("::") || text;
  journal.say(address, "alias", `${address.slice(0, address.indexOf("::"))}::${name}`);
}

function aliasName(alias: unknown): unknown {
  return typeof alias === "object" && alias !== null && "name" in alias ? alias.name : alias;
}

function personName(text: string): string {
  return canonicalUid(text) ?? normalizeEmail(text);
}

function scopeName(text: string): string {
  return normalizeTeamId(text) ?? normalizeOrganization(text);
}

/** A known value is recorded in this tick. A failure is reported by the resource that uses the value. */
function whenKnown(value: unknown, note: (text: string) => void): void {
  if (typeof value === "string") note(value);
  else if (value !== undefined && value !== null) knownValue(value).then((text) => text && note(text), ignore);
}

function ignore(): void {}
