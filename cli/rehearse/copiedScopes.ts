import type { State } from "../../emulator/src/index.js";
import type { Managed } from "../pulumi/managed.js";
import { tellScopesApart, type Scope } from "../review/scopes.js";

export type OrganizationRow = State["organizations"][number];
export type TeamRow = OrganizationRow["teams"][number];

export const times = ["before", "after"] as const;
export type Time = (typeof times)[number];

/** One moment of a rehearsal: the copy by base URL, and the resources of the Pulumi state. */
export interface Moment {
  states: ReadonlyMap<string, State>;
  managed: readonly Managed[];
}

/** An organization or team before and after the run; absent where it did not exist. */
export interface CopiedScope<Row = OrganizationRow | TeamRow> {
  scope: Scope;
  /** Base URL of its deployment. */
  url: string;
  before: Row | undefined;
  after: Row | undefined;
  /** The Organization or Team that stands for it. */
  resource: Readonly<Record<Time, Managed | undefined>>;
}

/** All organizations and teams of the copy, at both moments. */
export class CopiedScopes {
  readonly organizations: CopiedScope<OrganizationRow>[] = [];
  readonly teams: CopiedScope<TeamRow>[] = [];
  readonly #byId = new Map<string, CopiedScope[]>();
  readonly #byScope = new Map<Scope, CopiedScope>();

  constructor(moments: Readonly<Record<Time, Moment>>) {
    const { before, after } = moments;
    const declared = { before: declaredIn(before.managed), after: declaredIn(after.managed) };
    const enter = <Row extends OrganizationRow | TeamRow>(
      copied: Pick<CopiedScope<Row>, "url" | "before" | "after">,
      id: string,
      organization?: Scope,
    ): CopiedScope<Row> => {
      const resource = { before: declared.before.get(id), after: declared.after.get(id) };
      const made = { ...copied, resource, scope: scopeOf(copied, resource, id, organization) };
      this.#byId.set(id, [...(this.#byId.get(id) ?? []), made as CopiedScope]);
      this.#byScope.set(made.scope, made as CopiedScope);
      return made;
    };
    for (const url of new Set([...before.states.keys(), ...after.states.keys()])) {
      // One that is not active is a deleted one, to everybody who asks for it.
      const rows = (time: Time) => moments[time].states.get(url)?.organizations.filter(({ isActive }) => isActive);
      for (const [uid, copied] of pairs(rows("before"), rows("after"))) {
        const organization = enter({ url, ...copied }, uid);
        this.organizations.push(organization);
        for (const [team, inside] of pairs(copied.before?.teams, copied.after?.teams))
          this.teams.push(enter({ url, ...inside }, `${uid}/${team}`, organization.scope));
      }
    }
    tellScopesApart([...this.organizations, ...this.teams].map(({ scope }) => scope));
  }

  /** Those of an id, as resources have it: two deployments may have an organization of one uid. */
  of(id: string): readonly CopiedScope[] {
    return this.#byId.get(id) ?? [];
  }

  at(scope: Scope): CopiedScope {
    return this.#byScope.get(scope)!;
  }
}

/** Where a resource belongs: the uid of an organization, or the id of a team. */
export function scopeIdOf({ organizationUid, teamUid }: Managed): string {
  return teamUid === undefined ? organizationUid : `${organizationUid}/${teamUid}`;
}

function declaredIn(managed: readonly Managed[]): Map<string, Managed> {
  const scopes = managed.filter(({ key }) => key === "organization" || key === "team");
  return new Map(scopes.map((one) => [scopeIdOf(one), one]));
}

function scopeOf(
  { url, before, after }: Pick<CopiedScope, "url" | "before" | "after">,
  resource: CopiedScope["resource"],
  id: string,
  organization: Scope | undefined,
): Scope {
  const scope: Scope = {
    kind: organization ? "team" : "organization",
    key: `${url} ${id}`,
    // The copy has chosen the uid of what the run has made; the service will choose another one.
    uid: before?.uid,
    urn: (resource.after ?? resource.before)?.urn,
    name: (after ?? before)!.name,
    called: undefined,
    organization: undefined as never,
    created: before === undefined,
    isKnown: true,
  };
  scope.organization = organization ?? scope;
  return scope;
}

function pairs<Row extends { uid: string }>(
  before: readonly Row[] = [],
  after: readonly Row[] = [],
): Map<string, { before: Row | undefined; after: Row | undefined }> {
  const [was, is] = [before, after].map((rows) => new Map(rows.map((row) => [row.uid, row])));
  const uids = [...new Set([...was!.keys(), ...is!.keys()])].toSorted();
  return new Map(uids.map((uid) => [uid, { before: was!.get(uid), after: is!.get(uid) }]));
}
