import type { z } from "zod";
import type { Failure } from "./fields.js";
import { quoted } from "../core/text.js";

/** A fault of one value, and the part of the value that it concerns. */
export interface ValueFailure extends Failure {
  part: readonly PropertyKey[];
}

/** A value of one property in normal form, or a failure for each part of it that its shape refuses. */
export function checkValue(
  name: string,
  schema: z.ZodType,
  value: unknown,
): { data?: unknown; failures: ValueFailure[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { data: parsed.data, failures: [] };
  const byPart = new Map<string, { part: readonly PropertyKey[]; reasons: Set<string> }>();
  for (const { path, message } of parsed.error.issues) {
    const label = [name, ...path.map((key) => quoted(String(key)))].join(" ");
    const entry = byPart.get(label) ?? { part: path, reasons: new Set<string>() };
    byPart.set(label, entry);
    entry.reasons.add(message);
  }
  const failures = [...byPart].map(([label, { part, reasons }]) => ({
    property: name,
    reason: `${label} ${[...reasons].join("; ")}${given(partOf(value, part))}`,
    part,
  }));
  return { failures };
}

function partOf(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((part, key) => (part as Record<PropertyKey, unknown>)[key], value);
}

function given(value: unknown): string {
  return typeof value === "string" ? ` (given: ${quoted(value)})` : "";
}

/** A failure for each unknown name, with the known name that is most similar. */
export function unknownProperties(what: string, names: readonly string[], known: readonly string[]): Failure[] {
  return names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase()) ?? nearest(name, known);
      const hint = meant ? `did you mean ${meant}?` : `valid properties: ${known.join(", ")}.`;
      return { property: name, reason: `${quoted(name)} is not a property of ${what}; ${hint}` };
    });
}

/** A name one edit away. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const near = candidates.filter(({ length }) => Math.abs(length - name.length) <= 1);
  if (near.length === 0) return undefined;
  const without = (text: string) => Array.from(text, (_, index) => text.slice(0, index) + text.slice(index + 1));
  const shorter = new Set([name, ...without(name)]);
  return near.find((candidate) => [candidate, ...without(candidate)].some((form) => shorter.has(form)));
}
