import { request } from "node:http";
import { createEmulator, type Fault } from "../../emulator/src/index.js";
import { emulated, OWNER } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;
async function set(...faults: Fault[]) {
  const { status, body } = await control("POST", "/faults", faults);
  expect(status).toBe(200);
  return body;
}
const left = async () => (await control("GET", "/faults")).body;
const teams = "/organizations/acme/teams/";
const names = async () => {
  const state = (await control("GET", "/state")).body;
  return state.organizations[0].teams.map(({ name }: { name: string }) => name);
};
const logged = async () =>
  (await control("GET", "/requests")).body.map(
    ({ method, status, by }: { method: string; status: number; by: string | null }) => `${method} ${status} ${by}`,
  );

/** An answer as received from the socket, until it ends or is cut. */
function received(method: string, path: string, body?: object) {
  return new Promise<{ status?: number; length?: string | undefined; body: string; code?: string | undefined }>(
    (resolve) => {
      const headers = { "x-avala-api-key": OWNER, ...(body && { "content-type": "application/json" }) };
      const call = request(emulator.url + path, { method, headers }, (answer) => {
        let text = "";
        const end = (error?: NodeJS.ErrnoException) =>
          resolve({
            status: answer.statusCode!,
            length: answer.headers["content-length"],
            body: text,
            code: error?.code,
          });
        answer.on("data", (chunk) => (text += String(chunk)));
        answer.on("error", end).on("end", () => end());
      });
      call.on("error", ({ code }: NodeJS.ErrnoException) => resolve({ body: "", code }));
      call.end(body && JSON.stringify(body));
    },
  );
}

describe("an answer instead of the service's", () => {
  it("has the given status, headers and body, without the change", async () => {
    const body = { detail: "Slow down." };
    await set({ match: { method: "POST" }, action: { status: 429, headers: { "Retry-After": "3" }, body } });
    const answer = await api("POST", teams, { name: "Blue" });
    expect(answer).toMatchObject({ status: 429, body });
    expect(answer.headers.get("retry-after")).toBe("3");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await names()).toEqual(["Core"]);
  });

  it.each([
    ["<h1>Bad gateway</h1>", { "content-type": "text/html" }, "text/html", "<h1>Bad gateway</h1>"],
    ["", {}, "text/plain", ""],
    ["{", { "content-type": "application/octet-stream" }, "application/octet-stream", "{"],
    [[1, { a: null }], {}, "application/json", [1, { a: null }]],
    [undefined, {}, null, undefined],
  ])("may have any status and body: %j with %j", async (body, headers, type, seen) => {
    await set({ action: { status: 200, headers, body } });
    const response = await emulator.raw(teams, { headers: { "x-avala-api-key": OWNER } });
    expect(response.headers.get("content-type")).toBe(type);
    const text = await response.text();
    expect(typeof seen === "object" ? JSON.parse(text) : text).toEqual(seen ?? "");
  });

  it("may be sent after the change, without the headers of the service's answer", async () => {
    await emulator.set({ rateLimit: { perMinute: 100, perSecond: 100 } });
    await set({ action: { status: 502, body: "", after: true } });
    const { status, headers } = await api("POST", teams, { name: "Blue" });
    expect(status).toBe(502);
    expect(headers.get("x-ratelimit-limit")).toBeNull();
    expect(await names()).toEqual(["Core", "Blue"]);
    expect(await logged()).toEqual(["POST 502 owner@example.com"]);
  });

  it("is sent before the key is checked, and does not count against its limit", async () => {
    await emulator.set({ rateLimit: { perMinute: 1, perSecond: 1 } });
    await set({ action: { status: 500 } });
    expect((await api("GET", teams, undefined, "avk_nobody")).status).toBe(500);
    expect((await api("GET", teams)).status).toBe(200);
    expect(await logged()).toEqual(["GET 500 null", "GET 200 owner@example.com"]);
  });
});

describe("a connection that breaks", () => {
  it.each([
    ["before", ["Core"], "POST 0 null"],
    ["after", ["Core", "Blue"], "POST 0 owner@example.com"],
  ] as const)("%s the change", async (drop, held, log) => {
    await set({ action: { drop } });
    expect(await received("POST", teams, { name: "Blue" })).toEqual({ body: "", code: "ECONNRESET" });
    expect(await names()).toEqual(held);
    expect(await logged()).toEqual([log]);
  });

  it("after half of the answer, with its whole Content-Length, with the change made", async () => {
    const whole = await received("GET", teams);
    await set({ match: { method: "GET" }, action: { truncate: true } }, { action: { truncate: true } });
    const half = await received("GET", teams);
    expect(half).toMatchObject({ status: 200, length: String(whole.body.length), code: "ECONNRESET" });
    expect(half.body).toBe(whole.body.slice(0, whole.body.length >> 1));
    expect(await received("POST", teams, { name: "Blue" })).toMatchObject({ status: 201, code: "ECONNRESET" });
    expect(await names()).toEqual(["Core", "Blue"]);
    expect(await logged()).toEqual([
      "GET 200 owner@example.com",
      "GET 200 owner@example.com",
      "POST 201 owner@example.com",
    ]);
  });

  it("also for an answer without a body", async () => {
    await set({ action: { truncate: true } });
    expect(await received("DELETE", `${teams}core/`)).toEqual({ body: "", code: "ECONNRESET" });
    expect(await names()).toEqual([]);
  });

  it("needs a socket", async () => {
    const logged = jest.spyOn(console, "error").mockImplementation(() => {});
    const { fetch } = createEmulator();
    const post = (path: string, body: object) =>
      fetch(new Request(`http://127.0.0.1${path}`, { method: "POST", body: JSON.stringify(body) }));
    await post("/_emulator/faults", [{ action: { drop: "before" } }]);
    expect((await post("/api/v1/organizations/", {})).status).toBe(500);
    expect(String(logged.mock.calls[0]![0])).toContain("it needs startEmulator");
    logged.mockRestore();
  });
});

describe("a slow service", () => {
  const answersBefore = async (slow: Promise<unknown>) => {
    let answered = false;
    const ended = slow.then(() => (answered = true));
    await api("GET", "/organizations/");
    const sooner = answered;
    await ended;
    return sooner;
  };

  it("makes the call later", async () => {
    await set({ match: { method: "POST" }, action: { delayMs: 200 } });
    const made = api("POST", teams, { name: "Blue" });
    const names_ = await names();
    expect(await answersBefore(made)).toBe(false);
    expect((await made).status).toBe(201);
    expect([names_, await names()]).toEqual([["Core"], ["Core", "Blue"]]);
  });

  it.each([{ status: 503 }, { drop: "before" }, { drop: "after" }, { truncate: true }] as const)(
    "can be combined with %j",
    async (action) => {
      await set({ match: { method: "POST" }, action: { ...action, delayMs: 200 } });
      expect(await answersBefore(received("POST", teams, { name: "Blue" }))).toBe(false);
    },
  );

  it("makes the change at once, and answers slowly", async () => {
    await set({ match: { method: "POST" }, action: { pauseMs: 200 } });
    const made = api("POST", teams, { name: "Blue" });
    expect(await answersBefore(made)).toBe(false);
    expect(await made).toMatchObject({ status: 201, body: { name: "Blue" } });
    expect(await left()).toEqual([]);
  });

  it("also delays an answer without a body", async () => {
    await set({ action: { pauseMs: 50 } });
    expect((await api("DELETE", `${teams}core/`)).status).toBe(204);
  });
});

describe("a list that repeats", () => {
  const page = async (path: string) => (await api("GET", path)).body;

  it("leads back to the page before", async () => {
    await set({ match: { path: "page=2" }, action: { repeat: "previous" } });
    const first = await page("/organizations/acme/members/?limit=2");
    expect(await page(new URL(first.next).href.slice(emulator.url.length))).toEqual(first);
    expect((await page("/organizations/acme/members/?limit=2&page=2")).results).not.toEqual(first.results);
  });

  it("or never ends: the first page is returned for every page number", async () => {
    await set({ action: { repeat: "endless" }, times: null });
    const first = await page("/organizations/acme/teams/?limit=2");
    const seventh = await page("/organizations/acme/teams/?limit=2&page=7");
    expect(seventh.results).toEqual(first.results);
    expect([first.next, seventh.next]).toEqual(
      [2, 8].map((number) => `${emulator.url}/organizations/acme/teams/?limit=2&page=${number}`),
    );
  });

  it("has no effect if lists have no pages, or the call is refused", async () => {
    await set({ action: { repeat: "endless" }, times: 2 });
    expect((await api("GET", teams, undefined, "avk_nobody")).status).toBe(401);
    await emulator.set({ lists: "array" });
    expect(await page(teams)).toHaveLength(1);
  });
});

describe("calls that a fault matches", () => {
  const statuses = async (...calls: [string, string, object?][]) => {
    const answers: number[] = [];
    for (const [method, path, body] of calls) answers.push((await api(method, path, body)).status);
    return answers;
  };

  it("by method, path with its query, and body; once by default", async () => {
    await set(
      { match: { method: "POST", path: "^/organizations/acme/teams/$" }, action: { status: 500 } },
      { match: { path: "^/organizations/acme/members/\\?.*page=2" }, action: { status: 502 } },
      { match: { body: '"Green"' }, action: { status: 503 } },
    );
    expect(
      await statuses(
        ["GET", teams],
        ["POST", teams, { name: "Green" }],
        ["POST", teams, { name: "Green" }],
        ["POST", teams, { name: "Green" }],
        ["GET", "/organizations/acme/members/?limit=2"],
        ["GET", "/organizations/acme/members/?limit=2&page=2"],
        ["GET", "/organizations/acme/members/?limit=2&page=2"],
      ),
    ).toEqual([200, 500, 503, 201, 200, 502, 200]);
    expect(await left()).toEqual([]);
  });

  it("from the n-th call on, as often as times says", async () => {
    await set({ match: { method: "GET", nth: 2 }, action: { status: 500 }, times: 2 });
    const get = ["GET", teams] as [string, string];
    expect(await statuses(get, ["POST", teams, { name: "Blue" }], get, get, get)).toEqual([200, 201, 500, 500, 200]);
  });

  it("counted from when the fault was set, by every fault, and the earlier one goes first", async () => {
    await api("GET", teams);
    await set({ match: { nth: 2 }, action: { status: 500 } }, { match: { nth: 2 }, action: { status: 502 }, times: 2 });
    const get = ["GET", teams] as [string, string];
    expect(await statuses(get, get, get, get, get)).toEqual([200, 500, 502, 502, 200]);
  });

  it("without an end if times is null; the answer lists the remaining faults", async () => {
    const action = { status: 500, headers: {}, after: false };
    const remaining = await set(
      { match: { path: "teams" }, action, times: null },
      { match: { nth: 9 }, action, times: 3 },
    );
    expect(remaining).toHaveLength(2);
    expect(await statuses(["GET", teams], ["GET", teams], ["GET", "/organizations/"])).toEqual([500, 500, 200]);
    expect(await left()).toEqual([
      { match: { path: "teams", nth: 1 }, action, times: null, matched: 2 },
      { match: { nth: 9 }, action, times: 3, matched: 3 },
    ]);
  });

  it("none after the faults are cleared, and after a reset", async () => {
    await set({ action: { status: 500 }, times: null });
    expect((await control("DELETE", "/faults")).status).toBe(204);
    expect(await statuses(["GET", teams])).toEqual([200]);
    await set({ action: { status: 500 }, times: null });
    await control("POST", "/reset");
    expect(await left()).toEqual([]);
  });

  it("never those of the control interface or the page", async () => {
    await set({ action: { status: 500 }, times: null });
    expect((await control("GET", "/state")).status).toBe(200);
    expect((await fetch(new URL("/", emulator.url))).status).toBe(200);
  });

  it.each([
    [{ action: { status: 500 } }, "expected array"],
    [[{}], "[0].action"],
    [[{ action: { status: 99 } }], "[0].action"],
    [[{ action: { status: 204, body: {} } }], "[0].action"],
    [[{ action: { drop: "never" } }], "[0].action"],
    [[{ action: { drop: "after", truncate: true } }], "[0].action"],
    [[{ match: { path: "(" }, action: { truncate: true } }], "[0].match.path: expected a regular expression"],
    [[{ match: { nth: 0 }, action: { truncate: true } }], "[0].match.nth"],
    [[{ action: { truncate: true }, times: 0 }], "[0].times"],
    [[{ action: { truncate: true }, often: 2 }], 'Unrecognized key: "often"'],
  ])("invalid matches are refused: %j", async (faults, reason) => {
    const { status, body } = await control("POST", "/faults", faults);
    expect(status).toBe(400);
    expect(body.error).toContain(reason);
    expect(await left()).toEqual([]);
  });
});
