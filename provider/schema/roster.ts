import * as z from "zod";
import { canonicalUid } from "../core/identity.js";
import { personEmail, userUid } from "./shapes.js";
import { quoted } from "../core/text.js";

/** People of a team by email address or uid in normal form, sorted. */
export type Roster = ReadonlyMap<string, "lead" | "member">;

/** The highest number of people in one roster: the largest that tests run with. */
const mostPeople = 10_000;
const roles = new Set(["lead", "member"]);
/** Made once: a roster has thousands of people. */
const [address, person] = [personEmail(), userUid()];
/** Enough to correct a roster. */
const mostFaults = 20;

/**
 * A roster as its canonical text: one person per line, sorted, `ada@example.com lead`. For a text, the engine shows
 * only the lines that change; for a map or list it would print every line.
 */
export const rosterText = () =>
  z
    .union([z.record(z.string(), z.unknown()), z.string().transform(entriesOfText)], {
      error: 'must map email addresses or uids to "lead" or "member"',
    })
    .transform((entries, context) => {
      const people = new Map<string, { name: string; role: string }>();
      const faults = Object.entries(entries).flatMap(([name, role]) => enter(people, name, role));
      if (people.size > mostPeople) faults.push(`has ${people.size} people, and may have at most ${mostPeople}`);
      for (const message of faults.slice(0, mostFaults)) context.addIssue({ code: "custom", message });
      if (faults.length > mostFaults) context.addIssue({ code: "custom", message: "and more" });
      return faults.length > 0 ? z.NEVER : textOf([...people].map(([who, { role }]) => [who, role]));
    });

function enter(people: Map<string, { name: string; role: string }>, name: string, role: unknown): string[] {
  const uid = canonicalUid(name);
  const parsed = uid === undefined ? address.safeParse(name) : person.safeParse(uid);
  if (!parsed.success) return [`${quoted(name)} ${parsed.error.issues[0]!.message}`];
  if (typeof role !== "string" || !roles.has(role)) return [`${quoted(name)} must be "lead" or "member"`];
  const same = people.get(parsed.data);
  people.set(parsed.data, { name, role });
  return same === undefined ? [] : [`${quoted(name)} is the same person as ${quoted(same.name)}`];
}

/** The people of a canonical text. */
export function rosterOf(text: unknown): Map<string, "lead" | "member"> {
  return new Map(Object.entries(entriesOfText(typeof text === "string" ? text : ""))) as Map<string, "lead" | "member">;
}

/** The canonical text of people; also of names alone. */
export function textOf(people: Iterable<readonly [who: string, role?: string]>): string {
  return [...people]
    .map((entry) => entry.join(" "))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .join("\n");
}

function entriesOfText(text: string): Record<string, string> {
  const lines = text.split("\n").filter(Boolean);
  // Addresses contain no spaces: the last space is before the role.
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]),
  );
}

/** Names, one a line, of a canonical text. */
export function namesOf(text: unknown): string[] {
  return typeof text === "string" ? text.split("\n").filter(Boolean) : [];
}
