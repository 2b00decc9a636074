import { headersOf, type Outcome } from "./exchange.js";
import { retryAfterMs } from "./headers.js";

/** Attempts for one call, including the first. Refusals that state a waiting time count only against the time limit. */
export const MOST_TRIES = 5;
/** No attempt starts later than this after the first failure. */
export const RETRY_BUDGET_MS = 300_000;
/** The longest wait before an attempt, even if the service asks for more. */
export const LONGEST_WAIT_MS = 60_000;

/** Failures that may be temporary. Not among them: certificates, malformed responses, closed clients. */
const PASSING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENETDOWN",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "TIMED_OUT",
]);

/**
 * Whether repeating the request is harmless. A throttled request and one that was never sent were not carried out;
 * otherwise, only reads and deletes may be repeated, as a POST can send an email (no-idempotency-keys).
 */
export function mayRetry(method: string, outcome: Outcome): boolean {
  const repeatable = method === "GET" || method === "DELETE";
  if (outcome.kind === "failure") return PASSING.has(outcome.code) && (repeatable || !outcome.sent);
  if (outcome.status === 429) return true;
  return repeatable && [502, 503, 504].includes(outcome.status);
}

/**
 * Whether a call has no attempts left. If several processes share a limit, each is refused now and then; the service
 * states when to continue, so such refusals do not count as attempts.
 */
export function isLastTry(outcome: Outcome, tries: number): boolean {
  const invited = outcome.kind === "answer" && outcome.status === 429 && retryAfterMs(outcome.headers) !== undefined;
  return tries >= MOST_TRIES && !invited;
}

/** Whether the request may have been carried out although it failed. */
export function mayHaveRun(outcome: Outcome): boolean {
  return outcome.kind === "failure" ? outcome.sent : outcome.status >= 500;
}

/** Milliseconds before the next attempt: as the service asks, or else 2^n seconds with jitter; at most a minute. */
export function waitBefore(outcome: Outcome, failedTries: number, random: () => number): number {
  const backoff = 2 ** (failedTries - 1) * 1000 * (0.5 + random() / 2);
  return Math.min(retryAfterMs(headersOf(outcome)) ?? backoff, LONGEST_WAIT_MS);
}
