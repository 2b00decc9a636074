import type { Access, AccessModel, Act } from "./access.js";
import type { Change } from "./changes.js";
import type { Scope } from "./scopes.js";

/** Requests that an `up` sends at most, without the preview before it, as far as a preview tells. */
export interface Cost {
  reads: number;
  writes: number;
  calls: number;
  /** Those that Avala's limit leaves no choice about: at 100 a minute, the first hundred at once. */
  minutes: number;
}

const perMinute = 100;
const perPage = 100;
/** Of organizations, what creation does not take and an update sends after it. */
const sentAfterwards = ["slug", "handle"];
/** Inputs that are never sent. */
const local = new Set(["adopt", "onDestroy", "forceDestroy", "allowDuplicateName", "reason"]);

export function costOf({ accesses }: AccessModel, changes: readonly Change[], acts: readonly Act[]): Cost {
  const reads = readsOf(accesses, changes, acts);
  const writes = sum(changes.map((change) => writesFor(change, acts))) + sum(acts.map(writesOf));
  return costOfCalls(reads, writes);
}

export function costOfCalls(reads: number, writes: number): Cost {
  const calls = reads + writes;
  return { reads, writes, calls, minutes: Math.max(0, Math.floor((calls - 1) / perMinute)) };
}

/** Each list once: organizations; of each the people, invitations and teams that steps are about; of each team its people. */
function readsOf(accesses: readonly Access[], changes: readonly Change[], acts: readonly Act[]): number {
  const touched = [
    ...changes.filter(({ effect }) => effect !== "details").map(({ scope }) => scope),
    ...acts.map(({ scope }) => scope),
  ];
  if (touched.length === 0) return 0;
  const existing = [...new Set(touched)].filter(({ created }) => !created);
  const organizations = [...new Set(existing.map(({ organization }) => organization))].filter(
    ({ created }) => !created,
  );
  const teams = existing.filter(({ kind }) => kind === "team");
  const inside = (scope: Scope) =>
    accesses.filter((access) => access.scope === scope && access.before?.certainty === "has").length;
  const invited = (scope: Scope) =>
    accesses.filter((access) => access.scope === scope && access.before?.certainty === "invited").length;
  const teamsIn = (organization: Scope) =>
    new Set(
      accesses
        .filter(({ scope }) => scope.kind === "team" && scope.organization === organization)
        .map(({ scope }) => scope),
    ).size;
  const ofOrganization = (organization: Scope) => {
    const isTouched = existing.includes(organization);
    const hasTeams = teams.some((team) => team.organization === organization);
    return (
      pages(inside(organization)) +
      (isTouched ? pages(invited(organization)) : 0) +
      (hasTeams ? pages(teamsIn(organization)) : 0)
    );
  };
  return 1 + sum(organizations.map(ofOrganization)) + sum(teams.map((team) => pages(inside(team))));
}

function writesFor({ effect, scope, before, emails, cause }: Change, acts: readonly Act[]): number {
  const emptied = cause === "team deleted" ? scope : scope.organization;
  const atOnce = cause !== undefined && acts.some((act) => act.scope === emptied && act.act === "delete" && act.forced);
  switch (effect) {
    case "gains":
    case "role":
      return 1;
    case "invited":
      // What stands is cancelled first; a second email is followed by a look at the list.
      return emails === 0 ? 0 : before ? 2 : 1;
    case "loses":
      return atOnce ? 0 : 1;
    case "withdrawn":
      return scope.kind === "team" || atOnce ? 0 : 1;
    default:
      return 0;
  }
}

function writesOf({ act, scope, fields }: Act): number {
  switch (act) {
    case "create": {
      const later = scope.kind === "organization" && fields.some(({ name }) => sentAfterwards.includes(name));
      return later ? 2 : 1;
    }
    case "update":
    case "adopt":
      return fields.some(({ name }) => !local.has(name)) ? 1 : 0;
    case "delete":
    case "leave":
      return 1;
    default:
      return 0;
  }
}

function pages(rows: number): number {
  return Math.max(1, Math.ceil(rows / perPage));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}
