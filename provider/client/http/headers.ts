/** Response headers, names in lower case, one value each. */
export type Headers = Readonly<Record<string, string>>;

/** The caller's rate limit as the service states it; each part may be absent. */
export interface RateFacts {
  limit?: number;
  remaining?: number;
  /** Milliseconds from now until the whole limit is available again. */
  resetInMs?: number;
}

/** `X-RateLimit-Limit`, `-Remaining` and `-Reset` (unix seconds). */
export function rateFacts(headers: Headers, now = Date.now()): RateFacts {
  const reset = count(headers["x-ratelimit-reset"]);
  return {
    limit: count(headers["x-ratelimit-limit"]),
    remaining: count(headers["x-ratelimit-remaining"]),
    resetInMs: reset === undefined ? undefined : Math.max(0, reset * 1000 - serverTime(headers, now)),
  };
}

/** `Retry-After`, as seconds or as a date, in milliseconds; undefined if absent, unreadable or not in the future. */
export function retryAfterMs(headers: Headers, now = Date.now()): number | undefined {
  const text = headers["retry-after"]?.trim() ?? "";
  const wait = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - serverTime(headers, now);
  return wait > 0 ? wait : undefined;
}

/** The service's id of the request, if it is harmless to show. */
export function requestId(headers: Headers): string | undefined {
  const id = headers["x-request-id"] ?? headers["x-correlation-id"];
  return id !== undefined && /^[\w.:-]{1,100}$/.test(id) ? id : undefined;
}

// Times in headers are by the service's clock: compared with its own Date header, a wrong local clock does no harm.
function serverTime(headers: Headers, now: number): number {
  const date = Date.parse(headers.date ?? "");
  return Number.isNaN(date) ? now : date;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
