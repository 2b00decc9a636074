import {
  UnknownValueError,
  type PolicyConfigSchema,
  type ResourceValidationArgs,
  type StackValidationArgs,
} from "@pulumi/policy";

// Policies see every value in plain text, also secrets: no message of this pack repeats one.

export type Properties = Record<string, unknown>;

/** A declared value that the pack cannot read, usually because a preview does not know it yet. It counts as the worst. */
export const hidden = Symbol("hidden");
export type Hidden = typeof hidden;

/** A declared value; undefined if nothing is declared. */
export function read(props: Properties, name: string): unknown {
  try {
    return props[name] ?? undefined;
  } catch (error) {
    if (error instanceof UnknownValueError) return hidden;
    throw error;
  }
}

/** A declared text; undefined if nothing is declared. */
export function text(props: Properties, name: string): string | Hidden | undefined {
  const value = read(props, name);
  return value === undefined || typeof value === "string" ? value : hidden;
}

type Configured = Pick<ResourceValidationArgs | StackValidationArgs, "getConfig">;

/** The configuration of a policy; what it does not set has the default of the schema. */
export function configOf<T extends object>({ getConfig }: Configured, schema: PolicyConfigSchema): T {
  const defaults = Object.entries(schema.properties).map(([name, property]) => [name, property.default]);
  return { ...Object.fromEntries(defaults), ...getConfig<T>() } as T;
}

export const minLength = {
  type: "integer",
  minimum: 1,
  default: 5,
  description: "Number of letters and digits that a reason has at least.",
} as const;

/** What is wrong with a reason; undefined if nothing is. */
export function reasonFault(reason: string | Hidden | undefined, least: number): string | undefined {
  if (reason === undefined) return "has no reason";
  if (reason === hidden) return "has a reason that this preview does not know";
  const length = reason.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return length < least ? `has a reason of fewer than ${least} letters and digits` : undefined;
}

const day = 24 * 60 * 60 * 1000;

/** A day in UTC, such as 2027-01-31, so many days after today. */
export const dayAfter = (days: number): string => new Date(Date.now() + days * day).toISOString().slice(0, 10);
