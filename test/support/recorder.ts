import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const nobody = { count: 0, next: null, previous: null, results: [] };
const emptyPage = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(nobody));
};

/** A service on this machine that records every request in full: line, headers, body. By default every list is empty. */
export async function recorder(answer: (response: ServerResponse, path: string) => void = emptyPage) {
  const received: string[] = [];
  let current = answer;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      received.push([`${request.method} ${request.url}`, ...request.rawHeaders, body].join("\n"));
      current(response, request.url!);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    received,
    /** The requests, as "GET /path". */
    requests: () => received.map((text) => text.split("\n", 1)[0]!),
    /** Sets the answers from now on, and forgets what was received. */
    answers(next: typeof answer = emptyPage): void {
      current = next;
      received.length = 0;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
