import { printable } from "../../core/text.js";
import { type Outcome, headersOf } from "./exchange.js";
import { rateFacts, requestId } from "./headers.js";

/** `requests`: method, path, status and times of each attempt; `debug`: sizes, request id and rate limit as well. */
export const LOG_LEVELS = ["requests", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One attempt of a call, and its outcome. */
export interface Attempt {
  method: string;
  path: string;
  query: string;
  body?: string;
  outcome: Outcome;
  /** Milliseconds from the start of the request to the end of its answer. */
  ms: number;
  /** Milliseconds in the queue of the limiter. */
  waitedMs: number;
}

/** Shorter waits are normal between requests, and are not logged. */
const longWaitMs = 100;
/** Query parameters whose values are numbers of rows or pages; the value of any other may identify a person. */
const harmless = new Set(["limit", "offset", "page", "page_size"]);

/**
 * Writes one line for each attempt, with content that is safe to show: no body, no key, no request header, and no query
 * value that may identify a person.
 */
export function attemptLog(level: LogLevel, write: (line: string) => void): (attempt: Attempt) => void {
  return (attempt) => write([...described(attempt), ...(level === "debug" ? details(attempt) : [])].join(", "));
}

function described({ method, path, query, outcome, ms, waitedMs }: Attempt): string[] {
  const ended = outcome.kind === "answer" ? `${outcome.status}` : `no answer (${printable(outcome.code, 60)})`;
  const waited = waitedMs < longWaitMs ? [] : [`waited ${Math.round(waitedMs)} ms for the rate limit`];
  return [`${method} ${printable(path, 300)}${shownQuery(query)}: ${ended} in ${Math.round(ms)} ms`, ...waited];
}

function shownQuery(query: string): string {
  if (query === "") return "";
  const shown = [...new URLSearchParams(query)].map(([name, value]) => {
    const isHarmless = harmless.has(name) && /^\d{1,9}$/.test(value);
    return `${printable(name, 60)}=${isHarmless ? value : "…"}`;
  });
  return `?${shown.join("&")}`;
}

function details({ body, outcome }: Attempt): string[] {
  const headers = headersOf(outcome);
  const { limit, remaining, resetInMs } = rateFacts(headers);
  const id = requestId(headers);
  const rate = remaining === undefined ? [] : [`${remaining} of ${limit ?? "?"} requests left`];
  const reset = resetInMs === undefined ? [] : [`reset in ${Math.round(resetInMs / 1000)} s`];
  return [
    ...(body === undefined ? [] : [`sent ${Buffer.byteLength(body)} bytes`]),
    ...(outcome.kind === "answer" ? [`received ${Buffer.byteLength(outcome.body)} bytes`] : []),
    ...(id === undefined ? [] : [`request ${printable(id, 80)}`]),
    ...rate,
    ...reset,
  ];
}
