import { openDataFile, type DataFile, type Place } from "../../provider/core/dataFile.js";
import { pages } from "../../provider/core/documentation.js";
import { quoted } from "../../provider/core/text.js";
import { resources as schemas, unknownProperties } from "../../provider/schema/index.js";
import { RulesError } from "../errors.js";
import { kinds, type Finding } from "./finding.js";

interface Condition {
  /** For the schema with which editors complete a file. */
  description: string;
  matches: (finding: Finding, value: string) => boolean;
}

/** Conditions of a rule. All of them must match; of several values, one. */
export const conditions = {
  kind: {
    description: "The kind of difference.",
    matches: ({ kind }, value) => kind === value,
  },
  organization: {
    description: "The organization's slug or uid.",
    matches: ({ organization }, value) => [organization.uid, organization.slug].includes(value),
  },
  team: {
    description: "The team's name, slug or uid.",
    matches: ({ team }, value) => team !== undefined && [team.uid, team.slug, team.name].includes(value),
  },
  person: {
    description: "The person's email address, user name or uid; * matches any text, and letter case is ignored.",
    matches: ({ person }, value) => {
      const names = [person?.email, person?.userUid, person?.username];
      return names.some((name) => name !== undefined && matchesGlob(value, name));
    },
  },
  property: {
    description: "The property that has changed.",
    matches: ({ property }, value) => property === value,
  },
} satisfies Record<string, Condition>;
type Name = keyof typeof conditions;
const conditionNames = Object.keys(conditions) as Name[];

const properties = new Set(Object.values(schemas).flatMap(({ inputs }) => Object.keys(inputs)));
/** Closed sets: any other value would never match. */
export const known: Partial<Record<Name, ReadonlySet<string>>> = { kind: new Set<string>(kinds), property: properties };

type Rule = Partial<Record<Name, string[]>>;

/** Rules that ignore intended differences. */
export class Rules {
  readonly #rules: readonly Rule[];

  private constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  static readonly none = new Rules([]);

  /**
   * Rules of a YAML or JSON file: a list under `ignore`.
   * @throws RulesError that names everything that is wrong with it
   */
  static read(path: string): Rules {
    const { content, place } = opened(path);
    const { rules, faults } = parsed(content);
    if (faults.length === 0) return new Rules(rules);
    throw new RulesError(
      `${quoted(path)} is invalid.`,
      `Correct these rules, which ${pages.driftRules} describes:\n${faultLines(faults, place).join("\n")}`,
    );
  }

  /** Findings that no rule matches, how many are ignored, and the numbers of rules that match nothing. */
  apply(findings: readonly Finding[]): { left: Finding[]; ignored: number; unused: number[] } {
    const used = new Set<number>();
    const left = findings.filter((finding) => {
      const matching = this.#rules.flatMap((rule, index) => (matches(rule, finding) ? [index] : []));
      for (const index of matching) used.add(index);
      return matching.length === 0;
    });
    const unused = this.#rules.flatMap((_, index) => (used.has(index) ? [] : [index + 1]));
    return { left, ignored: findings.length - left.length, unused };
  }
}

function matches(rule: Rule, finding: Finding): boolean {
  return conditionNames.every(
    (name) => rule[name] === undefined || rule[name].some((value) => conditions[name].matches(finding, value)),
  );
}

/** Something wrong with the rules, and with which part of them. */
interface Fault {
  reason: string;
  path: readonly PropertyKey[];
  of?: "key" | undefined;
}

/** Enough to correct a file. */
const mostFaults = 100;

/** A line for each of the first faults. */
function faultLines(faults: readonly Fault[], place: Place): string[] {
  const lines = faults.slice(0, mostFaults).map(({ reason, path, of }) => `  ${place(path, of)}: ${reason}`);
  return faults.length > mostFaults ? [...lines, "  and more"] : lines;
}

function opened(path: string): DataFile {
  try {
    return openDataFile(path);
  } catch (error) {
    throw new RulesError(`${(error as Error).message}.`, `Pass a file of rules to --ignore; see ${pages.driftRules}.`);
  }
}

function parsed(content: unknown): { rules: Rule[]; faults: Fault[] } {
  // Editors find the schema of a JSON file in it.
  const { ignore, $schema: _, ...others } = isMapping(content) ? content : {};
  if (!Array.isArray(ignore))
    return { rules: [], faults: [{ reason: "it must contain a list of rules under ignore", path: ["ignore"] }] };
  const faults = unknownNames("the file", others, ["ignore"]);
  const rules = ignore.map((entry: unknown, index): Rule => {
    const { rule, reasons } = ruleOf(entry);
    for (const { reason, path, of } of reasons)
      faults.push({ reason: `rule ${index + 1}: ${reason}`, path: ["ignore", index, ...path], of });
    return rule;
  });
  return { rules, faults };
}

function unknownNames(what: string, mapping: object, known: readonly string[]): Fault[] {
  return unknownProperties(what, Object.keys(mapping), known).map(({ property, reason }) => ({
    reason,
    path: [property],
    of: "key",
  }));
}

function ruleOf(entry: unknown): { rule: Rule; reasons: Fault[] } {
  if (!isMapping(entry))
    return { rule: {}, reasons: [{ reason: `must be a mapping of ${conditionNames.join(", ")}`, path: [] }] };
  const { reason, ...asked } = entry;
  const reasons = unknownNames("a rule", asked, [...conditionNames, "reason"]);
  const tell = (why: string, ...path: PropertyKey[]) => reasons.push({ reason: why, path });
  if (reason !== undefined && typeof reason !== "string") tell("reason must be a text", "reason");
  const rule: Rule = {};
  for (const name of conditionNames) {
    const value = asked[name];
    if (value === undefined) continue;
    const values = (Array.isArray(value) ? value : [value]) as unknown[];
    if (values.length === 0 || !values.every((one) => typeof one === "string" && one !== "")) {
      tell(`${name} must be a text or a list of texts`, name);
      continue;
    }
    rule[name] = values as string[];
    for (const [index, one] of rule[name].entries()) {
      if (known[name] && !known[name].has(one))
        tell(`${name} cannot be ${quoted(one)}; expected one of ${[...known[name]].join(", ")}`, name, index);
    }
  }
  if (reasons.length === 0 && Object.keys(rule).length === 0) {
    tell(`must have a condition: ${conditionNames.join(", ")}`);
  }
  return { rule, reasons };
}

/** `*` stands for any characters; letter case does not matter. */
export function matchesGlob(pattern: string, name: string): boolean {
  const text = name.toLowerCase();
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  let at = first.length;
  if (at > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  // The earliest place for each part leaves most to those that follow, so that none is ever tried again.
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
