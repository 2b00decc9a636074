import { nameOf, providerOf } from "./urn.js";
import { hiddenIn } from "../../provider/policy/hiddenState.js";
import { createHash } from "node:crypto";
import { isObject, propertiesOf, type Properties } from "./values.js";
import { PreviewError } from "../errors.js";

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
  /** Pulumi forgets it, and no handler is asked. */
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
  /** Whether what stays as it is, is shown too. */
  complete: boolean;
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

const typePattern = /^pulumi-nodejs:dynamic\/avala:(\w+)$/;
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

/**
 * What `pulumi preview --json` shows.
 * @throws PreviewError where it is something else, or a preview that has failed: the steps it lacks would look harmless
 */
export function previewOf(document: unknown): Preview {
  const { steps: listed, diagnostics, changeSummary, duration } = propertiesOf(document);
  // Where there is nothing at all, the engine leaves the list out.
  const steps = listed ?? (typeof duration === "number" ? [] : undefined);
  if (!Array.isArray(steps)) {
    throw new PreviewError(
      "The input is not a preview: it has no steps.",
      "Pass the output of: pulumi preview --json --show-sames.",
    );
  }
  const diagnosed = Array.isArray(diagnostics) ? diagnostics.map(propertiesOf) : [];
  refuseFailed(diagnosed);
  const rows = steps.map(propertiesOf);
  const plain = rows.filter(({ op }) => !bookkeeping.has(String(op)));
  const replaced = new Set(plain.filter(({ op }) => op === "create-replacement").map(({ urn }) => urn));
  const meant = plain.filter(({ op, urn }) => op !== "replace" || !replaced.has(urn));
  const sames = Number(propertiesOf(changeSummary)["same"] ?? 0);
  return {
    steps: meant.flatMap(stepOf),
    others: meant.flatMap(otherOf),
    complete: meant.filter(({ op }) => op === "same").length >= sames,
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

function stepOf(row: Properties): Step[] {
  const { op, urn, oldState, newState } = row;
  const state = propertiesOf(newState ?? oldState);
  const kind = kindOf(state["type"]);
  if (kind === undefined) return [];
  const meaning = typeof op === "string" && Object.hasOwn(meanings, op) ? meanings[op] : undefined;
  if (meaning === undefined || typeof urn !== "string") {
    throw new PreviewError(
      "The preview contains a kind of step that this version does not know.",
      "Upgrade: npm install pulumi-avala@latest.",
    );
  }
  const [old, now] = [oldState, newState].map((one) =>
    isObject(one) ? resourceOf(propertiesOf(one), kind, urn) : undefined,
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

function kindOf(type: unknown): Kind | undefined {
  const name = typePattern.exec(String(type))?.[1];
  return kinds.find((kind) => kind === name);
}

function resourceOf(state: Properties, kind: Kind, urn: string): Resource {
  const { id, inputs, outputs, propertyDependencies, provider, retainOnDelete, initErrors } = state;
  const dependencies = Object.entries(propertiesOf(propertyDependencies)).map(
    ([name, urns]) => [name, Array.isArray(urns) ? urns.filter((urn) => typeof urn === "string") : []] as const,
  );
  return {
    urn,
    kind,
    name: nameOf(urn),
    id: typeof id === "string" && id !== "" ? id : undefined,
    inputs: propertiesOf(inputs),
    outputs: propertiesOf(outputs),
    dependencies: Object.fromEntries(dependencies),
    provider: providerOf(provider),
    retained: retainOnDelete === true,
    unfinished: (Array.isArray(initErrors) && initErrors.length > 0) || hiddenIn(propertiesOf(outputs)).isUnfinished,
  };
}

function otherOf({ op, urn, oldState, newState }: Properties): OtherStep[] {
  const state = propertiesOf(newState ?? oldState);
  const engines = state["custom"] !== true || op === "same" || op === "read";
  if (engines || kindOf(state["type"]) !== undefined || typeof urn !== "string") return [];
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
