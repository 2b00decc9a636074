import { createRawClient, type Outcome, type RawClient, type RawRequest } from "../../provider/client/index.js";
import type { RequestError } from "../../provider/core/errors.js";
import type { Settings } from "../../provider/lifecycle/runtime/settings.js";
import type { Terminal } from "../output/terminal.js";
import { replyOf, type Reply } from "./reply.js";

/** The service as a probe sees it: single requests, counted, and whatever comes back. */
export class Service {
  /** Requests that were sent, including those that were refused for the rate limit and sent again. */
  sent = 0;
  /** Host and port of the base URL. */
  readonly host: string;
  readonly #client: RawClient;
  readonly #started = Date.now();

  constructor({ client: settings }: Settings, terminal: Terminal) {
    this.host = new URL(settings.baseUrl).host;
    this.#client = createRawClient({
      ...settings,
      beforeRequest: () => {
        this.sent++;
        terminal.progress(`Probing the service: ${this.sent} requests so far.`);
      },
      onWait: ({ seconds }) => terminal.note(`Rate limit of Avala: waiting for about ${seconds} s.`),
    });
  }

  /** Sends a request once, and again only if it was refused for the rate limit. */
  async send(request: RawRequest): Promise<Reply> {
    const sentAt = this.#elapsed;
    const outcome = await this.#client.send(request);
    return replyOf(request, outcome, sentAt, this.#elapsed);
  }

  get(path: string, more: Omit<RawRequest, "method" | "path"> = {}): Promise<Reply> {
    return this.send({ method: "GET", path, ...more });
  }

  /** The error that the provider would report for an answer that is not a success. */
  errorOf({ request, status, headers, text, failure }: Reply): RequestError {
    const outcome: Outcome =
      failure === undefined
        ? { kind: "answer", status, headers, body: text }
        : { kind: "failure", code: failure, message: "no complete answer", sent: true };
    return this.#client.errorOf(request, outcome);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  get #elapsed(): number {
    return Date.now() - this.#started;
  }
}
