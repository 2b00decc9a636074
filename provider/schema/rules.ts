import type { Failure } from "./fields.js";

/** Exactly one of user and email must be set; an unknown value counts as set. */
export function exactlyOnePerson(inputs: Readonly<Record<string, unknown>>, unknown: ReadonlySet<string>): Failure[] {
  const given = ["user", "email"].filter((name) => unknown.has(name) || inputs[name] !== undefined);
  if (given.length === 1) return [];
  const reason =
    given.length === 0
      ? "is missing: name the person by email, or by user (their uid)"
      : "must not be given together with user: one of the two names the person";
  return [{ property: "email", reason }];
}
