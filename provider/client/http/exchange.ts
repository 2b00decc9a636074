import type { Dispatcher } from "undici";
import type { Headers } from "./headers.js";

/** One request, ready to send. */
export interface Sendable {
  origin: string;
  /** With prefix and query. */
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Milliseconds for everything: connection, headers, body. */
  timeoutMs: number;
}

/** The end of one attempt. `sent` is false only if the request was provably never sent. */
export type Outcome =
  | { kind: "answer"; status: number; headers: Headers; body: string }
  /** `status` if the response started and was interrupted. */
  | { kind: "failure"; code: string; message: string; sent: boolean; status?: number };

/** Headers of an outcome; empty if there was no response. */
export function headersOf(outcome: Outcome): Headers {
  return outcome.kind === "answer" ? outcome.headers : {};
}

/** Code of a failure after this client's own timeout. */
export const TIMED_OUT = "TIMED_OUT";
/** Code of a success whose body is larger than any real response. */
export const TOO_LARGE = "TOO_LARGE";
/** Code of a success whose body is not UTF-8: a guess would produce wrong names and addresses. */
export const NOT_UTF8 = "NOT_UTF8";

/** In bytes; ten thousand people need about three million. */
export const LARGEST_ANSWER = 16 * 1024 * 1024;
const LARGEST_ERROR = 1024 * 1024;

/** Failures that occur before a request is written, regardless of earlier events on the connection. */
const BEFORE_SENDING = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_CLOSED",
  "UND_ERR_DESTROYED",
  "UND_ERR_INVALID_ARG",
  TIMED_OUT,
]);
const HANDSHAKE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

/**
 * Sends once and reads the whole response. Never rejects.
 *
 * undici's own retry and deduplicate interceptors are not used, for two reasons measured on 7.30.2: after an
 * interrupted body, retry requests the rest with `Range` and fails if the service returns the whole; deduplicate lets a
 * read that starts after a write share the response to a read that started before it.
 */
export function exchange(dispatcher: Dispatcher, request: Sendable): Promise<Outcome> {
  return new Promise((resolve) => {
    const attempt = new Attempt(request, resolve);
    const { origin, path, headers } = request;
    const method = request.method as Dispatcher.HttpMethod;
    try {
      const limits = { headersTimeout: 0, bodyTimeout: 0 };
      dispatcher.dispatch({ origin, path, method, headers, body: request.body ?? null, ...limits }, attempt);
    } catch (error) {
      attempt.fail(codeOf(error), messageOf(error));
    }
  });
}

class Attempt implements Dispatcher.DispatchHandler {
  private readonly timer: NodeJS.Timeout;
  private readonly chunks: Buffer[] = [];
  private controller: Dispatcher.DispatchController | undefined;
  private size = 0;
  private status = 0;
  private headers: Headers = {};
  private over = false;

  constructor(
    { timeoutMs }: Sendable,
    private readonly resolve: (outcome: Outcome) => void,
  ) {
    this.timer = setTimeout(() => this.stop(TIMED_OUT, `no answer within ${timeoutMs} ms`), timeoutMs);
  }

  /** Called as soon as there is a connection, just before the request is written to it. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) controller.abort(new Error("timed out before it was sent"));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    if (status < 200) return;
    this.status = status;
    this.headers = flatten(headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.over) return;
    this.size += chunk.length;
    if (this.size > (this.succeeded ? LARGEST_ANSWER : LARGEST_ERROR)) this.stop(TOO_LARGE, "the body is too large");
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.answer();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.fail(codeOf(error), messageOf(error));
  }

  fail(code: string, message: string): void {
    // The status of an error is the result, even if its body is interrupted.
    if (this.status !== 0 && !this.succeeded) this.answer();
    else this.end({ kind: "failure", code, message, sent: this.mayHaveLeft(code), ...this.begun() });
  }

  private begun(): { status?: number } {
    return this.status === 0 ? {} : { status: this.status };
  }

  // Two proofs are needed: there was no connection, and the failure is one that occurs before writing.
  private mayHaveLeft(code: string): boolean {
    return this.controller !== undefined || !(BEFORE_SENDING.has(code) || HANDSHAKE.test(code));
  }

  private stop(code: string, message: string): void {
    this.fail(code, message);
    this.controller?.abort(new Error(message));
  }

  private answer(): void {
    const bytes = Buffer.concat(this.chunks);
    const { status, headers } = this;
    try {
      const body = new TextDecoder("utf-8", { fatal: this.succeeded }).decode(bytes);
      this.end({ kind: "answer", status, headers, body });
    } catch (error) {
      this.end({ kind: "failure", code: NOT_UTF8, message: messageOf(error), sent: true, status });
    }
  }

  private end(outcome: Outcome): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.resolve(outcome);
  }

  private get succeeded(): boolean {
    return this.status >= 200 && this.status < 300;
  }
}

function flatten(headers: Record<string, unknown>): Headers {
  const first = (value: unknown) => String(Array.isArray(value) ? value[0] : value);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), first(value)]));
}

function codeOf(error: unknown): string {
  const code = isObject(error) && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "UNKNOWN";
}

function messageOf(error: unknown): string {
  const message = isObject(error) && "message" in error ? error.message : undefined;
  return typeof message === "string" && message !== "" ? message : "no reason given";
}

// Not `instanceof Error`: an error of the socket may come from another realm.
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
