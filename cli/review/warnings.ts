import type { Access, AccessModel, Act } from "./access.js";
import type { Change } from "./changes.js";
import type { AccessRecord } from "./claims.js";
import { isHiddenText, type Unclear } from "./decisive.js";
import type { Person } from "./people.js";
import type { Scope } from "./scopes.js";

/** What `--deny` can refuse, with its meaning. */
export const rules = {
  "admin-grants": "somebody becomes admin of an organization, or is invited as one",
  "extended-access": "the declared end of an access (validUntil) becomes later or is removed",
  "external-domains": "somebody of an external email domain joins",
  "last-lead": "a team that had a lead has none",
  emails: "any email is sent",
  "organization-deletions": "an organization is deleted, or left by the API key's user",
  removals: "more people lose one organization or team than AVALA_MAX_REMOVALS allows",
  "team-deletions": "a team is deleted",
  "unknown-access": "a value that decides about access or emails is secret, or not known yet",
  "unknown-people": "people join or leave whom the preview does not name",
} as const;
export type Rule = keyof typeof rules;

export interface Warning {
  rule: Rule;
  scope: Scope;
  person: Person | undefined;
  /** Beside the scope and the person: how many, which domain, which day. */
  count?: number;
  domain?: string;
  until?: string | undefined;
  forced?: boolean;
  /** Values that are not shown, each counted as the worst that it can be. */
  unclear?: readonly Unclear[];
  what?: "deleted" | "left" | "removed" | "hidden";
}

export interface Removals {
  scope: Scope;
  people: number;
  /** More people, of whom the preview shows nothing. */
  unknown: boolean;
}

export interface Standards {
  /** Most people that one organization or team may lose without a warning. */
  maxRemovals: number;
  /** Domains that are not external; by default those of the people in the organization. */
  domains: readonly string[];
}

/** What somebody who approves should look at. */
export function warningsOf(model: AccessModel, changes: readonly Change[], standards: Standards): Warning[] {
  const removed = removalsOf(changes, model.acts);
  const lost = peopleBy(changes, ({ effect }) => effect === "loses");
  return [
    ...changes.filter(isAdminGrant).map((change): Warning => ({
      ...about("admin-grants", change),
      ...(isHiddenText(change.after?.role) && { unclear: [{ name: "role", shown: change.after!.role! }] }),
    })),
    ...unclearAccess(model, changes),
    ...changes.flatMap(extended),
    ...foreigners(model, changes, standards.domains),
    ...withoutLead(model),
    ...model.acts.flatMap(({ act, scope, forced }): Warning[] => {
      if (act === "delete" || act === "leave") {
        const rule = scope.kind === "team" ? "team-deletions" : "organization-deletions";
        const what = act === "leave" ? "left" : "deleted";
        return [
          {
            rule,
            scope,
            person: undefined,
            count: lost.get(scope) ?? 0,
            forced,
            what,
          },
        ];
      }
      if (act === "removeUnlisted") return [{ rule: "unknown-people", scope, person: undefined, what: "removed" }];
      return act === "membersUnknown" ? [{ rule: "unknown-people", scope, person: undefined, what: "hidden" }] : [];
    }),
    ...removed
      .filter(({ people, unknown }) => unknown || people > standards.maxRemovals)
      .map(({ scope, people, unknown }): Warning => ({
        rule: "removals",
        scope,
        person: undefined,
        count: people,
        ...(unknown && { what: "hidden" }),
      })),
  ];
}

/** How many people lose each organization and team, or an invitation to it, as a run counts them. */
export function removalsOf(changes: readonly Change[], acts: readonly Act[]): Removals[] {
  const counts = peopleBy(changes, ({ effect }) => effect === "loses" || effect === "withdrawn");
  const unknown = new Set(acts.filter(({ takesUnknown }) => takesUnknown).map(({ scope }) => scope));
  const scopes = new Set([...counts.keys(), ...unknown]);
  return [...scopes].map((scope) => ({ scope, people: counts.get(scope) ?? 0, unknown: unknown.has(scope) }));
}

/** One warning for each person in a place, and for each organization, team or roster. */
function unclearAccess(model: AccessModel, changes: readonly Change[]): Warning[] {
  const rule = "unknown-access";
  const ofPeople = changes.map(({ scope, person, before, after, unclear }): Warning => {
    // The people of a roster share one value: its warning is one.
    const isRoster = (after ?? before)?.kind === "TeamRoster";
    return { rule, scope, person: isRoster ? undefined : person, unclear };
  });
  const ofActs = model.acts.map(({ scope, unclear }): Warning => ({ rule, scope, person: undefined, unclear }));
  const ofProviders = model.changedProviders.map(({ scope, provider }): Warning => ({
    rule,
    scope,
    person: undefined,
    unclear: [{ name: "provider", shown: provider }],
  }));
  const all = [...ofPeople, ...ofActs, ...ofProviders].filter(({ unclear }) => unclear!.length > 0);
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

function keyOf({ scope, person, unclear }: Warning): string {
  return JSON.stringify([scope.key, person?.key, unclear]);
}

function peopleBy(changes: readonly Change[], isMeant: (change: Change) => boolean): Map<Scope, number> {
  const counts = new Map<Scope, number>();
  for (const { scope } of changes.filter(isMeant)) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  return counts;
}

function about(rule: Rule, { scope, person }: Access): Warning {
  return { rule, scope, person };
}

function isAdminGrant({ scope, before, after, effect }: Change): boolean {
  if (
    scope.kind === "team" ||
    (after?.role !== "admin" && !isHiddenText(after?.role)) ||
    effect === "keeps" ||
    effect === "details" ||
    effect === "without"
  )
    return false;
  const was = before?.role === "admin" && before.certainty !== "lapsed";
  return !was;
}

function extended(change: Change): Warning[] {
  const field = change.fields.find(({ name }) => name === "validUntil");
  if (field?.before === undefined) return [];
  const isHidden = [field.before, field.after].some(isHiddenText);
  const later = isHidden || field.after === undefined || field.after > field.before;
  return later ? [{ ...about("extended-access", change), until: field.after }] : [];
}

/** Somebody comes in of a domain that nobody in the organization has, or that is not among those allowed. */
function foreigners({ accesses }: AccessModel, changes: readonly Change[], allowed: readonly string[]): Warning[] {
  const inside = domainsInside(accesses);
  const seen = new Set<string>();
  return changes
    .filter(({ effect }) => coming.has(effect))
    .flatMap(({ scope: { organization: scope }, person }): Warning[] => {
      const key = JSON.stringify([scope.key, person.key]);
      if (seen.has(key)) return [];
      seen.add(key);
      const warning: Warning = { rule: "external-domains", scope, person };
      // Whoever is named by uid alone is a member already; of a secret address nobody can say.
      if (person.email === undefined) return person.userUid === undefined ? [warning] : [];
      const domain = domainOf(person.email);
      const others = inside.get(scope);
      const isKnown =
        allowed.length > 0 ? allowed.includes(domain) : others ? isAmong(others, domain, person) : scope.created;
      return isKnown ? [] : [{ ...warning, domain }];
    });
}

const coming: ReadonlySet<Change["effect"]> = new Set(["gains", "invited", "waits"]);

/** Of each organization, who has access before the run, by domain. */
function domainsInside(accesses: readonly Access[]): Map<Scope, Map<string, Set<Person>>> {
  const inside = new Map<Scope, Map<string, Set<Person>>>();
  for (const { before, person, scope } of accesses) {
    if (!before || person.email === undefined) continue;
    const domains = inside.get(scope.organization) ?? new Map<string, Set<Person>>();
    inside.set(scope.organization, domains);
    const domain = domainOf(person.email);
    domains.set(domain, (domains.get(domain) ?? new Set()).add(person));
  }
  return inside;
}

function isAmong(domains: ReadonlyMap<string, ReadonlySet<Person>>, domain: string, person: Person): boolean {
  const same = domains.get(domain);
  return same !== undefined && (same.size > 1 || !same.has(person));
}

export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}

function mayLead({ role }: AccessRecord): boolean {
  return role === "lead" || isHiddenText(role);
}

function withoutLead({ accesses, acts }: AccessModel): Warning[] {
  const deleted = new Set(acts.filter(({ act }) => act === "delete").map(({ scope }) => scope));
  const teams = new Set(accesses.map(({ scope }) => scope).filter(({ kind }) => kind === "team"));
  return [...teams]
    .filter((team) => !deleted.has(team) && !deleted.has(team.organization))
    .flatMap((scope) => {
      const inside = accesses.filter((access) => access.scope === scope);
      const had = inside.some(({ before }) => before?.certainty === "has" && mayLead(before));
      const has = inside.some(
        ({ after }) =>
          (after?.certainty === "has" || after?.certainty === "granted") &&
          (after.role === "lead" || (after.kept === true && mayLead(after))),
      );
      return had && !has ? [{ rule: "last-lead" as const, scope, person: undefined }] : [];
    });
}
