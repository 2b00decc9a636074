import { emulated } from "./service.js";

const emulator = emulated();
const { api, uidOf } = emulator;
const list = (query = "", key?: string) => api("GET", `/organizations/acme/members/${query}`, undefined, key);
const names = async (query = "", key?: string) =>
  (await list(query, key)).body.results.map(({ username }: { username: string }) => username);
const memberPath = async (name: string) => `/organizations/acme/members/${await uidOf(name)}/`;

describe("list", () => {
  it("shows people to every member, their activity to managers only", async () => {
    await api("GET", "/organizations/", undefined, "avk_mia");
    const managed = (await list("?search=mia")).body.results[0];
    expect(managed).toEqual({
      user_uid: await uidOf("mia"),
      username: "mia",
      email: "mia@example.com",
      full_name: "Mia Example",
      picture: null,
      role: "member",
      created_at: "2026-01-10T12:00:00Z",
      last_active_at: "2026-01-10T12:00:00Z",
    });
    expect((await list("?search=lee")).body.results[0].last_active_at).toBeNull();
    expect((await list("?search=mia", "avk_mia")).body.results[0]).not.toHaveProperty("last_active_at");
  });

  it("filters by role and by every word of a search", async () => {
    expect(await names("?role=admin")).toEqual(["ada"]);
    expect(await names("?role=member")).toEqual(["lee", "mia"]);
    expect(await names("?search=EXAMPLE.COM")).toHaveLength(4);
    expect(await names("?search=mia+example")).toEqual(["mia"]);
    expect(await names("?search=mia+lee")).toEqual([]);
    expect((await list("?role=boss")).body.role[0]).toContain("boss is not one of the available choices");
  });

  it("sorts by the named fields and ignores others", async () => {
    expect(await names("?ordering=-username")).toEqual(["owner", "mia", "lee", "ada"]);
    expect(await names("?ordering=role,-email")).toEqual(["ada", "mia", "lee", "owner"]);
    expect(await names("?ordering=shoe_size")).toEqual(["owner", "ada", "lee", "mia"]);
  });

  it("hides addresses with hideEmails", async () => {
    await emulator.set({ hideEmails: true });
    const rows = (await list()).body.results;
    expect(rows.map(({ email }: { email: unknown }) => email)).toEqual([null, null, null, null]);
    const team = (await api("GET", "/organizations/acme/teams/core/members/")).body.results;
    expect(team[0]).toMatchObject({ username: "lee", email: null });
  });

  it.each(["owner", "ada", "lee", "mia"])("hides the addresses of some people from %s", async (name) => {
    await emulator.set({ hideEmailsOf: [await uidOf("lee"), (await uidOf("owner")).toUpperCase()] });
    const key = name === "owner" ? undefined : `avk_${name}`;
    const rows = (await list("", key)).body.results;
    expect(rows.map(({ email }: { email: unknown }) => email)).toEqual([
      null,
      "ada@example.com",
      null,
      "mia@example.com",
    ]);
    await api("POST", "/organizations/acme/teams/core/members/", { user_uid: await uidOf("mia") });
    const team = (await api("GET", "/organizations/acme/teams/core/members/", undefined, key)).body.results;
    expect(team).toMatchObject([
      { username: "lee", email: null },
      { username: "mia", email: "mia@example.com" },
    ]);
  });
});

describe("role", () => {
  const setRole = async (name: string, role: unknown, key?: string) =>
    api("PATCH", `${await memberPath(name)}role/`, { role }, key);

  it("is set by owner and admin", async () => {
    expect(await setRole("mia", "admin", "avk_ada")).toMatchObject({ status: 204, body: "" });
    expect(await names("?role=admin")).toEqual(["ada", "mia"]);
    expect((await setRole("ada", "member", "avk_mia")).status).toBe(204);
    expect((await setRole("mia", "member", "avk_ada")).status).toBe(403);
    expect((await setRole("mia", "member", "avk_zoe")).status).toBe(404);
  });

  it("never touches ownership", async () => {
    expect((await setRole("mia", "owner")).body).toEqual({ role: ['"owner" is not a valid choice.'] });
    expect((await setRole("owner", "member", "avk_ada")).status).toBe(400);
    expect((await setRole("owner", "admin")).status).toBe(400);
    expect(await names("?role=owner")).toEqual(["owner"]);
  });

  it("needs a role and a member", async () => {
    expect((await setRole("mia", undefined)).body).toEqual({ role: ["This field is required."] });
    expect((await setRole("zoe", "admin")).status).toBe(404);
    expect((await api("PATCH", "/organizations/acme/members/nobody/role/", { role: "admin" })).status).toBe(404);
  });

  it("returns the member with voidStatus 200", async () => {
    await emulator.set({ voidStatus: 200 });
    expect(await setRole("mia", "admin")).toMatchObject({ status: 200, body: { username: "mia", role: "admin" } });
  });
});

describe("removal", () => {
  it("removes the person from the teams too", async () => {
    expect((await api("DELETE", await memberPath("lee"), undefined, "avk_ada")).status).toBe(204);
    expect(await names()).toEqual(["owner", "ada", "mia"]);
    expect((await api("GET", "/organizations/acme/teams/core/members/")).body.count).toBe(0);
    expect((await api("GET", "/organizations/acme/", undefined, "avk_lee")).status).toBe(404);
    expect((await api("DELETE", await memberPath("lee"))).status).toBe(404);
  });

  it("is refused for the owner, and if a member requests it", async () => {
    expect((await api("DELETE", await memberPath("owner"), undefined, "avk_ada")).status).toBe(400);
    expect((await api("DELETE", await memberPath("mia"), undefined, "avk_mia")).status).toBe(403);
    expect(await names()).toHaveLength(4);
  });
});

describe("leaving", () => {
  const leave = (key?: string) => api("POST", "/organizations/acme/leave/", undefined, key);

  it("is possible for everybody except the owner", async () => {
    expect((await leave("avk_lee")).status).toBe(204);
    expect((await leave("avk_lee")).status).toBe(404);
    expect((await api("GET", "/organizations/acme/teams/core/members/")).body.count).toBe(0);
    expect((await leave()).status).toBe(400);
    expect(await names()).toEqual(["owner", "ada", "mia"]);
  });
});

describe("transfer of ownership", () => {
  const transfer = (new_owner_uid: unknown, key?: string) =>
    api("POST", "/organizations/acme/transfer-ownership/", { new_owner_uid }, key);

  it("makes the owner an admin", async () => {
    expect((await transfer(await uidOf("mia"))).status).toBe(204);
    expect(await names("?role=owner")).toEqual(["mia"]);
    expect(await names("?role=admin")).toEqual(["owner", "ada"]);
    expect((await api("DELETE", "/organizations/acme/")).status).toBe(403);
    expect((await transfer(await uidOf("owner"), "avk_mia")).status).toBe(204);
  });

  it("is possible only to another member, and only by the owner", async () => {
    expect((await transfer(await uidOf("zoe"))).body.new_owner_uid).toHaveLength(1);
    expect((await transfer(await uidOf("owner"))).status).toBe(400);
    expect((await transfer("mia")).body).toEqual({ new_owner_uid: ["Must be a valid UUID."] });
    expect((await transfer(undefined)).body).toEqual({ new_owner_uid: ["This field is required."] });
    expect((await transfer(await uidOf("ada"), "avk_ada")).status).toBe(403);
    expect(await names("?role=owner")).toEqual(["owner"]);
  });
});
