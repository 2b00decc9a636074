import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ownConnection } from "./emulator.js";

/** One call on its way to the service. */
export interface ProxiedCall {
  method: string;
  /** Below the base URL, with the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** Whether the caller has ended the connection. */
  isGone(): boolean;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Handles a call, and returns the answer for the caller; without one the connection is cut. */
export type Handler = (call: ProxiedCall, forward: () => Promise<Answer>) => Promise<Answer | undefined>;

/** A proxy between the provider and the service: a handler decides what happens to each call. */
export async function openProxy(target: string, handle: Handler) {
  const base = new URL(target);

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    const call = {
      method: request.method!,
      path: request.url!.slice(base.pathname.length),
      headers: request.headers,
      body,
      isGone: () => request.socket.destroyed,
    };
    const answer = await handle(call, () => forward(request, base, body));
    if (answer === undefined) request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  }

  const server = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    /** New connections are refused by the system from now on; open calls are still answered. */
    stopListening(): void {
      server.close();
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function forward({ method, url, headers }: IncomingMessage, base: URL, body: string): Promise<Answer> {
  const answer = await fetch(base.origin + url, {
    method: method!,
    redirect: "manual",
    headers: {
      ...ownConnection,
      "x-avala-api-key": String(headers["x-avala-api-key"]),
      "content-type": "application/json",
    },
    body: body === "" ? null : body,
  });
  const type = answer.headers.get("content-type") ?? "text/plain";
  return { status: answer.status, headers: { "content-type": type }, text: await answer.text() };
}
