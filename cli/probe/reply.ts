import type { Outcome, RawRequest } from "../../provider/client/index.js";

/** One request of the probe, and what came back. */
export interface Reply {
  request: RawRequest;
  /** 0 without an answer. */
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  text: string;
  /** Content of the body; `undefined` if it is not JSON. */
  json: unknown;
  /** Code of the failure, without an answer: `ECONNRESET`. */
  failure?: string;
  /** Milliseconds since the start of the probe, when it was sent and when it was answered. */
  sentAt: number;
  answeredAt: number;
}

export function replyOf(request: RawRequest, outcome: Outcome, sentAt: number, answeredAt: number): Reply {
  const shared = { request, sentAt, answeredAt };
  if (outcome.kind === "failure") {
    const { status = 0, code } = outcome;
    return { ...shared, status, headers: {}, text: "", json: undefined, failure: code };
  }
  const { status, headers, body } = outcome;
  return { ...shared, status, headers, text: body, json: jsonOf(body) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An object of the service, as it was received. */
export type Row = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An answer that breaks off is not a success. */
export const succeeded = ({ status, failure }: Reply): boolean =>
  failure === undefined && status >= 200 && status < 300;

/** The object in a success; `undefined` otherwise. */
export const objectIn = (reply: Reply | undefined): Row | undefined =>
  reply && succeeded(reply) && isObject(reply.json) ? reply.json : undefined;

/** The rows of a list, as a page or an array; `undefined` if it is neither. */
export function rowsIn(reply: Reply | undefined): Row[] | undefined {
  if (!reply || !succeeded(reply)) return undefined;
  const rows = isObject(reply.json) ? reply.json["results"] : reply.json;
  return Array.isArray(rows) && rows.every(isObject) ? rows : undefined;
}

/** Whether the service itself has answered: not its rate limit, and not a proxy that could not reach it. */
export const isUsable = ({ status, failure }: Reply): boolean =>
  failure === undefined && ![429, 502, 503, 504].includes(status);

/** How an answer looks, without its content: `200`, `404 (HTML)`, `ECONNRESET`. */
export function shownReply({ status, failure, text, json }: Reply): string {
  if (failure !== undefined) return failure;
  if (json !== undefined || text.trim() === "") return String(status);
  return `${status} (${text.trimStart().startsWith("<") ? "HTML" : "not JSON"})`;
}
