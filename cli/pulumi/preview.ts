import { nameOf, parseUrn, providerOf } from "./urn.js";
import { hiddenIn, withHiddenFlagsSet } from "../../provider/policy/hiddenState.js";
import { createHash } from "node:crypto";
import { hiddenText, isObject, propertiesOf, type Properties } from "./values.js";
import { PreviewError } from "../errors.js";
import { explicitProvidersIn } from "./managed.js";

/** A resource as one side of a step shows it. */
export interface Resource {
  urn: string;
  kind: Kind;
  /** Logical name. */
  name: string;
  id: string | undefined;
  inputs: Properties;
  outputs: Properties;
  /** URNs that a property of the program came from, by property. */
  dependencies: Readonly<Record<string, readonly string[]>>;
  provider: string;
  /** Pulumi forgets it, and no handler is asked: `retainOnDelete`, or `deletedWith` of a resource that is deleted too. */
  retained: boolean;
  /** The last run has not finished with it. */
  unfinished: boolean;
}

/** What the engine plans for one resource of ours. */
export interface Step {
  op: "create" | "update" | "replace" | "delete" | "same" | "read";
  urn: string;
  kind: Kind;
  /** State before: of everything but what is new. */
  old: Resource | undefined;
  /** What is declared: of everything but what goes. Nothing is known of it that the service answers. */
  new: Resource | undefined;
}

/** A step of another provider: only whether it is the same step can be known. */
export interface OtherStep {
  op: string;
  urn: string;
  /** Of its inputs. */
  digest: string;
}

export interface Preview {
  steps: Step[];
  others: OtherStep[];
  /** Whether what stays as it is, and what becomes of replaced resources, is shown too. */
  complete: boolean;
  /** Resources that the program declares and this run leaves out (`--target`, `--exclude`): they are not created. */
  leftOut: string[];
  /** Providers of ours that may mean another deployment from then on. */
  changedProviders: string[];
  /** URNs of providers that the program declares, with keys of their own. */
  explicitProviders: ReadonlySet<unknown>;
  /** Warnings of the program and its providers. */
  warnings: string[];
}

export const kinds = [
  "Organization",
  "Team",
  "OrganizationMember",
  "Invitation",
  "TeamMembership",
  "TeamRoster",
] as const;
export type Kind = (typeof kinds)[number];

const typePattern = /^pulumi-nodejs:dynamic\/avala:(.*)$/s;
export const providerType = "pulumi:providers:pulumi-nodejs";
/** Steps that change nothing but what the engine keeps of them, or that others stand for. */
const bookkeeping = new Set(["refresh", "read-discard", "discard", "discard-replaced", "remove-pending-replace"]);
const meanings: Readonly<Record<string, Step["op"]>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  same: "same",
  import: "same",
  read: "read",
  "create-replacement": "create",
  "delete-replaced": "delete",
  "import-replacement": "create",
  "read-replacement": "read",
};
/** The command whose output contains everything that a review needs. */
export const previewCommand = "pulumi preview --json --show-sames --show-replacement-steps";

/**
 * What `pulumi preview --json` shows.
 * @throws PreviewError where it is something else, lacks steps, or is a preview that has failed: the steps that it lacks
 * would look harmless
 */
export function previewOf(document: unknown): Preview {
  const { steps, diagnostics, changeSummary } = propertiesOf(document);
  if (!Array.isArray(steps) || !steps.every(isObject) || !isObject(changeSummary)) {
    throw new PreviewError(
      "The input is not a preview: it has no list of steps with their sums.",
      `Pass the output of: ${previewCommand}.`,
    );
  }
  const diagnosed = Array.isArray(diagnostics) ? diagnostics.map(propertiesOf) : [];
  refuseFailed(diagnosed);
  refuseMissing(steps, changeSummary);
  const plain = withoutParts(steps.filter(({ op }) => !bookkeeping.has(String(op))));
  const left = plain.filter(isLeftOut);
  const meant = plain.filter((row) => !isLeftOut(row));
  const deleted = new Set(plain.filter(({ op }) => op === "delete").map(({ urn }) => urn));
  return {
    steps: meant.flatMap((row) => stepOf(row, deleted)),
    others: meant.flatMap(otherOf),
    complete: isComplete(steps, changeSummary),
    leftOut: left.map(({ urn }) => String(urn)),
    explicitProviders: explicitProvidersIn(
      steps.flatMap(({ urn, oldState, newState }) => {
        const state = propertiesOf(newState ?? oldState);
        return state["type"] === providerType ? [{ ...state, urn }] : [];
      }),
    ),
    changedProviders: meant.filter(isChangedProvider).map(({ urn }) => String(urn)),
    warnings: [
      ...new Set(diagnosed.filter(({ severity }) => severity === "warning").map(({ message }) => String(message))),
    ],
  };
}

function refuseFailed(diagnosed: readonly Properties[]): void {
  const failures = diagnosed.filter(({ severity }) => severity === "error").length;
  if (failures === 0) return;
  throw new PreviewError(
    `The preview failed with ${failures === 1 ? "an error" : `${failures} errors`}, so it does not contain every step.`,
    "Fix the errors that pulumi preview reports, and run it again.",
  );
}

/** Steps that the engine counts in its summary, and lists; all others it only lists, or only with an option. */
const countedSteps = ["create", "update", "delete", "replace", "import"];

function refuseMissing(steps: readonly Properties[], summary: Properties): void {
  const isStep = (name: string) => Object.hasOwn(meanings, name) || bookkeeping.has(name);
  if (!Object.keys(summary).every(isStep)) throw notUnderstood();
  for (const name of countedSteps) {
    const [listed, counted] = [count(steps, name), Number(summary[name] ?? 0)];
    if (listed === counted) continue;
    throw new PreviewError(
      `The preview lists ${listed} steps of kind "${name}", but its summary counts ${counted}.`,
      `Pass the whole output of: ${previewCommand}.`,
    );
  }
}

function count(steps: readonly Properties[], name: string): number {
  return steps.filter(({ op }) => op === name).length;
}

/**
 * Without the steps of a replacement, the deletion that an interrupted run has left to do is not listed either, nor is it
 * known whether there is one.
 */
function isComplete(steps: readonly Properties[], summary: Properties): boolean {
  const sames = count(steps, "same") >= Number(summary["same"] ?? 0);
  const replaced = count(steps, "delete-replaced") >= count(steps, "replace");
  return sames && replaced;
}

/** Of a replacement, its one step that shows both sides; other deletions of replaced resources are left from earlier runs. */
function withoutParts(rows: readonly Properties[]): Properties[] {
  const idsBefore = new Map(
    rows.filter(({ op }) => op === "replace").map(({ urn, oldState }) => [urn, propertiesOf(oldState)["id"]]),
  );
  return rows.filter(({ op, urn, oldState }) => {
    if (op === "create-replacement") return !idsBefore.has(urn);
    return op !== "delete-replaced" || !idsBefore.has(urn) || propertiesOf(oldState)["id"] !== idsBefore.get(urn);
  });
}

/** The engine lists a creation that --target or --exclude leaves out as "same", with nothing in it. */
function isLeftOut({ op, oldState, newState }: Properties): boolean {
  const { id, type } = propertiesOf(oldState ?? newState);
  return op === "same" && id === undefined && isOurs(type);
}

/** Settings of a provider that say which deployment it speaks to; keys of one deployment may change. */
const deploymentSettings = ["avala:baseUrl"];

function isChangedProvider({ op, oldState, newState }: Properties): boolean {
  if (propertiesOf(newState ?? oldState)["type"] !== providerType || (op !== "update" && op !== "replace"))
    return false;
  const [before, after] = [oldState, newState].map((state) => propertiesOf(propertiesOf(state)["inputs"]));
  return deploymentSettings.some(
    (name) => before![name] !== after![name] || [before, after].some((one) => hiddenText(one![name]) !== undefined),
  );
}

/** @param deleted URNs of what the run deletes; what it replaces is there again, and may go before or after the rest */
function stepOf(row: Properties, deleted: ReadonlySet<unknown>): Step[] {
  const { op, urn, oldState, newState } = row;
  const type = propertiesOf(newState ?? oldState)["type"] ?? (typeof urn === "string" ? parseUrn(urn).type : undefined);
  if (!isOurs(type)) return [];
  const kind = kindOf(type);
  const meaning = typeof op === "string" && Object.hasOwn(meanings, op) ? meanings[op] : undefined;
  if (kind === undefined || meaning === undefined || typeof urn !== "string" || !hasSides(op, row)) {
    throw notUnderstood();
  }
  const [old, now] = [oldState, newState].map((one) =>
    isObject(one) ? resourceOf(propertiesOf(one), kind, urn, deleted) : undefined,
  );
  const step = { op: meaning, urn, kind };
  switch (meaning) {
    case "delete":
      return [{ ...step, old, new: undefined }];
    case "read":
      return [{ ...step, old: undefined, new: now && { ...now, outputs: old?.outputs ?? now.outputs } }];
    case "same":
    case "update":
      // What stays keeps its id, which a preview tells of the old side alone.
      return [{ ...step, old, new: now && { ...now, id: old?.id ?? now.id } }];
    default:
      return [{ ...step, old: meaning === "create" ? undefined : old, new: now && { ...now, id: undefined } }];
  }
}

function notUnderstood(): PreviewError {
  return new PreviewError(
    "The preview contains a step that this version does not understand.",
    `Pass the output of: ${previewCommand}. If it is, upgrade: npm install pulumi-avala@latest.`,
  );
}

const withoutOld = new Set<unknown>(["create", "create-replacement", "import", "import-replacement", "read"]);

function hasSides(op: unknown, { oldState, newState }: Properties): boolean {
  const isDeletion = op === "delete" || op === "delete-replaced";
  const needed = [...(withoutOld.has(op) ? [] : [oldState]), ...(isDeletion ? [] : [newState])];
  const hasId = withoutOld.has(op) || typeof propertiesOf(oldState)["id"] === "string";
  return hasId && needed.every((state) => isObject(state) && typeof state["type"] === "string");
}

function isOurs(type: unknown): boolean {
  return typePattern.test(String(type));
}

function kindOf(type: unknown): Kind | undefined {
  const name = typePattern.exec(String(type))?.[1];
  return kinds.find((kind) => kind === name);
}

function resourceOf(state: Properties, kind: Kind, urn: string, deleted: ReadonlySet<unknown>): Resource {
  const { id, inputs, outputs, propertyDependencies, provider, retainOnDelete, deletedWith, initErrors } = state;
  const dependencies = Object.entries(propertiesOf(propertyDependencies)).map(
    ([name, urns]) => [name, Array.isArray(urns) ? urns.filter((urn) => typeof urn === "string") : []] as const,
  );
  const recorded = withHiddenFlagsSet(propertiesOf(outputs), (value) => hiddenText(value) !== undefined);
  return {
    urn,
    kind,
    name: nameOf(urn),
    id: typeof id === "string" && id !== "" ? id : undefined,
    inputs: propertiesOf(inputs),
    outputs: recorded,
    dependencies: Object.fromEntries(dependencies),
    provider: providerOf(provider),
    retained: retainOnDelete === true || deleted.has(deletedWith),
    unfinished: (Array.isArray(initErrors) && initErrors.length > 0) || hiddenIn(recorded).isUnfinished,
  };
}

function otherOf({ op, urn, oldState, newState }: Properties): OtherStep[] {
  const state = propertiesOf(newState ?? oldState);
  const engines = state["custom"] !== true || op === "same" || op === "read";
  if (engines || isOurs(state["type"]) || typeof urn !== "string") return [];
  return [{ op: String(op), urn, digest: digestOf(propertiesOf(newState)["inputs"] ?? null) }];
}

/** The same for values that are the same, in whatever order their parts are. */
export function digestOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(value)))
    .digest("hex");
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted((one, other) => (one < other ? -1 : 1));
  return names.map((name) => [name, ordered(value[name])]);
}
