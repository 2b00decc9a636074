import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { createClient, type AvalaClient, type ClientSettings } from "../../provider/client/index.js";
import { LARGEST_LIST } from "../../provider/client/api/pages.js";
import { failure } from "../client/support.js";
import { Engine, Host, HostError } from "../support/host.js";
import { pageOf, rawService, type RawCall, type Reply } from "../support/rawService.js";
import { steering } from "./texts.js";

/* Answers that no service gives: each is an error with a code or harmless, and memory and time are bounded. */

const key = "avk_0123456789abcdefSECRET";
const uid = (kind: number, number = 0): string => `0000000${kind}-0000-4000-8000-${String(number).padStart(12, "0")}`;
const acme = { uid: uid(1), slug: "acme", name: "Acme", role: "owner" };
const detail = {
  ...acme,
  description: "",
  dataset_count: 0,
  project_count: 0,
  slice_count: 0,
  created_at: "2026-01-01T00:00:00Z",
};
const core = { uid: uid(2), slug: "core", name: "Core", description: "", color: "#000000", member_count: 1 };
const ada = { user_uid: uid(3), username: "ada", email: "ada@example.com", full_name: "Ada", role: "member" };
const noa = {
  uid: uid(4),
  invited_email: "noa@example.com",
  role: "member",
  status: "pending",
  expires_at: "2099-01-01T00:00:00Z",
  is_expired: false,
};

/** A correct service. */
function good({ method, path }: RawCall): Reply | undefined {
  const lists: Record<string, object> = {
    "/organizations/": acme,
    "/organizations/acme/members/": ada,
    "/organizations/acme/invitations/": noa,
    "/organizations/acme/teams/": core,
    "/organizations/acme/teams/core/members/": ada,
  };
  if (method === "GET" && path in lists) return pageOf([lists[path]!]);
  if (path === "/organizations/acme/") return { body: detail };
  if (path === "/organizations/acme/teams/core/") return { body: core };
  return method === "GET" ? undefined : { status: 201, body: {} };
}

/** Every kind of call, and the row in its answer. */
const calls: Record<
  string,
  { on: string; call: (client: AvalaClient) => Promise<unknown>; row?: object; list?: true }
> = {
  "organizations, a list": { on: "GET /organizations/", call: (c) => c.organizations.list(), row: detail, list: true },
  "members, a list": {
    on: "GET /organizations/acme/members/",
    call: (c) => c.members.list("acme"),
    row: ada,
    list: true,
  },
  "invitations, a list": {
    on: "GET /organizations/acme/invitations/",
    call: (c) => c.invitations.list("acme"),
    row: noa,
    list: true,
  },
  "teams, a list": { on: "GET /organizations/acme/teams/", call: (c) => c.teams.list("acme"), row: core, list: true },
  "places, a list": {
    on: "GET /organizations/acme/teams/core/members/",
    call: (c) => c.teamMembers.list("acme", "core"),
    row: ada,
    list: true,
  },
  "an organization's detail": { on: "GET /organizations/acme/", call: (c) => c.organizations.get("acme"), row: detail },
  "a team's detail": { on: "GET /organizations/acme/teams/core/", call: (c) => c.teams.get("acme", "core"), row: core },
  "an organization, made": {
    on: "POST /organizations/",
    call: (c) => c.organizations.create({ name: "x" }),
    row: detail,
  },
  "an organization, changed": {
    on: "PATCH /organizations/acme/",
    call: (c) => c.organizations.update("acme", { name: "x" }),
    row: detail,
  },
  "a team, made": {
    on: "POST /organizations/acme/teams/",
    call: (c) => c.teams.create("acme", { name: "x" }),
    row: core,
  },
  "an invitation": {
    on: "POST /organizations/acme/invitations/",
    call: (c) => c.invitations.create("acme", { email: "a@example.com" }),
    row: noa,
  },
  "a role, set": {
    on: "PATCH /organizations/acme/members/x/role/",
    call: (c) => c.members.setRole("acme", "x", "admin"),
  },
  "a member, removed": { on: "DELETE /organizations/acme/members/x/", call: (c) => c.members.remove("acme", "x") },
};
const kinds = Object.keys(calls);
const isAct = (kind: string): boolean => calls[kind]!.row === undefined;
const isList = (kind: string): boolean => calls[kind]!.list === true;

const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000);
const byHand = (by: (response: ServerResponse) => void): Reply => ({ by });
const raw = (text: string): Reply => byHand((response) => response.socket!.end(text));
const megabyte = Buffer.alloc(1024 * 1024, " ");

/** Sends without an end, as fast as it is read. */
function flood(response: ServerResponse, start: string): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write(start);
  const more = () => {
    while (!response.destroyed && response.write(megabyte));
  };
  response.on("drain", more);
  more();
}

/** A byte at a time. */
function drip(response: ServerResponse, milliseconds: number): void {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), milliseconds);
  response.on("close", () => clearInterval(timer));
}

/** The body that replaces any answer. */
const answers: Record<string, Reply> = {
  "50 MB of JSON": { body: Buffer.from(`{"results":["${"x".repeat(50 * 1024 * 1024)}"],"next":null}`) },
  "a body without an end": byHand((response) => flood(response, '{"results":[')),
  "100,000 arrays in one another": { body: deep("[", "]") },
  "100,000 objects in one another": { body: `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` },
  "JSON that breaks off": { body: '{"results":[{"uid":"' },
  "a number beyond all": { body: "1e999" },
  NaN: { body: "NaN" },
  "a page of the web": { headers: { "content-type": "text/html" }, body: "<html><script>alert(1)</script></html>" },
  "a gzip bomb": { headers: { "content-encoding": "gzip" }, body: gzipSync(Buffer.alloc(50 * 1024 * 1024)) },
  "bytes that are no UTF-8": { body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x7d]) },
  "a redirect to another host": { status: 302, headers: { location: "http://127.0.0.1:PORT/api/v1/stolen" } },
  "a lasting redirect to another host": { status: 308, headers: { location: "//127.0.0.1:PORT/stolen" } },
  "a status without a meaning": { status: 299 },
  "a teapot": { status: 418, body: { detail: "\u001b[2Jteapot" } },
  "headers of a megabyte": raw(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(1024 * 1024)}\r\n\r\n{}`),
  "a length that is too long": raw("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{}"),
  "a length that is too short": raw('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{"results":[]}'),
  "two lengths": raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x"),
  "a length below zero": raw("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n{}"),
  "no HTTP": raw("\u0000\u001b[2J hello\r\n\r\n"),
  "a byte every now and then": byHand((response) => drip(response, 5)),
  "headers, and then nothing": byHand((response) => response.writeHead(200).flushHeaders()),
};

let service: Awaited<ReturnType<typeof rawService>>;
/** A server to which the key must never be sent. */
let elsewhere: Awaited<ReturnType<typeof rawService>>;
const clients: AvalaClient[] = [];
jest.setTimeout(60_000);
beforeAll(async () => {
  [service, elsewhere] = await Promise.all([rawService(good), rawService(good)]);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  if (elsewhere.calls.length > 0) throw new Error(`Asked elsewhere: ${elsewhere.calls.join(", ")}`);
});
afterAll(async () => {
  await service.close();
  await elsewhere.close();
});

/** A client without waits between its tries, and with this deadline for an answer. */
function clientOf(settings: Partial<ClientSettings> = {}): AvalaClient {
  const fast = { requestsPerMinute: 1_000_000, requestsPerSecond: 1_000_000, timeoutMs: 1000 };
  const client = createClient({ apiKey: key, baseUrl: service.url, ...fast, ...settings }, { random: () => -1 });
  clients.push(client);
  return client;
}

/** A correct service, except for one call. */
function but(on: string, reply: Reply | ((nth: number) => Reply)): void {
  let nth = 0;
  service.answers((call) => {
    if (`${call.method} ${call.path}` !== on) return good(call);
    return typeof reply === "function" ? reply(++nth) : reply;
  });
}

function elsewhereNow(reply: Reply): Reply {
  const headers = Object.fromEntries(
    Object.entries(("headers" in reply && reply.headers) || {}).map(([name, value]) => [
      name,
      value.replace("PORT", `${elsewhere.port}`),
    ]),
  );
  return reply.by ? reply : { ...reply, headers };
}

/** An error that may be shown. */
function expectShown(error: Error): void {
  expect(error).toMatchObject({ code: expect.stringMatching(/^AVALA_[A-Z_]+$/) });
  expect(error.message).not.toMatch(steering);
  expect(error.message.length).toBeLessThan(1000);
  expect(error.message).not.toContain(key);
}

/** These end by the client's deadline alone. */
const endless = new Set(["a byte every now and then", "headers, and then nothing"]);

/** The answer of a write without content is not used: any JSON within the limit of real answers is accepted. */
const harmlessToActs = new Set(["a number beyond all"]);

it.each(Object.entries(answers))(
  "%s: each kind of call ends with an error that can be shown, or is not harmed",
  async (name, reply) => {
    const ons = new Set(kinds.map((kind) => calls[kind]!.on));
    const hostile = elsewhereNow(reply);
    service.answers((call) => (ons.has(`${call.method} ${call.path}`) ? hostile : good(call)));
    const client = clientOf({ timeoutMs: endless.has(name) ? 100 : 10_000 });
    const ended = await Promise.all(
      kinds.map((kind) =>
        calls[kind]!.call(client).then(
          () => [kind, "not harmed"],
          (error: Error) => {
            expectShown(error);
            return [kind, "an error"];
          },
        ),
      ),
    );
    const harmless = (kind: string) => isAct(kind) && harmlessToActs.has(name);
    expect(ended).toEqual(kinds.map((kind) => [kind, harmless(kind) ? "not harmed" : "an error"]));
  },
);

describe("each field of each row", () => {
  const wrong = { "a number": 7, "an array": ["x"], "an object": { toString: "x" }, "a flag": true, "a text": "x" };
  const fields = kinds
    .filter((kind) => !isAct(kind))
    .flatMap((kind) =>
      Object.entries(calls[kind]!.row!).map(([field, value]) => ({ kind, field, value: value as unknown })),
    );

  it("of another type is an error that names its path and no content", async () => {
    const client = clientOf();
    for (const { kind, field, value } of fields) {
      const { on, call, row } = calls[kind]!;
      for (const [, instead] of Object.entries(wrong).filter(([, other]) => typeof other !== typeof value)) {
        const hostile = { ...row, [field]: instead };
        but(on, isList(kind) ? pageOf([hostile]) : { body: hostile });
        const error = await failure(call(client));
        expectShown(error);
        expect(error).toMatchObject({ code: "AVALA_RESPONSE_SHAPE", message: expect.stringContaining(field) });
      }
    }
  });

  it("may contain a new text, an invalid date, a number below zero: enums are open, dates are text", async () => {
    const client = clientOf();
    for (const kind of kinds.filter((one) => !isAct(one))) {
      const { on, call, row } = calls[kind]!;
      const isName = (field: string) => /(^|_)(uid|slug)$/.test(field);
      const odd = Object.fromEntries(
        Object.entries(row!).map(([field, value]) => {
          if (typeof value === "number") return [field, -1];
          return [field, typeof value === "string" && !isName(field) ? "superowner, the 32nd" : value];
        }),
      );
      but(on, isList(kind) ? pageOf([odd]) : { body: odd });
      expect(JSON.stringify(await call(client))).toContain("superowner, the 32nd");
    }
  });

  it("may be called __proto__ or constructor, without an effect", async () => {
    const client = clientOf();
    const own = `"__proto__":{"role":"owner","uid":"x"},"constructor":{"prototype":{"role":"owner"}},"role":"member"`;
    for (const kind of kinds.filter((one) => !isAct(one))) {
      const { on, call, row } = calls[kind]!;
      const text = JSON.stringify({ ...row, role: undefined }).replace(/}$/, `,${own}}`);
      but(on, { body: isList(kind) ? `{"results":[${text}],"__proto__":{"next":"?page=2"}}` : text });
      const answered = [await call(client)].flat() as object[];
      expect(answered).toHaveLength(1);
      expect(Object.getPrototypeOf(answered[0])).toBe(Object.prototype);
      expect(Object.keys(answered[0]!)).not.toContain("constructor");
      expect(JSON.stringify(answered)).not.toContain('"owner"');
    }
    expect(({} as { role?: string }).role).toBeUndefined();
  });

  it.each([
    ["a line end", "a\nb"],
    ["an escape", "a\u001b[2Jb"],
    ["a slash", "a/b"],
    ["a space", "a b"],
    ["a mark that turns the direction", "a\u202eb"],
    ["a megabyte", "a".repeat(1024 * 1024)],
    ["nothing", ""],
  ])("bug: that is a uid or slug with %s is an error: it would be part of ids and paths", async (_, name) => {
    const client = clientOf();
    for (const { kind, field } of fields.filter((one) => /(^|_)(uid|slug)$/.test(one.field))) {
      const { on, call, row } = calls[kind]!;
      const hostile = { ...row, [field]: name };
      but(on, isList(kind) ? pageOf([hostile]) : { body: hostile });
      const error = await failure(call(client));
      expectShown(error);
      expect(error).toMatchObject({ code: "AVALA_RESPONSE_SHAPE" });
    }
  });
});

describe("lists", () => {
  const lists = kinds.filter(isList);

  it.each([
    ["another host", (port: number) => `http://127.0.0.1:${port}/api/v1/organizations/?page=2`],
    ["another scheme", (port: number) => `https://127.0.0.1:${port}/?page=2`],
    ["a user and a password", (port: number) => `http://${key}:x@127.0.0.1:${port}/?page=2`],
    ["no scheme", (port: number) => `//127.0.0.1:${port}/?page=2`],
    ["a file", () => "file:///etc/passwd?page=2"],
    ["a script", () => "javascript:alert(1)?page=2"],
  ])("with a link to the next page at %s are read from the configured base URL", async (_, next) => {
    const client = clientOf();
    for (const kind of lists) {
      const { on, call, row } = calls[kind]!;
      but(on, (nth) => pageOf([row!], { next: nth === 1 ? next(elsewhere.port) : null }));
      expect(await call(client)).toHaveLength(1);
    }
    expect(new Set(service.keys)).toEqual(new Set([key]));
  });

  it("contain each row once, also if it is sent repeatedly", async () => {
    const client = clientOf();
    for (const kind of lists) {
      const { on, call, row } = calls[kind]!;
      but(on, { body: { results: Array.from({ length: 1000 }, () => row), next: null } });
      expect(await call(client)).toHaveLength(1);
    }
  });

  it.each([-1, 0.5, "7", 1e300])("with a count of %j are an error", async (count) => {
    const client = clientOf();
    for (const kind of lists) {
      const { on, call, row } = calls[kind]!;
      but(on, pageOf([row!], { count }));
      const error = await failure(call(client));
      expectShown(error);
      expect(error).toMatchObject({ code: "AVALA_RESPONSE_SHAPE" });
    }
  });

  it("of 10,000 pages are an error", async () => {
    const client = clientOf();
    but(calls["members, a list"]!.on, (nth) =>
      pageOf([{ ...ada, user_uid: uid(3, nth) }], { next: `?page=${nth + 1}`, count: 10_000 }),
    );
    const before = service.calls.length;
    const error = await failure(client.members.list("acme"));
    expectShown(error);
    expect(error).toMatchObject({ code: "AVALA_RESPONSE_SHAPE" });
    expect(service.calls.length - before).toBeLessThan(10_000);
  });

  it("bug: whose pages are each as large as an answer may be end at a bound of their own", async () => {
    const client = clientOf({ timeoutMs: 10_000 });
    const padding = " ".repeat(10 * 1024 * 1024);
    but(calls["members, a list"]!.on, (nth) => ({
      body: `{"results":[],${padding}"next":"?page=${nth + 1}"}`,
    }));
    const before = service.calls.length;
    expect(await failure(client.members.list("acme"))).toMatchObject({
      code: "AVALA_RESPONSE_SHAPE",
      message: expect.stringContaining("larger than any real one"),
    });
    expect((service.calls.length - before - 1) * padding.length).toBeLessThanOrEqual(LARGEST_LIST);
  });
});

describe("the host process", () => {
  /** More than an empty Node process, and less than three times the largest of these answers. */
  const mostMegabytes = 400;
  const peakOf = (pid: number): number =>
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Infinity) / 1024;

  /** Without those that are tried again after a while, or end by the deadline of thirty seconds. */
  const fatal = Object.entries(answers).filter(
    ([name]) =>
      !/length that is too (long|short)|every now|then nothing|no HTTP|megabyte|two lengths|below zero/.test(name),
  );
  const organization = uid(1);
  const handlers: Record<string, { on: string; call: (host: Host) => Promise<unknown> }> = {
    "the list of organizations": {
      on: "GET /organizations/",
      call: (host) => host.create("team", { organization, name: "Core" }),
    },
    "a list of people": {
      on: "GET /organizations/acme/members/",
      call: (host) => host.create("organizationMember", { organization, user: uid(3), role: "admin" }),
    },
    "a detail": {
      on: "GET /organizations/acme/",
      call: (host) => host.read("organization", organization, { name: "Acme", __v: 1 }),
    },
    "the answer of a write": {
      on: "POST /organizations/acme/teams/",
      call: (host) => host.create("team", { organization, name: "Blue" }),
    },
  };

  it("answers each with a code, stays alive, leaks nothing and stays small", async () => {
    const engine = await Engine.start();
    const host = await Host.start(engine, {
      AVALA_API_KEY: key,
      AVALA_BASE_URL: service.url,
      AVALA_ALLOW_INSECURE_BASE_URL: "1",
      AVALA_REQUESTS_PER_MINUTE: "100000",
      AVALA_REQUESTS_PER_SECOND: "10000",
    });
    try {
      await host.configure();
      for (const { on, call } of Object.values(handlers)) {
        for (const [name, reply] of fatal) {
          but(on, elsewhereNow(reply));
          const error = await call(host).then(
            () => undefined,
            (failed: HostError) => failed,
          );
          expect([on, name, error?.message]).toEqual([on, name, expect.stringMatching(/ \[AVALA_[A-Z_]+\]$/)]);
          expect(error!.message).not.toMatch(steering);
          expect(error!.message).not.toContain(key);
        }
      }
      // It still works.
      service.answers(good);
      expect(await host.read("organization", organization, { name: "Acme", __v: 1 })).toMatchObject({
        id: organization,
      });
      expect(host.output).not.toContain(key);
      expect(peakOf(host.pid)).toBeLessThan(mostMegabytes);
    } finally {
      await host.close();
      engine.kill();
    }
  });
});
