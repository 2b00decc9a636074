import * as z from "zod";
import { normalizeEmail } from "../core/address.js";

/**
 * What a field means to check, diff, update, documentation and types. A resource is declared once, with these flags;
 * nothing else in the provider repeats them.
 */
export interface FieldFlags {
  /** Meaning, format and units, for users. */
  description: string;
  /** The default, in words; not needed with a zod default. */
  defaultText?: string;
  /** The condition under which a change replaces the resource, in words: "if it names a different team". */
  replaces?: string;
  /** Compared as the object that it names, not as text: a different spelling is not a change. */
  identity?: "organization" | "team" | "person";
  /** The resource class that a program may pass instead of the text. */
  reference?: "Organization" | "Team";
  /** Never sent: used by the provider itself and recorded in the state. */
  clientOnly?: true;
  /**
   * The empty value in requests (empty-values-differ). A field with this flag is emptied when it leaves the program.
   */
  emptyValue?: "" | null;
  /**
   * The service may return a different value than it was sent (logo-urls-are-signed): sent when it changes, never read
   * back.
   */
  writeOnly?: true;
  /** The service chooses a value if the program does not; the state contains it in both cases. */
  serverDefault?: true;
  /** The service may change upper and lower case (spelling-may-change). */
  caseInsensitive?: true;
  /** An email address, kept as written, and compared without case and the spelling of an international domain. */
  address?: true;
  /** The type in programs, if it differs from the type in the state. */
  type?: { input: string; output: string };
  /** Known values of an open set. */
  known?: readonly string[];
  /** A further sentence of the description: a fact of the API that explains the field. */
  note?: string;
}

const registry = z.registry<FieldFlags>();

/** Declares a field: its shape and its flags. */
export function field<T extends z.ZodType>(schema: T, flags: FieldFlags): T {
  registry.add(schema, flags);
  return schema;
}

/** The flags of a declared field. */
export function flagsOf(schema: z.ZodType): FieldFlags {
  const flags = registry.get(schema);
  if (!flags) throw new Error("bug: a field without flags; declare it with field()");
  return flags;
}

/** The one declaration of a resource. */
export interface ResourceSchema {
  /** Class name and last part of the type token: `Team`. */
  readonly kind: string;
  /** Name of its handlers, file and documentation page: `team`. */
  readonly key: string;
  /** Description of the resource, for users. */
  readonly description: string;
  /** The Pulumi id, for `get` and import files. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, z.ZodType>>;
  /** Returned by the service, never declared. */
  readonly outputs: Readonly<Record<string, z.ZodType>>;
  /** Inputs of which a program sets exactly one; the rules check it. */
  readonly exactlyOne?: readonly [string, string];
  /** Rules over several inputs. Called only with values that are known and valid by themselves. */
  readonly rules?: (inputs: Readonly<Record<string, unknown>>, unknown: ReadonlySet<string>) => Failure[];
}

/** One fault of the inputs. */
export interface Failure {
  property: string;
  reason: string;
}

/** Names of the inputs whose flags satisfy a condition. */
export function inputsWhere(resource: ResourceSchema, test: (flags: FieldFlags) => boolean): string[] {
  return Object.keys(resource.inputs).filter((name) => test(flagsOf(resource.inputs[name]!)));
}

/** True for an input that may be left out. */
export function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

/** True for a value that is not in the field's closed set. */
export function isNewValue(schema: z.ZodType, value: string): boolean {
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodEnum && !inner.options.includes(value);
}

/** The text under which two values of a field count as the same. */
export function comparable(schema: z.ZodType, value: unknown): unknown {
  const flags = flagsOf(schema);
  if (flags.emptyValue !== undefined && (value === null || value === undefined)) return "";
  if (typeof value !== "string") return value;
  if (flags.address) return normalizeEmail(value);
  return flags.caseInsensitive ? value.toLowerCase() : value;
}

/** A value as it is sent in requests. */
export function wireValue(schema: z.ZodType, value: unknown): unknown {
  const flags = flagsOf(schema);
  return flags.emptyValue !== undefined && value === "" ? flags.emptyValue : value;
}
