import type { Agent, Dispatcher } from "undici";
import { checkApiKey } from "./http/apiKey.js";
import { checkBaseUrl } from "./http/baseUrl.js";
import { credential } from "./api/credential.js";
import { ConfigError } from "../core/errors.js";
import { invitations } from "./api/invitations.js";
import { Limiter } from "./http/limiter.js";
import { members } from "./api/members.js";
import { organizations } from "./api/organizations.js";
import { attemptLog } from "./http/attemptLog.js";
import { createRedactor, withoutSecrets } from "./http/redact.js";
import { teamMembers } from "./api/teamMembers.js";
import { teams } from "./api/teams.js";
import { Transport } from "./http/transport.js";
import type { AvalaClient, ClientSettings } from "./types.js";

export { checkBaseUrl, DEFAULT_BASE_URL } from "./http/baseUrl.js";
export { rateFacts } from "./http/headers.js";
export { choicesOf } from "./api/choices.js";
export { createRawClient, type RawClient, type RawRequest } from "./http/raw.js";
export type { Outcome } from "./http/exchange.js";
export { rehearsalOf, rehearsed, type Rehearsal } from "./http/rehearsal.js";
export { READ_SCOPE, WRITE_SCOPE } from "./http/scopes.js";
export { resolveClientSettings, SettingReader, type Lookup } from "./settings.js";
export type * from "./types.js";

/** Highest number of connections, and of requests at the same time. */
const CONNECTIONS = 16;
const TIMEOUT_MS = 30_000;

/** Parts that only tests replace. */
export interface Internals {
  /** Sends the requests; the client never closes it. Default: the client's own undici Agent. */
  dispatcher?: Dispatcher;
  /** 0 to 1, for the jitter of retries. Default `Math.random`. */
  random?: () => number;
}

/**
 * A client for one key and one deployment, with one rate limiter for all its calls. `internals` is for tests. Throws
 * `ConfigError` for an invalid key, base URL or number.
 */
export function createClient(settings: ClientSettings, internals: Internals = {}): AvalaClient {
  const apiKey = checkApiKey(settings.apiKey);
  // Plain http was allowed or refused when the settings were read; URLs that are never valid are refused here too.
  const baseUrl = checkBaseUrl(settings.baseUrl, { allowInsecure: true });
  const timeoutMs = positive("timeoutMs", settings.timeoutMs) ?? TIMEOUT_MS;
  const limiter = new Limiter({
    perMinute: positive("requestsPerMinute", settings.requestsPerMinute),
    perSecond: positive("requestsPerSecond", settings.requestsPerSecond),
    concurrency: CONNECTIONS,
    onWait: settings.onWait,
  });
  let agent: Agent | undefined;
  let aheadMs = 0;
  const onDate = (date: string) => {
    const moment = Date.parse(date);
    if (!Number.isNaN(moment)) aheadMs = moment - Date.now();
    settings.onDate?.(date);
  };
  const transport = new Transport({
    dispatcher: () => internals.dispatcher ?? (agent ??= openAgent(timeoutMs)),
    limiter,
    redact: createRedactor(apiKey, ...(settings.secrets ?? [])),
    apiKey,
    baseUrl,
    shownBaseUrl: shownBaseUrl({ ...settings, baseUrl }),
    timeoutMs,
    readOnly: settings.readOnly ?? false,
    shareReads: settings.shareReads ?? true,
    mostTries: positive("mostTries", settings.mostTries),
    mostFirstTries: positive("mostFirstTries", settings.mostFirstTries),
    onRetry: settings.onRetry,
    onAttempt: settings.log && settings.onAttempt && attemptLog(settings.log, settings.onAttempt),
    onDate,
    beforeRequest: settings.beforeRequest,
    random: internals.random ?? Math.random,
  });
  return {
    baseUrl,
    now: () => Date.now() + aheadMs,
    organizations: organizations(transport),
    members: members(transport),
    invitations: invitations(transport),
    teams: teams(transport),
    teamMembers: teamMembers(transport),
    credential: credential(transport),
    /** Refuses waiting requests; requests that have started can end. */
    async close() {
      limiter.close();
      await agent?.close();
    },
  };
}

/** The base URL as messages show it. */
export function shownBaseUrl({ baseUrl, secrets = [] }: Pick<ClientSettings, "baseUrl" | "secrets">): string {
  return withoutSecrets(baseUrl, secrets);
}

/** Called by the first request: loading undici takes time, and a run without changes may send no request. */
function openAgent(timeoutMs: number): Agent {
  const undici = require("undici") as typeof import("undici");
  return new undici.Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    connect: { timeout: Math.min(10_000, timeoutMs) },
  });
}

function positive(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isFinite(value) && value >= 1)) return value;
  throw new ConfigError(`${name} is ${value}.`, "Use a number of at least 1, or omit it.");
}
