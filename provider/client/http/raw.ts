import type { Agent, Dispatcher } from "undici";
import type { RequestError } from "../../core/errors.js";
import { version } from "../../core/version.js";
import type { ClientSettings } from "../types.js";
import { checkApiKey } from "./apiKey.js";
import { checkBaseUrl } from "./baseUrl.js";
import { exchange, headersOf, type Outcome } from "./exchange.js";
import { statusError, transportError } from "./failures.js";
import { rateFacts, requestId, retryAfterMs } from "./headers.js";
import { Limiter } from "./limiter.js";
import { createRedactor, withoutSecrets } from "./redact.js";

/** A request that is sent as it is, valid or not: nothing is encoded, checked or repeated. */
export interface RawRequest {
  method: string;
  /** The path below the base URL, with the query: `/organizations/?limit=1`. */
  path: string;
  /** Sent as JSON. */
  body?: object;
  headers?: Readonly<Record<string, string>>;
  /** Whether the API key is left out. */
  anonymous?: boolean;
}

/** Sends requests one by one, and returns each outcome, including errors. */
export interface RawClient {
  send(request: RawRequest): Promise<Outcome>;
  /** The error that the provider would report for a refusal or a failure. */
  errorOf(request: RawRequest, outcome: Outcome): RequestError;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;
/** Highest number of refusals by the rate limit after which a request is sent again, after the stated wait. */
const MOST_REFUSALS = 3;
const DEFAULT_WAIT_MS = 5000;

/**
 * A client that returns the responses to single requests, within the rate limit, for measurements of the service
 * itself. To work with the objects of the API, use `createClient`. Throws `ConfigError` for an invalid key or base URL.
 */
export function createRawClient(settings: ClientSettings): RawClient {
  const apiKey = checkApiKey(settings.apiKey);
  const base = new URL(checkBaseUrl(settings.baseUrl, { allowInsecure: true }));
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  const { secrets = [] } = settings;
  const redact = createRedactor(apiKey, ...secrets);
  const shownBaseUrl = withoutSecrets(settings.baseUrl, secrets);
  const { requestsPerMinute: perMinute, requestsPerSecond: perSecond, onWait } = settings;
  const limiter = new Limiter({ perMinute, perSecond, concurrency: 1, onWait });
  const undici = require("undici") as typeof import("undici");
  const agent: Agent = new undici.Agent({ connections: 1, pipelining: 1, connect: { timeout: timeoutMs } });

  const once = async (request: RawRequest): Promise<Outcome> => {
    await limiter.acquire(limiter.enqueue());
    settings.beforeRequest?.();
    const outcome = await exchange(agent as Dispatcher, {
      origin: base.origin,
      path: base.pathname.replace(/\/$/, "") + request.path,
      method: request.method,
      headers: headersFor(request, apiKey),
      body: request.body && JSON.stringify(request.body),
      timeoutMs,
    });
    limiter.release(rateFacts(headersOf(outcome)));
    return outcome;
  };
  return {
    async send(request) {
      for (let refusals = 0; ; refusals++) {
        const outcome = await once(request);
        const throttled = outcome.kind === "answer" && outcome.status === 429;
        if (!throttled || refusals === MOST_REFUSALS) return outcome;
        limiter.pause(retryAfterMs(headersOf(outcome)) ?? DEFAULT_WAIT_MS);
      }
    },
    errorOf({ method, path }, outcome) {
      const status = outcome.kind === "answer" ? outcome.status : undefined;
      const facts = { method, path: path.replace(/\?.*/, ""), status, requestId: requestId(headersOf(outcome)) };
      if (outcome.kind === "failure") return transportError(facts, outcome, outcome.sent, redact);
      return statusError(facts, outcome.body, redact, shownBaseUrl);
    },
    async close() {
      limiter.close();
      await agent.close();
    },
  };
}

function headersFor({ headers, body, anonymous }: RawRequest, apiKey: string): Record<string, string> {
  return {
    accept: "application/json",
    "user-agent": `pulumi-avala/${version}`,
    ...(anonymous !== true && { "x-avala-api-key": apiKey }),
    ...(body && { "content-type": "application/json" }),
    ...headers,
  };
}
