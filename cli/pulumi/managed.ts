import { nameOf, providerOf } from "./urn.js";
import { mark, openedSecret, secretMark } from "./values.js";
import type { KindKey } from "../../provider/lifecycle/registry.js";
import { canonicalUid, splitId } from "../../provider/core/identity.js";
import { resources as schemas } from "../../provider/schema/index.js";
import { StackError } from "../errors.js";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource of this package, as an exported state holds it. */
export interface Managed {
  kind: (typeof schemas)[KindKey]["kind"];
  key: KindKey;
  urn: string;
  /** Logical name. */
  name: string;
  id: string;
  organizationUid: string;
  teamUid: string | undefined;
  /** The person, as the id names them. */
  who: string | undefined;
  /** Secrets as they are, where the state was exported with them. */
  outputs: Properties;
  /** Names of the outputs that are secret. */
  secret: ReadonlySet<string>;
  /** Names of those that the export holds encrypted; they are not among the outputs. */
  sealed: readonly string[];
  /** Name of the explicit provider that it was given. */
  provider: string | undefined;
}

const prefix = "pulumi-nodejs:dynamic/avala:";
/** The type under which the engine knows a kind. */
export const typeOf = (kind: Managed["kind"]): string => prefix + kind;
const keys = Object.entries(schemas).map(([key, { kind }]) => [prefix + kind, key as KindKey] as const);
const keyByType = new Map<unknown, KindKey>(keys);

/** Where the parts of an id stand: organization, team, person. */
const idForms: Record<KindKey, readonly ("organizationUid" | "teamUid" | "who")[]> = {
  organization: ["organizationUid"],
  team: ["organizationUid", "teamUid"],
  organizationMember: ["organizationUid", "who"],
  invitation: ["organizationUid", "who"],
  teamMembership: ["organizationUid", "teamUid", "who"],
  teamRoster: ["organizationUid", "teamUid"],
};

/** The resources in an exported state that are managed: not those only read (`get`), on their way out, or still without an id. */
export function managedIn(state: unknown): Managed[] {
  const { deployment } = properties(state);
  if (typeof deployment !== "object" || deployment === null) {
    throw new StackError(
      "The input is not an exported state: it has no deployment.",
      "Pass the output of: pulumi stack export.",
    );
  }
  const { resources = [] } = properties(deployment);
  const rows = (Array.isArray(resources) ? resources : []).map(properties);
  const explicit = explicitProvidersIn(rows);
  return rows
    .filter((resource) => resource["external"] !== true && resource["delete"] !== true)
    .flatMap((resource) => managed(resource, explicit));
}

function managed(resource: Properties, explicit: ReadonlySet<unknown>): Managed[] {
  const key = keyByType.get(resource["type"]);
  const id = resource["id"];
  if (key === undefined || typeof id !== "string" || id === "") return [];
  const urn = typeof resource["urn"] === "string" ? resource["urn"] : "";
  const parts = idParts(id, idForms[key].length);
  const part = (what: "organizationUid" | "teamUid" | "who") => parts[idForms[key].indexOf(what)];
  return [
    {
      kind: schemas[key].kind,
      key,
      urn,
      name: nameOf(urn),
      id,
      organizationUid: canonicalUid(parts[0]!) ?? parts[0]!,
      teamUid: part("teamUid"),
      who: part("who"),
      ...opened(properties(resource["outputs"])),
      provider: explicitProvider(resource["provider"], explicit),
    },
  ];
}

function idParts(id: string, count: number): string[] {
  try {
    return splitId(id, count);
  } catch (error) {
    throw new StackError((error as Error).message, "Pass the output of: pulumi stack export.");
  }
}

/** `urn:pulumi:dev::app::pulumi:providers:pulumi-nodejs::tenant::<uuid>`; the engine calls its own `default`, or so and a version. */
function explicitProvider(reference: unknown, explicit: ReadonlySet<unknown>): string | undefined {
  const urn = providerOf(reference);
  const name = nameOf(urn);
  return name === "" || (isDefaultProvider(name) && !explicit.has(urn)) ? undefined : name;
}

/** URNs of the providers that a program declares, whatever they are called: their settings say so. */
export function explicitProvidersIn(rows: readonly Properties[]): Set<unknown> {
  return new Set(rows.filter(({ inputs }) => isExplicit(properties(inputs))).map(({ urn }) => urn));
}

/** Of the settings of a provider. */
export function isExplicit(inputs: Properties): boolean {
  return inputs["avala:explicit"] !== undefined;
}

/** Whether it is the name of a provider that the engine itself declares. */
export function isDefaultProvider(name: string): boolean {
  return /^default(_\d|$)/.test(name);
}

function opened(outputs: Properties): Pick<Managed, "outputs" | "secret" | "sealed"> {
  const entries = Object.entries(outputs);
  const secrets = entries.filter(([, value]) => properties(value)[mark] === secretMark);
  const names = new Set(secrets.map(([name]) => name));
  const plain = secrets
    .map(([name, value]) => [name, openedSecret(value)] as const)
    .filter(([, value]) => value !== undefined);
  const known = new Set(plain.map(([name]) => name));
  return {
    outputs: Object.fromEntries([...entries.filter(([name]) => !names.has(name)), ...plain]),
    secret: names,
    sealed: [...names].filter((name) => !known.has(name)),
  };
}

function properties(value: unknown): Properties {
  return typeof value === "object" && value !== null ? (value as Properties) : {};
}
