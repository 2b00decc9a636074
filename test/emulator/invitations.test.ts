import { emulated, START } from "./service.js";

const emulator = emulated();
const { api } = emulator;
const base = "/organizations/acme/invitations/";
const DAY = 24 * 3600;
const inDays = (days: number) => new Date(START + days * DAY * 1000).toISOString();
/** As the API writes it. */
const servedInDays = (days: number) => inDays(days).replace(".000Z", "Z");

const invite = (email: unknown, role?: unknown, key?: string) => api("POST", base, { email, role }, key);
const listed = async () => (await api("GET", base)).body.results;
const act = (uid: string, name: string, key?: string) => api("POST", `${base}${uid}/${name}/`, undefined, key);
const byControl = (uid: string, name: string) => emulator.control("POST", `/invitations/${uid}/${name}`);
const memberEmails = async () =>
  (await api("GET", "/organizations/acme/members/")).body.results.map(({ email }: { email: string }) => email);
const acceptByToken = (invitation: { accept_url: string }, key: string) => {
  const token = invitation.accept_url.split("/").at(-2);
  return api("POST", `/organizations/invitations/${token}/accept/`, undefined, key);
};

describe("create", () => {
  it("sends one email and returns the invitation", async () => {
    const { status, body } = await invite(" New@Example.com ", undefined, "avk_ada");
    expect(status).toBe(201);
    expect(body).toMatchObject({
      organization_name: "Acme",
      organization_slug: "acme",
      invited_email: "New@Example.com",
      invited_by_username: "ada",
      role: "member",
      status: "pending",
      is_expired: false,
      created_at: servedInDays(0),
      expires_at: servedInDays(14),
    });
    expect(body).not.toHaveProperty("email");
    expect(body.copy_link).toBe(body.accept_url);
    expect(await listed()).toEqual([body]);
    expect(await emulator.emails()).toEqual([
      { to: "New@Example.com", kind: "invitation", invitationUid: body.uid, at: inDays(0) },
    ]);
  });

  it("keeps the address in lower case with lowercaseEmails", async () => {
    await emulator.set({ lowercaseEmails: true });
    expect((await invite("New@Example.com")).body.invited_email).toBe("new@example.com");
  });

  it.each([
    [{}, "email", "This field is required."],
    [{ email: "nobody" }, "email", "Enter a valid email address."],
    [{ email: "" }, "email", "This field may not be blank."],
    [{ email: "x@example.com", role: "owner" }, "role", '"owner" is not a valid choice.'],
    [{ email: "x@example.com", role: null }, "role", "This field may not be null."],
    [{ email: "MIA@example.com" }, "email", "This person is already a member of the organization."],
  ])("refuses %j without an email", async (body, field, message) => {
    expect(await api("POST", base, body)).toMatchObject({ status: 400, body: { [field]: [message] } });
    expect(await emulator.emails()).toEqual([]);
  });

  it("refuses a second pending invitation for the address in any case", async () => {
    await invite("new@example.com");
    expect((await invite("NEW@example.com")).body).toEqual({
      email: ["An invitation for this email address is already pending."],
    });
    expect(await emulator.emails()).toHaveLength(1);
  });

  it("accepts an address with a slash or an apostrophe", async () => {
    expect((await invite("a/b@example.com")).status).toBe(201);
    expect((await invite("o'neil+x@sub.example.com")).status).toBe(201);
  });

  it("counts seats, pending ones too", async () => {
    await emulator.set({ seats: 5 });
    expect((await invite("a@example.com")).status).toBe(201);
    const refused = await invite("b@example.com");
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ code: "plan_insufficient", doc_url: expect.any(String) });
  });

  it("limits emails per minute, including resends", async () => {
    await emulator.set({ invitesPerMinute: 2 });
    const { uid } = (await invite("a@example.com")).body;
    await act(uid, "resend");
    const refused = await invite("b@example.com");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect((await act(uid, "resend")).status).toBe(429);
    expect(await emulator.emails()).toHaveLength(2);
    await emulator.advance(60);
    expect((await invite("b@example.com")).status).toBe(201);
  });
});

describe("permissions", () => {
  it("refuse members and people outside in every call", async () => {
    const { uid } = (await invite("new@example.com")).body;
    for (const [key, status] of [
      ["avk_mia", 403],
      ["avk_zoe", 404],
    ] as const) {
      expect((await api("GET", base, undefined, key)).status).toBe(status);
      expect((await invite("other@example.com", "member", key)).status).toBe(status);
      expect((await act(uid, "resend", key)).status).toBe(status);
      expect((await act(uid, "cancel", key)).status).toBe(status);
    }
    expect(await emulator.emails()).toHaveLength(1);
    expect((await api("GET", base, undefined, "avk_ada")).body.count).toBe(1);
  });
});

describe("resend and cancel", () => {
  it("sends another email and extends the invitation", async () => {
    const { uid } = (await invite("new@example.com")).body;
    await emulator.advance(DAY);
    expect(await act(uid, "resend")).toMatchObject({ status: 204, body: "" });
    expect((await listed())[0]).toMatchObject({ uid, created_at: servedInDays(0), expires_at: servedInDays(15) });
    expect((await emulator.emails())[1]).toMatchObject({ kind: "resend", invitationUid: uid, at: inDays(1) });
  });

  it("removes a cancelled invitation from the list, once", async () => {
    const { uid } = (await invite("new@example.com")).body;
    expect((await act(uid, "cancel")).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect((await act(uid, "cancel")).status).toBe(400);
    expect((await act(uid, "resend")).status).toBe(400);
    expect((await invite("new@example.com")).status).toBe(201);
    expect((await act("00000000-0000-4000-8000-000000000000", "cancel")).status).toBe(404);
  });
});

describe("expiry", () => {
  it("leaves an overdue row pending and listed, and a resend revives it", async () => {
    const { uid } = (await invite("new@example.com")).body;
    await emulator.advance(14 * DAY - 1);
    expect((await listed())[0]).toMatchObject({ status: "pending", is_expired: false });
    await emulator.advance(1);
    expect((await listed())[0]).toMatchObject({ status: "pending", is_expired: true });
    expect((await invite("new@example.com")).status).toBe(400);
    expect((await byControl(uid, "accept")).status).toBe(409);
    await act(uid, "resend");
    expect((await listed())[0]).toMatchObject({ uid, is_expired: false, expires_at: servedInDays(28) });
  });

  it("hides it with expiredInvitations, and a new invitation replaces it", async () => {
    await emulator.set({ expiredInvitations: "hidden" });
    const { uid } = (await invite("new@example.com")).body;
    expect((await byControl(uid, "expire")).status).toBe(204);
    expect(await listed()).toEqual([]);
    const again = (await invite("new@example.com")).body;
    expect((await listed()).map((row: { uid: string }) => row.uid)).toEqual([again.uid]);
    expect((await act(uid, "resend")).status).toBe(400);
  });

  it("refuses the invitee", async () => {
    const invited = (await invite("zoe@example.com")).body;
    await byControl(invited.uid, "expire");
    expect((await acceptByToken(invited, "avk_zoe")).body).toEqual({ detail: "This invitation has expired." });
  });
});

describe("accept and decline", () => {
  it("makes a new person a member with the invited role", async () => {
    const { uid } = (await invite("Bo.Li@example.com", "admin")).body;
    expect((await byControl(uid, "accept")).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect(await memberEmails()).toContain("Bo.Li@example.com");
    const { body } = await api("GET", "/organizations/acme/members/?search=bo.li");
    expect(body.results[0]).toMatchObject({ role: "admin", username: "Bo.Li" });
    expect((await invite("bo.li@example.com")).status).toBe(400);
    expect((await byControl(uid, "accept")).status).toBe(409);
  });

  it("finds the person of the address in any case", async () => {
    const { uid } = (await invite("ZOE@example.com")).body;
    await byControl(uid, "accept");
    expect(await memberEmails()).toContain("zoe@example.com");
    expect((await api("GET", "/organizations/acme/", undefined, "avk_zoe")).body.role).toBe("member");
  });

  it("belongs to the invitee, by token or uid", async () => {
    const invited = (await invite("Zoe@example.com")).body;
    expect((await acceptByToken(invited, "avk_mia")).status).toBe(403);
    expect((await api("POST", "/organizations/invitations/none/accept/", undefined, "avk_zoe")).status).toBe(404);
    const accepted = await acceptByToken(invited, "avk_zoe");
    expect(accepted).toMatchObject({ status: 201, body: { uid: invited.uid, status: "accepted" } });
    const path = `/organizations/invitations/${invited.uid}/accept/`;
    expect((await api("POST", path, undefined, "avk_zoe")).body.detail).toBe(
      "This invitation is accepted, not pending.",
    );
  });

  it("removes a declined invitation from the list without a new member", async () => {
    const { uid } = (await invite("zoe@example.com")).body;
    expect((await byControl(uid, "decline")).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect(await memberEmails()).not.toContain("zoe@example.com");
  });

  it("keeps the role of a person who joined in the meantime", async () => {
    const { uid } = (await invite("zoe@example.com", "member")).body;
    const [{ uid: organization }] = (await emulator.control("GET", "/state")).body.organizations;
    const joined = { email: "zoe@example.com", role: "admin" };
    await emulator.control("POST", `/organizations/${organization}/members`, joined);
    await byControl(uid, "accept");
    expect((await api("GET", "/organizations/acme/", undefined, "avk_zoe")).body.role).toBe("admin");
  });
});
