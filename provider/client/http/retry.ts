import { headersOf, type Outcome } from "./exchange.js";
import { retryAfterMs } from "./headers.js";

/** Tries for one call, the first included. Refusals that say when to come back count against the time alone. */
export const MOST_TRIES = 5;
/** No new try starts later than this after the first one failed. */
export const RETRY_BUDGET_MS = 300_000;
/** The longest wait before a try, whatever the service asks. */
export const LONGEST_WAIT_MS = 60_000;

/** Failures that may pass by themselves. Not among them: certificates, malformed answers, closed clients. */
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
 * Whether sending once more can do no harm. A throttled request never ran, nor did one that never left; beyond those,
 * only reads and deletes may be repeated, as a POST can send an email (no-idempotency-keys).
 */
export function mayRetry(method: string, outcome: Outcome): boolean {
  const repeatable = method === "GET" || method === "DELETE";
  if (outcome.kind === "failure") return PASSING.has(outcome.code) && (repeatable || !outcome.sent);
  if (outcome.status === 429) return true;
  return repeatable && [502, 503, 504].includes(outcome.status);
}

/**
 * Whether a call that may be retried has had its tries. Where several processes share a budget, each is refused now and
 * then; the service says when it has room, and none of them loses for being unlucky.
 */
export function isLastTry(outcome: Outcome, tries: number): boolean {
  const invited = outcome.kind === "answer" && outcome.status === 429 && retryAfterMs(outcome.headers) !== undefined;
  return tries >= MOST_TRIES && !invited;
}

/** Whether the request may have been carried out although it failed. */
export function mayHaveRun(outcome: Outcome): boolean {
  return outcome.kind === "failure" ? outcome.sent : outcome.status >= 500;
}

/** Milliseconds before the next try: what the service asks, else 2^n seconds with jitter; never above a minute. */
export function waitBefore(outcome: Outcome, failedTries: number, random: () => number): number {
  const backoff = 2 ** (failedTries - 1) * 1000 * (0.5 + random() / 2);
  return Math.min(retryAfterMs(headersOf(outcome)) ?? backoff, LONGEST_WAIT_MS);
}
