import { checkBaseUrl, DEFAULT_BASE_URL } from "./baseUrl.js";
import { ConfigError } from "./errors.js";
import type { ClientSettings } from "./types.js";

/** Where settings are looked up: the environment by variable, the configuration by `avala:…` key. */
export type Lookup = (key: string) => string | undefined;

/**
 * Finds key and base URL: an explicit Provider, else the environment, else the stack's configuration. Both always
 * come from the same source, so that a key never travels to another source's host.
 */
export function resolveClientSettings(environment: Lookup, config: Lookup): ClientSettings & { readOnly: boolean } {
  const { apiKey, baseUrl } = credentials(environment, config);
  const allowInsecure =
    isTrue(environment("AVALA_ALLOW_INSECURE_BASE_URL")) || isTrue(config("avala:allowInsecureBaseUrl"));
  const number = (name: string, key: string) => positiveSetting(environment(name) || config(key), name);
  const requestsPerMinute = number("AVALA_REQUESTS_PER_MINUTE", "avala:requestsPerMinute");
  const requestsPerSecond = number("AVALA_REQUESTS_PER_SECOND", "avala:requestsPerSecond");
  const timeoutSeconds = number("AVALA_TIMEOUT_SECONDS", "avala:timeoutSeconds");
  return {
    apiKey,
    baseUrl: checkBaseUrl(baseUrl, { allowInsecure }),
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
    readOnly: isTrue(environment("AVALA_READ_ONLY")),
  };
}

function credentials(environment: Lookup, config: Lookup): { apiKey: string; baseUrl: string } {
  const configured = { apiKey: keyOf(environment, config), baseUrl: config("avala:baseUrl") || DEFAULT_BASE_URL };
  if (isTrue(config("avala:explicit"))) {
    if (configured.apiKey) return { apiKey: configured.apiKey, baseUrl: configured.baseUrl };
    throw new ConfigError(
      `The explicit Provider has no API key: ${config("avala:apiKeyEnv") ? `the variable ${config("avala:apiKeyEnv")} that apiKeyEnv names is not set` : "neither apiKey nor apiKeyEnv is given"}.`,
      "Give it apiKey, or set the variable; the key of another source is never used in its place.",
    );
  }
  const key = environment("AVALA_API_KEY");
  if (key) return { apiKey: key, baseUrl: environment("AVALA_BASE_URL") || DEFAULT_BASE_URL };
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

/** A whole number above zero, or undefined where nothing is set. */
export function positiveSetting(value: string | undefined, name: string): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new ConfigError(`${name} is not a whole number above zero.`, `Correct it, or leave it out for the default.`);
}
