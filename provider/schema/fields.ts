import * as z from "zod";
import { normalizeEmail } from "../core/address.js";

/**
 * What a field means to check, diff, sync, documentation and types. A resource is declared once, with these flags;
 * nothing else in the provider repeats what they say.
 */
export interface FieldFlags {
  /** Meaning, format and units, as users read it. */
  description: string;
  /** What holds when the field is left out, in words; a zod default needs none. */
  absent?: string;
  /** When a change replaces the resource, in words. */
  replaces?: string;
  /** Compared as the object it names, not as text (respelling is not a change). */
  identity?: "organization" | "team" | "person";
  /** The resource class that a program may pass instead of the text. */
  reference?: "Organization" | "Team";
  /** Never sent: read by the provider itself and recorded in state. */
  local?: true;
  /**
   * What the wire has for "empty" (empty-values-differ). A field with this flag is cleared when it leaves the program.
   */
  clear?: "" | null;
  /**
   * The service may answer something else than was sent (logo-urls-are-signed): sent when it changes, never read back.
   */
  writeOnly?: true;
  /** The service chooses a value when the program does not; the state shows it either way. */
  chosen?: true;
  /** The service may change upper and lower case (spelling-may-change). */
  caseless?: true;
  /** An email address, kept as written: case and the spelling of an international domain mean nothing. */
  address?: true;
  /** The type in programs, where it is another one than in state. */
  type?: { input: string; output: string };
  /** Known values of an open set. */
  known?: readonly string[];
  /** The API fact the field rests on. */
  fact?: string;
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
  /** What it is, for users. */
  readonly description: string;
  /** The Pulumi id, for `get` and import files. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, z.ZodType>>;
  /** Answered by the service; never declared. */
  readonly outputs: Readonly<Record<string, z.ZodType>>;
  /** Rules over several inputs. Only called with values that are known and valid one by one. */
  readonly rules?: (inputs: Readonly<Record<string, unknown>>, unknown: ReadonlySet<string>) => Failure[];
}

/** One thing wrong with the inputs. */
export interface Failure {
  property: string;
  reason: string;
}

/** Names of the inputs that satisfy a test on their flags. */
export function inputsWhere(resource: ResourceSchema, test: (flags: FieldFlags) => boolean): string[] {
  return Object.keys(resource.inputs).filter((name) => test(flagsOf(resource.inputs[name]!)));
}

/** True for an input that may be left out. */
export function isOptional(schema: z.ZodType): boolean {
  return schema.safeParse(undefined).success;
}

/** True for a value that a field with a closed set does not hold. */
export function isNewValue(schema: z.ZodType, value: string): boolean {
  const inner = schema instanceof z.ZodDefault || schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodEnum && !inner.options.includes(value);
}

/** The text under which two values of a field count as the same. */
export function comparable(schema: z.ZodType, value: unknown): unknown {
  const flags = flagsOf(schema);
  if (flags.clear !== undefined && (value === null || value === undefined)) return "";
  if (typeof value !== "string") return value;
  if (flags.address) return normalizeEmail(value);
  return flags.caseless ? value.toLowerCase() : value;
}

/** A value as the wire wants it. */
export function wireValue(schema: z.ZodType, value: unknown): unknown {
  const flags = flagsOf(schema);
  return flags.clear !== undefined && value === "" ? flags.clear : value;
}
