import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TransportError } from "../../provider/core/errors.js";
import { envelope, failure, finish, finishFailing, KEY, mocked, ORIGIN, type Reply, UID } from "./support.js";

const GOOD = { status: 200, body: { uid: UID, slug: "acme" } };

describe("headers", () => {
  it("are exactly these", async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { version: string };
    const { client, reply, sent } = mocked({ apiKey: ` ${KEY}\n` });
    reply(GOOD, GOOD);
    await client.organizations.get("acme");
    await client.organizations.update("acme", { name: "Acme" });
    const common = { accept: "application/json", "user-agent": `pulumi-avala/${version}`, "x-avala-api-key": KEY };
    expect(sent().map(({ headers }) => headers)).toEqual([common, { ...common, "content-type": "application/json" }]);
  });
});

describe("a base URL with a prefix or none", () => {
  it.each([ORIGIN, `${ORIGIN}/`, `${ORIGIN}/deep/prefix/`])("%s", async (baseUrl) => {
    const { client, reply, sent } = mocked({ baseUrl });
    reply(envelope([{ uid: UID, slug: "acme" }], "https://other.example/x/?page=2"), envelope([]));
    await client.organizations.list();
    const prefix = baseUrl.replace(/\/$/, "");
    expect(sent().map(({ path }) => path)).toEqual([
      `${prefix}/organizations/?limit=100&page=1`,
      `${prefix}/organizations/?page=2&limit=100`,
    ]);
  });
});

describe("rate-limit-per-user: reads at the same time", () => {
  it("share one request and its retries", async () => {
    jest.useFakeTimers();
    try {
      const { client, reply, sent } = mocked();
      reply({ status: 503 }, GOOD);
      const all = await finish(Promise.all(Array.from({ length: 10 }, () => client.organizations.get("acme"))));
      expect(all).toMatchObject({
        status: "fulfilled",
        value: Array.from({ length: 10 }, () => ({ uid: UID, slug: "acme" })),
      });
      expect(sent()).toHaveLength(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it("do not share their objects", async () => {
    const { client, reply } = mocked();
    reply(GOOD);
    const [one, two] = await Promise.all([client.organizations.get("acme"), client.organizations.get("acme")]);
    expect(one).toEqual(two);
    expect(one).not.toBe(two);
  });

  it("share failures, but not beyond them", async () => {
    const { client, reply, sent } = mocked();
    reply({ status: 403 }, GOOD);
    const both = await Promise.allSettled([client.organizations.get("acme"), client.organizations.get("acme")]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await client.organizations.get("acme");
    expect(sent()).toHaveLength(2);
  });

  it("stay separate if path or query differ, or one is later", async () => {
    const { client, reply, sent } = mocked();
    reply(...Array(4).fill(envelope([])));
    await Promise.all([
      client.members.list("a"),
      client.members.list("b"),
      client.members.list("a", { role: "admin" }),
    ]);
    await client.members.list("a");
    expect(sent()).toHaveLength(4);
  });

  it("are each sent by a client that shares none", async () => {
    const { client, reply, sent } = mocked({ shareReads: false });
    reply(GOOD, GOOD);
    await Promise.all([client.organizations.get("acme"), client.organizations.get("acme")]);
    expect(sent()).toHaveLength(2);
  });

  it("lists-may-lag: never share an answer from before a write of ours", async () => {
    const { client, agent } = mocked();
    const pool = agent.get(ORIGIN);
    const get = { path: "/api/v1/organizations/acme/", method: "GET" };
    pool
      .intercept(get)
      .reply(200, JSON.stringify({ ...GOOD.body, name: "old" }))
      .delay(20);
    pool.intercept({ ...get, method: "PATCH" }).reply(200, "{}");
    pool.intercept(get).reply(200, JSON.stringify({ ...GOOD.body, name: "new" }));
    const before = client.organizations.get("acme");
    await client.organizations.update("acme", { name: "new" });
    expect((await client.organizations.get("acme")).name).toBe("new");
    expect((await before).name).toBe("old");
  });
});

describe("writes at the same time", () => {
  it("are each sent", async () => {
    const { client, reply, sent } = mocked();
    reply({ status: 204 }, { status: 204 });
    await Promise.all([client.invitations.resend("acme", UID), client.invitations.resend("acme", UID)]);
    expect(sent()).toHaveLength(2);
  });
});

describe("readOnly", () => {
  it("reads and writes nothing", async () => {
    const { client, reply, sent } = mocked({ readOnly: true });
    reply(GOOD);
    await client.organizations.get("acme");
    const writes = [
      client.organizations.create({ name: "x" }),
      client.organizations.update("acme", {}),
      client.organizations.delete("acme"),
      client.organizations.leave("acme"),
      client.organizations.transferOwnership("acme", UID),
      client.members.setRole("acme", UID, "admin"),
      client.members.remove("acme", UID),
      client.invitations.create("acme", { email: "a@example.com" }),
      client.invitations.resend("acme", UID),
      client.invitations.cancel("acme", UID),
      client.teams.create("acme", { name: "x" }),
      client.teams.update("acme", "crew", {}),
      client.teams.delete("acme", "crew"),
      client.teamMembers.add("acme", "crew", { userUid: UID }),
      client.teamMembers.setRole("acme", "crew", UID, "lead"),
      client.teamMembers.remove("acme", "crew", UID),
    ];
    for (const write of writes)
      expect(await failure(write)).toMatchObject({ code: "AVALA_READ_ONLY", outcomeUnknown: false });
    expect(sent()).toHaveLength(1);
  });
});

describe("the limiter, through the client", () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
  afterEach(() => jest.useRealTimers());

  it("stops at the remaining budget in the answer, by the service's clock", async () => {
    const { client, reply, agent } = mocked();
    const zero = Date.now();
    const starts: number[] = [];
    const dispatch = agent.dispatch.bind(agent);
    jest.spyOn(agent, "dispatch").mockImplementation((...args) => {
      starts.push(Date.now() - zero);
      return dispatch(...args);
    });
    const later = Date.UTC(2026, 5, 1);
    const headers = {
      "x-ratelimit-limit": "100",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(later / 1000 + 40),
      date: new Date(later).toUTCString(),
    };
    reply({ ...GOOD, headers }, GOOD);
    await finish(client.organizations.get("a"));
    await finish(client.organizations.get("b"));
    // Others have spent 99 of the 100, so that a hundredth of the courtesy towards them comes on top.
    expect(starts).toEqual([0, 40_030]);
  });

  it("counts every try", async () => {
    const { client, reply, agent } = mocked({ requestsPerMinute: 2 });
    const zero = Date.now();
    const starts: number[] = [];
    const dispatch = agent.dispatch.bind(agent);
    jest.spyOn(agent, "dispatch").mockImplementation((...args) => {
      starts.push(Date.now() - zero);
      return dispatch(...args);
    });
    reply({ status: 503 }, { status: 503 }, GOOD);
    await finish(client.organizations.get("a"));
    expect(starts).toEqual([0, 1000, 60_000]);
  });

  it("reports long waits", async () => {
    const reported: unknown[] = [];
    const { client, reply } = mocked({ requestsPerMinute: 2, onWait: (info) => reported.push(info) });
    reply(...Array.from({ length: 6 }, () => GOOD));
    await finish(Promise.all(["a", "b", "c", "d", "e", "f"].map((slug) => client.organizations.get(slug))));
    expect(reported).toEqual([{ waiting: 4, seconds: 119 }]);
  });
});

describe("close", () => {
  it("refuses waiting and new requests, as not sent", async () => {
    const { client, reply } = mocked({ requestsPerMinute: 1 });
    reply(GOOD);
    await client.organizations.get("acme");
    const waiting = failure(client.teams.delete("acme", "crew"));
    await client.close();
    for (const error of [await waiting, await failure(client.organizations.get("acme"))]) {
      expect(error).toBeInstanceOf(TransportError);
      expect(error).toMatchObject({ sent: false, outcomeUnknown: false });
    }
  });
});

describe("a key that is refused", () => {
  beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
  afterEach(() => jest.useRealTimers());
  const refused: Reply = { status: 401, body: { detail: "Invalid API key." } };

  it("bug: is not used again: the first 401 explains it, waiting and new requests are not sent", async () => {
    const { client, reply, sent } = mocked({ requestsPerSecond: 2 });
    reply(GOOD, refused, ...Array.from({ length: 20 }, () => GOOD));
    const calls = Array.from({ length: 20 }, (_, number) => client.organizations.update(`o${number}`, { name: "x" }));
    const [ended] = await Promise.all([Promise.allSettled(calls), jest.runAllTimersAsync()]);
    const errors = ended.flatMap((call) => (call.status === "rejected" ? [call.reason as Error] : []));
    expect(errors).toHaveLength(19);
    for (const error of errors) expect(error).toMatchObject({ code: "AVALA_UNAUTHORIZED", outcomeUnknown: false });
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('The service says: "Invalid API key."'),
      ...Array.from({ length: 18 }, () =>
        expect.stringMatching(/^PATCH \S+ was not sent: the API key was rejected\. /),
      ),
    ]);
    expect(await finishFailing(client.organizations.get("acme"))).toMatchObject({ code: "AVALA_UNAUTHORIZED" });
    expect(sent()).toHaveLength(2);
  });

  it("leaves the outcome of a write unknown that may have been carried out, though its next try is not sent", async () => {
    const { client, reply } = mocked();
    reply({ status: 503 }, refused);
    const removal = failure(client.teams.delete("acme", "crew"));
    const read = failure(client.organizations.get("acme"));
    await finish(Promise.all([removal, read]));
    expect(await removal).toMatchObject({ code: "AVALA_UNAUTHORIZED", outcomeUnknown: true });
  });
});
