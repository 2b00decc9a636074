import type { Evidence } from "./evidence.js";
import type { Profile, ProfileSettings } from "./profile.js";
import { notTried, type Finding, type Needs, type Statement } from "./statement.js";

/** A statement, and what was found about it. */
export interface Result {
  statement: Statement;
  finding: Finding;
}

/** Options without which a statement is not tried. */
const required: Record<Needs, string | undefined> = {
  reads: undefined,
  writes: "--write",
  emails: "--write and --invite",
};

/** @param given what the options allow */
export function judgeAll(
  statements: readonly Statement[],
  evidence: Evidence,
  given: Readonly<Record<Needs, boolean>>,
): Result[] {
  return statements.map((statement) => ({ statement, finding: findingOf(statement, evidence, given) }));
}

function findingOf({ probe }: Statement, evidence: Evidence, given: Readonly<Record<Needs, boolean>>): Finding {
  if ("never" in probe) return notTried(`Never tried: ${probe.never}`);
  if (!given[probe.needs]) return notTried(`Needs ${required[probe.needs]}.`);
  return probe.judge(evidence);
}

/** Settings that reproduce the deployment, of all findings together. */
export function settingsOf(results: readonly Result[]): ProfileSettings {
  return Object.assign({}, ...results.map(({ finding }) => ("settings" in finding ? finding.settings : {})));
}

export function profileOf(results: readonly Result[], now: Date): Profile {
  return {
    version: 1,
    date: now.toISOString().slice(0, 10),
    settings: settingsOf(results),
    statements: Object.fromEntries(
      results.map(({ statement: { name }, finding: { verdict, details } }) => [name, { verdict, details }]),
    ),
  };
}
