import { ConfigError, checkBaseUrl } from "../snapshot/index.js";

/** Where the service is and how it is reached, from one source. */
export interface Settings {
  apiKey: string;
  baseUrl: string;
  requestsPerMinute?: number;
  requestsPerSecond?: number;
  readOnly: boolean;
  /** Organizations whose disappearance counts as deletion. */
  assumeDeleted: ReadonlySet<string>;
  /** Distinct people that one run may take out of one place. */
  maxRemovals: number;
}

export type Lookup = (key: string) => string | undefined;

const defaultBaseUrl = "https://api.avala.ai/api/v1";
const defaultMaxRemovals = 10;

/**
 * Finds key and base URL: an explicit Provider, else the environment, else the stack's configuration. Both always
 * come from the same source, so that a key never travels to another source's host.
 */
export function resolveSettings(environment: Lookup, config: Lookup): Settings {
  const { apiKey, baseUrl } = credentials(environment, config);
  const allowInsecure =
    isTrue(environment("AVALA_ALLOW_INSECURE_BASE_URL")) || isTrue(config("avala:allowInsecureBaseUrl"));
  const pace = (name: string, key: string) => positive(environment(name) || config(key), name);
  const requestsPerMinute = pace("AVALA_REQUESTS_PER_MINUTE", "avala:requestsPerMinute");
  const requestsPerSecond = pace("AVALA_REQUESTS_PER_SECOND", "avala:requestsPerSecond");
  return {
    apiKey,
    baseUrl: checkBaseUrl(baseUrl, { allowInsecure }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    readOnly: isTrue(environment("AVALA_READ_ONLY")),
    assumeDeleted: new Set(
      (environment("AVALA_ASSUME_DELETED") ?? "")
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    ),
    maxRemovals: pace("AVALA_MAX_REMOVALS", "avala:maxRemovals") ?? defaultMaxRemovals,
  };
}

function credentials(environment: Lookup, config: Lookup): { apiKey: string; baseUrl: string } {
  const configured = { apiKey: keyOf(environment, config), baseUrl: config("avala:baseUrl") || defaultBaseUrl };
  if (isTrue(config("avala:explicit"))) {
    if (configured.apiKey) return { apiKey: configured.apiKey, baseUrl: configured.baseUrl };
    throw new ConfigError(
      `The explicit Provider has no API key: ${config("avala:apiKeyEnv") ? `the variable ${config("avala:apiKeyEnv")} that apiKeyEnv names is not set` : "neither apiKey nor apiKeyEnv is given"}.`,
      "Give it apiKey, or set the variable; the key of another source is never used in its place.",
    );
  }
  const key = environment("AVALA_API_KEY");
  if (key) return { apiKey: key, baseUrl: environment("AVALA_BASE_URL") || defaultBaseUrl };
  if (!configured.apiKey) {
    throw new ConfigError(
      "There is no API key for Avala.",
      "Set the environment variable AVALA_API_KEY, or run: pulumi config set --secret avala:apiKey. " +
        "To try without an account, run the emulator and see the README.",
    );
  }
  if (environment("AVALA_BASE_URL")) {
    throw new ConfigError(
      "AVALA_BASE_URL is set, but the key comes from the stack's configuration, and a key is only sent to the base URL of its own source.",
      "Set AVALA_API_KEY too, or unset AVALA_BASE_URL and run: pulumi config set avala:baseUrl.",
    );
  }
  return { apiKey: configured.apiKey, baseUrl: configured.baseUrl };
}

function keyOf(environment: Lookup, config: Lookup): string | undefined {
  const variable = config("avala:apiKeyEnv");
  return variable ? environment(variable) : config("avala:apiKey");
}

function isTrue(value: string | undefined): boolean {
  return ["1", "true", "yes", "on"].includes((value ?? "").trim().toLowerCase());
}

function positive(value: string | undefined, name: string): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new ConfigError(`${name} is not a whole number above zero.`, `Correct it, or leave it out for the default.`);
}
