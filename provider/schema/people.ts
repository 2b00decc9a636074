import * as z from "zod";
import { organizationMember } from "./organizationMember.js";
import { teamMembership } from "./teamMembership.js";
import { Table } from "../core/csv.js";
import type { Place } from "../core/dataFile.js";
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

/** A fault of a list, and the part of the content that it concerns. */
interface Fault {
  about: string;
  reason: string;
  /** Undefined for a fault that is not in the content. */
  path: readonly PropertyKey[] | undefined;
  of?: "key" | undefined;
}

/** A fault of one mapping; the path starts at this mapping. */
type Reason = Pick<Fault, "reason" | "of"> & { path?: readonly PropertyKey[] };

/** A list of people; `pathOf` returns the path of a part of it in the content that it was read from. */
interface Opened {
  entries: unknown[];
  own: unknown;
  faults: Fault[];
  pathOf(index: number, rest: readonly PropertyKey[]): readonly PropertyKey[];
}

/**
 * The people of a list, or of a mapping with `people` and optionally `defaults`, or of a table, and all faults in it,
 * one line each. The content is not trusted. If there are faults, the people must not be used.
 * @param defaults fields that neither the person nor the content sets
 * @param teamKeys keys of the teams that people may be members of
 * @param place returns the position of a part of the content in its file
 */
export function listPeople(
  content: unknown,
  defaults: unknown,
  teamKeys: readonly string[],
  place: Place = () => undefined,
): { people: ListedPerson[]; faults: string[] } {
  const { entries, own, faults, pathOf } = opened(content);
  const general = [defaults, own].map((given) => {
    const { values, reasons } = checked("defaults", peopleDefaults, given ?? {});
    // Defaults of the program are not in the file.
    const pathOf = (rest: readonly PropertyKey[]) => (given === own ? ["defaults", ...rest] : undefined);
    for (const { reason, path = [], of } of reasons) faults.push({ about: "defaults", reason, path: pathOf(path), of });
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
      else
        reasons.unshift({ reason: `is the same person as entry ${first}`, path: [declared.email ? "email" : "user"] });
      people.push({ who, teams, declared: Object.assign({}, ...general, declared) });
    }
    const about = `entry ${index + 1}${who === undefined ? "" : ` (${printable(who, 254)})`}`;
    for (const { reason, path = [], of } of reasons) faults.push({ about, reason, path: pathOf(index, path), of });
  }
  return { people, faults: shown(faults, place) };
}

/** A line for each of the first faults. */
function shown(faults: readonly Fault[], place: Place): string[] {
  const lines = faults.slice(0, mostFaults).map(({ about, reason, path, of }) => {
    const where = path && place(path, of);
    return [...(where === undefined ? [] : [where]), ...(about === "" ? [] : [about]), reason].join(": ");
  });
  return faults.length > mostFaults ? [...lines, "and more"] : lines;
}

function opened(content: unknown): Opened {
  if (content instanceof Table) return openedTable(content);
  if (Array.isArray(content)) return { ...nobody([]), entries: content, pathOf: (index, rest) => [index, ...rest] };
  if (!isMapping(content)) {
    return nobody([ofFile("it must contain a list of people, alone or under people")]);
  }
  // Editors find the schema of a JSON file in it.
  const names = Object.keys(content).filter((name) => name !== "$schema");
  const faults = unknownProperties("the file", names, peopleFile).map(({ property, reason }) =>
    ofFile(reason, [property], "key"),
  );
  const { people, defaults: own } = content;
  const pathOf = (index: number, rest: readonly PropertyKey[]) => ["people", index, ...rest];
  if (Array.isArray(people)) return { entries: people, own, faults, pathOf };
  // An empty value in a file is more likely an accident than the wish to remove everybody.
  faults.push(ofFile("people must be a list of people; use [] for nobody", ["people"]));
  return { ...nobody(faults), own };
}

const nobody = (faults: Fault[]): Opened => ({ entries: [], own: undefined, faults, pathOf: () => [] });

function ofFile(reason: string, path: readonly PropertyKey[] = [], of?: "key"): Fault {
  return { about: "", reason, path, of };
}

/** Columns that are comments for readers of the table. */
const commentColumn = /^(?:name|#.*)$/;

/** A person for each row. The columns are the fields of a person; an empty cell counts as not set. */
function openedTable({ header, rows }: Table): Opened {
  const known = new Map(Object.keys(person).map((field) => [field.toLowerCase(), field]));
  const faults: Fault[] = [];
  const columns = new Map<string, number>();
  for (const [index, { text }] of header.entries()) {
    const report = (reason: string) => faults.push(ofFile(reason, [-1, index]));
    const title = text.toLowerCase().replaceAll(/[\s_-]/g, "");
    const name = known.get(title);
    if (name !== undefined && columns.has(name)) report(`the column ${name} is there twice`);
    else if (name !== undefined) columns.set(name, index);
    else if (text === "" && rows.every((row) => (row[index]?.text ?? "") === "")) continue;
    else if (text === "") report("the column has no name");
    else if (!commentColumn.test(title)) {
      for (const { reason } of unknownProperties("a person", [text], [...known.values()])) report(reason);
    }
  }
  if (rows.length === 0)
    faults.push(ofFile("it must contain a list of people: a row of column names, and a row for each"));
  const entries = rows.map((row, index) => {
    if (row.length > header.length && row.slice(header.length).some(({ text }) => text !== ""))
      faults.push(ofFile("the row has more cells than the first one", [index, header.length]));
    const cells = [...columns].map(([name, column]) => [name, row[column]?.text ?? ""] as const);
    const given = cells.filter(([, text]) => text !== "");
    return Object.fromEntries(given.map(([name, text]) => [name, name === "teams" ? teamsOfCell(text) : text]));
  });
  const pathOf = (index: number, [name]: readonly PropertyKey[]) => [index, columns.get(String(name)) ?? 0];
  return { entries: faults.length > 0 ? [] : entries, own: undefined, faults, pathOf };
}

/** `perception: lead, labeling`: teams with a role, or without one for a member. */
function teamsOfCell(text: string): string[] | Record<string, string> {
  const parts = text.split(/[,;\r\n]/).map((part) => part.trim());
  const given = parts.filter((part) => part !== "").map((part) => part.split(/\s*:\s*(?=[^:]*$)/));
  const keys = given.map(([key = ""]) => key);
  // Returned as a list, because a team that a list contains twice is reported as a fault.
  if (new Set(keys).size < keys.length) return keys;
  return Object.fromEntries(given.map(([key = "", role = "member"]) => [key, role]));
}

function checkedPerson(entry: unknown, teamKeys: readonly string[]) {
  const { values, reasons, unfit } = checked("a person", person, entry);
  if (!isMapping(entry)) return { values, reasons };
  for (const { property, reason } of organizationMember.rules(values, unfit))
    reasons.push({ reason: `${property} ${reason}`, path: [property] });
  const { teams } = entry;
  const keys: unknown[] = Array.isArray(teams) ? teams : isMapping(teams) ? Object.keys(teams) : [];
  // The last position of each key: faults of a team that is listed twice are reported there.
  const positions = new Map(keys.map((key, index) => [key, Array.isArray(teams) ? index : String(key)]));
  if (positions.size < keys.length) {
    const twice = keys.find((key, index) => positions.get(key) !== index);
    reasons.push({ reason: "teams lists a team twice", path: ["teams", positions.get(twice)!] });
  }
  for (const [key, position] of positions) {
    if (typeof key !== "string" || teamKeys.includes(key)) continue;
    const reason = `unknown team ${quoted(key)}; ${teamHint(key, teamKeys)}`;
    reasons.push({ reason, path: ["teams", position], of: "key" });
  }
  return { values, reasons };
}

function teamHint(key: string, teamKeys: readonly string[]): string {
  if (teamKeys.length === 0) return "the program passes no teams";
  const near = nearest(key, teamKeys);
  return near === undefined ? `expected ${teamKeys.join(", ")}` : `did you mean ${quoted(near)}?`;
}

/** The valid values of a mapping in normal form, and the faults of the others. */
function checked<T extends Shape>(what: string, shape: T, mapping: unknown) {
  const values: Record<string, unknown> = {};
  const unfit = new Set<string>();
  const reasons: Reason[] = [];
  if (!isMapping(mapping)) {
    reasons.push({ reason: `must be a mapping of ${Object.keys(shape).join(", ")}` });
    return { values: values as Values<T>, reasons, unfit };
  }
  const given = new Map(Object.entries(mapping).filter(([, value]) => value !== undefined && value !== null));
  for (const { property, reason } of unknownProperties(what, [...given.keys()], Object.keys(shape)))
    reasons.push({ reason, path: [property], of: "key" });
  for (const [name, schema] of Object.entries(shape)) {
    const { data, failures } = checkValue(name, schema, given.get(name));
    if (failures.length > 0) unfit.add(name);
    for (const { reason, part } of failures) reasons.push({ reason, path: [name, ...part] });
    if (data !== undefined) values[name] = data;
  }
  return { values: values as Values<T>, reasons, unfit };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
