import { acme, emulated } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;
const state = async () => (await control("GET", "/state")).body;

describe("state and seed", () => {
  it("round-trips exactly", async () => {
    await emulator.advance(100);
    await control("PUT", "/settings", { seats: 50, rateLimit: { perMinute: 1000, perSecond: 1000 } });
    await control("POST", "/keys", { key: "avk_gone", email: "gone@example.com" });
    await control("DELETE", "/keys", { key: "avk_gone" });
    await api("PATCH", "/organizations/acme/", { slug: "acme-2", handle: "h", logo: "https://cdn.example.com/a.png" });
    const invite = (email: string) => api("POST", "/organizations/acme-2/invitations/", { email });
    const [a, , c] = [await invite("A@example.com"), await invite("b@example.com"), await invite("c@example.com")];
    await control("POST", `/invitations/${a.body.uid}/accept`);
    await control("POST", `/invitations/${c.body.uid}/decline`);
    const before = await state();
    await emulator.reset(before);
    expect(await state()).toEqual(before);
    expect(before.organizations[0].slug).toBe("acme-2");
    expect((await api("GET", "/organizations/acme-2/", undefined, "avk_gone")).status).toBe(401);
    expect((await api("GET", "/organizations/acme-2/invitations/")).body.count).toBe(1);
    expect(await emulator.emails()).toEqual(before.emails);
  });

  it("starts empty, with the local owner and the default settings", async () => {
    await emulator.set({ seats: 3 });
    await control("POST", "/reset");
    expect(await state()).toMatchObject({
      clockOffsetSeconds: 0,
      settings: { seats: null, maxPageSize: 100 },
      people: [{ email: "owner@example.com" }],
      keys: [{ key: "avk_local", email: "owner@example.com", revoked: false }],
      organizations: [],
      emails: [],
    });
    expect((await api("GET", "/organizations/")).body.count).toBe(0);
  });

  const owned = { name: "A", members: [{ email: "owner@example.com", role: "owner" }] };
  const people = [{ email: "owner@example.com" }, { email: "ann@example.com" }];
  it.each([
    [{ keys: [{ key: "k", email: "no@example.com" }] }, "keys[0].email: no@example.com is not in people"],
    [{ people: [...people, { email: "ANN@example.com" }] }, "people[2].email: ANN@example.com is there twice"],
    [{ people, organizations: [owned, { ...owned, slug: "a" }] }, "organizations[1].slug: a is there twice"],
    [{ people, organizations: [{ name: "A", members: [{ email: "ann@example.com" }] }] }, "exactly one owner"],
    [
      { people, organizations: [{ ...owned, members: [...owned.members, { email: "no@example.com" }] }] },
      "organizations[0].members[1].email: no@example.com is not in people",
    ],
    [
      { people, organizations: [{ ...owned, teams: [{ name: "T", members: [{ email: "ann@example.com" }] }] }] },
      "organizations[0].teams[0].members[0].email: ann@example.com is not a member of a",
    ],
    [
      { people, organizations: [{ ...owned, invitations: [{ email: "x@example.com", invitedBy: "no@example.com" }] }] },
      "organizations[0].invitations[0].invitedBy: no@example.com is not in people",
    ],
    [{ people, organisations: [] }, 'Unrecognized key: "organisations"'],
    [{ settings: { seats: 0 } }, "settings.seats"],
    ["empty", "expected object"],
  ])("refuses the seed %j and keeps what was there", async (seed, reason) => {
    const before = await state();
    const { status, body } = await control("POST", "/reset", { seed });
    expect(status).toBe(400);
    expect(body.error).toContain(reason);
    expect(await state()).toEqual(before);
  });
});

describe("settings", () => {
  it("change one by one, and the answer contains all", async () => {
    const { status, body } = await control("PUT", "/settings", { hideEmails: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ hideEmails: true, rateLimit: null, lists: "page" });
    expect((await control("GET", "/settings")).body).toEqual(body);
  });

  it.each([
    [{ colour: "red" }, 'Unrecognized key: "colour"'],
    [{ maxPageSize: 0 }, "maxPageSize"],
    [{ lists: "pages" }, "lists"],
    [{ voidStatus: 201 }, "voidStatus"],
    [{ hiddenIs: 401 }, "hiddenIs"],
    [{ hideEmailsOf: ["mia@example.com"] }, "hideEmailsOf[0]: Must be a valid UUID."],
    [{ currentUser: 401 }, "currentUser"],
    [{ rateLimit: { perMinute: 5 } }, "rateLimit.perSecond"],
    [{ nextHost: "http://example.com" }, "nextHost: expected host or host:port"],
    [[], "expected object"],
  ])("refuse %j", async (settings, reason) => {
    const { status, body } = await control("PUT", "/settings", settings);
    expect(status).toBe(400);
    expect(body.error).toContain(reason);
  });

  it("make void calls answer 200 with a body", async () => {
    await emulator.set({ voidStatus: 200 });
    expect(await api("DELETE", "/organizations/acme/teams/core/")).toMatchObject({ status: 200, body: {} });
    const { uid } = (await api("POST", "/organizations/acme/invitations/", { email: "a@example.com" })).body;
    const resent = await api("POST", `/organizations/acme/invitations/${uid}/resend/`);
    expect(resent).toMatchObject({ status: 200, body: { uid } });
  });
});

describe("clock", () => {
  it("moves forward only", async () => {
    expect((await control("POST", "/clock", { advanceSeconds: 90 })).body).toEqual({ now: "2026-01-10T12:01:30.000Z" });
    expect((await control("POST", "/clock", { advanceSeconds: -1 })).status).toBe(400);
    expect((await control("POST", "/clock", {})).status).toBe(400);
    expect((await api("POST", "/organizations/", { name: "B" })).body.created_at).toBe("2026-01-10T12:01:30Z");
  });
});

describe("read lag", () => {
  const names = async () =>
    (await api("GET", "/organizations/")).body.results.map(({ name }: { name: string }) => name);

  it("delays writes by API and by control, but not those before it", async () => {
    await emulator.set({ readLagMs: 2000 });
    expect(await names()).toEqual(["Acme"]);
    await api("POST", "/organizations/", { name: "B" });
    await emulator.advance(1);
    await api("PATCH", "/organizations/b/", { name: "C" });
    expect(await names()).toEqual(["Acme"]);
    expect((await api("GET", "/organizations/b/")).status).toBe(404);
    await emulator.advance(1);
    expect(await names()).toEqual(["Acme", "B"]);
    await emulator.advance(1);
    expect(await names()).toEqual(["Acme", "C"]);
  });

  it("ends when the setting is reset", async () => {
    await emulator.set({ readLagMs: 2000 });
    await api("POST", "/organizations/", { name: "B" });
    await emulator.set({ readLagMs: 0 });
    expect(await names()).toEqual(["Acme", "B"]);
  });
});

describe("request log", () => {
  it("contains API calls in order, without headers, bodies or control calls", async () => {
    await api("GET", "/organizations/?page=2&limit=5");
    await api("POST", "/organizations/", { name: "B" }, "avk_mia");
    await api("GET", "/organizations/", undefined, "avk_nobody");
    const at = "2026-01-10T12:00:00.000Z";
    const path = "/api/v1/organizations/";
    expect((await control("GET", "/requests")).body).toEqual([
      { n: 1, method: "GET", path, query: "page=2&limit=5", status: 404, at, by: "owner@example.com" },
      { n: 2, method: "POST", path, query: "", status: 201, at, by: "mia@example.com" },
      { n: 3, method: "GET", path, query: "", status: 401, at, by: null },
    ]);
  });

  it("can be emptied; the numbers continue until a reset", async () => {
    const numbers = async () => (await control("GET", "/requests")).body.map(({ n }: { n: number }) => n);
    await api("GET", "/organizations/");
    await control("DELETE", "/requests");
    await api("GET", "/organizations/");
    expect(await numbers()).toEqual([2]);
    await emulator.reset(acme());
    await api("GET", "/organizations/");
    expect(await numbers()).toEqual([1]);
  });
});

describe("mailbox", () => {
  it("can be emptied", async () => {
    await api("POST", "/organizations/acme/invitations/", { email: "a@example.com" });
    expect(await emulator.emails()).toHaveLength(1);
    await control("DELETE", "/emails");
    expect(await emulator.emails()).toEqual([]);
  });
});

describe("people", () => {
  it("are added without an email, with a username of their own", async () => {
    const { status, body } = await control("POST", "/people", { email: "ada@other.example.com", fullName: "Ada L" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ username: "ada-2", fullName: "Ada L" });
    expect((await control("POST", "/people", { email: "ADA@example.com" })).status).toBe(409);
    expect((await control("POST", "/people", { email: "x@example.com", username: "ada" })).status).toBe(409);
    expect((await control("POST", "/people", { email: "x" })).status).toBe(400);
  });

  it("join directly", async () => {
    const { uid } = (await state()).organizations[0];
    const join = (body: unknown, organization = uid) => control("POST", `/organizations/${organization}/members`, body);
    expect((await join({ email: "zoe@example.com", role: "admin" })).status).toBe(201);
    expect((await join({ email: "fresh@example.com" })).body.username).toBe("fresh");
    expect((await join({ email: "ZOE@example.com" })).status).toBe(409);
    expect((await join({ email: "x@example.com", role: "owner" })).status).toBe(400);
    expect((await join({ email: "x@example.com" }, "none")).status).toBe(404);
    expect((await api("GET", "/organizations/acme/", undefined, "avk_zoe")).body).toMatchObject({
      role: "admin",
      member_count: 6,
    });
    expect(await emulator.emails()).toEqual([]);
  });

  it("get keys, also people who do not exist yet", async () => {
    await control("POST", "/keys", { key: "avk_new", email: "new@example.com" });
    expect((await api("GET", "/organizations/", undefined, "avk_new")).status).toBe(200);
    expect((await control("DELETE", "/keys", { key: "avk_none" })).status).toBe(404);
    expect((await control("POST", "/keys", { key: "", email: "new@example.com" })).status).toBe(400);
  });
});

describe("another email or username of a person", () => {
  const change = async (name: string, body: unknown) => control("PATCH", `/people/${await emulator.uidOf(name)}`, body);
  const members = "/organizations/acme/members/?search=mia";
  const teamMembers = "/organizations/acme/teams/core/members/";
  const row = async (path: string) => (await api("GET", path)).body.results[0];

  it.each([
    [{ email: "mia@new.example.com" }, { email: "mia@new.example.com", username: "mia" }],
    [{ username: "mia2" }, { email: "mia@example.com", username: "mia2" }],
    [
      { email: "mia@new.example.com", username: "mia2" },
      { email: "mia@new.example.com", username: "mia2" },
    ],
    [
      { email: "MIA@example.com", username: "mia" },
      { email: "MIA@example.com", username: "mia" },
    ],
    [{}, { email: "mia@example.com", username: "mia" }],
  ])("%j is shown everywhere, with the same uid, memberships and keys", async (body, names) => {
    const uid = await emulator.uidOf("mia");
    await api("PATCH", `/organizations/acme/members/${uid}/role/`, { role: "admin" });
    await api("DELETE", `${teamMembers}${await emulator.uidOf("lee")}/`);
    await api("POST", teamMembers, { user_uid: uid, role: "lead" });
    const { status, body: answer } = await change("mia", body);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ uid, ...names, fullName: "Mia Example" });
    expect(await row(members)).toMatchObject({ user_uid: uid, ...names, role: "admin" });
    expect(await row(teamMembers)).toMatchObject({ user_uid: uid, ...names, role: "lead" });
    expect((await api("GET", "/users/me/", undefined, "avk_mia")).body).toEqual({ uid, username: names.username });
    expect((await control("GET", "/requests")).body.at(-1)).toMatchObject({ by: names.email });
    const after = await state();
    expect(after.keys).toContainEqual({ key: "avk_mia", email: names.email, revoked: false });
    await emulator.reset(after);
    expect(await state()).toEqual(after);
  });

  it.each([
    [{ email: "Ada@example.com" }, 409, "Ada@example.com is already there."],
    [{ email: "free@example.com", username: "ada" }, 409, "The username ada is taken."],
    [{ email: "ada@example.com", username: "free" }, 409, "ada@example.com is already there."],
    [{ email: "mia" }, 400, "email: Enter a valid email address."],
    [{ username: "" }, 400, "username"],
    [{ fullName: "Mia" }, 400, 'Unrecognized key: "fullName"'],
  ])("%j is refused, and nothing is changed", async (body, status, reason) => {
    const before = await state();
    const refused = await change("mia", body);
    expect(refused.status).toBe(status);
    expect(refused.body.error).toContain(reason);
    expect(await state()).toEqual(before);
  });

  it("is refused for an unknown person", async () => {
    const { status, body } = await control("PATCH", "/people/none", { email: "x@example.com" });
    expect([status, body]).toEqual([404, { error: "No person has this uid." }]);
  });

  it("frees the former email and username", async () => {
    await change("mia", { email: "mia@new.example.com", username: "mia2" });
    expect((await change("lee", { email: "mia@example.com", username: "mia" })).status).toBe(200);
    expect((await control("POST", "/people", { email: "lee@example.com" })).body.username).toBe("lee");
    expect((await control("POST", "/people", { email: "mia@new.example.com" })).status).toBe(409);
  });

  it("leaves invitations with the address that they were sent to", async () => {
    const invitations = "/organizations/acme/invitations/";
    const { uid } = (await api("POST", invitations, { email: "zoe@example.com" }, "avk_ada")).body;
    await change("zoe", { email: "zoe@new.example.com" });
    await change("ada", { email: "ada@new.example.com", username: "ada2" });
    expect(await row(invitations)).toMatchObject({
      uid,
      invited_email: "zoe@example.com",
      status: "pending",
      invited_by_username: "ada2",
    });
    const accept = (key: string) => api("POST", `/organizations/invitations/${uid}/accept/`, undefined, key);
    expect((await accept("avk_zoe")).status).toBe(403);
    expect((await api("POST", invitations, { email: "zoe@example.com" })).status).toBe(400);
    expect((await api("POST", invitations, { email: "mia@example.com" })).status).toBe(400);
    await change("mia", { email: "mia@new.example.com" });
    expect((await api("POST", invitations, { email: "mia@new.example.com" })).status).toBe(400);
    expect((await api("POST", invitations, { email: "mia@example.com" })).status).toBe(201);
    await control("POST", "/keys", { key: "avk_other", email: "zoe@example.com" });
    expect((await accept("avk_other")).status).toBe(201);
    expect((await emulator.emails()).map(({ to }: { to: string }) => to)).toEqual([
      "zoe@example.com",
      "mia@example.com",
    ]);
  });

  it("is visible in a stale view only later", async () => {
    await emulator.set({ readLagMs: 2000 });
    await change("mia", { email: "mia@new.example.com" });
    expect((await row(members)).email).toBe("mia@example.com");
    await emulator.advance(2);
    expect((await row(members)).email).toBe("mia@new.example.com");
  });
});

it("unknown control calls and objects are reported", async () => {
  expect((await control("POST", "/faulty")).body.error).toBe("There is no control call POST /_emulator/faulty.");
  expect((await control("POST", "/invitations/none/accept")).status).toBe(404);
});
