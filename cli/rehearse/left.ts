import type { Access } from "../review/access.js";
import { personName, reviewOf, type Review } from "../review/report.js";
import type { Standards } from "../review/warnings.js";
import type { Preview, Step } from "../pulumi/preview.js";
import { nameOfPerson } from "../membership/lookup.js";
import { byText } from "../review/changes.js";
import type { Person } from "../review/people.js";
import type { Scope } from "../review/scopes.js";
import { nameOf } from "../pulumi/urn.js";
import { actWords, listed, named, quietWords } from "../review/words.js";

/** What the second run on the copy would do, in sentences; empty if nothing is left. */
export function stepsLeft(preview: Preview | undefined, standards: Standards): string[] {
  if (!preview) return [];
  const review = reviewOf(preview, standards);
  const steps = preview.steps.filter(({ op }) => op !== "same" && op !== "read");
  return [
    ...review.changes.map((row) => `The next run: ${quietWords(row, named)}.`),
    ...review.acts.map((row) => `The next run: ${actWords(row, named).slice(2)}.`),
    ...steps.filter(isUnnamed(review)).map(({ op, kind, urn }) => `The next run: ${op} ${kind} ${named(nameOf(urn))}.`),
    ...review.others.map(({ op, urn }) => `The next run: ${op} ${named(urn)}.`),
  ];
}

/** A step that changes nothing of access, and nothing of an organization or team. */
function isUnnamed({ changes, acts }: Review): (step: Step) => boolean {
  const named = new Set([
    ...changes.flatMap(({ resources }) => resources),
    ...acts.map(({ organization, team }) => (team ?? organization).resource),
  ]);
  return ({ urn }) => !named.has(urn);
}

/** Whose acceptance is waited for, in each organization, and the teams that they are in afterwards. */
export function acceptancesLeft(accesses: readonly Access[]): string[] {
  const waiting = new Map<string, { organization: Scope; person: Person; teams: Scope[] }>();
  for (const { scope, person, after } of accesses) {
    if (!after?.managed || (after.certainty !== "invited" && after.certainty !== "waiting")) continue;
    const key = JSON.stringify([scope.organization.key, person.key]);
    const row = waiting.get(key) ?? { organization: scope.organization, person, teams: [] };
    waiting.set(key, row);
    if (scope.kind === "team") row.teams.push(scope);
  }
  return [...waiting.values()]
    .map(({ organization, person, teams }) => {
      const next = teams.map((team) => named(team.called ?? team.name)).toSorted(byText);
      const added = next.length === 0 ? "" : `; the run after that adds them to ${listed(next)}`;
      return `${named(nameOfPerson(personName(person)))} has to accept the invitation to ${named(organization.called ?? organization.name)}${added}.`;
    })
    .toSorted(byText);
}
