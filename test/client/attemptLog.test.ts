import { createServer } from "node:net";
import { once } from "node:events";
import { attemptLog, type Attempt } from "../../provider/client/http/attemptLog.js";
import { createClient } from "../../provider/client/index.js";
import { envelope, failure, finishFailing, KEY, mocked, UID } from "./support.js";

const answer = (status: number, headers: Record<string, string> = {}) =>
  ({ kind: "answer", status, headers, body: "four" }) as const;
const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  method: "GET",
  path: "/organizations/",
  query: "",
  outcome: answer(200),
  ms: 34.6,
  waitedMs: 0,
  ...more,
});

const failing = (length: number, fails: string) => Array.from({ length }, () => ({ fails }));

/** The line of an attempt. */
function line(level: "requests" | "debug", one: Attempt): string {
  const lines: string[] = [];
  attemptLog(level, (text) => lines.push(text))(one);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

describe("AVALA_LOG=requests", () => {
  it.each<[string, Partial<Attempt>, string]>([
    ["a read", {}, "GET /organizations/: 200 in 35 ms"],
    ["a refusal", { outcome: answer(403) }, "GET /organizations/: 403 in 35 ms"],
    ["a short wait", { waitedMs: 99 }, "GET /organizations/: 200 in 35 ms"],
    ["a wait", { waitedMs: 2345 }, "GET /organizations/: 200 in 35 ms, waited 2345 ms for the rate limit"],
    ["pages", { query: "limit=100&page=2" }, "GET /organizations/?limit=100&page=2: 200 in 35 ms"],
    ["a search for a person", { query: "search=ada%40example.com" }, "GET /organizations/?search=…: 200 in 35 ms"],
    ["a cursor", { query: "cursor=YWRhQGV4YW1wbGU" }, "GET /organizations/?cursor=…: 200 in 35 ms"],
    ["a page that is none", { query: "page=ada%40example.com" }, "GET /organizations/?page=…: 200 in 35 ms"],
    [
      "no answer",
      { outcome: { kind: "failure", code: "ECONNRESET", message: "to 10.0.0.1", sent: true } },
      "GET /organizations/: no answer (ECONNRESET) in 35 ms",
    ],
    ["a body", { method: "POST", body: '{"email":"ada@example.com"}' }, "POST /organizations/: 200 in 35 ms"],
    ["a hostile path", { path: "/o/\u001b[2J\nx/" }, "GET /o/ x/: 200 in 35 ms"],
  ])("%s", (_, more, expected) => {
    expect(line("requests", attempt(more))).toBe(expected);
  });
});

it.each<[string, Partial<Attempt>, string]>([
  ["a read", {}, "GET /organizations/: 200 in 35 ms, received 4 bytes"],
  [
    "a write",
    { method: "POST", body: '{"email":"é"}' },
    "POST /organizations/: 200 in 35 ms, sent 14 bytes, received 4 bytes",
  ],
  [
    "headers",
    {
      outcome: answer(200, { "x-request-id": "r-1", "x-ratelimit-limit": "100", "x-ratelimit-remaining": "97" }),
    },
    "GET /organizations/: 200 in 35 ms, received 4 bytes, request r-1, 97 of 100 requests left",
  ],
])("AVALA_LOG=debug: %s", (_, more, expected) => {
  expect(line("debug", attempt(more))).toBe(expected);
});

describe("a client", () => {
  it("reports each attempt, with neither key nor body, and none if no level is set", async () => {
    const lines: string[] = [];
    const onAttempt = (text: string) => lines.push(text);
    for (const log of ["debug", undefined] as const) {
      const { client, reply } = mocked({ ...(log && { log }), onAttempt });
      reply({ status: 201, body: { uid: UID, email: "ada@example.com" } }, envelope([]));
      await client.invitations.create("acme", { email: "ada@example.com" });
      await client.members.list("acme", { search: "ada@example.com" });
    }
    expect(lines.map((text) => text.replace(/: (\d+) in \d+ ms.*/, " $1"))).toEqual([
      "POST /organizations/acme/invitations/ 201",
      "GET /organizations/acme/members/?search=…&limit=100&page=1 200",
    ]);
    expect(lines.join()).not.toMatch(/ada|avk_/);
    expect(lines.join()).not.toContain(KEY);
  });

  it("bug: says before each repetition that there is no answer", async () => {
    jest.useFakeTimers();
    try {
      const told: string[] = [];
      const { client, reply } = mocked({ onRetry: (text) => told.push(text) });
      reply({ fails: "ECONNRESET" }, { status: 503 }, ...failing(3, "ETIMEDOUT"));
      await finishFailing(client.organizations.list());
      expect(told).toEqual([
        "No answer from api.example.test (ECONNRESET); trying again (2 of 5).",
        "api.example.test answers 503; trying again (3 of 5).",
        "No answer from api.example.test (ETIMEDOUT); trying again (4 of 5).",
        "No answer from api.example.test (ETIMEDOUT); trying again (5 of 5).",
      ]);
    } finally {
      jest.useRealTimers();
    }
  });

  it("bug: with mostFirstTries, gives up a host that has never been connected to, and repeats for one that has", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const lines: string[] = [];
    const client = createClient({
      apiKey: KEY,
      baseUrl: `http://127.0.0.1:${port}/api/v1`,
      log: "requests",
      onAttempt: (text) => lines.push(text),
      mostFirstTries: 1,
    });
    expect(await failure(client.organizations.list())).toMatchObject({ code: "AVALA_TRANSPORT" });
    await client.close();
    expect(lines).toEqual([expect.stringMatching(/^GET \/organizations\/\?.*: no answer \(ECONNREFUSED\) in \d+ ms$/)]);

    jest.useFakeTimers();
    try {
      const { client: known, reply, sent } = mocked({ mostFirstTries: 1 });
      reply(envelope([]), ...failing(5, "ECONNREFUSED"));
      await known.organizations.list();
      await finishFailing(known.organizations.list());
      expect(sent()).toHaveLength(6);
    } finally {
      jest.useRealTimers();
    }
  });
});
