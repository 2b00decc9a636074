import { byText, changesOf, effects, scopeOrder, type Change, type Effect } from "./changes.js";
import type { AccessRecord, Certainty } from "./claims.js";
import { Model, type AccessModel, type Act } from "./access.js";
import { costOf, type Cost } from "./cost.js";
import type { Unclear } from "./decisive.js";
import type { Person } from "./people.js";
import type { Scope } from "./scopes.js";
import { digestOf, type OtherStep, type Preview } from "../pulumi/preview.js";
import { removalsOf, warningsOf, type Rule, type Standards, type Warning } from "./warnings.js";

/** An organization or a team, as a review names it. */
export interface ScopeName {
  /** Where it exists already. */
  uid?: string | undefined;
  name: string;
  /** If another name in this review looks the same: the name with the uid. */
  displayName?: string | undefined;
  /** URN of the resource that declares it. */
  resource?: string | undefined;
}

export interface PersonName {
  email?: string | undefined;
  userUid?: string | undefined;
  username?: string | undefined;
  /** In place of an address that the program keeps secret or that is not known yet, with the resource's name. */
  hidden?: string | undefined;
  /** Somebody else's address in this review looks like theirs: the uid stands beside it. */
  alike?: true | undefined;
}

export interface Where {
  organization: ScopeName;
  team?: ScopeName | undefined;
}

export interface Stand {
  role?: string | undefined;
  standing: Certainty;
  /** A resource of the program stands for it. */
  managed: boolean;
}

export interface Field {
  name: string;
  before?: string | undefined;
  after?: string | undefined;
}

export interface ChangeRow extends Where {
  effect: Effect;
  person: PersonName;
  before?: Stand | undefined;
  after?: Stand | undefined;
  emails: number;
  /** The program has not changed for it: an acceptance has made it possible. */
  unblocked: boolean;
  /** A cancelled invitation that may have been accepted since it was recorded: then they lose access. */
  mayHaveAccepted: boolean;
  /** Of a loss: the deletion, or the organization that is left. */
  cause?: Change["cause"];
  /** `from` is absent where no resource stood for it before, `to` where none stands for it any more. */
  moved?: { from?: string | undefined; to?: string | undefined } | undefined;
  fields: Field[];
  /** What decides about it and is not shown: it counts as the worst that it can be. */
  unclear: Unclear[];
  resources: string[];
}

export interface ActRow extends Where {
  act: Act["act"];
  fields: Field[];
  forced: boolean;
  /** As in a change. */
  unclear: readonly Unclear[];
}

export interface WarningRow extends Where, Omit<Warning, "scope" | "person" | "rule"> {
  rule: Rule;
  person?: PersonName | undefined;
}

/** An email that a rehearsal has found in the mailbox of the copy. */
export interface SentEmail {
  /** Address; of a secret one, what is shown in its place. */
  to: string;
  /** `resend`: an invitation that was there before is sent again. */
  kind: "invitation" | "resend";
}

/** What a rehearsal reports beside a review. */
export interface Rehearsed {
  rehearsed: true;
  /** In the order of their addresses. */
  emails: SentEmail[];
  /** What the run has sent, and the minutes that Avala's limit leaves no choice about. */
  requests: { reads: number; writes: number; minutes: number };
  /** What a second run would do, and whose acceptance is waited for; sentences. */
  left: string[];
  /** Errors of a run that failed: the report then shows what it had done by then. */
  failure: string[];
  /** What the keys could not see; sentences. */
  notes: string[];
  /** With `--profile`: the copy behaved as the deployment did at the probe, on this day in UTC (`2026-11-29`). */
  profile?: { date: string } | undefined;
}

/** The report of a rehearsal. */
export type Rehearsal = Review & Rehearsed;

/** Everything that `review` reports, in every format, and the shape of `--json`. docs/guides/review.md describes it. */
export interface Review extends Partial<Rehearsed> {
  version: 1;
  masked: boolean;
  /** Whether the preview shows what stays as it is, and what becomes of replaced resources, too. */
  complete: boolean;
  /** Resources that the program declares and this run leaves out (`--target`, `--exclude`). */
  leftOut: number;
  summary: Record<Effect, number> & { emails: number; warnings: number };
  cost: Cost;
  changes: ChangeRow[];
  /** Other access of those people, unchanged. */
  unchanged: (Where & { person: PersonName; stand: Stand })[];
  acts: ActRow[];
  removals: (Where & { people: number; unknown: boolean; allowed: number })[];
  warnings: WarningRow[];
  /** Steps of other providers. */
  others: OtherStep[];
  /** Warnings that the preview printed. */
  diagnostics: string[];
  /** Limits that are exceeded; empty where none were set. */
  exceeded: { limit: string; message: string }[];
  /** What the review belongs to, by the names of `--bind`; absent without that option. */
  binding?: Binding;
}

/** Such as repository, pull request and commits. */
export type Binding = Readonly<Record<string, string>>;

/** Reads a preview as what it means to people. */
export function reviewOf(preview: Preview, standards: Standards): Review {
  const model = new Model(preview);
  const changes = changesOf(model);
  return reportOf(model, changes, costOf(model, changes, model.acts), preview, standards);
}

/** The report on a model, whether a preview tells it or a rehearsal has observed it. */
export function reportOf(
  model: AccessModel,
  changes: readonly Change[],
  cost: Cost,
  preview: Preview,
  standards: Standards,
): Review {
  const acts = model.acts.toSorted(
    (one, other) => byText(scopeOrder(one.scope), scopeOrder(other.scope)) || byText(one.act, other.act),
  );
  const warnings = warningsOf(model, changes, standards).map(warningRow).toSorted(inOrder);
  return {
    version: 1,
    masked: false,
    complete: preview.complete,
    leftOut: preview.leftOut.length,
    summary: summaryOf(changes, warnings.length),
    cost,
    changes: changes.map(changeRow),
    unchanged: unchangedBeside(model, changes),
    acts: acts.map(({ act, scope, fields, forced, unclear }) => ({
      act,
      ...whereOf(scope),
      fields,
      forced,
      unclear,
    })),
    removals: removalsOf(changes, model.acts).map(({ scope, people, unknown }) => ({
      ...whereOf(scope),
      people,
      unknown,
      allowed: standards.maxRemovals,
    })),
    warnings,
    others: preview.others.toSorted((one, other) => byText(one.urn + one.op, other.urn + other.op)),
    diagnostics: preview.warnings.toSorted(byText),
    exceeded: [],
  };
}

/** People are counted once for each effect, emails one by one. */
function summaryOf(changes: readonly Change[], warnings: number): Review["summary"] {
  const count = (effect: Effect) =>
    new Set(changes.filter((change) => change.effect === effect).map(({ person }) => person)).size;
  const counts = Object.fromEntries(effects.map((effect) => [effect, count(effect)])) as Record<Effect, number>;
  return { ...counts, emails: changes.reduce((emails, change) => emails + change.emails, 0), warnings };
}

function changeRow(change: Change): ChangeRow {
  const { effect, scope, person, before, after, emails, cause, moved, fields, unclear, resources } = change;
  return {
    effect,
    ...whereOf(scope),
    person: personName(person),
    before: before && standOf(before),
    after: after && standOf(after),
    emails,
    unblocked: after?.possible === true,
    mayHaveAccepted: effect === "withdrawn" && before?.mayHold === true,
    cause: effect === "loses" || effect === "withdrawn" ? cause : undefined,
    moved,
    fields,
    unclear,
    resources: resources.toSorted(byText),
  };
}

function unchangedBeside({ accesses }: AccessModel, changes: readonly Change[]): Review["unchanged"] {
  const concerned = new Set(changes.map(({ person, scope }) => JSON.stringify([scope.organization.key, person.key])));
  const changed = new Set(changes.map(({ person, scope }) => JSON.stringify([scope.key, person.key])));
  return accesses
    .filter(
      ({ person, scope, after }) =>
        after &&
        concerned.has(JSON.stringify([scope.organization.key, person.key])) &&
        !changed.has(JSON.stringify([scope.key, person.key])),
    )
    .map(({ scope, person, after }) => ({
      ...whereOf(scope),
      person: personName(person),
      stand: standOf(after!),
    }))
    .toSorted(inOrder);
}

function warningRow({ scope, person, ...rest }: Warning): WarningRow {
  return { ...rest, ...whereOf(scope), person: person && personName(person) };
}

export function whereOf(scope: Scope): Where {
  const name = ({ uid, name, called, urn }: Scope): ScopeName => ({ uid, name, displayName: called, resource: urn });
  return scope.kind === "team"
    ? { organization: name(scope.organization), team: name(scope) }
    : { organization: name(scope) };
}

/** An address that the program keeps secret is not shown, though the id of the resource contains it. */
export function personName({ userUid, email, username, hidden, alike }: Person): PersonName {
  if (hidden !== undefined) return { hidden };
  return { email, userUid, username, ...(alike && { alike }) };
}

function standOf({ role, certainty: standing, managed }: AccessRecord): Stand {
  return { role, standing, managed };
}

export function inOrder(one: Where & { person?: PersonName | undefined }, other: typeof one): number {
  const order = ({ organization, team, person }: typeof one) =>
    JSON.stringify([
      organization.name,
      organization.uid,
      team?.name ?? "",
      team?.uid,
      person?.email,
      person?.userUid,
      person?.hidden,
    ]);
  return byText(order(one), order(other)) || byText(JSON.stringify(one), JSON.stringify(other));
}

/** The JSON of a review: the same for the same preview, and sealed against slips of the hand. */
export function asJson<Report extends Review>(review: Report): Report & { digest: string } {
  const plain = JSON.parse(JSON.stringify(review)) as Report;
  return { ...plain, digest: digestOf(plain) };
}
