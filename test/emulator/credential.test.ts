import { emulated } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;
const me = (key?: string) => api("GET", "/users/me/", undefined, key);

describe("the API key's user", () => {
  it.each(["owner", "mia", "zoe"])("is %s, with uid and username", async (name) => {
    const key = name === "owner" ? undefined : `avk_${name}`;
    expect(await me(key)).toMatchObject({ status: 200, body: { uid: await emulator.uidOf(name), username: name } });
    expect(Object.keys((await me(key)).body)).toEqual(["uid", "username"]);
  });

  it("is the same for each of their keys", async () => {
    await control("POST", "/keys", { key: "avk_second", email: "mia@example.com" });
    expect((await me("avk_second")).body).toEqual((await me("avk_mia")).body);
  });

  it.each([
    ["full", 200, "application/json", { uid: expect.any(String), username: "owner" }],
    ["withoutUid", 200, "application/json", { username: "owner" }],
    [403, 403, "application/json", { detail: "You do not have permission to perform this action." }],
    [404, 404, "application/json", { detail: "Not found." }],
    ["html", 200, "text/html; charset=UTF-8", expect.stringContaining("<h1>Log in</h1>")],
  ] as const)("is returned as the setting %j requires", async (currentUser, status, type, body) => {
    await emulator.set({ currentUser });
    const answer = await me();
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.body).toEqual(body);
    expect((await api("GET", "/users/me/permissions/")).status).toBe(200);
  });

  it.each(["full", "withoutUid", 403, 404, "html"] as const)(
    "is refused for unknown and revoked keys, and logged, with the setting %j",
    async (currentUser) => {
      await emulator.set({ currentUser });
      await control("DELETE", "/keys", { key: "avk_mia" });
      const call = { method: "GET", path: "/api/v1/users/me/", query: "" };
      expect(await me("avk_nobody")).toMatchObject({ status: 401, body: { detail: "Invalid API key." } });
      expect((await me("avk_mia")).status).toBe(401);
      const { status } = await me("avk_zoe");
      expect((await control("GET", "/requests")).body).toMatchObject([
        { ...call, status: 401, by: null },
        { ...call, status: 401, by: null },
        { ...call, status, by: "zoe@example.com" },
      ]);
    },
  );

  it("counts against the rate limit like any call", async () => {
    await emulator.set({ currentUser: "html", rateLimit: { perMinute: 1, perSecond: 1 } });
    expect((await me()).headers.get("x-ratelimit-remaining")).toBe("0");
    expect((await me()).status).toBe(429);
  });
});

it("the key's permissions do not contain its user", async () => {
  const { body } = await api("GET", "/users/me/permissions/");
  expect(Object.keys(body).toSorted()).toEqual(["capabilities", "is_staff_privileged", "scopes", "toolsets", "type"]);
  expect(JSON.stringify(body)).not.toMatch(/owner/);
});
