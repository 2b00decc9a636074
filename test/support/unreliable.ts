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
    const answer = await fetch(base.origin + request.url, {
      method: request.method!,
      redirect: "manual",
      headers: { "x-avala-api-key": String(request.headers["x-avala-api-key"]), "content-type": "application/json" },
      body: chunks.length > 0 ? Buffer.concat(chunks as Buffer[]) : null,
    });
    const answered = await answer.text();
    const body = typeof fate === "function" ? await fate(answered) : answered;
    if (fate === "answer lost") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" }).end(body);
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
