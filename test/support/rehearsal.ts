import { randomBytes } from "node:crypto";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { rehearsalOf, rehearsed } from "../../provider/client/index.js";

/** Without digits, so that nothing recognizes it as a secret by its looks. */
export const token = "AbcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

/** The key with which a run asks the copy, and the base URL of the copy. */
export const inCopy = (url: string, real: { apiKey: string; baseUrl: string }) => rehearsed(rehearsalOf(url)!, real);

/** A copy in front of emulators: each takes the place of the deployment of a real base URL. */
export async function copyOf(emulators: Readonly<Record<string, { url: string }>>) {
  const secret = randomBytes(32).toString("base64url");
  let targets = new Map<string, string>();
  const server = createServer((asked, answer) => {
    const base = [...targets.keys()].find((path) => asked.url!.startsWith(`${path}/`));
    if (base === undefined) return void answer.writeHead(421).end();
    const target = targets.get(base)! + asked.url!.slice(base.length);
    const { method, headers } = asked;
    asked.pipe(
      forward(target, { method, headers }, (answered) => {
        answer.writeHead(answered.statusCode!, answered.headers);
        answered.pipe(answer);
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}`;
  targets = new Map(
    Object.entries(emulators).map(([baseUrl, emulator]) => [
      new URL(inCopy(url, { apiKey: "", baseUrl }).baseUrl).pathname,
      emulator.url,
    ]),
  );
  return {
    /** The value of AVALA_REHEARSAL. */
    url,
    token: secret,
    keyFor: (baseUrl: string, apiKey: string) => inCopy(url, { apiKey, baseUrl }).apiKey,
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
