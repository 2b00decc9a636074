import { canonicalUid, normalizeTeamId } from "../../provider/core/identity.js";
import { lookalikes } from "../output/lookalikes.js";
import { nameOf, parseUrn } from "../pulumi/urn.js";
import { typeToken } from "../../provider/schema/token.js";
import type { Preview, Resource } from "../pulumi/preview.js";
import { isUnknown } from "../../provider/core/unknown.js";
import { hiddenText, notKnown, textOf } from "../pulumi/values.js";
import { worstStep } from "./decisive.js";

/** An organization or a team, whether it exists or is to be made. */
export interface Scope {
  kind: "organization" | "team";
  /** The uid or id where it exists; else what declares it. */
  key: string;
  uid: string | undefined;
  /** The resource that declares it, where one does. */
  urn: string | undefined;
  name: string;
  /** Where another has the same name, this and what tells them apart. */
  called: string | undefined;
  /** Of a team, its organization; an organization itself. */
  organization: Scope;
  /** Made by this run: nobody can be inside before. */
  created: boolean;
  /** The preview says which one it is. */
  isKnown: boolean;
}

/** Which organization or team a resource stands for or belongs to, before the run and as declared. */
export class Scopes {
  readonly #byKey = new Map<string, Scope>();
  /** What is declared, by the URN of its resource. */
  readonly #declared = new Map<string, Scope>();
  readonly #slugs = new Map<string, Set<Scope>>();

  constructor({ steps: planned }: Preview) {
    const steps = planned.map(worstStep);
    for (const { old } of steps) if (old) this.#learnSlug(old);
    for (const kind of ["Organization", "Team"] as const) {
      for (const step of steps.filter((step) => step.kind === kind)) {
        const { old, new: now } = step;
        if (old?.id !== undefined) this.#enter(old, this.#known(old, old.id, now));
        if (!now) continue;
        const scope =
          now.id !== undefined && now.id === old?.id ? this.existing(now, now.id) : this.#declaredScope(now);
        this.#enter(now, scope);
        this.#declared.set(now.urn, scope);
      }
    }
  }

  /** In the order in which they were met. */
  get all(): Scope[] {
    return [...this.#byKey.values()];
  }

  /** What an Organization or a Team stands for that is declared. */
  declared({ urn }: Resource): Scope {
    return this.#declared.get(urn)!;
  }

  /** What an Organization or a Team stands for, before the run or after it. */
  declaredOrExisting(resource: Resource): Scope {
    return this.#declared.get(resource.urn) ?? this.existing(resource, resource.id!);
  }

  /** What an Organization or a Team of this id stands for. */
  existing(resource: Resource, id: string): Scope {
    return resource.kind === "Team" ? this.#team(id, resource) : this.#organization(id, resource);
  }

  /** The organization of a resource of a person. */
  organizationOf(resource: Resource): Scope {
    if (resource.id !== undefined) return this.#organization(resource.id.split("/")[0]!, resource);
    return this.#organizationNamed(resource);
  }

  /** The team of a resource of a person, or of a roster. */
  teamOf(resource: Resource): Scope {
    const { id, inputs } = resource;
    if (id !== undefined) return this.#team(id.split("/").slice(0, 2).join("/"), resource);
    const named = textOf(inputs["team"]);
    if (named !== undefined) return this.#team(named, resource);
    const team = this.#dependency(resource, "team", "Team");
    return team ?? this.#unknown("team", resource, this.#unknown("organization", resource));
  }

  /** A resource of a person that names its organization by slug has the uid in its id. */
  #learnSlug(resource: Resource): void {
    const slug = textOf(resource.inputs["organization"]);
    const uid = canonicalUid(resource.id?.split("/")[0] ?? "");
    if (resource.kind === "Organization" || slug === undefined || canonicalUid(slug) || uid === undefined) return;
    const scope = this.#organization(uid, resource);
    if (scope.name === uid) scope.name = slug;
    this.#addSlug(resource, scope, slug);
  }

  #addSlug(resource: Resource, scope: Scope, slug: string): void {
    const slugKey = this.#slugKey(resource, scope, slug);
    this.#slugs.set(slugKey, (this.#slugs.get(slugKey) ?? new Set()).add(scope));
  }

  #enter(resource: Resource, scope: Scope): void {
    const slug = textOf(resource.outputs["slug"]) ?? textOf(resource.inputs["slug"]);
    if (slug !== undefined) this.#addSlug(resource, scope, slug);
  }

  /** A slug is one of a deployment, and so of a provider; of a team, one of its organization. */
  #slugKey(resource: Resource, scope: Pick<Scope, "kind" | "organization">, slug: string): string {
    return scope.kind === "team" ? `${scope.organization.key} ${slug}` : `${resource.provider} ${slug}`;
  }

  #bySlug(slugKey: string): Scope | undefined {
    const [only, ...more] = this.#slugs.get(slugKey) ?? [];
    return more.length === 0 ? only : undefined;
  }

  #known(resource: Resource, id: string, declared: Resource | undefined): Scope {
    const name = textOf(resource.outputs["name"]) ?? textOf(resource.inputs["name"]);
    const scope = this.existing(resource, id);
    scope.name = textOf(declared?.inputs["name"]) ?? name ?? resource.name;
    scope.urn = resource.urn;
    return scope;
  }

  #declaredScope(resource: Resource): Scope {
    const { urn, inputs } = resource;
    const isTeam = resource.kind === "Team";
    const organization = isTeam ? this.#organizationNamed(resource) : undefined;
    const adopt = textOf(inputs["adopt"]);
    const existing =
      resource.id === undefined
        ? adopt && this.#adopted(resource, adopt, organization)
        : this.existing(resource, resource.id);
    const scope =
      existing ||
      this.#add({
        kind: isTeam ? "team" : "organization",
        key: `new ${urn}`,
        uid: undefined,
        organization,
        created: hiddenText(inputs["adopt"]) === undefined && adopt === undefined,
      });
    scope.name =
      textOf(inputs["name"]) ??
      textOf(resource.outputs["name"]) ??
      (existing && scope.name !== scope.uid ? scope.name : resource.name);
    scope.urn = urn;
    return scope;
  }

  /** A team is adopted by its uid or slug alone. */
  #adopted(resource: Resource, adopt: string, organization: Scope | undefined): Scope | undefined {
    const uid = canonicalUid(adopt);
    if (!organization)
      return uid === undefined ? this.#bySlug(`${resource.provider} ${adopt}`) : this.#organization(uid, resource);
    if (uid === undefined) return this.#bySlug(`${organization.key} ${adopt}`);
    return organization.uid === undefined ? undefined : this.#team(`${organization.uid}/${uid}`, resource);
  }

  #organizationNamed(resource: Resource): Scope {
    const named = textOf(resource.inputs["organization"]);
    if (named !== undefined) {
      const uid = canonicalUid(named);
      if (uid !== undefined) return this.#organization(uid, resource);
      const key = `${resource.provider} ${named}`;
      return this.#bySlug(key) ?? this.#byKey.get(key) ?? this.#add({ kind: "organization", key, name: named });
    }
    return (
      this.#dependency(resource, "organization", "Organization") ??
      this.#dependency(resource, "organization", "Team")?.organization ??
      this.#unknown("organization", resource)
    );
  }

  #organization(text: string, resource: Resource): Scope {
    const uid = canonicalUid(text) ?? text;
    return (
      this.#byKey.get(uid) ??
      this.#add({
        kind: "organization",
        key: uid,
        uid,
        name: nameOfDependency(resource, "organization", "Organization"),
      })
    );
  }

  #team(text: string, resource: Resource): Scope {
    const id = normalizeTeamId(text) ?? text;
    const [organization, uid] = id.split("/");
    return (
      this.#byKey.get(id) ??
      this.#add({
        kind: "team",
        key: id,
        uid,
        name: nameOfDependency(resource, "team", "Team"),
        organization: this.#organization(organization!, resource),
      })
    );
  }

  /** What an input came from, where that is one resource. */
  #dependency(resource: Resource, input: string, kind: "Organization" | "Team"): Scope | undefined {
    if (!isUnknown(resource.inputs[input])) return undefined;
    const [only, ...more] = urnsOf(resource, input, kind);
    return only === undefined || more.length > 0 ? undefined : this.#declared.get(only);
  }

  #unknown(kind: Scope["kind"], resource: Resource, organization?: Scope): Scope {
    const key = `unknown ${kind} of ${resource.urn}`;
    const name = hiddenText(resource.inputs[kind]) ?? notKnown;
    return this.#byKey.get(key) ?? this.#add({ kind, key, name, organization, isKnown: false });
  }

  #add(
    made: Pick<Scope, "kind" | "key"> & Partial<Omit<Scope, "organization">> & { organization?: Scope | undefined },
  ): Scope {
    const scope: Scope = {
      uid: undefined,
      urn: undefined,
      created: false,
      isKnown: true,
      called: undefined,
      ...made,
      name: made.name ?? made.uid ?? "",
      organization: undefined as never,
    };
    scope.organization = made.organization ?? scope;
    this.#byKey.set(scope.key, scope);
    return scope;
  }
}

/** Two with names that look alike are shown with their uids, or the names of their resources. */
export function tellScopesApart(all: readonly Scope[]): void {
  const alike = lookalikes(
    all.map(({ kind, key, name, organization }) => ({ key, name, scope: kind === "team" ? organization.key : "" })),
  );
  for (const scope of all.filter(({ key }) => alike.has(key))) {
    scope.called = `${scope.uid ?? nameOf(scope.urn ?? scope.key)} (${scope.name})`;
  }
}

function urnsOf({ dependencies }: Resource, input: string, kind: "Organization" | "Team"): string[] {
  const urns = Object.hasOwn(dependencies, input) ? dependencies[input]! : [];
  return urns.filter((urn) => parseUrn(urn).type === typeToken(kind));
}

/** An organization or team that the preview does not show has at least the logical name of its resource. */
function nameOfDependency(resource: Resource, input: string, kind: "Organization" | "Team"): string | undefined {
  const [only, ...more] = urnsOf(resource, input, kind);
  return only === undefined || more.length > 0 ? undefined : nameOf(only);
}
