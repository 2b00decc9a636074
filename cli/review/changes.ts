import { unclearScope, type Access, type AccessModel } from "./access.js";
import { changedFields, type AccessRecord, type Certainty } from "./claims.js";
import { isHiddenText, type Unclear } from "./decisive.js";
import type { Person } from "./people.js";
import type { Scope } from "./scopes.js";
import { nameOf } from "../pulumi/urn.js";
import { notKnown, secretText } from "../pulumi/values.js";

/**
 * What a run changes for a person in one organization or team:
 * `gains` access, has another `role`, `loses` access; is `invited` (by email), or `waits` for their acceptance; `withdrawn`:
 * an invitation is cancelled; `without`: they have no access already, and nobody declares them any more; `accepted`: they
 * have joined by themselves, and it is recorded;
 * `keeps`: nothing changes for them, though another resource, or none, stands for them; `details`: only what is declared
 * beside the role.
 */
export const effects = [
  "gains",
  "role",
  "loses",
  "invited",
  "waits",
  "withdrawn",
  "without",
  "accepted",
  "keeps",
  "details",
] as const;
export type Effect = (typeof effects)[number];

export interface Change extends Access {
  effect: Effect;
  fields: { name: string; before: string | undefined; after: string | undefined }[];
  /** Logical names of the resources that stood for it before and stand for it after, where they are not the same. */
  moved: { from: string | undefined; to: string | undefined } | undefined;
}

/** Everything that a run means to people, in an order that does not hang on the engine's. */
export function changesOf(model: AccessModel): Change[] {
  return model.accesses.flatMap(changeOf).toSorted(inOrder);
}

function changeOf(access: Access): Change[] {
  const { before, after } = access;
  const moved = movedBetween(before, after);
  const fields = after ? fieldsBetween(before, after) : [];
  const isDetail = access.unclear.length > 0 || (before && fields.length > 0);
  const effect = effectOf(access) ?? (moved ? "keeps" : isDetail ? "details" : undefined);
  return effect === undefined ? [] : [{ ...access, effect, fields, moved, unclear: unclearOf(access) }];
}

/** Each value once: several resources may declare one access. */
function unclearOf({ unclear, scope, person }: Access): Unclear[] {
  const all = [...unclear, ...unclearScope(scope), ...unclearPerson(person)];
  return [...new Map(all.map((one) => [`${one.name} ${one.shown}`, one])).values()];
}

function unclearPerson({ hidden }: Person): Unclear[] {
  if (hidden === undefined) return [];
  return [{ name: "email", shown: hidden.startsWith(secretText) ? secretText : notKnown }];
}

function effectOf(access: Access): Effect | undefined {
  const { before, after } = access;
  if (before && hasNothing(access, before) && before.managed && !after?.managed)
    return before.mayHold ? "loses" : "without";
  // An email is a change also where its invitation is gone again.
  if (!before && !after) return access.emails > 0 ? "withdrawn" : undefined;
  if (!before || before.certainty === "lapsed") return after && beginning(access, after);
  if (before.certainty === "has") {
    if (!after || !holding.has(after.certainty)) return "loses";
    return hasOtherRole(before, after) ? "role" : undefined;
  }
  if (!after || after.certainty === "lapsed") return "withdrawn";
  if (access.emails > 0) return "invited";
  if (after.certainty === before.certainty) return hasOtherRole(before, after) ? "role" : undefined;
  if (access.scope.kind === "organization") return after.certainty === "has" ? "accepted" : undefined;
  return "gains";
}

/** Whoever has access after the run, or may have it. */
const holding: ReadonlySet<Certainty> = new Set(["has", "granted", "depends"]);

/** A role that is not shown may be another one, unless the resource stays as it is. */
function hasOtherRole(before: AccessRecord, after: AccessRecord): boolean {
  return after.role !== before.role || (isHiddenText(after.role) && after.kept !== true);
}

/** Neither access nor an invitation that gives some. */
function hasNothing({ scope }: Access, { certainty }: AccessRecord): boolean {
  return certainty === "lapsed" || (scope.kind === "team" && certainty === "waiting");
}

/** Of somebody who has nothing there so far. */
function beginning({ scope, emails, before, newcomer }: Access, after: AccessRecord): Effect | undefined {
  if (after.certainty === "lapsed") return undefined;
  if (scope.kind === "team") return after.certainty === "waiting" || newcomer ? "waits" : "gains";
  if (emails > 0 || after.certainty === "invited") return "invited";
  return before && after.certainty === "has" ? "accepted" : "gains";
}

function movedBetween(before: AccessRecord | undefined, after: AccessRecord | undefined): Change["moved"] {
  if (!before || !after || before.certainty === "lapsed") return undefined;
  if (before.managed && !after.managed) return { from: nameOf(before.urn), to: undefined };
  if (before.urn === after.urn) return undefined;
  return { from: before.urn === "" ? undefined : nameOf(before.urn), to: nameOf(after.urn) };
}

/** What holds where nobody says anything, which is not worth telling of somebody new. */
export const usualFields: AccessRecord["fields"] = { onExpiry: "report", maxEmails: "3" };

/** A roster declares the role alone; what an Invitation declares about emails is not a change of an OrganizationMember. */
function fieldsBetween(before: AccessRecord | undefined, after: AccessRecord): Change["fields"] {
  const silent = [before, after].some((claim) => claim?.kind === "TeamRoster" || claim?.kind === "Invitation");
  if (silent || !after.managed || after.kept) return [];
  const was = before?.fields ?? usualFields;
  return changedFields(was, after.fields)
    .filter((name) => before || after.fields[name] !== undefined)
    .map((name) => ({ name, before: before && was[name], after: after.fields[name] }));
}

function inOrder(one: Change, other: Change): number {
  return (
    byText(scopeOrder(one.scope), scopeOrder(other.scope)) ||
    effects.indexOf(one.effect) - effects.indexOf(other.effect) ||
    byText(personOrder(one), personOrder(other))
  );
}

export function scopeOrder(scope: Scope): string {
  const { organization } = scope;
  const own = scope.kind === "team" ? [scope.name, scope.key] : [];
  return [organization.name, organization.key, ...own].join("\u0000");
}

function personOrder({ person }: Access): string {
  return JSON.stringify([person.email ?? "", person.key]);
}

/** Of code units, so that it is the same everywhere. */
export function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
