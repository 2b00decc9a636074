import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What happens to a request: it is lost, its answer is lost or rewritten, or it is answered with a status. What rewrites an
 * answer may do something else before it arrives.
 */
export type Fate = "lost" | "answer lost" | number | ((body: string) => string | Promise<string>);

export interface Mishap {
  /** Matched against "METHOD /path", the path below the base URL. */
  on: RegExp;
  fate: Fate;
  /** How often; default once. */
  times?: number;
}

/** Sends a request on to the service, and answers what it answers. */
export async function relay({ method, url, headers }: IncomingMessage, base: URL, body: Buffer) {
  const answer = await fetch(base.origin + url, {
    method: method!,
    redirect: "manual",
    headers: { "x-avala-api-key": String(headers["x-avala-api-key"]), "content-type": "application/json" },
    body: body.length > 0 ? body : null,
  });
  const type = answer.headers.get("content-type") ?? "text/plain";
  return { status: answer.status, headers: { "content-type": type }, text: await answer.text() };
}

/** Stands between a host process and the service, and lets requests come to grief. */
export async function unreliable(target: string) {
  const base = new URL(target);
  let mishaps: Mishap[] = [];

  const mishapOf = (line: string): Mishap | undefined => {
    const mishap = mishaps.find(({ on, times = 1 }) => times > 0 && on.test(line));
    if (mishap) mishap.times = (mishap.times ?? 1) - 1;
    return mishap;
  };

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url!.slice(base.pathname.length);
    const fate = mishapOf(`${request.method} ${path}`)?.fate;
    if (typeof fate === "number") return void response.writeHead(fate).end();
    const chunks = await request.toArray();
    if (fate === "lost") return void request.socket.destroy();
    const { status, headers, text } = await relay(request, base, Buffer.concat(chunks as Buffer[]));
    const body = typeof fate === "function" ? await fate(text) : text;
    if (fate === "answer lost") return void request.socket.destroy();
    response.writeHead(status, headers).end(body);
  }

  const server = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base.pathname}`,
    /** What happens from now on; nothing, where left out. */
    expect(...next: Mishap[]): void {
      mishaps = next;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
