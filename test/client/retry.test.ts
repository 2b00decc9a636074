import type { AvalaClient } from "../../provider/client/index.js";
import {
  AvalaError,
  ForbiddenError,
  NotFoundError,
  RateLimitedError,
  TransportError,
  UnavailableError,
} from "../../provider/core/errors.js";
import { retryAfterMs } from "../../provider/client/http/headers.js";
import { mayHaveRun, waitBefore } from "../../provider/client/http/retry.js";
import { finish, finishFailing, mocked, type Reply, UID } from "./support.js";

beforeEach(() => jest.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => jest.useRealTimers());

const CALLS: Record<string, (client: AvalaClient) => Promise<unknown>> = {
  GET: (client) => client.organizations.get("acme"),
  DELETE: (client) => client.teams.delete("acme", "crew"),
  POST: (client) => client.invitations.create("acme", { email: "ada@example.com" }),
  PATCH: (client) => client.organizations.update("acme", { name: "Acme" }),
};
const GOOD = { status: 200, body: { uid: UID, slug: "acme" } };
const times = (count: number, reply: Reply) => Array<Reply>(count).fill(reply);

describe("requests for one call that keeps failing", () => {
  //                                          GET DELETE POST PATCH
  const table: [Reply, number, number, number, number][] = [
    [{ status: 429 }, 5, 5, 5, 5],
    [{ status: 502 }, 5, 5, 1, 1],
    [{ status: 503 }, 5, 5, 1, 1],
    [{ status: 504 }, 5, 5, 1, 1],
    [{ fails: "ECONNREFUSED" }, 5, 5, 5, 5],
    [{ fails: "ENOTFOUND" }, 5, 5, 5, 5],
    [{ fails: "EAI_AGAIN" }, 5, 5, 5, 5],
    [{ fails: "UND_ERR_CONNECT_TIMEOUT" }, 5, 5, 5, 5],
    [{ fails: "ECONNRESET" }, 5, 5, 1, 1],
    [{ fails: "UND_ERR_SOCKET" }, 5, 5, 1, 1],
    [{ fails: "EPIPE" }, 5, 5, 1, 1],
    [{ fails: "ETIMEDOUT" }, 5, 5, 1, 1],
    [{ fails: "CERT_HAS_EXPIRED" }, 1, 1, 1, 1],
    [{ fails: "HPE_INVALID_CONSTANT" }, 1, 1, 1, 1],
    ...[301, 302, 307, 400, 401, 403, 404, 405, 408, 409, 413, 418, 422, 500, 501].map(
      (status): [Reply, number, number, number, number] => [{ status }, 1, 1, 1, 1],
    ),
  ];
  const cases = table.flatMap(([reply, ...counts]) =>
    Object.keys(CALLS).map((method, index) => ({ reply, method, count: counts[index] ?? 0 })),
  );

  it.each(cases)("$method, $reply: $count", async ({ reply, method, count }) => {
    const { client, reply: serve, sent } = mocked();
    serve(...times(6, reply));
    const error = await finishFailing(CALLS[method]?.(client) ?? Promise.resolve());
    expect(error).toBeInstanceOf(AvalaError);
    expect(sent()).toHaveLength(count);
    expect(new Set(sent().map((request) => request.method))).toEqual(new Set([method]));
  });

  it.each(Object.keys(CALLS))("%s succeeds at the fifth try, with the same request each time", async (method) => {
    const { client, reply, sent } = mocked();
    reply(...times(4, { status: 429 }), GOOD);
    expect((await finish(CALLS[method]?.(client) ?? Promise.reject())).status).toBe("fulfilled");
    expect(new Set(sent().map((request) => JSON.stringify(request))).size).toBe(1);
  });

  it("plan-refusals-are-permanent: a plan that does not include it is never retried, and keeps the service's code", async () => {
    const { client, reply, sent } = mocked();
    reply(...times(2, { status: 403, body: { detail: "Upgrade.", code: "plan_insufficient", doc_url: "https://x" } }));
    const error = await finishFailing(client.organizations.get("acme"));
    expect(error).toBeInstanceOf(ForbiddenError);
    expect(error).toMatchObject({ apiCode: "plan_insufficient", outcomeUnknown: false });
    expect(sent()).toHaveLength(1);
  });
});

describe("no-idempotency-keys: a write without an answer", () => {
  it("is sent once, and reported as an unknown outcome", async () => {
    const { client, reply, sent } = mocked();
    reply(...times(2, { fails: "ECONNRESET" }));
    const error = await finishFailing(client.invitations.create("acme", { email: "ada@example.com" }));
    expect(error).toMatchObject({ code: "AVALA_TRANSPORT", sent: true, outcomeUnknown: true });
    expect(sent()).toHaveLength(1);
  });
});

describe("a delete without an answer", () => {
  it.each<Reply>([{ fails: "ECONNRESET" }, { status: 502 }, { status: 503 }, { status: 504 }])(
    "after %j counts 404 as its own success",
    async (first) => {
      const { client, reply } = mocked();
      reply(first, { status: 404 });
      expect((await finish(client.members.remove("acme", UID))).status).toBe("fulfilled");
    },
  );

  it.each<Reply>([{ status: 429 }, { fails: "ECONNREFUSED" }])(
    "does not after %j, as nothing ran: the cause is somebody else, or another path",
    async (first) => {
      const { client, reply } = mocked();
      reply(first, { status: 404 });
      expect(await finishFailing(client.members.remove("acme", UID))).toBeInstanceOf(NotFoundError);
    },
  );

  it("stays an unknown outcome regardless of later tries", async () => {
    const endings: [Reply[], new (...args: never[]) => Error][] = [
      [[{ status: 403 }], ForbiddenError],
      [times(4, { status: 429 }), RateLimitedError],
      [times(4, { fails: "ECONNREFUSED" }), TransportError],
      [times(4, { status: 503 }), UnavailableError],
    ];
    for (const [replies, type] of endings) {
      const { client, reply } = mocked();
      reply({ fails: "ECONNRESET" }, ...replies);
      const error = await finishFailing(client.members.remove("acme", UID));
      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ outcomeUnknown: true });
    }
  });
});

describe("waits", () => {
  const answer = (headers: Record<string, string>) => ({ kind: "answer" as const, status: 503, headers, body: "" });

  it.each([
    [1, 0, 500],
    [1, 1, 1000],
    [2, 0, 1000],
    [2, 1, 2000],
    [4, 0.5, 6000],
    [9, 1, 60_000],
  ])("after %i failed tries with jitter %f: %i ms", (tries, jitter, ms) => {
    expect(waitBefore(answer({}), tries, () => jitter)).toBe(ms);
  });

  it.each([
    ["seconds", { "retry-after": "7" }, 7000],
    ["fractions", { "retry-after": "0.25" }, 250],
    ["more than a minute", { "retry-after": "3600" }, 60_000],
    ["a date, by our clock", { "retry-after": "Thu, 01 Jan 2026 00:00:09 GMT" }, 9000],
    [
      "a date, by the service's clock",
      { "retry-after": "Fri, 02 Jan 2026 00:00:05 GMT", date: "Fri, 02 Jan 2026 00:00:01 GMT" },
      4000,
    ],
    ["a date that is over", { "retry-after": "Wed, 31 Dec 2025 00:00:00 GMT" }, 1000],
    ["nothing to wait", { "retry-after": "0" }, 1000],
    ["nonsense", { "retry-after": "soon" }, 1000],
    ["a negative number", { "retry-after": "-5" }, 1000],
  ])("Retry-After: %s", (_, headers, ms) => {
    expect(waitBefore(answer(headers), 1, () => 1)).toBe(ms);
  });

  it("has no Retry-After where none was sent", () => {
    expect(retryAfterMs({})).toBeUndefined();
  });

  it("lasts as long as they should, try by try", async () => {
    const { client, reply, agent } = mocked();
    const zero = Date.now();
    const starts: number[] = [];
    const dispatch = agent.dispatch.bind(agent);
    jest.spyOn(agent, "dispatch").mockImplementation((...args) => {
      starts.push(Date.now() - zero);
      return dispatch(...args);
    });
    reply(
      { status: 503 },
      { fails: "ECONNRESET" },
      { status: 503, headers: { "retry-after": "20" } },
      { status: 502 },
      GOOD,
    );
    await finish(client.organizations.get("acme"));
    expect(starts).toEqual([0, 1000, 3000, 23_000, 31_000]);
  });

  it("holds all calls back after a 429, not only the refused one", async () => {
    const { client, reply, agent } = mocked();
    const zero = Date.now();
    const starts: [string, number][] = [];
    const dispatch = agent.dispatch.bind(agent);
    jest.spyOn(agent, "dispatch").mockImplementation((options, handler) => {
      starts.push([String(options.path).split("/")[4] ?? "", Date.now() - zero]);
      return dispatch(options, handler);
    });
    reply({ status: 429, headers: { "retry-after": "30" } }, GOOD, GOOD);
    const first = client.organizations.get("first");
    await jest.advanceTimersByTimeAsync(10);
    const second = client.organizations.get("second");
    await finish(Promise.all([first, second]));
    expect(starts).toEqual([
      ["first", 0],
      ["first", 30_000],
      ["second", 30_000],
    ]);
  });

  it("starts no call between a 429 and the pause it asks for", async () => {
    const { client, reply, agent } = mocked();
    const zero = Date.now();
    const starts: number[] = [];
    const dispatch = agent.dispatch.bind(agent);
    jest.spyOn(agent, "dispatch").mockImplementation((...args) => {
      starts.push(Date.now() - zero);
      return dispatch(...args);
    });
    const throttled = { status: 429, headers: { "retry-after": "30" } };
    reply(...times(16, throttled), ...times(17, GOOD));
    await finish(Promise.all(Array.from({ length: 17 }, (_, number) => client.organizations.get(`o${number}`))));
    // The refusal halves the burst of twenty, once for all sixteen.
    const again = [...Array<number>(10).fill(30_000), ...Array<number>(7).fill(31_000)];
    expect(starts).toEqual([...Array<number>(16).fill(0), ...again]);
  });

  it("does not give up a call that is refused repeatedly with a time to retry", async () => {
    const { client, reply, sent } = mocked();
    reply(...times(20, { status: 429, headers: { "retry-after": "2" } }), GOOD);
    expect((await finish(client.organizations.get("acme"))).status).toBe("fulfilled");
    expect(sent()).toHaveLength(21);
  });

  it("gives it up after five minutes", async () => {
    const { client, reply, sent } = mocked();
    reply(...times(20, { status: 429, headers: { "retry-after": "3600" } }));
    expect(await finishFailing(client.organizations.get("acme"))).toBeInstanceOf(RateLimitedError);
    expect(sent()).toHaveLength(6);
  });

  it("ends after five minutes, tries left or not", async () => {
    const { client, agent, sent } = mocked({ timeoutMs: 120_000 });
    agent
      .get("https://api.example.test")
      .intercept({ path: () => true })
      .reply(200, "{}")
      .delay(1_000_000)
      .persist();
    const call = client.organizations.get("acme").catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(900_000);
    expect(await call).toMatchObject({ code: "AVALA_TRANSPORT" });
    expect(sent()).toHaveLength(4);
  });
});

describe("calls that may have been carried out", () => {
  it.each([
    [{ kind: "failure", code: "x", message: "", sent: true } as const, true],
    [{ kind: "failure", code: "x", message: "", sent: false } as const, false],
    [{ kind: "answer", status: 429, headers: {}, body: "" } as const, false],
    [{ kind: "answer", status: 503, headers: {}, body: "" } as const, true],
  ])("%j: %s", (outcome, ran) => {
    expect(mayHaveRun(outcome)).toBe(ran);
  });
});

describe("beforeRequest", () => {
  it("is called before each try, and can stop it", async () => {
    let asked = 0;
    const stop = new Error("the engine is gone");
    const { client, reply, sent } = mocked({
      beforeRequest: () => {
        if (++asked === 3) throw stop;
      },
    });
    reply(...times(5, { status: 503 }));
    expect(await finishFailing(client.organizations.get("acme"))).toBe(stop);
    expect(asked).toBe(3);
    expect(sent()).toHaveLength(2);
  });

  it("costs no request if it stops a call", async () => {
    const stop = new Error("not now");
    let stopping = true;
    const { client, reply } = mocked({
      requestsPerMinute: 1,
      beforeRequest: () => {
        if (stopping) throw stop;
      },
    });
    for (let call = 0; call < 20; call++) expect(await finishFailing(client.organizations.get("acme"))).toBe(stop);
    stopping = false;
    reply(GOOD);
    const zero = Date.now();
    expect((await finish(client.organizations.get("acme"))).status).toBe("fulfilled");
    expect(Date.now()).toBe(zero);
  });
});
