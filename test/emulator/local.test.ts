import { type Additions, createEmulator, type LocalEmulator, type Seed, type State } from "../../emulator/src/index.js";

const uid = (number: number) => `00000001-0000-4000-8000-${String(number).padStart(12, "0")}`;
const [ann, bob, acme, beta] = [uid(1), uid(2), uid(11), uid(12)] as const;
const people = [
  { uid: ann, email: "ann@example.com" },
  { uid: bob, email: "bob@example.com" },
];
const owned = { name: "Acme", uid: acme, members: [{ email: "ann@example.com", role: "owner" as const }] };
const start = (seed: Seed = {}): LocalEmulator =>
  createEmulator({ localKey: false, seed: { settings: { rateLimit: null }, ...seed } });
const full = (): Seed => ({ people, keys: [{ key: "k_ann", email: "ann@example.com" }], organizations: [owned] });

async function ask(emulator: LocalEmulator, path: string, key = "k_ann", method = "GET", body?: object) {
  const response = await emulator.fetch(
    new Request(`http://127.0.0.1/api/v1${path}`, {
      method,
      headers: { "x-avala-api-key": key, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

describe("an emulator in the process of its caller", () => {
  it("starts without people and keys, if it is told so", () => {
    expect(start().state()).toMatchObject({ people: [], keys: [], organizations: [] });
    expect(createEmulator().state().keys).toMatchObject([{ key: "avk_local" }]);
  });

  it("returns a state that does not change with it", async () => {
    const emulator = start(full());
    const before = emulator.state();
    await ask(emulator, "/organizations/acme/", "k_ann", "PATCH", { name: "New" });
    expect(before.organizations[0]).toMatchObject({ name: "Acme" });
    expect(emulator.state().organizations[0]).toMatchObject({ name: "New" });
  });

  it("knows the organization of each email, also when the organization is deleted", async () => {
    const emulator = start(full());
    await ask(emulator, "/organizations/acme/invitations/", "k_ann", "POST", { email: "new@example.com" });
    await ask(emulator, "/organizations/acme/", "k_ann", "DELETE");
    expect(emulator.emails()).toMatchObject([{ to: "new@example.com", kind: "invitation", organizationUid: acme }]);
  });
});

describe("adding to it", () => {
  it("adds people, keys, organizations and settings", async () => {
    const emulator = start();
    emulator.add({ ...full(), settings: { hideEmailsOf: [ann] } });
    expect((await ask(emulator, "/organizations/acme/members/")).body.results).toMatchObject([
      { user_uid: ann, email: null, role: "owner" },
    ]);
    expect(emulator.state().settings).toMatchObject({ rateLimit: null, hideEmailsOf: [ann] });
  });

  it("was there before: reads that lag show what is added, and not yet what was written", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const emulator = createEmulator({
      localKey: false,
      now: () => now,
      profile: { version: 1, settings: { readLagMs: 5000 } },
      seed: { settings: { rateLimit: null }, ...full() },
    });
    const seen = async () => {
      const { body } = await ask(emulator, "/organizations/");
      return body.results.map(({ name }: { name: string }) => name).toSorted();
    };
    await ask(emulator, "/organizations/acme/", "k_ann", "PATCH", { name: "Renamed" });
    now += 1000;
    const members = [{ email: "ann@example.com", role: "owner" as const }];
    emulator.add({ organizations: [{ name: "Beta", uid: beta, members }] });
    expect(await seen()).toEqual(["Acme", "Beta"]);
    // At the time of the old version, the slug was not taken.
    await ask(emulator, "/organizations/acme/", "k_ann", "PATCH", { slug: "moved" });
    emulator.add({ organizations: [{ name: "Third", slug: "acme", members }] });
    expect(await seen()).toEqual(["Acme", "Beta"]);
    now += 5000;
    expect(await seen()).toEqual(["Beta", "Renamed", "Third"]);
  });

  it("changes people and keys that are there, with their memberships", async () => {
    const emulator = start(full());
    emulator.add({
      people: [{ uid: ann, email: "Ann@new.example", username: "annie", fullName: "Ann" }],
      keys: [{ key: "k_ann", email: "ann@NEW.example", scopes: ["organizations.read"] }],
    });
    const { results } = (await ask(emulator, "/organizations/acme/members/")).body;
    expect(results).toMatchObject([{ user_uid: ann, email: "Ann@new.example", username: "annie", full_name: "Ann" }]);
    expect((await ask(emulator, "/organizations/acme/", "k_ann", "DELETE")).status).toBe(403);
  });

  it("keeps a user name that is not given", () => {
    const emulator = start(full());
    emulator.add({ people: [{ uid: ann, email: "other@example.com" }] });
    expect(emulator.state().people[0]).toMatchObject({ email: "other@example.com", username: "ann" });
  });

  it("completes an organization of which only the row was known, in its place", async () => {
    const row = { ...owned, slug: "acme", handle: "a", counts: { members: 7, teams: 3 } };
    const emulator = start({
      ...full(),
      organizations: [{ ...row, members: [{ email: "ann@example.com", role: "admin" }] }],
    });
    emulator.add({ organizations: [{ ...owned, name: "Beta", uid: beta }] });
    const rows = async () => (await ask(emulator, "/organizations/")).body.results as object[];
    expect(await rows()).toMatchObject([
      { uid: acme, role: "admin", member_count: 7, team_count: 3 },
      { uid: beta, role: "owner", member_count: 1, team_count: 0 },
    ]);
    const members = [{ email: "bob@example.com", role: "owner" as const }, { email: "ann@example.com" }];
    emulator.add({ organizations: [{ ...owned, slug: "acme-2", handle: "b", members, teams: [{ name: "T" }] }] });
    expect(await rows()).toMatchObject([
      { uid: acme, slug: "acme-2", role: "member", member_count: 2, team_count: 1 },
      { uid: beta },
    ]);
    expect((await ask(emulator, "/organizations/acme/")).status).toBe(404);
    // The old handle and slug are free.
    const other = { ...owned, uid: uid(13), slug: "acme", handle: "a" };
    emulator.add({ organizations: [other] });
    expect(emulator.state().organizations).toHaveLength(3);
  });

  it.each<[string, Additions, string]>([
    ["an unknown field", { persons: [] } as Additions, 'Unrecognized key: "persons"'],
    ["emails", { emails: [] } as Additions, 'Unrecognized key: "emails"'],
    [
      "an address that is taken",
      { people: [{ email: "ANN@example.com" }] },
      "people[0].email: ANN@example.com is there twice",
    ],
    ["an address that another person has", { people: [{ uid: bob, email: "ann@example.com" }] }, "people[0].email"],
    [
      "a user name that is taken",
      { people: [{ email: "c@example.com", username: "ann" }] },
      "people[0].username: ann is there twice",
    ],
    [
      "a key of nobody",
      { keys: [{ key: "k", email: "no@example.com" }] },
      "keys[0].email: no@example.com is not in people",
    ],
    ["an organization that is complete", { organizations: [owned] }, `organizations[0].uid: ${acme} is there twice`],
    [
      "a slug that is taken",
      { organizations: [{ ...owned, uid: beta, slug: "acme" }] },
      "organizations[0].slug: acme is there twice",
    ],
    [
      "a member who is nobody",
      { organizations: [{ ...owned, uid: beta, members: [{ email: "no@example.com", role: "owner" }] }] },
      "is not in people",
    ],
    [
      "no owner",
      { organizations: [{ ...owned, uid: beta, members: [{ email: "bob@example.com" }] }] },
      "exactly one owner",
    ],
    [
      "what is wrong in its last part, after parts that are right",
      {
        people: [{ email: "new@example.com" }, { uid: ann, email: "moved@example.com" }],
        keys: [{ key: "k_new", email: "new@example.com" }],
        settings: { seats: 1 },
        organizations: [
          { ...owned, uid: beta, members: [{ email: "new@example.com", role: "owner" }] },
          {
            ...owned,
            uid: uid(13),
            members: [{ email: "new@example.com", role: "owner" }],
            teams: [{ name: "T", members: [{ email: "bob@example.com" }] }],
          },
        ],
      },
      "is not a member of acme-3",
    ],
  ])("refuses %s, and adds nothing", (_, more, problem) => {
    const emulator = start(full());
    const before = emulator.state();
    expect(() => emulator.add(more)).toThrow(problem);
    expect(emulator.state()).toEqual(before);
  });

  it("does not lose what a call changes that is being answered", async () => {
    const emulator = start(full());
    let read = (): void => {};
    const isRead = new Promise<void>((resolve) => (read = resolve));
    let send = (_text: string): void => {};
    const text = new Promise<string>((resolve) => (send = resolve));
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      read();
      controller.enqueue(new TextEncoder().encode(await text));
      controller.close();
    };
    const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
    const init = { method: "POST", headers: { "x-avala-api-key": "k_ann", "content-type": "application/json" }, body };
    const url = "http://127.0.0.1/api/v1/organizations/acme/invitations/";
    const answer = emulator.fetch(new Request(url, { ...init, duplex: "half" } as RequestInit));
    await isRead;
    emulator.add({ organizations: [{ ...owned, uid: beta }] });
    send('{"email":"new@example.com"}');
    expect((await answer).status).toBe(201);
    expect(emulator.state().organizations[0]!.invitations).toMatchObject([{ email: "new@example.com" }]);
  });
});

describe("what a copy of another service needs", () => {
  const withBob = (more: object): Seed => ({
    ...full(),
    keys: [
      { key: "k_ann", email: "ann@example.com" },
      { key: "k_bob", email: "bob@example.com", ...more },
    ],
    organizations: [
      { ...owned, members: [...owned.members, { email: "bob@example.com", role: "admin", unlisted: true }] },
    ],
  });

  it("a member who is not listed has the rights of the role, and is in no list and no count", async () => {
    const emulator = start(withBob({}));
    expect((await ask(emulator, "/organizations/acme/members/", "k_bob")).body.results).toMatchObject([
      { user_uid: ann },
    ]);
    expect((await ask(emulator, "/organizations/acme/", "k_bob")).body).toMatchObject({
      role: "admin",
      member_count: 1,
    });
    expect((await ask(emulator, "/organizations/acme/", "k_bob", "PATCH", { name: "B" })).status).toBe(200);
    expect((await ask(emulator, "/organizations/acme/", "k_bob", "DELETE")).status).toBe(403);
  });

  it("a key hides addresses of one organization, and does not tell its user", async () => {
    const emulator = start(withBob({ hides: [`${acme}/${ann}`], currentUser: "withoutUid" }));
    emulator.add({
      organizations: [
        { ...owned, name: "Beta", uid: beta, members: [...owned.members, { email: "bob@example.com", role: "admin" }] },
      ],
    });
    const addresses = async (slug: string, key: string) =>
      (await ask(emulator, `/organizations/${slug}/members/`, key)).body.results.map(
        ({ email }: { email: string }) => email,
      );
    expect(await addresses("acme", "k_bob")).toEqual([null]);
    expect(await addresses("acme", "k_ann")).toEqual(["ann@example.com"]);
    expect(await addresses("beta", "k_bob")).toEqual(["ann@example.com", "bob@example.com"]);
    expect((await ask(emulator, "/users/me/", "k_bob")).body).toEqual({ username: "bob" });
    expect((await ask(emulator, "/users/me/", "k_ann")).body).toEqual({ uid: ann, username: "ann" });
  });

  it("slug edits without a limit stay without one; hidden invitations and times of calls are shown as given", async () => {
    const invitation = { uid: uid(21), email: "new@example.com" };
    const emulator = start({
      ...full(),
      settings: { rateLimit: null, hideEmailsOf: [invitation.uid] },
      people: [...people.slice(0, 1), { ...people[1]!, lastActiveAt: "2026-01-02T03:04:05.000Z" }],
      organizations: [
        {
          ...owned,
          slugEditsRemaining: null,
          invitations: [invitation],
          members: [...owned.members, { email: "bob@example.com" }],
        },
      ],
    });
    const renamed = await ask(emulator, "/organizations/acme/", "k_ann", "PATCH", { slug: "acme-2" });
    expect(renamed.body).toMatchObject({ slug: "acme-2", slug_edits_remaining: null });
    expect((await ask(emulator, "/organizations/acme-2/invitations/")).body.results).toMatchObject([
      { uid: invitation.uid, invited_email: null },
    ]);
    const { results } = (await ask(emulator, "/organizations/acme-2/members/")).body;
    expect(results[1]).toMatchObject({ user_uid: bob, last_active_at: "2026-01-02T03:04:05Z" });
  });

  it("all of it is in the state, and a start from the state is the same", () => {
    const seed = withBob({ hides: [`${acme}/${ann}`], currentUser: 403 });
    seed.people = [people[0]!, { ...people[1]!, lastActiveAt: "2026-01-02T03:04:05.000Z" }];
    seed.organizations!.push({
      ...owned,
      name: "Beta",
      uid: beta,
      slugEditsRemaining: null,
      counts: { members: 2, teams: 0 },
    });
    const state: State = start(seed).state();
    expect(start(state).state()).toEqual(state);
    expect(state.keys[1]).toMatchObject({ hides: [`${acme}/${ann}`], currentUser: 403 });
    expect(state.organizations).toMatchObject([
      { members: [{}, { unlisted: true }] },
      { slugEditsRemaining: null, counts: { members: 2, teams: 0 } },
    ]);
  });
});
