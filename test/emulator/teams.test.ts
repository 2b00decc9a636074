import { emulated } from "./service.js";

const emulator = emulated();
const { api, uidOf } = emulator;
const base = "/organizations/acme/teams/";
const core = `${base}core/`;
const people = async () =>
  (await api("GET", `${core}members/`)).body.results.map((row: { username: string; role: string }) => [
    row.username,
    row.role,
  ]);

describe("team", () => {
  it("is created by owner and admin, with defaults", async () => {
    const { status, body } = await api("POST", base, { name: " Data Ops " }, "avk_ada");
    expect(status).toBe(201);
    const organization = (await api("GET", "/organizations/acme/")).body;
    expect(body).toEqual({
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: "Data Ops",
      slug: "data-ops",
      description: "",
      color: "#6366F1",
      organization_uid: organization.uid,
      organization_name: "Acme",
      organization_slug: "acme",
      member_count: 0,
      created_at: "2026-01-10T12:00:00Z",
      updated_at: "2026-01-10T12:00:00Z",
    });
    expect((await api("GET", `${base}data-ops/`, undefined, "avk_mia")).body).toEqual(body);
    expect((await api("POST", base, { name: "X" }, "avk_mia")).status).toBe(403);
    expect((await api("POST", base, { name: "X" }, "avk_lee")).status).toBe(403);
    expect((await api("POST", base, { name: "X" }, "avk_zoe")).status).toBe(404);
  });

  it("may share its name, not its slug", async () => {
    expect((await api("POST", base, { name: "Core" })).body.slug).toBe("core-2");
    expect((await api("GET", base)).body.count).toBe(2);
    expect((await api("GET", `${base}?ordering=-slug`)).body.results[0].slug).toBe("core-2");
  });

  it("is not found by its uid or in another organization", async () => {
    const { uid } = (await api("GET", core)).body;
    await api("POST", "/organizations/", { name: "Beta" });
    expect((await api("GET", `${base}${uid}/`)).status).toBe(404);
    expect((await api("GET", "/organizations/beta/teams/core/")).status).toBe(404);
  });

  it.each([
    [{}, "name", "This field is required."],
    [{ name: "x".repeat(256) }, "name", "Ensure this field has no more than 255 characters."],
    [
      { name: "A", description: "x".repeat(1025) },
      "description",
      "Ensure this field has no more than 1024 characters.",
    ],
    [{ name: "A", description: null }, "description", "This field may not be null."],
    [{ name: "A", color: "" }, "color", "This field may not be blank."],
    [{ name: "A", color: "#12345678" }, "color", "Ensure this field has no more than 7 characters."],
    [{ name: "A", color: null }, "color", "This field may not be null."],
  ])("refuses %j", async (body, field, message) => {
    expect(await api("POST", base, body)).toMatchObject({ status: 400, body: { [field]: [message] } });
    expect((await api("GET", base)).body.count).toBe(1);
  });

  it("can be changed by managers and its leads", async () => {
    expect((await api("PATCH", core, { name: "Kernel", description: "d" }, "avk_lee")).body).toMatchObject({
      name: "Kernel",
      slug: "core",
    });
    expect((await api("PATCH", core, { description: "", color: "#000000" }, "avk_ada")).body).toMatchObject({
      name: "Kernel",
      description: "",
      color: "#000000",
    });
    expect((await api("PATCH", core, { name: "" })).status).toBe(400);
    expect((await api("PATCH", core, { name: "B" }, "avk_mia")).status).toBe(403);
  });

  it("changes its slug with its name only with slugFollowsName", async () => {
    await emulator.set({ slugFollowsName: true });
    await api("POST", base, { name: "Kernel" });
    expect((await api("PATCH", core, { name: "Kernel" })).body.slug).toBe("kernel-2");
    expect((await api("GET", core)).status).toBe(404);
    expect((await api("GET", `${base}kernel-2/members/`)).body.count).toBe(1);
  });

  it("returns only writable fields with minimal writes", async () => {
    await emulator.set({ writeBody: "minimal" });
    expect((await api("POST", base, { name: "X" })).body).toEqual({ name: "X", description: "", color: "#6366F1" });
    expect((await api("PATCH", core, { name: "Y" })).body).toEqual({ name: "Y", description: "", color: "#6366F1" });
    expect((await api("GET", core)).body).toHaveProperty("uid");
  });

  it("has its creator as lead with teamCreatorJoins", async () => {
    await emulator.set({ teamCreatorJoins: true });
    await api("POST", base, { name: "X" }, "avk_ada");
    const { body } = await api("GET", `${base}x/members/`);
    expect(body.results).toMatchObject([{ username: "ada", role: "lead" }]);
  });

  it("is deleted by managers, and its people stay", async () => {
    expect((await api("DELETE", core, undefined, "avk_lee")).status).toBe(403);
    expect((await api("DELETE", core, undefined, "avk_ada")).status).toBe(204);
    expect((await api("DELETE", core)).status).toBe(404);
    expect((await api("GET", `${core}members/`)).status).toBe(404);
    expect((await api("GET", "/organizations/acme/")).body).toMatchObject({ team_count: 0, member_count: 4 });
  });
});

describe("team members", () => {
  const add = (user_uid: unknown, role?: unknown, key?: string) =>
    api("POST", `${core}members/`, { user_uid, role }, key);

  it("are added by owner and admin, not by leads", async () => {
    const { status, body } = await add(await uidOf("mia"));
    expect(status).toBe(201);
    expect(body).toMatchObject({ username: "mia", email: "mia@example.com", role: "member" });
    expect((await add(await uidOf("ada"), "lead", "avk_ada")).status).toBe(201);
    expect((await add(await uidOf("owner"), "member", "avk_lee")).status).toBe(403);
    expect(await people()).toEqual([
      ["lee", "lead"],
      ["mia", "member"],
      ["ada", "lead"],
    ]);
    expect((await api("GET", core)).body.member_count).toBe(3);
  });

  it("must belong to the organization, and only once to the team", async () => {
    const bare = (await uidOf("lee")).replaceAll("-", "").toUpperCase();
    expect((await add(await uidOf("zoe"))).body).toEqual({
      user_uid: ["This person is not a member of the organization."],
    });
    expect((await add(await uidOf("lee"), "member")).status).toBe(409);
    expect((await add(bare)).status).toBe(409);
    expect((await add("lee")).body).toEqual({ user_uid: ["Must be a valid UUID."] });
    expect((await add(undefined)).body).toEqual({ user_uid: ["This field is required."] });
    expect((await add(await uidOf("mia"), "owner")).status).toBe(400);
    expect(await people()).toEqual([["lee", "lead"]]);
  });

  it("can get another role from managers and leads", async () => {
    await add(await uidOf("mia"));
    const path = async (name: string) => `${core}members/${await uidOf(name)}/role/`;
    expect((await api("PATCH", await path("mia"), { role: "lead" }, "avk_lee")).status).toBe(204);
    expect((await api("PATCH", await path("lee"), { role: "member" })).status).toBe(204);
    expect((await api("PATCH", await path("mia"), { role: "member" }, "avk_lee")).status).toBe(403);
    expect((await api("PATCH", await path("mia"), { role: "admin" })).status).toBe(400);
    expect((await api("PATCH", await path("ada"), { role: "lead" })).status).toBe(404);
    expect(await people()).toEqual([
      ["lee", "member"],
      ["mia", "lead"],
    ]);
  });

  it("are removed by managers and leads and stay in the organization", async () => {
    await add(await uidOf("mia"));
    const path = async (name: string) => `${core}members/${await uidOf(name)}/`;
    expect((await api("DELETE", await path("lee"), undefined, "avk_mia")).status).toBe(403);
    expect((await api("DELETE", await path("mia"), undefined, "avk_lee")).status).toBe(204);
    expect((await api("DELETE", await path("mia"))).status).toBe(404);
    expect((await api("DELETE", await path("lee"), undefined, "avk_ada")).status).toBe(204);
    expect(await people()).toEqual([]);
    expect((await api("GET", "/organizations/acme/")).body.member_count).toBe(4);
  });

  it("are visible to every member of the organization", async () => {
    expect((await api("GET", `${core}members/`, undefined, "avk_mia")).status).toBe(200);
    expect((await api("GET", `${core}members/`, undefined, "avk_zoe")).status).toBe(404);
  });
});
