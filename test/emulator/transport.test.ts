import { acme, emulated, OWNER } from "./service.js";

const emulator = emulated();

describe("authentication", () => {
  it.each([
    ["no key", {}, "Authentication credentials were not provided."],
    ["an unknown key", { "x-avala-api-key": "avk_nobody" }, "Invalid API key."],
    ["the wrong header", { authorization: "Bearer avk_local" }, "Authentication credentials were not provided."],
  ])("refuses %s", async (_, headers, detail) => {
    const response = await emulator.raw("/organizations/", { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ detail });
  });

  it("refuses a revoked key, and only that", async () => {
    await emulator.control("POST", "/keys", { key: "avk_second", email: "owner@example.com" });
    expect((await emulator.api("GET", "/organizations/acme/", undefined, "avk_second")).status).toBe(200);
    await emulator.control("DELETE", "/keys", { key: "avk_second" });
    const refused = await emulator.api("GET", "/organizations/acme/", undefined, "avk_second");
    expect(refused).toMatchObject({
      status: 401,
      body: { detail: "API key has been revoked or has expired." },
    });
    expect((await emulator.api("GET", "/organizations/acme/")).status).toBe(200);
  });

  it("checks the key before the path's object and the body", async () => {
    const refused = await emulator.api("PATCH", "/organizations/none/", { name: null }, "avk_nobody");
    expect(refused.status).toBe(401);
  });
});

describe("paths", () => {
  it.each(["GET", "POST", "PATCH"])("redirects %s without the slash, with its query", async (method) => {
    const response = await emulator.raw("/organizations?page=2", {
      method,
      headers: { "x-avala-api-key": OWNER },
    });
    expect(response.status).toBe(301);
    expect(response.headers.get("location")).toBe("/api/v1/organizations/?page=2");
  });

  it("answers an unknown path with a page, not JSON", async () => {
    const { status, headers, body } = await emulator.api("GET", "/nothing/here/");
    expect(status).toBe(404);
    expect(headers.get("content-type")).toContain("text/html");
    expect(body).toContain("Not Found");
  });

  it("refuses a method the path does not have", async () => {
    const { status, body } = await emulator.api("PUT", "/organizations/acme/", { name: "x" });
    expect(status).toBe(405);
    expect(body).toEqual({ detail: 'Method "PUT" not allowed.' });
    expect((await emulator.api("GET", `/organizations/acme/members/${await emulator.uidOf("mia")}/`)).status).toBe(405);
  });
});

describe("bodies", () => {
  const post = (body: string, type: string) =>
    emulator.raw("/organizations/", {
      method: "POST",
      headers: { "x-avala-api-key": OWNER, "content-type": type },
      body,
    });

  it("refuses what is not JSON", async () => {
    expect((await post("{", "application/json")).status).toBe(400);
    expect((await post("name=Acme", "application/x-www-form-urlencoded")).status).toBe(415);
  });

  it("refuses a list instead of an object", async () => {
    const response = await post("[]", "application/json; charset=utf-8");
    expect(await response.json()).toEqual({
      non_field_errors: ["Invalid data. Expected a dictionary, but got list."],
    });
  });

  it("treats an empty body as an empty object", async () => {
    expect(await (await post("", "application/json")).json()).toEqual({
      name: ["This field is required."],
    });
  });
});

describe("rate limit", () => {
  const get = (key?: string) => emulator.api("GET", "/organizations/acme/", undefined, key);

  it("has headers on every answer", async () => {
    await emulator.reset(acme({ rateLimit: { perMinute: 5, perSecond: 5 } }));
    const first = await get();
    const refused = await emulator.api("POST", "/organizations/", {});
    expect(first.headers.get("x-ratelimit-limit")).toBe("5");
    expect(first.headers.get("x-ratelimit-remaining")).toBe("4");
    expect(first.headers.get("x-ratelimit-reset")).toBe(String(Date.UTC(2026, 0, 10, 12, 1) / 1000));
    expect(refused.status).toBe(400);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("3");
  });

  it("counts a person, not a key, over a sliding minute", async () => {
    await emulator.reset(acme({ rateLimit: { perMinute: 3, perSecond: 100 } }));
    await emulator.control("POST", "/keys", { key: "avk_second", email: "owner@example.com" });
    await get();
    await emulator.advance(20);
    await get();
    await get("avk_second");
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("40");
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.body).toEqual({
      detail: "Request was throttled. Expected available in 40 seconds.",
    });
    expect((await get("avk_ada")).status).toBe(200);
    await emulator.advance(40);
    expect((await get()).status).toBe(200);
    expect((await get()).status).toBe(429);
  });

  it("limits bursts within a second, and does nothing when it refuses", async () => {
    await emulator.reset(acme({ rateLimit: { perMinute: 100, perSecond: 2 } }));
    await get();
    await get();
    const refused = await emulator.api("POST", "/organizations/", { name: "New" });
    expect(refused).toMatchObject({ status: 429 });
    expect(refused.headers.get("retry-after")).toBe("1");
    await emulator.advance(1);
    expect((await emulator.api("GET", "/organizations/")).body.count).toBe(1);
  });

  it("sends no headers if switched off", async () => {
    const { headers } = await get();
    expect(headers.has("x-ratelimit-limit")).toBe(false);
  });

  it("is the documented one in a fresh emulator", async () => {
    await emulator.control("POST", "/reset", {});
    const { body } = await emulator.control("GET", "/settings");
    expect(body.rateLimit).toEqual({ perMinute: 100, perSecond: 20 });
  });
});
