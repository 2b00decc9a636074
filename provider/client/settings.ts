import { checkApiKey } from "./http/apiKey.js";
import { checkBaseUrl, DEFAULT_BASE_URL } from "./http/baseUrl.js";
import { rehearsalOf, rehearsed } from "./http/rehearsal.js";
import { pages } from "../core/documentation.js";
import { ConfigError } from "../core/errors.js";
import { LOG_LEVELS } from "./http/attemptLog.js";
import type { ClientSettings } from "./types.js";

/** Reads one setting: from the environment by variable, from the configuration by `avala:…` key. */
export type Lookup = (key: string) => string | undefined;

const ON = ["1", "true", "yes", "on"];
const OFF = ["0", "false", "no", "off"];

/** The largest delay of a Node.js timer; a larger one would end at once. */
const MOST_TIMEOUT_SECONDS = 3600;

/**
 * Reads switches and numbers. A value that is set must be valid in every source, also in one that another source
 * overrides: a misspelt guard must not count as absent. An empty text counts as not set. Errors name the setting and
 * never repeat its value, which may be a key pasted by mistake.
 */
export class SettingReader {
  readonly #environment: Lookup;
  readonly #config: Lookup;

  constructor(environment: Lookup, config: Lookup) {
    this.#environment = environment;
    this.#config = config;
  }

  /** Whether one of the sources turns the switch on. Either name may be undefined. */
  isOn(variable: string | undefined, key?: string): boolean {
    return this.#texts(variable, key).map(onOrOff).includes(true);
  }

  /** The positive whole number of the first source that sets it: the environment, then the configuration. */
  number(variable: string, key: string, most = Number.MAX_SAFE_INTEGER): number | undefined {
    return this.#texts(variable, key).map((setting) => wholeNumber(setting, most))[0];
  }

  /** One of the words of the environment variable. */
  word<const W extends string>(variable: string, words: readonly W[]): W | undefined {
    const [setting] = this.#texts(variable, undefined);
    if (setting === undefined) return undefined;
    const text = setting.text.trim().toLowerCase();
    const word = words.find((one) => one === text);
    if (word !== undefined) return word;
    throw new ConfigError(`${variable} is none of its values.`, `Set it to ${words.join(" or ")}, or unset it.`);
  }

  #texts(variable: string | undefined, key: string | undefined): Setting[] {
    const environment = variable === undefined ? undefined : this.#environment(variable);
    const configured = key === undefined ? undefined : this.#config(key);
    const settings = [
      { name: variable ?? "", text: environment ?? "" },
      { name: key ?? "", text: configured ?? "" },
    ];
    return settings.filter(({ text }) => text !== "");
  }
}

interface Setting {
  name: string;
  text: string;
}

function onOrOff({ name, text }: Setting): boolean {
  const word = text.trim().toLowerCase();
  if (ON.includes(word)) return true;
  if (OFF.includes(word)) return false;
  throw new ConfigError(
    `${name} is set, but is neither true nor false.`,
    `Set it to ${ON.join(", ")} (true) or ${OFF.join(", ")} (false), or unset it.`,
  );
}

function wholeNumber({ name, text }: Setting, most: number): number {
  const number = /^[1-9]\d*$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? "above zero" : `from 1 to ${most}`;
  throw new ConfigError(`${name} is not a whole number ${range}.`, "Correct it, or unset it for the default.");
}

/**
 * Settings of a rehearsal. Its copy is on this machine, so the rate limits are numbers that no run reaches. The timeout
 * is long, because the copy may first have to read an organization from the service, under the real rate limit.
 */
const UNLIMITED = {
  requestsPerMinute: 1_000_000,
  requestsPerSecond: 1_000_000,
  timeoutMs: MOST_TIMEOUT_SECONDS * 1000,
};

/**
 * Finds key and base URL: from an explicit Provider, or else the environment, or else the stack's configuration. Both
 * always come from the same source, so that a key is never sent to the host of a different source. In a rehearsal they
 * are checked as in any other run, and then replaced by those of the copy.
 */
export function resolveClientSettings(environment: Lookup, config: Lookup): ClientSettings & { readOnly: boolean } {
  const read = new SettingReader(environment, config);
  const { apiKey, baseUrl } = credentials(environment, config, read);
  const allowInsecure = read.isOn("AVALA_ALLOW_INSECURE_BASE_URL", "avala:allowInsecureBaseUrl");
  const requestsPerMinute = read.number("AVALA_REQUESTS_PER_MINUTE", "avala:requestsPerMinute");
  const requestsPerSecond = read.number("AVALA_REQUESTS_PER_SECOND", "avala:requestsPerSecond");
  const timeoutSeconds = read.number("AVALA_TIMEOUT_SECONDS", "avala:timeoutSeconds", MOST_TIMEOUT_SECONDS);
  const log = read.word("AVALA_LOG", LOG_LEVELS);
  const real = { apiKey: checkApiKey(apiKey), baseUrl: checkBaseUrl(baseUrl, { allowInsecure }) };
  const rehearsal = rehearsalOf(environment("AVALA_REHEARSAL"));
  return {
    ...real,
    ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }),
    ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
    ...(log === undefined ? {} : { log }),
    readOnly: read.isOn("AVALA_READ_ONLY"),
    ...(rehearsal && { ...rehearsed(rehearsal, real), ...UNLIMITED, secrets: [rehearsal.token] }),
  };
}

function credentials(environment: Lookup, config: Lookup, read: SettingReader): { apiKey: string; baseUrl: string } {
  if (read.isOn(undefined, "avala:explicit")) return explicitCredentials(environment, config);
  const key = environment("AVALA_API_KEY");
  if (key) return { apiKey: key, baseUrl: environment("AVALA_BASE_URL") || DEFAULT_BASE_URL };
  const configured = configuredKey(environment, config);
  if (!configured) {
    throw new ConfigError(
      `The API key for Avala is missing${config("avala:apiKeyEnv") ? ": the variable that avala:apiKeyEnv names is not set" : ""}.`,
      "Set the environment variable AVALA_API_KEY, or run: pulumi config set --secret avala:apiKey. " +
        `To try it without an account, use the emulator: ${pages.firstProgram}.`,
    );
  }
  if (environment("AVALA_BASE_URL")) {
    throw new ConfigError(
      "AVALA_BASE_URL is set, but the API key comes from the stack configuration, and a key is only sent to the base URL of the same source.",
      "Set AVALA_API_KEY too, or unset AVALA_BASE_URL and run: pulumi config set avala:baseUrl.",
    );
  }
  return { apiKey: configured, baseUrl: config("avala:baseUrl") || DEFAULT_BASE_URL };
}

function explicitCredentials(environment: Lookup, config: Lookup): { apiKey: string; baseUrl: string } {
  const apiKey = configuredKey(environment, config);
  if (apiKey) return { apiKey, baseUrl: config("avala:baseUrl") || DEFAULT_BASE_URL };
  throw new ConfigError(
    `The explicit Provider has no API key: ${config("avala:apiKeyEnv") ? "the variable that apiKeyEnv names is not set" : "neither apiKey nor apiKeyEnv is given"}.`,
    "Set apiKey, or the variable; keys from other sources are never used instead.",
  );
}

function configuredKey(environment: Lookup, config: Lookup): string | undefined {
  const variable = config("avala:apiKeyEnv");
  return variable ? environment(keyVariable(variable)) : config("avala:apiKey");
}

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const nameOfKey = /avala|_api_key$/i;
const looksLikeKey = /^(?:avk_|avala_sk_|[0-9a-f]{32,}$)/i;

/**
 * A valid name for `apiKeyEnv`. The variable's value is sent to the base URL, which is set in the same file of the
 * project: with any other name, that file could send every secret of the environment there. Messages do not repeat the
 * name, because it may be the key itself.
 */
function keyVariable(name: string): string {
  if (variableName.test(name) && nameOfKey.test(name) && !looksLikeKey.test(name)) return name;
  throw new ConfigError(
    "apiKeyEnv is not the name of an environment variable that may contain an Avala key.",
    "Set apiKeyEnv to the name of the variable, not to the key. It consists of letters, digits and underscores, and contains AVALA or ends with _API_KEY, as TENANT_AVALA_API_KEY does.",
  );
}
