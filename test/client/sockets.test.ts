import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, connect, type Socket } from "node:net";
import { join } from "node:path";
import { Agent } from "undici";
import { type AvalaClient, type ClientSettings, createClient } from "../../provider/client/index.js";
import { failure, KEY, UID } from "./support.js";

/** Behaviour that needs a real socket. All connections stay on this machine. */
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse, nth: number) => void) {
  let nth = 0;
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => handler(request, response, ++nth));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve))));
  return { seen, port: (server.address() as AddressInfo).port };
}

function clientOf(port: number, settings: Partial<ClientSettings> = {}, dispatcher?: Agent): AvalaClient {
  const client = createClient(
    { apiKey: KEY, baseUrl: `http://127.0.0.1:${port}/api/v1`, ...settings },
    // Outside 0 to 1 on purpose: retries then do not wait.
    { random: () => -1, ...(dispatcher && { dispatcher }) },
  );
  closing.push(() => client.close());
  return client;
}

const STOPPED = new Error("no more tries");

/** A hook that allows this number of tries. */
function allow(tries: number): () => void {
  let left = tries;
  return () => {
    if (left-- === 0) throw STOPPED;
  };
}

const GOOD = JSON.stringify({ uid: UID, slug: "acme", name: "Acme" });
const invite = (client: AvalaClient) => client.invitations.create("acme", { email: "ada@example.com" });

describe("a connection that drops", () => {
  it.each([
    ["before the answer", (response: ServerResponse) => response.destroy()],
    [
      "within the body",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": GOOD.length });
        response.write(GOOD.slice(0, 9), () => response.destroy());
      },
    ],
    [
      "within a body of unknown length",
      (response: ServerResponse) => {
        response.writeHead(200);
        response.write(GOOD.slice(0, 9), () => response.destroy());
      },
    ],
  ])("%s: a read is sent again from the start, a POST is not", async (_, drop) => {
    const { port, seen } = await serve((request, response, nth) => {
      if (nth === 1 || request.method === "POST") drop(response);
      else response.end(request.headers.range === undefined ? GOOD : "range");
    });
    const client = clientOf(port);
    expect(await client.organizations.get("acme")).toMatchObject({ name: "Acme" });
    expect(await failure(invite(client))).toMatchObject({ code: "AVALA_TRANSPORT", sent: true, outcomeUnknown: true });
    expect(seen).toHaveLength(3);
  });

  it("after the status of a resend is an unknown outcome, and the email is not sent again", async () => {
    const { port, seen } = await serve((_, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("{", () => response.destroy());
    });
    const error = await failure(clientOf(port).invitations.resend("acme", UID));
    expect(error).toMatchObject({ code: "AVALA_TRANSPORT", outcomeUnknown: true, request: { status: 200 } });
    expect(seen).toHaveLength(1);
  });

  it("after an error's status leaves that error", async () => {
    const { port } = await serve((_, response) => {
      response.writeHead(403, { "content-length": 100 });
      response.write('{"detail": "no', () => response.destroy());
    });
    expect(await failure(invite(clientOf(port)))).toMatchObject({ code: "AVALA_FORBIDDEN", outcomeUnknown: false });
  });

  it("after a delete was carried out: the second try's 404 is its success", async () => {
    const { port, seen } = await serve((_, response, nth) => {
      if (nth === 1) response.destroy();
      else response.writeHead(404).end();
    });
    await clientOf(port).members.remove("acme", UID);
    expect(seen).toHaveLength(2);
  });
});

describe("deadlines", () => {
  it.each([
    ["no answer", () => undefined],
    ["headers and then nothing", (response: ServerResponse) => void response.writeHead(200).flushHeaders()],
    ["half a body and then nothing", (response: ServerResponse) => void response.writeHead(201).write('{"uid"')],
  ])("end a call with %s", async (_, stall) => {
    const { port, seen } = await serve((__, response) => stall(response));
    // Long enough for a busy machine to hand the request to the server.
    const error = await failure(invite(clientOf(port, { timeoutMs: 1000 })));
    expect(error).toMatchObject({
      code: "AVALA_TRANSPORT",
      sent: true,
      outcomeUnknown: true,
      cause: { code: "TIMED_OUT" },
    });
    expect(seen).toHaveLength(1);
  });

  it("apply to a body that arrives slowly", async () => {
    const { port } = await serve((_, response) => {
      response.writeHead(201);
      const drip = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(drip));
    });
    expect(await failure(invite(clientOf(port, { timeoutMs: 60 })))).toMatchObject({ cause: { code: "TIMED_OUT" } });
  });

  it("that end before the connection exists leave nothing sent, also not afterwards", async () => {
    const { port, seen } = await serve((_, response) => response.end("{}"));
    let isOpen = false;
    const waiting: (() => void)[] = [];
    const agent = new Agent({
      connections: 1,
      connect: (_, callback) => {
        const open = () => {
          const socket: Socket = connect(port, "127.0.0.1", () => callback(null, socket));
        };
        if (isOpen) open();
        else waiting.push(open);
      },
    });
    closing.push(() => agent.destroy());
    const client = clientOf(port, { timeoutMs: 20, beforeRequest: allow(1) }, agent);
    expect(await failure(invite(client))).toBe(STOPPED);
    isOpen = true;
    for (const open of waiting) open();
    // The next request over the same pool shows that it is open, and that nothing was sent before.
    await clientOf(port, {}, agent).teams.delete("acme", "crew");
    expect(seen).toEqual(["DELETE /api/v1/organizations/acme/teams/crew/"]);
  });
});

describe("a port where nobody listens", () => {
  it("was certainly not reached, so that even a POST is tried again", async () => {
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(invite(clientOf(port, { beforeRequest: allow(2) })))).toBe(STOPPED);
  });
});

describe("redirects", () => {
  it.each([301, 302, 303, 307, 308])("%i is not followed, and the key goes nowhere", async (status) => {
    const { port, seen } = await serve((request, response) => {
      if (request.url === "/stolen") response.end(GOOD);
      else response.writeHead(status, { location: "/stolen" }).end();
    });
    expect(await failure(clientOf(port).organizations.get("acme"))).toMatchObject({ code: "AVALA_UNEXPECTED_STATUS" });
    expect(seen).toHaveLength(1);
  });
});

describe("bodies without bounds", () => {
  const flood = (response: ServerResponse, status: number) => {
    response.writeHead(status);
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  };

  it("are given up: a read as an error, an error by its status, a write as an unknown outcome", async () => {
    const { port } = await serve((request, response) => flood(response, request.method === "POST" ? 400 : 200));
    const client = clientOf(port);
    const error = await failure(client.organizations.get("acme"));
    expect(error).toMatchObject({ code: "AVALA_RESPONSE_SHAPE", request: { status: 200 } });
    expect(await failure(invite(client))).toMatchObject({ code: "AVALA_INVALID" });
    const deletion = await failure(client.teams.delete("acme", "crew"));
    expect(deletion).toMatchObject({ code: "AVALA_RESPONSE_SHAPE", outcomeUnknown: true });
  });
});

describe("connections", () => {
  it("are at most sixteen at once", async () => {
    let now = 0;
    let most = 0;
    const { port } = await serve((_, response) => {
      most = Math.max(most, ++now);
      setImmediate(() => {
        now--;
        response.end(GOOD);
      });
    });
    const client = clientOf(port, { requestsPerMinute: 10_000, requestsPerSecond: 10_000 });
    await Promise.all(Array.from({ length: 200 }, (_, number) => client.organizations.get(`o${number}`)));
    expect(most).toBeLessThanOrEqual(16);
    expect(most).toBeGreaterThan(1);
  });

  it("early hints are not the answer", async () => {
    const { port } = await serve((_, response) => {
      response.writeEarlyHints({ link: "</x>; rel=preload" });
      response.end(GOOD);
    });
    expect(await clientOf(port).organizations.get("acme")).toMatchObject({ name: "Acme" });
  });

  it("nor for an error, when nothing follows them", async () => {
    const { port } = await serve((_, response) => response.writeEarlyHints({ link: "</x>" }, () => response.destroy()));
    const error = await failure(invite(clientOf(port)));
    expect(error).toMatchObject({ code: "AVALA_TRANSPORT", outcomeUnknown: true, request: { method: "POST" } });
    expect(error).not.toHaveProperty("request.status");
  });
});

it("undici is loaded by the first request: a settled run sends none", () => {
  const script = `
    const { createClient } = require(${JSON.stringify(join(__dirname, "../../dist/client/index.js"))});
    const loaded = () => Object.keys(require.cache).some((file) => /node_modules.undici./.test(file));
    const client = createClient({ apiKey: "avk_test", baseUrl: "http://127.0.0.1:1/api/v1" });
    const before = loaded();
    client.organizations.list().catch(() => console.log([before, loaded()].join()));`;
  expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim()).toBe("false,true");
});
