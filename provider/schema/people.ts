import * as z from "zod";
import { organizationMember } from "./organizationMember.js";
import { teamMembership } from "./teamMembership.js";
import { printable, quoted } from "../core/text.js";
import { checkValue, nearest, unknownProperties } from "./validation.js";

/** Enough to correct a file. It also limits the work that a file of aliases can cause. */
const mostFaults = 100;

const { role, maxEmails, onExpiry, onDestroy, reason, validUntil, email, user, resend } = organizationMember.inputs;

/** YAML is read without numbers, so that no text in it is converted. */
const digitsAsNumber = (value: unknown) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value);

/** A field's own default would hide the defaults of the list. */
const withoutDefault = <T extends z.ZodType>(schema: z.ZodDefault<T>) => schema.unwrap().optional();

/** A list of keys makes the person a member of those teams. */
const listAsRoles = (value: unknown) =>
  Array.isArray(value) && value.every((key) => typeof key === "string")
    ? Object.fromEntries(value.map((key) => [key, "member"]))
    : value;

const teams = z.preprocess(
  listAsRoles,
  z
    .record(z.string(), teamMembership.inputs.role.unwrap(), {
      error: 'must list keys of teams, or map them to "lead" or "member"',
    })
    .optional(),
);

/** Fields that may be set once for all people. */
export const peopleDefaults = {
  role: withoutDefault(role),
  onExpiry: withoutDefault(onExpiry),
  maxEmails: z.preprocess(digitsAsNumber, withoutDefault(maxEmails)),
  onDestroy,
  reason,
  validUntil,
};

/** Fields of one person. */
export const person = {
  email,
  user,
  teams,
  resend,
  ...peopleDefaults,
};

/** Keys of a file that is a mapping, not a list of people. */
export const peopleFile = ["people", "defaults"];

type Shape = Readonly<Record<string, z.ZodType>>;
type Values<T extends Shape> = { [Name in keyof T]?: z.output<T[Name]> };

/** One person in normal form. */
export interface ListedPerson {
  /** Email address or uid. */
  who: string;
  teams: Readonly<Record<string, "lead" | "member">>;
  /** All other fields, including defaults. */
  declared: Omit<Values<typeof person>, "teams">;
}

/**
 * The people of a list, or of a mapping with `people` and optionally `defaults`, and all faults in it, one line each.
 * The content is not trusted. If there are faults, the people must not be used.
 * @param defaults fields that neither the person nor the content sets
 * @param teamKeys keys of the teams that people may be members of
 */
export function listPeople(
  content: unknown,
  defaults: unknown,
  teamKeys: readonly string[],
): { people: ListedPerson[]; faults: string[] } {
  const { entries, own, faults } = opened(content);
  const tell = (about: string, reasons: readonly string[]) => {
    for (const reason of reasons) faults.push(`${about}: ${reason}`);
  };
  const general = [defaults, own].map((given) => {
    const { values, reasons } = checked("defaults", peopleDefaults, given ?? {});
    tell("defaults", reasons);
    return values;
  });
  const people: ListedPerson[] = [];
  const seen = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    if (faults.length > mostFaults) break;
    const { values, reasons } = checkedPerson(entry, teamKeys);
    const { teams = {}, ...declared } = values;
    const who = declared.email ?? declared.user;
    if (who !== undefined) {
      const first = seen.get(who);
      if (first === undefined) seen.set(who, index + 1);
      else reasons.unshift(`is the same person as entry ${first}`);
      people.push({ who, teams, declared: Object.assign({}, ...general, declared) });
    }
    tell(`entry ${index + 1}${who === undefined ? "" : ` (${printable(who, 254)})`}`, reasons);
  }
  return { people, faults: faults.length > mostFaults ? [...faults.slice(0, mostFaults), "and more"] : faults };
}

function opened(content: unknown): { entries: unknown[]; own: unknown; faults: string[] } {
  if (Array.isArray(content)) return { entries: content, own: undefined, faults: [] };
  if (!isMapping(content)) {
    return { entries: [], own: undefined, faults: ["it must contain a list of people, alone or under people"] };
  }
  const faults = unknownProperties("the file", Object.keys(content), peopleFile).map(({ reason }) => reason);
  const { people, defaults: own } = content;
  if (Array.isArray(people)) return { entries: people, own, faults };
  // An empty value in a file is more likely an accident than the wish to remove everybody.
  faults.push("people must be a list of people; use [] for nobody");
  return { entries: [], own, faults };
}

function checkedPerson(entry: unknown, teamKeys: readonly string[]) {
  const { values, reasons, unfit } = checked("a person", person, entry);
  if (!isMapping(entry)) return { values, reasons };
  for (const { property, reason } of organizationMember.rules(values, unfit)) reasons.push(`${property} ${reason}`);
  const { teams } = entry;
  const keys: unknown[] = Array.isArray(teams) ? teams : isMapping(teams) ? Object.keys(teams) : [];
  const distinct = new Set(keys);
  if (distinct.size < keys.length) reasons.push("teams lists a team twice");
  for (const key of distinct) {
    if (typeof key === "string" && !teamKeys.includes(key)) {
      reasons.push(`unknown team ${quoted(key)}; ${teamHint(key, teamKeys)}`);
    }
  }
  return { values, reasons };
}

function teamHint(key: string, teamKeys: readonly string[]): string {
  if (teamKeys.length === 0) return "the program passes no teams";
  const near = nearest(key, teamKeys);
  return near === undefined ? `expected ${teamKeys.join(", ")}` : `did you mean ${quoted(near)}?`;
}

/** The values of a mapping in normal form, and what is wrong with the others. */
function checked<T extends Shape>(what: string, shape: T, mapping: unknown) {
  const values: Record<string, unknown> = {};
  const unfit = new Set<string>();
  if (!isMapping(mapping)) {
    const reasons = [`must be a mapping of ${Object.keys(shape).join(", ")}`];
    return { values: values as Values<T>, reasons, unfit };
  }
  const given = new Map(Object.entries(mapping).filter(([, value]) => value !== undefined && value !== null));
  const failures = [unknownProperties(what, [...given.keys()], Object.keys(shape))];
  for (const [name, schema] of Object.entries(shape)) {
    const { data, failures: own } = checkValue(name, schema, given.get(name));
    if (own.length > 0) unfit.add(name);
    failures.push(own);
    if (data !== undefined) values[name] = data;
  }
  return { values: values as Values<T>, reasons: failures.flat().map(({ reason }) => reason), unfit };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
