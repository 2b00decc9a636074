import { shownBaseUrl } from "../../provider/client/index.js";
import { AvalaError } from "../../provider/core/errors.js";
import { resolveSettings, type Settings } from "../../provider/lifecycle/runtime/settings.js";
import { printable } from "../../provider/core/text.js";
import { hint } from "../commandLine.js";
import { projectFolder, stackConfiguration, type StackTarget } from "../pulumi/run.js";
import { plural } from "../output/terminal.js";
import { ofError, ok, warning, type Check } from "./check.js";

/** Environment variables, and the keys of the stack configuration that set the same. */
export const variables: Readonly<Record<string, string | undefined>> = {
  AVALA_API_KEY: "avala:apiKey",
  AVALA_BASE_URL: "avala:baseUrl",
  AVALA_ALLOW_INSECURE_BASE_URL: "avala:allowInsecureBaseUrl",
  AVALA_REQUESTS_PER_MINUTE: "avala:requestsPerMinute",
  AVALA_REQUESTS_PER_SECOND: "avala:requestsPerSecond",
  AVALA_TIMEOUT_SECONDS: "avala:timeoutSeconds",
  AVALA_MAX_REMOVALS: "avala:maxRemovals",
  AVALA_SLICE_SECONDS: "avala:sliceSeconds",
  AVALA_HIDDEN_PEOPLE: "avala:hiddenPeople",
  AVALA_READ_ONLY: undefined,
  AVALA_LOG: undefined,
  AVALA_ASSUME_DELETED: undefined,
  AVALA_REHEARSAL: undefined,
};
const keyVariable = "avala:apiKeyEnv";
const configurationKeys = [...Object.values(variables).filter((key) => key !== undefined), keyVariable];
/** Whole numbers, which may be shown. */
const numbers = Object.keys(variables).filter((name) => /_(MINUTE|SECOND|SECONDS|REMOVALS)$/.test(name));

type Values = ReadonlyMap<string, string>;

/** The active settings, as far as they are valid, and their sources. */
export async function settingsChecks(
  stackTarget: StackTarget,
): Promise<{ settings: Settings | undefined; checks: Check[] }> {
  const { environment } = stackTarget;
  const { config, problem } = await configurationOf(stackTarget);
  const strange = [...unknownVariables(environment), ...unknownKeys(config)];
  try {
    const settings = resolveSettings(
      (name) => environment[name],
      (key) => config.get(key),
    );
    return { settings, checks: [...problem, ...inForce(environment, config, settings), ...strange] };
  } catch (error) {
    if (!(error instanceof AvalaError)) throw error;
    return { settings: undefined, checks: [...problem, ofError("error", "settings", error), ...strange] };
  }
}

/** Empty outside a project, and if it cannot be read, which is reported. */
async function configurationOf(stackTarget: StackTarget): Promise<{ config: Values; problem: Check[] }> {
  if (projectFolder(stackTarget) === undefined) return { config: new Map(), problem: [] };
  try {
    return { config: await stackConfiguration(stackTarget), problem: [] };
  } catch (error) {
    if (!(error instanceof AvalaError)) throw error;
    return { config: new Map(), problem: [ofError("warning", "configuration", error)] };
  }
}

/** Never shows a key, nor a text into which somebody may have pasted one. */
function inForce(environment: StackTarget["environment"], config: Values, settings: Settings): Check[] {
  const fromEnvironment = Boolean(environment["AVALA_API_KEY"]);
  const keySource = fromEnvironment
    ? "AVALA_API_KEY"
    : config.has(keyVariable)
      ? `the variable named by ${keyVariable}`
      : "avala:apiKey of the stack configuration";
  const idle = fromEnvironment ? ["avala:apiKey", keyVariable, "avala:baseUrl"].filter((key) => config.has(key)) : [];
  return [
    ok("keySource", `API key set by ${keySource}`),
    ...(idle.length > 0 ? [ok("idle", `Not used, because AVALA_API_KEY is set: ${idle.join(", ")}`)] : []),
    baseUrlCheck(environment, config, settings),
    ...numbers.flatMap((name) => numberInForce(name, environment, config)),
    ...(settings.client.log ? [ok("setting", `AVALA_LOG is ${settings.client.log}`)] : []),
    ...(settings.hiddenPeople.size > 0
      ? [
          ok(
            "hiddenPeople",
            `AVALA_HIDDEN_PEOPLE lists ${plural(settings.hiddenPeople.size, "user")} with a hidden address, not declared by email`,
          ),
        ]
      : []),
    ...(settings.client.readOnly
      ? [warning("readOnly", "AVALA_READ_ONLY is set: changes fail.", "Unset it to make changes.")]
      : []),
    ...(settings.assumeDeleted.size > 0
      ? [
          warning(
            "assumeDeleted",
            `AVALA_ASSUME_DELETED lists ${plural(settings.assumeDeleted.size, "organization")}: if not visible, they count as deleted.`,
            "Intended for one run only: unset it.",
          ),
        ]
      : []),
  ];
}

function baseUrlCheck(environment: StackTarget["environment"], config: Values, { client }: Settings): Check {
  const url = printable(shownBaseUrl(client), 200);
  if (environment["AVALA_REHEARSAL"]) {
    return warning(
      "baseUrl",
      `AVALA_REHEARSAL is set: requests go to a copy of Avala at ${url}.`,
      "Intended for the run that pulumi-avala rehearse starts; otherwise unset it.",
    );
  }
  const source = environment["AVALA_API_KEY"]
    ? environment["AVALA_BASE_URL"] && "AVALA_BASE_URL"
    : config.has("avala:baseUrl") && "avala:baseUrl";
  if (url.startsWith("https:")) return ok("baseUrl", `The base URL is ${url} (${source || "the default"})`);
  return warning(
    "baseUrl",
    `The base URL ${url} (${source}) uses unencrypted HTTP (loopback).`,
    "Intended for an emulator or a development server; otherwise use https.",
  );
}

function numberInForce(name: string, environment: StackTarget["environment"], config: Values): Check[] {
  const key = variables[name]!;
  const [own, configured] = [environment[name], config.get(key)];
  if (!own && !configured) return [];
  const over = own && configured ? `, overriding ${key} ${configured.trim()}` : "";
  return [
    ok(
      "setting",
      own ? `${name} is ${own.trim()}${over}` : `${key} of the stack configuration is ${configured!.trim()}`,
    ),
  ];
}

function unknownVariables(environment: StackTarget["environment"]): Check[] {
  const names = Object.keys(environment).filter((name) => name.startsWith("AVALA_") && !(name in variables));
  const fix = "Correct or unset it, unless apiKeyEnv names it.";
  return names.map((name) =>
    warning(
      "unknownVariable",
      `${printable(name)} is set, but is not a setting of this package.`,
      hint(name, Object.keys(variables), fix),
    ),
  );
}

function unknownKeys(config: Values): Check[] {
  const names = [...config.keys()].filter((name) => name.startsWith("avala:") && !configurationKeys.includes(name));
  const fix = "Correct it, or leave it if the program reads it itself.";
  return names.map((name) =>
    warning(
      "unknownKey",
      `${printable(name)} is in the stack configuration, but is not a setting of this package.`,
      hint(name, configurationKeys, fix),
    ),
  );
}
