import { acme, emulated } from "./service.js";

const emulator = emulated();
const { api } = emulator;
const patch = (body: unknown, key?: string) => api("PATCH", "/organizations/acme/", body, key);

describe("create", () => {
  it("makes the caller the owner and derives the slug from the trimmed name", async () => {
    const { status, body } = await api("POST", "/organizations/", {
      name: "  Émile & Söhne ",
      unknown: 1,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: "Émile & Söhne",
      slug: "emile-sohne",
      role: "owner",
      member_count: 1,
    });
    expect(body).toMatchObject({
      visibility: "private",
      industry: "other",
      slug_edits_remaining: 3,
      handle: null,
    });
  });

  it("gives a second organization of the name a suffix, and avoids the names of its own routes", async () => {
    expect((await api("POST", "/organizations/", { name: "Acme" })).body.slug).toBe("acme-2");
    expect((await api("POST", "/organizations/", { name: "Acme" })).body.slug).toBe("acme-3");
    expect((await api("POST", "/organizations/", { name: "Invitations" })).body.slug).toBe("invitations-2");
    expect((await api("POST", "/organizations/", { name: "株式会社" })).body.slug).toBe("organization");
  });

  it("ignores fields that cannot be set on create", async () => {
    const { body } = await api("POST", "/organizations/", {
      name: "Beta",
      slug: "other",
      handle: "b",
      plan: "pro+",
    });
    expect(body).toMatchObject({ slug: "beta", handle: null, plan: "pro" });
  });

  it.each([
    [{}, "name", "This field is required."],
    [{ name: null }, "name", "This field may not be null."],
    [{ name: "   " }, "name", "This field may not be blank."],
    [{ name: 7 }, "name", "Not a valid string."],
    [{ name: "x".repeat(1025) }, "name", "Ensure this field has no more than 1024 characters."],
    [{ name: "A\0" }, "name", "Null characters are not allowed."],
    [{ name: "A", description: null }, "description", "This field may not be null."],
    [
      { name: "A", description: "x".repeat(1025) },
      "description",
      "Ensure this field has no more than 1024 characters.",
    ],
    [{ name: "A", website: "example.com" }, "website", "Enter a valid URL."],
    [
      { name: "A", website: `https://example.com/${"x".repeat(200)}` },
      "website",
      "Ensure this field has no more than 200 characters.",
    ],
    [{ name: "A", email: "nobody" }, "email", "Enter a valid email address."],
    [
      { name: "A", email: `${"x".repeat(250)}@example.com` },
      "email",
      "Ensure this field has no more than 254 characters.",
    ],
    [{ name: "A", phone: "1".repeat(51) }, "phone", "Ensure this field has no more than 50 characters."],
    [{ name: "A", industry: "technology" }, "industry", '"technology" is not a valid choice.'],
    [{ name: "A", industry: null }, "industry", "This field may not be null."],
    [{ name: "A", industry: "" }, "industry", '"" is not a valid choice.'],
    [{ name: "A", visibility: "secret" }, "visibility", '"secret" is not a valid choice.'],
    [{ name: "A", logo: "" }, "logo", "This field may not be blank."],
  ])("refuses %j", async (body, field, message) => {
    expect(await api("POST", "/organizations/", body)).toMatchObject({
      status: 400,
      body: { [field]: [message] },
    });
    expect((await api("GET", "/organizations/")).body.count).toBe(1);
  });
});

describe("read", () => {
  it("lists the caller's organizations only, with another serializer than the detail", async () => {
    const { body } = await api("GET", "/organizations/", undefined, "avk_mia");
    const detail = (await api("GET", "/organizations/acme/", undefined, "avk_mia")).body;
    expect(body.results).toHaveLength(1);
    expect(body.results[0]).toMatchObject({
      slug: "acme",
      role: "member",
      joined_at: expect.any(String),
    });
    expect(body.results[0]).not.toHaveProperty("description");
    expect(body.results[0]).not.toHaveProperty("slug_edits_remaining");
    expect(detail).toMatchObject({
      description: "",
      member_count: 4,
      team_count: 1,
      role: "member",
    });
    expect(detail).not.toHaveProperty("joined_at");
    expect((await api("GET", "/organizations/", undefined, "avk_zoe")).body).toMatchObject({
      count: 0,
      results: [],
    });
  });

  it.each([404, 403])("is hidden from people outside with %d", async (hiddenIs) => {
    await emulator.set({ hiddenIs: hiddenIs as 404 | 403 });
    expect((await api("GET", "/organizations/acme/", undefined, "avk_zoe")).status).toBe(hiddenIs);
    expect((await api("GET", "/organizations/acme/members/", undefined, "avk_zoe")).status).toBe(hiddenIs);
    expect((await api("GET", "/organizations/none/", undefined, "avk_zoe")).status).toBe(404);
  });

  it("compares slugs exactly", async () => {
    expect((await api("GET", "/organizations/ACME/")).status).toBe(404);
  });

  it("returns a different logo link each time", async () => {
    await patch({ logo: "https://cdn.example.com/a.png" });
    const first = (await api("GET", "/organizations/acme/")).body.logo;
    const second = (await api("GET", "/organizations/acme/")).body.logo;
    expect(first).toMatch(/^https:\/\/cdn\.example\.com\/a\.png\?signature=/);
    expect(second).not.toBe(first);
  });

  it("names the industries", async () => {
    const industries = (await api("GET", "/organizations/industry-choices/")).body.choices;
    expect(Object.keys(industries)).toEqual(["robotics", "autonomous_vehicle", "ai_ml", "other"]);
  });
});

describe("update", () => {
  it("sets the sent fields and no others", async () => {
    await patch({ description: "Robots", website: "https://example.com", phone: "1" });
    const { status, body } = await patch({ website: "", name: " Acme Inc " }, "avk_ada");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: "Acme Inc",
      description: "Robots",
      website: "",
      phone: "1",
      slug: "acme",
    });
  });

  it("counts each sent slug as an edit, also an unchanged one, and refuses at zero", async () => {
    await patch({ slug: "acme" });
    await patch({ slug: "ACME_2" });
    expect((await api("GET", "/organizations/acme/")).status).toBe(404);
    const last = await api("PATCH", "/organizations/ACME_2/", { slug: "a" });
    expect(last.body.slug_edits_remaining).toBe(0);
    const refused = await api("PATCH", "/organizations/a/", { slug: "b", name: "B" });
    expect(refused).toMatchObject({ status: 400, body: { slug: ["No slug edits remaining."] } });
    expect((await api("GET", "/organizations/a/")).body).toMatchObject({ name: "Acme", slug: "a" });
  });

  it("refuses a taken or malformed slug without counting an edit", async () => {
    await api("POST", "/organizations/", { name: "Beta" });
    expect((await patch({ slug: "beta" })).body.slug).toEqual(["organization with this slug already exists."]);
    expect((await patch({ slug: "a b" })).status).toBe(400);
    expect((await patch({ slug: null })).body.slug).toEqual(["This field may not be null."]);
    expect((await api("GET", "/organizations/acme/")).body.slug_edits_remaining).toBe(3);
  });

  it("keeps handles unique, clears them with null and refuses hyphens", async () => {
    await api("POST", "/organizations/", { name: "Beta" });
    expect((await patch({ handle: "acme_1" })).body.handle).toBe("acme_1");
    const taken = await api("PATCH", "/organizations/beta/", { handle: "acme_1" });
    expect(taken.body).toEqual({ handle: ["organization with this handle already exists."] });
    expect((await patch({ handle: "acme_1" })).status).toBe(200);
    expect((await patch({ handle: "acme-1" })).status).toBe(400);
    expect((await patch({ handle: "" })).body).toEqual({
      handle: ["This field may not be blank."],
    });
    expect((await patch({ handle: "x".repeat(51) })).status).toBe(400);
    expect((await patch({ handle: null })).body.handle).toBeNull();
    expect((await api("PATCH", "/organizations/beta/", { handle: "acme_1" })).status).toBe(200);
  });

  it("changes the slug with the name only with slugFollowsName, without counting an edit", async () => {
    await patch({ name: "Renamed" });
    expect((await api("GET", "/organizations/acme/")).status).toBe(200);
    await emulator.set({ slugFollowsName: true });
    const { body } = await patch({ name: "Other Name" });
    expect(body).toMatchObject({ slug: "other-name", slug_edits_remaining: 3 });
    expect((await api("GET", "/organizations/acme/")).status).toBe(404);
  });

  it("returns no uid with minimal writes", async () => {
    await emulator.set({ writeBody: "minimal" });
    const fields = [
      "slug",
      "name",
      "description",
      "logo",
      "website",
      "handle",
      "industry",
      "email",
      "phone",
      "visibility",
    ];
    expect(Object.keys((await patch({ name: "B" })).body)).toEqual(fields);
    expect(Object.keys((await api("POST", "/organizations/", { name: "C" })).body)).toEqual(fields);
  });

  it("is allowed for owner and admin, checked before the body", async () => {
    expect((await patch({ name: "B" }, "avk_ada")).status).toBe(200);
    expect((await patch({ name: null }, "avk_mia")).status).toBe(403);
    expect((await patch({ name: null }, "avk_zoe")).status).toBe(404);
  });
});

describe("delete", () => {
  const remove = (key?: string) => api("DELETE", "/organizations/acme/", undefined, key);

  it("is allowed for the owner only", async () => {
    expect((await remove("avk_ada")).status).toBe(403);
    expect((await remove("avk_mia")).status).toBe(403);
    expect((await remove("avk_zoe")).status).toBe(404);
  });

  it("removes everything in it", async () => {
    await patch({ handle: "acme" });
    const invited = (await api("POST", "/organizations/acme/invitations/", { email: "zoe@example.com" })).body;
    expect(await remove()).toMatchObject({ status: 204, body: "" });
    expect((await api("GET", "/organizations/acme/")).status).toBe(404);
    expect((await api("GET", "/organizations/", undefined, "avk_mia")).body.count).toBe(0);
    const accept = await api("POST", `/organizations/invitations/${invited.uid}/accept/`, undefined, "avk_zoe");
    expect(accept.status).toBe(404);
    expect((await remove()).status).toBe(404);
    await api("POST", "/organizations/", { name: "Acme" });
    expect((await patch({ handle: "acme" })).status).toBe(200);
  });

  it("only deactivates with organizationDelete soft: it can be read, but not changed", async () => {
    await emulator.set({ organizationDelete: "soft" });
    expect((await remove()).status).toBe(204);
    expect((await api("GET", "/organizations/acme/")).body.is_active).toBe(false);
    expect((await api("GET", "/organizations/")).body.results[0].is_active).toBe(false);
    expect((await patch({ name: "B" })).status).toBe(403);
    expect((await api("POST", "/organizations/acme/teams/", { name: "B" })).status).toBe(403);
    expect((await api("POST", "/organizations/", { name: "Acme" })).body.slug).toBe("acme-2");
  });

  it("is refused for a non-empty organization with organizationDelete refuse", async () => {
    await emulator.reset(acme({ organizationDelete: "refuse" }));
    await api("POST", "/organizations/", { name: "Empty" });
    expect((await remove()).status).toBe(409);
    expect((await api("DELETE", "/organizations/empty/")).status).toBe(204);
  });
});
