import { digestOf, type Note, type ProgramNotes } from "../../core/notes.js";
import { judgeDeletion, meaningOfAddress, type Declared, type Leaver } from "../../policy/identity.js";
import { AvalaError } from "../../core/errors.js";
import { addressKey } from "../../schema/index.js";
import { quoted } from "../../core/text.js";
import type { Claimant } from "./claims.js";
import { GuardError } from "./guards.js";
import type { Properties } from "../inputs.js";
import type { Run } from "./run.js";

/** An organization or a team, with every name that a program may use for it. */
export interface Scope {
  /** Names in inputs of other resources: ids, slugs. */
  names: readonly string[];
  /** Names in `adopt`. */
  adopt: readonly string[];
  /** For a team: its organization. */
  within?: Scope;
}

/**
 * An object that resources manage, as it was observed: a person in an organization or team, a team, an organization.
 */
export interface Subject {
  /** For people: "ada@example.com in organization acme". */
  text: string;
  /** Keys of claims that may mean it, and for people the name in the key. */
  names: readonly { key: string; name?: string }[];
  /** The `uid` of claims that mean it. */
  uid: string | undefined;
  /** For people. */
  person?: Leaver;
  /** Uid of the person who has an address now. */
  holderOf?: (address: string) => string | undefined;
  /** Kinds of resources that can manage it. */
  kinds: readonly string[];
  /** For people: their organization or team. For teams and organizations: the object itself. */
  scope: Scope;
}

/** Two resources declare one object: they would overwrite each other's changes. */
export class DeclaredTwiceError extends AvalaError {
  readonly code = "AVALA_DECLARED_TWICE";
}

/** The address of a resource, from its inputs or its state. */
export function addressOf(properties: Properties): string {
  const address = properties[addressKey];
  return typeof address === "string" ? address : "";
}

/** Refuses a second declaration of an object, before a request is sent for it. */
export function refuseTwice(run: Run, subject: Subject, address: string): void {
  const own = digestOf(address);
  const other = claimantsOf(run, subject).same.find((claimant) => claimant.address !== own);
  if (other === undefined || address === "") return;
  throw declaredTwice(run, address, other.address, subject.text);
}

export function declaredTwice(run: Run, address: string, other: string, what: string): DeclaredTwiceError {
  const [one, two] = [run.claims.nameOf(other), run.claims.nameOf(digestOf(address))];
  return new DeclaredTwiceError(
    `${one} and ${two} declare the same object: ${what}. They would overwrite each other's changes.`,
    "Remove one of the two from the program. If the state is not up to date, run pulumi refresh first.",
  );
}

/**
 * Whether another declaration of this run manages the object of a deleted resource. Then nothing must be removed in
 * Avala, which is logged. Throws if it cannot be known.
 * @param state state of the deleted resource
 */
export function handOver(run: Run, subject: Subject, state: Properties): boolean {
  const { same, stale, moved } = claimantsOf(run, subject);
  if (same.length > 0) {
    reportKept(run, subject, run.claims.nameOf(same[0]!.address));
    return true;
  }
  const own = digestOf(addressOf(state));
  if (moved.some(({ address }) => address === own)) throw meansAnother(subject);
  const [claimant] = stale;
  if (claimant !== undefined) throw staleAddress(run, subject, claimant);
  const program = run.claims.program;
  if (program === undefined || !isKept(run, subject, addressOf(state), program)) return false;
  reportKept(run, subject, "the program");
  return true;
}

/** Logs that no request is sent for a deletion, because the engine reports the deletion as done. */
function reportKept({ log }: Run, { text }: Subject, by: string): void {
  log.oneOfMany(
    "info",
    "kept",
    `Nothing is removed for the deleted resource of ${text}: ${by} declares the same.`,
    (count) => `Nothing is removed for ${count} more deleted resources: others declare the same.`,
  );
}

/** Declarations of the same object, of an unknown one, and of a different one that now has a name of this object. */
function claimantsOf(run: Run, subject: Subject): Record<"same" | "stale" | "moved", Claimant[]> {
  const found: Record<"same" | "stale" | "moved", Claimant[]> = { same: [], stale: [], moved: [] };
  for (const { key, name } of subject.names) {
    for (const claimant of run.claims.claimants(key, subject.uid)) {
      const meaning = claimant.uid === "unknown" ? meaningOf(subject, name) : claimant.uid;
      if (meaning === "other") found.moved.push(claimant);
      else found[meaning].push(claimant);
    }
  }
  return found;
}

/** The error for a replaced resource whose inputs now name a different object. */
function meansAnother({ text }: Subject): GuardError {
  return new GuardError(
    `The replaced resource managed ${text}. Its name means a different object now, which the new resource manages. Nothing is removed for the former object.`,
    "Correct the name in the program, and run pulumi up. To remove the former object, declare it in a separate resource first.",
  );
}

function meaningOf({ person, holderOf }: Subject, name: string | undefined): "same" | "other" | "stale" {
  if (person === undefined || name === undefined || !name.includes("@")) return "same";
  return meaningOfAddress(name, person, holderOf?.(name));
}

function staleAddress(run: Run, { text, person }: Subject, { address }: Claimant): GuardError {
  const now = person?.address === undefined ? "" : ` Their address is ${quoted(person.address, 254)} now.`;
  return new GuardError(
    `It is not known whether ${run.claims.nameOf(address)} declares ${text}: it names an address that they had before.${now} Nobody is removed.`,
    "If it is the same person, declare them there by their current address or by their uid (user), then run again. If it is a different person, remove that resource from the program for one run.",
  );
}

/**
 * Whether the program declares the object in a resource that this run has not checked. Throws if that cannot be known.
 */
function isKept(run: Run, subject: Subject, address: string, program: ProgramNotes): boolean {
  const own = digestOf(address);
  const unchecked = run.claims.uncheckedNotes(program);
  const verdict = judgeDeletion({
    declared: declaredIn(program, unchecked, subject),
    declaresResource: address !== "" && unchecked.some((note) => note.addresses.has(own)),
    isResourceChecked: address !== "" && run.claims.hasCheckedAddress(own),
    programRuns: program.isRunning,
    hasChecked: run.claims.hasChecked,
  });
  if (verdict !== "refuse") return verdict === "keep";
  throw new GuardError(
    `It cannot be known in this run whether the program still declares ${subject.text}, because the engine deletes first or checks only a part of the program. Nothing is removed.`,
    "Run pulumi up without --target and --exclude, or without deleteBeforeReplace on what is replaced (a provider, say). To remove everything, run pulumi destroy without --run-program.",
  );
}

/**
 * Refuses the deletion of an organization or team in which the program of this run declares people or teams by its id
 * or slug: they would lose the access that the same program gives them. Declarations that refer to the deleted resource
 * itself are handled by the engine.
 * @param of the deleted object, with every name that declarations in it may use
 * @param state state of its resource
 * @param teams returns the ids of an organization's teams; called if the program declares team memberships
 */
export async function refuseDeclaredInside(
  run: Run,
  of: { text: string; names: readonly string[] },
  state: Properties,
  teams: () => Promise<string[]> = async () => [],
): Promise<void> {
  const { program, hasChecked } = run.claims;
  if (program === undefined) return;
  const own = digestOf(addressOf(state));
  const notes = [...program.notes.values()].filter(({ scope }) => scope !== undefined);
  // `destroy --run-program` deletes what the program declares, without a check; an update would have checked it.
  if (!hasChecked && program.notes.has(own)) return;
  const inTeams = notes.some(({ kind }) => membershipKinds.has(kind)) ? await teams() : [];
  const names = new Set([...of.names, ...inTeams].map(digestOf));
  // The deployment is looked up in the journals of the run: for those that are found only.
  const inside = notes.filter(({ scope, address }) => names.has(scope!) && !run.claims.isOfOtherDeployment(address));
  if (inside.length === 0) return;
  throw new GuardError(
    `${of.text} is not deleted, because the program declares ${kindsNamed(inside)} in it.`,
    "Take these declarations out of the program too, or declare it again (with adopt). To remove everything, run pulumi destroy without --run-program.",
  );
}

/** "1 TeamRoster and 2 TeamMemberships". */
function kindsNamed(notes: readonly Note[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of notes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}${count === 1 ? "" : "s"}`).join(" and ");
}

/** Whether the program of this run declares a team membership for a person with one of these names. */
export function isNamedInProgram(run: Run, names: readonly string[]): boolean {
  const digests = names.map(digestOf);
  return [...(run.claims.program?.notes.values() ?? [])].some(
    ({ kind, who }) => membershipKinds.has(kind) && digests.some((digest) => who.has(digest)),
  );
}

const membershipKinds = new Set(["TeamMembership", "TeamRoster"]);

function declaredIn({ notes }: ProgramNotes, unchecked: readonly Note[], subject: Subject): Declared {
  const { kinds, person, scope } = subject;
  const answers = unchecked
    .filter(({ kind }) => kinds.includes(kind))
    .map((note) =>
      person === undefined
        ? (isObject(notes, note, scope) ?? "no")
        : least(named(note, subject), isIn(notes, note, scope)),
    );
  return answers.includes("yes") ? "yes" : answers.includes("perhaps") ? "perhaps" : "no";
}

/** Whether a note names this person. */
function named({ who }: Note, { names }: Subject): Declared {
  if (who.size === 0) return "perhaps";
  return names.some(({ name }) => name !== undefined && who.has(digestOf(name))) ? "yes" : "no";
}

/** Whether the object that a note declares is in this organization or team. */
function isIn(notes: ProgramNotes["notes"], note: Note, scope: Scope): Declared {
  if (note.scope !== undefined) return oneOf(scope.names, note.scope);
  const above = note.in === undefined ? undefined : notes.get(note.in);
  return (above && isObject(notes, above, scope)) ?? "perhaps";
}

/** Whether a note declares this organization or team; `undefined` for a resource that may create a new one. */
function isObject(notes: ProgramNotes["notes"], note: Note, scope: Scope): Declared | undefined {
  if (note.id !== undefined) return oneOf(scope.names, note.id);
  if (note.adopt === undefined) return undefined;
  const adopted = oneOf(scope.adopt, note.adopt);
  return adopted === "yes" && scope.within !== undefined ? isIn(notes, note, scope.within) : adopted;
}

function oneOf(names: readonly string[], digest: string): Declared {
  return names.some((name) => digestOf(name) === digest) ? "yes" : "no";
}

function least(one: Declared, other: Declared): Declared {
  const order: Declared[] = ["no", "perhaps", "yes"];
  return order[Math.min(order.indexOf(one), order.indexOf(other))]!;
}
