import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The answer: an object as JSON, a text or bytes unchanged, or written by hand. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body?: string | Buffer | object; by?: undefined }
  | { by(response: ServerResponse): void };

/** One call; `path` is below the base URL. */
export interface RawCall {
  method: string;
  path: string;
}

const prefix = "/api/v1";

/**
 * A service with answers that the emulator cannot give: every byte of an answer is the test's own. Other calls are not
 * found.
 */
export async function rawService(reply: (call: RawCall) => Reply | undefined) {
  const calls: string[] = [];
  const keys: (string | undefined)[] = [];
  let current = reply;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const [path = ""] = request.url!.slice(prefix.length).split("?");
    const call = { method: request.method!, path };
    calls.push(`${call.method} ${call.path}`);
    keys.push(request.headers["x-avala-api-key"] as string | undefined);
    const answered: Reply = current(call) ?? { status: 404, body: { detail: "Not found." } };
    if (answered.by) return answered.by(response);
    const { status = 200, headers = {}, body = "" } = answered;
    const isData = typeof body === "string" || Buffer.isBuffer(body);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(isData ? body : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    request.resume().on("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}${prefix}`,
    /** Every call, as "METHOD /path". */
    calls,
    /** The keys of the calls. */
    keys,
    /** Sets the answers from now on. */
    answers(next: (call: RawCall) => Reply | undefined): void {
      current = next;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page of a list. */
export function pageOf(results: readonly object[], more: object = {}): { body: object } {
  return { body: { count: results.length, next: null, previous: null, results, ...more } };
}
