import type { Kind } from "../../cli/pulumi/preview.js";

/** One step of a constructed preview, reduced to the fields that matter. */
export interface Planned {
  op?: string;
  kind: Kind | "Other";
  name: string;
  /** Id of an existing object. */
  id?: string;
  /** Outputs before and inputs after; only one of them for a creation or deletion. */
  was?: Record<string, unknown>;
  is?: Record<string, unknown>;
  /** Logical name of the organization or team that an unknown input comes from. */
  from?: Record<string, Pick<Planned, "kind" | "name">>;
  more?: Record<string, unknown>;
}

/** The engine's text for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const typeOf = (kind: Planned["kind"]) =>
  kind === "Other" ? "aws:iam/user:User" : `pulumi-nodejs:dynamic/avala:${kind}`;
const urnOf = ({ kind, name }: Pick<Planned, "kind" | "name">) => `urn:pulumi:test::project::${typeOf(kind)}::${name}`;

/** A preview in the shape of `pulumi preview --json --show-sames --show-replacement-steps`. */
export function previewDocument(
  planned: readonly Planned[],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const steps = planned.map(stepOf);
  return { steps, duration: 1, changeSummary: summaryOf(steps.map(({ op }) => op)), ...more };
}

/** As the engine counts: parts of replacements and reads are listed, and not counted. */
export function summaryOf(ops: readonly string[]): Record<string, number> {
  const counted = ops.filter((op) => ["create", "update", "delete", "replace", "import", "same"].includes(op));
  return Object.fromEntries([...new Set(counted)].map((op) => [op, counted.filter((one) => one === op).length]));
}

function stepOf({ op, kind, name, id, was, is, from = {}, more = {} }: Planned) {
  const urn = urnOf({ kind, name });
  const base = {
    urn,
    custom: true,
    type: typeOf(kind),
    provider: "urn:pulumi:test::project::pulumi:providers:pulumi-nodejs::default::1",
    ...more,
  };
  const propertyDependencies = Object.fromEntries(Object.entries(from).map(([input, one]) => [input, [urnOf(one)]]));
  const declared = was && Object.fromEntries(Object.entries(was).filter(([key]) => !key.startsWith("__")));
  return {
    op: op ?? (was && is ? "update" : was ? "delete" : "create"),
    urn,
    ...(was ? { oldState: { ...base, id, inputs: declared, outputs: { __v: 1, ...was } } } : {}),
    ...(is ? { newState: { ...base, inputs: is, propertyDependencies } } : {}),
  };
}
