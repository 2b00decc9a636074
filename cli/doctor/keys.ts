import { ConfigError } from "../../provider/core/errors.js";
import { shellWord } from "../../provider/core/shell.js";
import { quoted } from "../../provider/core/text.js";
import { resolveSettings, type Settings } from "../../provider/lifecycle/runtime/settings.js";
import { plural } from "../output/terminal.js";
import { isDefaultProvider } from "../pulumi/managed.js";
import { providerType, type Preview, type Step } from "../pulumi/preview.js";
import type { StackTarget } from "../pulumi/run.js";
import { nameOf } from "../pulumi/urn.js";
import { propertiesOf, rowsOf, settingsIn, type Properties } from "../pulumi/values.js";
import { failed, warning, type Check } from "./check.js";

/** What one key and base URL carry out in an update. */
export interface Share {
  settings: Settings;
  steps: Step[];
}

/** Settings of the providers that a program declares, by URN. */
export type ProviderInputs = ReadonlyMap<string, Properties>;

/**
 * The settings of providers as the update uses them: of those that it creates or changes as the preview shows them, of
 * others as the state records them, with their secrets.
 * @param state exported with secrets
 * @param document of `pulumi preview --json --show-sames`, in which no secret can be read
 */
export function providerInputsOf(state: unknown, document: unknown): ProviderInputs {
  const recorded = rowsOf(propertiesOf(propertiesOf(state)["deployment"])["resources"]).filter(
    (row) => row["delete"] !== true,
  );
  const changed = rowsOf(propertiesOf(document)["steps"])
    .filter(({ op }) => op !== "same" && op !== "delete")
    .map(({ urn, newState }): Properties => ({ ...propertiesOf(newState), urn }));
  const providers = [...recorded, ...changed].filter(({ type }) => type === providerType);
  return new Map(providers.map(({ urn, inputs }) => [String(urn), propertiesOf(inputs)]));
}

/**
 * The steps of a preview by the key that carries them out. Resources without a usable key are reported by provider.
 * @param own settings of the environment and the stack configuration; undefined if Avala cannot be asked with them
 */
export function sharesOf(
  { steps, explicitProviders }: Preview,
  own: Settings | undefined,
  inputs: ProviderInputs,
  { environment }: Pick<StackTarget, "environment">,
): { shares: Share[]; unchecked: Check[] } {
  const shares = new Map<string, Share>();
  const unchecked: Check[] = [];
  const isOwn = (urn: string) => urn === "" || (isDefaultProvider(nameOf(urn)) && !explicitProviders.has(urn));
  for (const [provider, ofProvider] of byProvider(steps.filter(({ op }) => op !== "read"))) {
    const found = isOwn(provider)
      ? (own ?? ownUnusable(ofProvider.length))
      : providerSettings(provider, ofProvider.length, inputs.get(provider), environment);
    if ("level" in found) {
      unchecked.push(found);
      continue;
    }
    const pair = JSON.stringify([found.client.apiKey, found.client.baseUrl]);
    const share = shares.get(pair) ?? { settings: found, steps: [] };
    share.steps.push(...ofProvider);
    shares.set(pair, share);
  }
  return { shares: [...shares.values()], unchecked };
}

function byProvider(steps: readonly Step[]): Map<string, Step[]> {
  const groups = new Map<string, Step[]>();
  for (const step of steps) {
    const { provider } = (step.new ?? step.old)!;
    groups.set(provider, [...(groups.get(provider) ?? []), step]);
  }
  return groups;
}

function ownUnusable(count: number): Check {
  return warning(
    "plan",
    `The planned update of ${plural(count, "resource")} was not checked: Avala cannot be asked.`,
    "Fix the errors above first.",
  );
}

function providerSettings(
  urn: string,
  count: number,
  inputs: Properties | undefined,
  environment: StackTarget["environment"],
): Settings | Check {
  const name = quoted(nameOf(urn));
  const { texts, hidden } =
    inputs === undefined ? { texts: new Map<string, string>(), hidden: ["its settings"] } : settingsIn(inputs);
  if (hidden.length > 0) {
    return warning(
      "planProvider",
      `${plural(count, "resource")} of Provider ${name} not checked: ${hidden.join(", ")} known only during the update, or secret.`,
      `Give the key by apiKeyEnv, or apply the provider first: pulumi up --target ${shellWord(urn)}.`,
    );
  }
  try {
    return resolveSettings(
      (variable) => environment[variable],
      (key) => texts.get(key),
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return failed("planProvider", `Provider ${name}: ${error.what}`, error.fix);
  }
}
