import type { Dispatcher } from "undici";
import { type Answer, contentIfAny } from "./content.js";
import { version } from "../../core/version.js";
import { isOfApi } from "./decodeError.js";
import { ReadOnlyError, type RequestFacts, TransportError } from "../../core/errors.js";
import { exchange, headersOf, type Outcome } from "./exchange.js";
import { refusedBefore, shapeError, statusError, transportError, unreadable } from "./failures.js";
import { rateFacts, requestId } from "./headers.js";
import { type Limiter, LimiterClosed } from "./limiter.js";
import { printable } from "../../core/text.js";
import type { Attempt } from "./attemptLog.js";
import type { Redactor } from "./redact.js";
import { isLastTry, mayHaveRun, mayRetry, MOST_TRIES, RETRY_BUDGET_MS, waitBefore } from "./retry.js";

const SUCCESS = new Set([200, 201, 202, 204]);

export interface TransportOptions {
  /** Called for each request. */
  dispatcher: () => Dispatcher;
  limiter: Limiter;
  redact: Redactor;
  apiKey: string;
  baseUrl: string;
  /** As messages show it. */
  shownBaseUrl: string;
  timeoutMs: number;
  readOnly: boolean;
  shareReads: boolean;
  mostTries?: number;
  mostFirstTries?: number;
  onRetry?: (line: string) => void;
  onAttempt?: (attempt: Attempt) => void;
  onDate?: (date: string) => void;
  beforeRequest?: () => void;
  /** 0 to 1, for jitter. */
  random: () => number;
}

interface Call {
  method: string;
  /** Encoded, without the base URL's prefix and without the query: the part that messages show. */
  path: string;
  query: string;
  body?: string;
}

/** Sends calls: in order, with retries where they are harmless, and with errors as classes. */
export class Transport {
  private readonly base: URL;
  /** The service has answered 401: further requests with this key would be refused too, so none is sent. */
  private refused = false;
  /** A connection to the service has been made. */
  private answered = false;
  private readonly reading = new Map<string, Promise<Answer>>();

  constructor(private readonly options: TransportOptions) {
    this.base = new URL(options.baseUrl);
  }

  /** Reads. Equal reads at the same time may share one response, but not across a write of this client. */
  get(path: string, query = ""): Promise<Answer> {
    const read = () => this.run({ method: "GET", path, query });
    if (!this.options.shareReads) return read();
    const key = `${path}?${query}`;
    const shared = this.reading.get(key);
    if (shared !== undefined) return shared;
    const reading = read().finally(() => {
      if (this.reading.get(key) === reading) this.reading.delete(key);
    });
    this.reading.set(key, reading);
    return reading;
  }

  /** Writes, and returns the body of the response. */
  write(method: "POST" | "PATCH", path: string, body: object): Promise<Answer> {
    return this.change({ method, path, query: "", body: JSON.stringify(body) });
  }

  /**
   * Writes whose response may be empty, or any JSON. Any other body does not come from the service: a proxy whose
   * session has ended may answer with its login page and the status 200. Whether the change was made is then unknown
   * (success-may-not-be-json).
   */
  async act(method: "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<void> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    contentIfAny(await this.change({ method, path, query: "", body: text }));
  }

  private async change(call: Call): Promise<Answer> {
    if (this.options.readOnly) {
      const { method, path } = call;
      throw new ReadOnlyError(
        `${method} ${path} was not sent: AVALA_READ_ONLY is set.`,
        "Unset AVALA_READ_ONLY to make changes.",
        { method, path },
      );
    }
    try {
      return await this.run(call);
    } finally {
      // A read that started before this moment may not contain the change: later reads must not share it.
      this.reading.clear();
    }
  }

  private async run(call: Call): Promise<Answer> {
    const { limiter, random, onDate } = this.options;
    const turn = limiter.enqueue();
    let uncertain = false;
    let retryUntil: number | undefined;
    for (let tries = 1; ; tries++) {
      const outcome = await this.attempt(call, turn, uncertain);
      this.answered ||= outcome.kind === "answer" || outcome.sent;
      const { date } = headersOf(outcome);
      if (date !== undefined) onDate?.(date);
      const wait = waitBefore(outcome, tries, random);
      const throttled = outcome.kind === "answer" && outcome.status === 429;
      const refusedNow = outcome.kind === "answer" && outcome.status === 401 && !this.refused;
      if (refusedNow) this.refuse();
      // After the last attempt too, because other requests must wait as well; and before `release`, which starts the
      // next request.
      if (throttled) limiter.pause(wait);
      limiter.release(rateFacts(headersOf(outcome)));
      if (!mayRetry(call.method, outcome)) return this.settle(call, outcome, uncertain, refusedNow);
      retryUntil ??= performance.now() + RETRY_BUDGET_MS;
      const late = performance.now() + wait > retryUntil;
      if (tries === this.mostTries() || isLastTry(outcome, tries) || late) return this.settle(call, outcome, uncertain);
      if (!throttled) this.reportRetry(outcome, tries);
      uncertain ||= mayHaveRun(outcome);
      if (!throttled) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** A host that has never answered is down or misspelt, rather than restarting. */
  private mostTries(): number | undefined {
    const { mostTries, mostFirstTries } = this.options;
    return this.answered ? mostTries : (mostFirstTries ?? mostTries);
  }

  private reportRetry(outcome: Outcome, tries: number): void {
    const { onRetry, mostTries = MOST_TRIES } = this.options;
    const host = printable(this.base.host);
    const what =
      outcome.kind === "answer" ? `${host} answers ${outcome.status}` : `No answer from ${host} (${outcome.code})`;
    onRetry?.(`${what}; trying again (${tries + 1} of ${mostTries}).`);
  }

  /** One attempt, in its turn. The caller must call the limiter's `release` after it. */
  private async attempt(call: Call, turn: number, uncertain: boolean): Promise<Outcome> {
    const { limiter, beforeRequest } = this.options;
    const { method, path } = call;
    const facts: RequestFacts = { method, path, ...(uncertain && { uncertain }) };
    const queued = performance.now();
    try {
      await limiter.acquire(turn);
    } catch (error) {
      if (!(error instanceof LimiterClosed)) throw error;
      throw this.refused ? refusedBefore(facts) : closedError(facts);
    }
    try {
      // The key may have been refused at the moment at which this request got its turn.
      if (this.refused) throw refusedBefore(facts);
      beforeRequest?.();
    } catch (error) {
      limiter.cancel();
      throw error;
    }
    const started = performance.now();
    const outcome = await this.send(call);
    this.options.onAttempt?.({ ...call, outcome, ms: performance.now() - started, waitedMs: started - queued });
    return outcome;
  }

  private send({ method, path, query, body }: Call): Promise<Outcome> {
    const { apiKey, dispatcher, timeoutMs } = this.options;
    return exchange(dispatcher(), {
      origin: this.base.origin,
      path: `${this.base.pathname.replace(/\/$/, "")}${path}${query === "" ? "" : `?${query}`}`,
      method,
      headers: {
        accept: "application/json",
        "user-agent": `pulumi-avala/${version}`,
        "x-avala-api-key": apiKey,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      body,
      timeoutMs,
    });
  }

  /** The first 401. Waiting requests fail at once. */
  private refuse(): void {
    this.refused = true;
    this.options.limiter.close();
  }

  /** @param first whether this is the first response that refuses the key */
  private settle(call: Call, outcome: Outcome, uncertain: boolean, first = false): Answer {
    const facts = this.facts(call, outcome, uncertain);
    const why = unreadable(outcome);
    if (why !== undefined) throw shapeError(facts, why);
    if (outcome.kind === "failure") {
      throw transportError(facts, outcome, outcome.sent || uncertain, this.options.redact);
    }
    const { status, body } = outcome;
    // An earlier attempt of this delete, which got no response, has been carried out.
    const deleted = call.method === "DELETE" && uncertain && status === 404 && isOfApi(body);
    if (SUCCESS.has(status) || deleted) return { facts, body };
    if (status < 300) throw shapeError(facts, "this API does not use this status");
    if (status === 401 && !first) throw refusedBefore(facts);
    throw statusError(facts, body, this.options.redact, this.options.shownBaseUrl);
  }

  private facts({ method, path }: Call, outcome: Outcome, uncertain: boolean): RequestFacts {
    const id = requestId(headersOf(outcome));
    const { status } = outcome;
    return {
      method,
      path,
      ...(status !== undefined && { status }),
      ...(id !== undefined && { requestId: this.options.redact(id) }),
      ...(uncertain && { uncertain }),
    };
  }
}

function closedError(facts: RequestFacts): TransportError {
  const { method, path, uncertain = false } = facts;
  return new TransportError(
    `${method} ${path} was not sent: the client is closed.`,
    "Create a new client.",
    facts,
    uncertain,
  );
}
