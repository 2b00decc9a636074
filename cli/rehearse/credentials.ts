import { ConfigError } from "../../provider/core/errors.js";
import { resolveSettings, type Settings } from "../../provider/lifecycle/runtime/settings.js";
import type { Invocation } from "../command.js";
import { isDefaultProvider, isExplicit } from "../pulumi/managed.js";
import { providerType } from "../pulumi/preview.js";
import { nameOf, providerOf } from "../pulumi/urn.js";
import { propertiesOf, rowsOf, settingsIn, type Properties } from "../pulumi/values.js";

/** A key and its deployment, which a run may use. */
export interface Credential {
  /** With the real key and base URL, also where the command itself is part of a rehearsal. */
  settings: Settings;
  /** Where the pair comes from, for messages: `AVALA_API_KEY`, `stack configuration`, `Provider tenant`. */
  sources: string[];
}

type Environment = Invocation["environment"];
type Texts = ReadonlyMap<string, string>;

/** A source of a key and a base URL. */
interface Origin {
  source: string;
  /** In the form of the stack configuration; `undefined` if a part is not known before the run. */
  config: Texts | undefined;
}

/** A provider of dynamic resources, with its settings. */
interface Provider {
  urn: string;
  inputs: Properties;
  /** A replaced one, still in the state, with which resources are left to be deleted. */
  isPending: boolean;
}

/** What a preview plans for a resource of whatever kind. */
interface Step {
  op: unknown;
  urn: string;
  /** Empty for a deletion. */
  newState: Properties;
}

/**
 * The keys that a run of the program may use: of the environment or else the stack configuration, and of the providers
 * that the state and the preview contain. Each pair of key and base URL is there once. `unknown` names the sources whose
 * key or base URL cannot be found out before the run.
 * @param config of the stack, with secrets
 * @param state exported with secrets
 * @param preview the document of `pulumi preview --json --show-sames`, in which no secret can be read
 */
export function credentialsOf(
  environment: Environment,
  config: Texts,
  state: unknown,
  preview: unknown,
): { credentials: Credential[]; unknown: string[] } {
  const found = new Map<string, Credential>();
  const unknown = new Set<string>();
  const origins = [...ownOrigin(environment, config), ...providerOrigins(environment, state, preview)];
  for (const { source, config: given } of origins) {
    const settings = given && settingsOf(environment, given);
    if (settings === undefined) {
      unknown.add(source);
      continue;
    }
    const pair = JSON.stringify([settings.client.apiKey, settings.client.baseUrl]);
    const credential = found.get(pair) ?? { settings, sources: [] };
    if (!credential.sources.includes(source)) credential.sources.push(source);
    found.set(pair, credential);
  }
  return { credentials: [...found.values()], unknown: [...unknown] };
}

/** As in every run; none where the program has explicit providers alone. */
function ownOrigin(environment: Environment, config: Texts): Origin[] {
  if (environment["AVALA_API_KEY"]) return [{ source: "AVALA_API_KEY", config }];
  return givesKey(config) ? [{ source: "stack configuration", config }] : [];
}

function providerOrigins(environment: Environment, state: unknown, preview: unknown): Origin[] {
  const steps = rowsOf(propertiesOf(preview)["steps"]).map(stepOf);
  const before = providersIn(rowsOf(propertiesOf(propertiesOf(state)["deployment"])["resources"]));
  const recorded = new Set(before.filter(({ isPending }) => !isPending).map(({ urn }) => urn));
  // What stays the same is read in the state: the preview does not show its secrets.
  const news = steps.filter(({ op, urn }) => op !== "same" || !recorded.has(urn));
  const after = providersIn(news.map(({ newState }) => newState));
  const outdated = outdatedBy(steps, after);
  return [...before.filter((provider) => !outdated(provider)), ...after]
    .filter((provider) => !isEngines(provider) || !environment["AVALA_API_KEY"])
    .map((provider) => ({
      source: isEngines(provider) ? "stack configuration of the last update" : `Provider ${nameOf(provider.urn)}`,
      config: textsIn(provider.inputs),
    }));
}

/**
 * Whether a run no longer uses a provider as the state has it. Once the program has declared it, deletions use it as
 * declared too: an explicit one that is updated, and one of the engine if a resource of the program has it.
 */
function outdatedBy(steps: readonly Step[], after: readonly Provider[]): (provider: Provider) => boolean {
  const updates = new Set(steps.filter(({ op }) => op === "update").map(({ urn }) => urn));
  const updated = new Set(after.filter(({ urn, inputs }) => updates.has(urn) && textsIn(inputs)).map(({ urn }) => urn));
  const used = new Set(steps.map(({ newState }) => providerOf(newState["provider"])));
  return (provider) => !provider.isPending && (isEngines(provider) ? used : updated).has(provider.urn);
}

/** Those with a key of their own; for others, the environment and the stack configuration decide. */
function providersIn(rows: readonly Properties[]): Provider[] {
  return rows
    .filter(({ type }) => type === providerType)
    .map((row) => ({
      urn: String(row["urn"]),
      inputs: propertiesOf(row["inputs"]),
      isPending: row["delete"] === true,
    }))
    .filter(({ inputs }) => isExplicit(inputs) || givesKey(new Map(Object.entries(inputs))));
}

/** The engine declares it, with the stack configuration. */
function isEngines({ urn, inputs }: Provider): boolean {
  return isDefaultProvider(nameOf(urn)) && !isExplicit(inputs);
}

function givesKey(config: ReadonlyMap<string, unknown>): boolean {
  return ["avala:apiKey", "avala:apiKeyEnv"].some((key) => (config.get(key) ?? "") !== "");
}

/** As the host resolves them outside of a rehearsal; `undefined` if it would refuse them. */
function settingsOf(environment: Environment, config: Texts): Settings | undefined {
  try {
    return resolveSettings(
      (name) => (name === "AVALA_REHEARSAL" ? undefined : environment[name]),
      (key) => config.get(key),
    );
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** If one is hidden, all of them count as not known. */
function textsIn(inputs: Properties): Texts | undefined {
  const { texts, hidden } = settingsIn(inputs);
  return hidden.length > 0 ? undefined : texts;
}

function stepOf({ op, urn, newState }: Properties): Step {
  return { op, urn: String(urn), newState: propertiesOf(newState) };
}
