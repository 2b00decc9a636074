import { request } from "node:http";
import type { ProfileSettings } from "../../../cli/probe/profile.js";
import type { Seed } from "../../../emulator/src/index.js";
import { rehearsalOf, rehearsed } from "../../../provider/client/index.js";
import { NotFoundError, UnexpectedStatusError } from "../../../provider/core/errors.js";
import { ownerKey, type TestEmulator } from "../../support/emulator.js";
import { unreliable } from "../../support/unreliable.js";
import { allLists, living, settingsOf, shown, uids, useCopies, withoutCallers } from "./copies.js";

jest.setTimeout(60_000);
const { keep, start, living: livingClient, copyOf } = useCopies();
const only = <T>(map: Map<string, T>): T => {
  expect(map.size).toBe(1);
  return [...map.values()][0]!;
};

describe("a copy", () => {
  it("is equal to the living service in all that the API shows, and is filled by reads alone", async () => {
    const service = await start();
    const { copy } = await copyOf([settingsOf(service)], ["acme", uids.beta]);
    expect(shown(only(copy.states()), ["acme"])).toEqual(shown(await service.state(), ["acme"]));
    expect(only(copy.states()).keys).toEqual([]);
    expect(only(copy.before())).toEqual(only(copy.states()));
    expect(await service.writes()).toEqual([]);
    expect(copy.emails()).toEqual([]);
  });

  it("behaves by a profile: not in what it has read, and without a rate limit; reads that lag show what was copied", async () => {
    const settings: ProfileSettings = {
      maxPageSize: 7,
      writeBody: "minimal",
      lists: "array",
      nextHost: "127.0.0.1:9",
      organizationDelete: "soft",
      slugFollowsName: true,
      lowercaseEmails: true,
      expiredInvitations: "hidden",
      teamCreatorJoins: true,
      voidStatus: 200,
      hiddenIs: 403,
      readLagMs: 60_000,
    };
    const ofAnotherKey = { rateLimit: { perMinute: 1, perSecond: 1 }, hideEmails: true, currentUser: "html" } as const;
    const service = await start({ ...living(), settings });
    const key = settingsOf(service);
    const { copy, client } = await copyOf([key], ["acme"], { ...settings, ...ofAnotherKey });
    expect(only(copy.states()).settings).toMatchObject({ ...settings, rateLimit: null, hideEmails: false });
    // Beta is read when it is first asked for.
    const slugs = ["acme", "beta"];
    const rows = async (from: Parameters<typeof allLists>[0]) =>
      withoutCallers(await allLists(from, slugs), [uids.owner]);
    expect(await rows(client(key))).toEqual(await rows(livingClient(key)));
  });

  it("costs the requests of an import: each list once", async () => {
    const service = await start();
    const { copy } = await copyOf([settingsOf(service)]);
    const calls = (await service.requests()).map(({ method, path, query }) => {
      const page = /page=(\d+)/.exec(query)?.[1];
      return `${method} ${path}${page === undefined ? "" : ` ${page}`}`;
    });
    expect(calls.toSorted()).toEqual([
      "GET /organizations/ 1",
      "GET /organizations/acme/",
      "GET /organizations/acme/invitations/ 1",
      "GET /organizations/acme/members/ 1",
      "GET /organizations/acme/members/ 2",
      "GET /organizations/acme/members/ 3",
      "GET /organizations/acme/teams/ 1",
      "GET /organizations/acme/teams/core/members/ 1",
      "GET /organizations/acme/teams/core/members/ 2",
      "GET /organizations/acme/teams/empty/members/ 1",
      "GET /users/me/",
    ]);
    expect(copy.reads).toBe(calls.length);
  });

  interface Deployment {
    settings?: Seed["settings"];
    scopes?: string[];
    /** Further keys of the run. */
    more?: string[];
  }
  it.each<[string, Deployment]>([
    ["the default", {}],
    ["hidden addresses", { settings: { hideEmails: true } }],
    ["some hidden addresses", { settings: { hideEmailsOf: [uids.mia, uids.zoe] } }],
    ["arrays in place of pages", { settings: { lists: "array" } }],
    ["pages of 7", { settings: { maxPageSize: 7 } }],
    ["two keys", { more: ["avk_ada"] }],
    ["a key of an owner and one of a plain member", { more: ["avk_mia"] }],
    ["three keys, and hidden addresses", { more: ["avk_mia", "avk_ada"], settings: { hideEmailsOf: [uids.ada] } }],
    ["two keys, and hidden addresses", { more: ["avk_ada"], settings: { hideEmailsOf: [uids.mia, uids.owner] } }],
    ["no user of the key", { settings: { currentUser: 404 } }],
    ["two keys without a user", { more: ["avk_ada"], settings: { currentUser: "html" } }],
    ["a key that may only read", { scopes: ["organizations.read", "tasks.read"] }],
    ["a key without a scope", { scopes: [] }],
  ])("shows the provider's client the same rows in every list: %s", async (_, { settings = {}, scopes, more = [] }) => {
    const service = await start({ ...living(), settings });
    if (scopes) await service.addKey("avk_scoped", "owner@example.com", scopes);
    const keys = [
      settingsOf(service, scopes ? "avk_scoped" : ownerKey),
      ...more.map((key) => settingsOf(service, key)),
    ];
    const { client } = await copyOf(keys);
    for (const key of keys) {
      const slugs = ["acme", "beta", "gone", "nowhere"];
      const lists = async (from: Parameters<typeof allLists>[0]) =>
        withoutCallers(await allLists(from, slugs), [
          uids.owner,
          uids.ada,
          ...(more.includes("avk_mia") ? [uids.mia] : []),
        ]);
      const expected = await lists(livingClient(key));
      expect(await lists(client(key))).toEqual(expected);
      expect(Object.keys(expected).length).toBeGreaterThan(scopes?.length === 0 ? 10 : 17);
    }
    expect(await service.writes()).toEqual([]);
  });
});

describe("organizations that nobody has named", () => {
  it("are read by the first request for what is in them, once for requests at the same time", async () => {
    const service = await start();
    const { copy, client } = await copyOf([settingsOf(service)]);
    const run = client();
    await service.clearLog();
    await run.organizations.list();
    await run.members.list("acme");
    expect(await service.calls()).toEqual([]);
    expect(only(copy.states()).organizations.map(({ slug }) => slug)).toEqual(["acme"]);
    await Promise.all([run.organizations.get("beta"), run.members.list("beta"), run.teams.list("beta")]);
    await run.teamMembers.list("beta", "b");
    const calls = await service.calls();
    expect(calls.toSorted()).toEqual([
      "GET /organizations/beta/",
      "GET /organizations/beta/invitations/",
      "GET /organizations/beta/members/",
      "GET /organizations/beta/teams/",
      "GET /organizations/beta/teams/b/members/",
    ]);
    expect(only(copy.states()).organizations.map(({ slug }) => slug)).toEqual(["acme", "beta"]);
    expect(only(copy.before()).organizations.map(({ slug }) => slug)).toEqual(["acme", "beta"]);
  });

  it("keep their slugs and their places in the list, and what the run has created stays", async () => {
    const service = await start();
    const { copy, client } = await copyOf([settingsOf(service)]);
    const run = client();
    const created = await run.organizations.create({ name: "Beta" });
    expect(created.slug).toBe("beta-2");
    await run.organizations.get("beta");
    expect((await run.organizations.list()).map(({ slug }) => slug)).toEqual(["acme", "beta", "gone", "beta-2"]);
    expect(only(copy.states()).organizations.map(({ slug }) => slug)).toEqual(["acme", "beta", "beta-2"]);
    expect(only(copy.before()).organizations.map(({ slug }) => slug)).toEqual(["acme", "beta"]);
  });

  it("are as they were when they were read, and the run's changes do not move that", async () => {
    const service = await start();
    const { copy, client } = await copyOf([settingsOf(service)]);
    const run = client();
    await run.organizations.update("acme", { slug: "acme-new", name: "Renamed" });
    await run.members.setRole("acme-new", uids.mia, "admin");
    await run.teams.delete("acme-new", "core");
    expect(shown(only(copy.before()), ["acme"])).toEqual(shown(await service.state(), ["acme"]));
    expect(only(copy.states()).organizations[0]).toMatchObject({ uid: uids.acme, slug: "acme-new", name: "Renamed" });
    expect(await service.writes()).toEqual([]);
  });

  it("bug: an address that a second organization shows is the person's in the first, before and after", async () => {
    const service = await start();
    // Ada manages Beta, and sees the addresses of Acme's people nowhere.
    await service.settings({ hideEmailsOf: [uids.owner] });
    const { copy, client } = await copyOf([settingsOf(service, "avk_ada")]);
    await service.settings({ hideEmailsOf: [] });
    const hidden = `${uids.owner}@hidden.invalid`;
    const ownerOf = (
      state: ReturnType<typeof only<ReturnType<typeof copy.states> extends Map<string, infer S> ? S : never>>,
    ) => state.organizations[0]!.members[0]!.email;
    expect(ownerOf(only(copy.before()))).toBe(hidden);
    await client().members.list("beta");
    expect([ownerOf(only(copy.before())), ownerOf(only(copy.states()))]).toEqual([
      "owner@example.com",
      "owner@example.com",
    ]);
    const [row] = await client().members.list("acme", { role: "owner" });
    expect(row).toMatchObject({ userUid: uids.owner });
    expect(row).not.toHaveProperty("email");
  });
});

describe("a run on the copy", () => {
  it("leaves emails and requests, and nothing at the living service", async () => {
    const service = await start();
    const before = await service.state();
    const { copy, client } = await copyOf([settingsOf(service)]);
    const run = client();
    const { uid } = await run.invitations.create("acme", { email: "first@example.com", role: "admin" });
    await run.invitations.resend("acme", uid!);
    const made = await run.organizations.create({ name: "New" });
    await run.invitations.create("new", { email: "second@example.com" });
    await run.organizations.delete("new");
    expect(copy.emails()).toEqual([
      { to: "first@example.com", kind: "invitation", organization: uids.acme },
      { to: "first@example.com", kind: "resend", organization: uids.acme },
      { to: "second@example.com", kind: "invitation", organization: made.uid },
    ]);
    const baseUrl = service.url;
    expect(copy.requests()).toEqual([
      { method: "POST", path: "/organizations/acme/invitations/", baseUrl },
      { method: "POST", path: `/organizations/acme/invitations/${uid}/resend/`, baseUrl },
      { method: "POST", path: "/organizations/", baseUrl },
      { method: "POST", path: "/organizations/new/invitations/", baseUrl },
      { method: "DELETE", path: "/organizations/new/", baseUrl },
    ]);
    copy.mark();
    await run.teams.list("acme");
    expect(copy.requests()).toEqual([{ method: "GET", path: "/organizations/acme/teams/", baseUrl }]);
    expect(await service.state()).toEqual(before);
  });

  it.each<[string, string[] | undefined]>([
    ["none", undefined],
    ["to read and write", ["organizations.read", "organizations.write"]],
    ["to read", ["organizations.read"]],
    ["to read, and others", ["organizations.read", "tasks.read"]],
  ])("lets a key write as its user may, for a review with a key that may only read: scopes %s", async (_, scopes) => {
    const service = await start(small());
    await service.addKey("avk_scoped", "owner@example.com", scopes);
    const { client } = await copyOf([settingsOf(service, "avk_scoped")]);
    expect(await client().teams.create("acme", { name: "New" })).toMatchObject({ slug: "new" });
  });

  it("has no invitations, and a note says so, if no key may see them", async () => {
    const service = await start();
    const { copy, client } = await copyOf([settingsOf(service, "avk_mia")]);
    expect(copy.notes()).toEqual([
      "The keys may not see the invitations of Acme Ünïcode 株式会社 (acme): the copy has none.",
    ]);
    await expect(client().invitations.list("acme")).rejects.toMatchObject({ code: "AVALA_FORBIDDEN" });
  });

  it("keeps deployments apart, although their organizations have the same uids and slugs", async () => {
    const [one, two] = [await start(), await start()];
    const { copy, client } = await copyOf([settingsOf(one), settingsOf(two)]);
    await client(settingsOf(one)).teams.delete("acme", "core");
    const teams = (url: string) =>
      copy
        .states()
        .get(url)!
        .organizations[0]!.teams.map(({ slug }) => slug);
    expect(teams(one.url)).toEqual(["empty"]);
    expect(teams(two.url)).toEqual(["core", "empty"]);
    expect(copy.requests().map(({ baseUrl }) => baseUrl)).toEqual([one.url]);
  });
});

describe("what only the copy's own run may send", () => {
  interface Sent {
    method?: string;
    /** After the address of the copy. */
    path?: (base: string) => string;
    headers?: Record<string, string>;
  }
  const path = "/organizations/acme/";
  it.each<[string, Sent, number]>([
    ["a request of the run", {}, 200],
    ["no token", { path: (base) => base.slice(base.indexOf("/", 1)) }, 404],
    ["another token", { path: (base) => `/${"A".repeat(43)}${base.slice(base.indexOf("/", 1))}` }, 404],
    ["a part of the token", { path: (base) => base.slice(0, 40) + base.slice(44) }, 404],
    ["another deployment", { path: (base) => base.replace(/[0-9a-f]{32}/, "0".repeat(32)) }, 404],
    ["no deployment", { path: (base) => base.replace(/[0-9a-f]{32}\//, "") }, 404],
    ["the control interface", { path: (base) => base.replace(/api\/v1.*/, "_emulator/state") }, 404],
    [
      "the control interface, from below the API",
      { path: (base) => base.replace(/v1.*/, "v1/../../_emulator/state") },
      404,
    ],
    ["the same in escapes", { path: (base) => base.replace(/v1.*/, "v1/%2e%2e/%2e%2e/_emulator/state") }, 404],
    ["the page", { path: (base) => base.replace(/api\/v1.*/, "") }, 404],
    ["the document", { path: (base) => base.replace(/api\/v1.*/, "openapi.json") }, 404],
    ["the root", { path: () => "/" }, 404],
    ["a web page's request", { headers: { origin: "https://evil.example" } }, 403],
    ["a web page's request of the same origin", { headers: { "sec-fetch-site": "same-origin" } }, 403],
    ["a foreign name of this machine", { headers: { host: "evil.example" } }, 403],
    ["localhost", { headers: { host: "localhost" } }, 403],
    ["no key", { headers: { "x-avala-api-key": "" } }, 401],
    ["the real key", { headers: { "x-avala-api-key": ownerKey } }, 401],
    ["the key of the emulator", { headers: { "x-avala-api-key": "avk_local" } }, 401],
    ["the key of another run", { headers: { "x-avala-api-key": `rehearsal_${"0".repeat(64)}` } }, 401],
  ])("%s is answered %#", async (_, { method = "GET", path: other = (base) => base, headers = {} }, status) => {
    const service = await start();
    const settings = settingsOf(service);
    const { copy } = await copyOf([settings], []);
    const { apiKey, baseUrl } = rehearsed(rehearsalOf(copy.url)!, settings.client);
    const { port, pathname } = new URL(baseUrl);
    await service.clearLog();
    const sent = await raw(Number(port), method, other(pathname + path), { "x-avala-api-key": apiKey, ...headers });
    expect(sent.status).toBe(status);
    expect(sent.text).not.toContain(ownerKey);
    expect(sent.text).not.toContain(copy.url.slice(-43));
    // What is refused is not read, either.
    expect((await service.calls()).length > 0).toBe(status === 200);
    expect(copy.requests()).toHaveLength([200, 401].includes(status) ? 1 : 0);
  });

  it("a key that was not known is told from a wrong one, by the credentials that are known", async () => {
    const service = await start();
    const { client } = await copyOf([settingsOf(service)]);
    await expect(client(settingsOf(service, "avk_other")).organizations.list()).rejects.toMatchObject({
      code: "AVALA_UNAUTHORIZED",
      message: expect.stringContaining("it knows the keys of: source 1.") as string,
    });
  });

  it("a key that Avala does not accept is not accepted by the copy, and does not stop the others", async () => {
    const service = await start();
    await service.revokeKey("avk_ada");
    const [own, revoked] = [settingsOf(service), settingsOf(service, "avk_ada")];
    const { copy, client } = await copyOf([own, revoked]);
    expect(copy.notes()).toEqual(["Avala does not accept the key of source 2; nor does the copy."]);
    await expect(client(revoked).organizations.list()).rejects.toMatchObject({ code: "AVALA_UNAUTHORIZED" });
    expect((await client(own).organizations.list()).map(({ slug }) => slug)).toEqual(["acme", "beta", "gone"]);
  });
});

describe("bug: a deployment from which nothing can be read, such as that of a Provider that only the state has", () => {
  /** A base URL, in front of a service, at which nothing can be read. */
  const gone: Record<string, (service: TestEmulator) => Promise<string> | string> = {
    "speaks another protocol": ({ url }) => url.replace("http:", "https:"),
    fails: async (service) => (
      await service.faults({ match: { path: "/organizations/" }, action: { status: 500 } }),
      service.url
    ),
    "has nothing at this path": ({ url }) => `${url}/elsewhere`,
    "lists organizations in another form": async ({ url }) => {
      const other = keep(await unreliable(url));
      other.expect({ on: /^GET \/organizations\//, fate: () => "[7]", times: 9 });
      return other.url;
    },
    "fails to tell the user": async (service) => (
      await service.faults({ match: { path: "/users/me/" }, action: { status: 401 } }),
      service.url
    ),
  };

  it.each(Object.keys(gone))(
    "%s: the others are copied, a note says so, and a run that needs it fails",
    async (what) => {
      const [service, stale] = [await start(small()), await start(small())];
      const [own, other] = [settingsOf(service), settingsOf({ url: await gone[what]!(stale) }, "avk_ada")];
      const { copy, client } = await copyOf([own, other]);
      expect(copy.notes()).toEqual([
        expect.stringMatching(
          /^Nothing can be read with the key of source 2, so the copy refuses every request with it: GET /,
        ),
      ]);
      expect((await client(own).members.list("acme")).length).toBeGreaterThan(0);
      for (const request of [client(other).organizations.list(), client(other).members.list("acme")]) {
        await expect(request).rejects.toMatchObject({
          code: "AVALA_UNEXPECTED_STATUS",
          message: expect.stringContaining("Nothing could be read with the key of source 2") as string,
        });
      }
      expect(await stale.writes()).toEqual([]);
    },
  );

  it.each(Object.keys(gone))("%s: the copy is not opened if it is the only one", async (what) => {
    const other = settingsOf({ url: await gone[what]!(await start(small())) });
    await expect(copyOf([other])).rejects.toMatchObject({ code: expect.stringMatching(/^AVALA_/) as string });
  });
});

async function raw(port: number, method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode!, text }));
    });
    sent.on("error", reject).end();
  });
}

const small = (): Seed => ({
  people: [
    { uid: uids.owner, email: "owner@example.com" },
    { uid: uids.ada, email: "ada@example.com" },
    { uid: uids.mia, email: "mia@example.com" },
    { uid: uids.zoe, email: "zoe@example.com" },
  ],
  keys: ["ada", "mia", "zoe"].map((name) => ({ key: `avk_${name}`, email: `${name}@example.com` })),
  organizations: [
    {
      uid: uids.acme,
      name: "Acme",
      members: [
        { email: "owner@example.com", role: "owner" },
        { email: "ada@example.com", role: "admin" },
        { email: "mia@example.com", role: "admin" },
        { email: "zoe@example.com" },
      ],
      invitations: [{ email: "new@example.com" }, { email: "late@example.com", expiresAt: "2026-01-01T00:00:00.000Z" }],
      teams: [{ uid: uids.core, name: "Core", members: [{ email: "ada@example.com" }] }],
    },
  ],
});

type Row = Record<string, unknown>;

/** Changes the first row of a list, or an object; what is undefined is left out. */
const rewriting = (change: (row: Row) => Row | Row[]) => (body: string) => {
  const answer = JSON.parse(body) as Row & { results?: Row[] };
  if (!answer.results) return JSON.stringify(change(answer));
  const [first, ...others] = answer.results;
  const results = [change(first!), others].flat();
  return JSON.stringify({ ...answer, count: results.length, results });
};

const lists = {
  organizations: /^GET \/organizations\/(?:\?|$)/,
  detail: /^GET \/organizations\/acme\/(?:\?|$)/,
  members: /^GET \/organizations\/acme\/members\/(?:\?|$)/,
  invitations: /^GET \/organizations\/acme\/invitations\/(?:\?|$)/,
  teams: /^GET \/organizations\/acme\/teams\/(?:\?|$)/,
  "team members": /^GET \/organizations\/acme\/teams\/core\/members\/(?:\?|$)/,
  user: /^GET \/users\/me\/(?:\?|$)/,
  permissions: /^GET \/users\/me\/permissions\/(?:\?|$)/,
};

/** A living service, between which and the copy answers are changed. */
async function odd(list: keyof typeof lists, change: (row: Row) => Row | Row[], seed = small()) {
  const service = await start(seed);
  const between = keep(await unreliable(service.url));
  const rewrite = { on: lists[list], fate: rewriting(change), times: Infinity };
  between.expect(rewrite);
  return { service, between, rewrite };
}

describe("an answer that the copy cannot represent", () => {
  const cells: [string, keyof typeof lists, (row: Row) => Row | Row[]][] = [
    ["a role that is not documented", "members", (row) => ({ ...row, role: "auditor" })],
    ["no role", "members", (row) => ({ ...row, role: null })],
    ["two owners", "members", (row) => [row, { ...row, user_uid: uids.beta, email: "b@example.com", username: "b" }]],
    ["no owner", "members", () => []],
    ["a uid of another form", "members", (row) => [row, { ...row, user_uid: "u1", email: "u1@example.com" }]],
    ["an address that is none", "members", (row) => ({ ...row, email: "owner" })],
    ["two people with one address", "members", (row) => ({ ...row, email: "ADA@example.com" })],
    ["two people with one user name", "members", (row) => ({ ...row, username: "ada" })],
    ["an invitation as owner", "invitations", (row) => ({ ...row, role: "owner" })],
    ["an invitation without a role", "invitations", (row) => ({ ...row, role: null })],
    ["a color of another form", "teams", (row) => ({ ...row, color: "#12345678" })],
    ["a role in a team that is not documented", "team members", (row) => ({ ...row, role: "guest" })],
    ["no role in a team", "team members", (row) => ({ ...row, role: null })],
    ["a member of a team who is not in the organization", "team members", (row) => ({ ...row, user_uid: uids.beta })],
  ];

  it.each(cells)("is refused, if the organization is named: %s", async (_, list, change) => {
    const { service, between } = await odd(list, change);
    await expect(copyOf([settingsOf(between)])).rejects.toMatchObject({
      code: "AVALA_REFUSED",
      message: expect.stringMatching(/^Acme \(acme\) cannot be copied: (?:people|organizations)\[/) as string,
    });
    expect(await service.writes()).toEqual([]);
  });

  it.each(cells)("fails the request that needs it, and proves nothing: %s", async (_, list, change) => {
    const { service, between } = await odd(list, change);
    const { copy, client } = await copyOf([settingsOf(between)], []);
    const run = client();
    expect((await run.organizations.list()).map(({ slug }) => slug)).toEqual(["acme"]);
    const answers = await Promise.allSettled([
      run.organizations.get("acme"),
      run.members.list("acme"),
      run.members.remove("acme", uids.mia),
      run.organizations.delete("acme"),
    ]);
    for (const answer of answers) {
      const { reason } = answer as PromiseRejectedResult;
      expect(reason).toBeInstanceOf(UnexpectedStatusError);
      expect(reason).toMatchObject({
        outcomeUnknown: false,
        message: expect.stringContaining("cannot be copied") as string,
      });
    }
    expect((await service.calls()).filter((call) => call === "GET /organizations/acme/")).toHaveLength(1);
    expect(only(copy.states()).organizations).toEqual([]);
    expect(copy.notes().filter((note) => note.startsWith("Acme (acme) was not copied: "))).toHaveLength(1);
  });

  it.each<[string, (row: Row) => Row]>([
    ["a slug of another form", (row) => ({ ...row, slug: "a.b" })],
    ["a handle of another form", (row) => ({ ...row, handle: "a-b" })],
    ["a uid of another form", (row) => ({ ...row, uid: "o1" })],
  ])("in the list of organizations, it is left out there and fails requests: %s", async (_, change) => {
    const { between } = await odd("organizations", change);
    const { copy, client } = await copyOf([settingsOf(between)], []);
    expect(await client().organizations.list()).toEqual([]);
    const note = expect.stringMatching(/^Acme .* The copy's lists of organizations do not contain it\.$/) as string;
    expect(copy.notes()).toContainEqual(note);
    const slug = change({ slug: "acme" })["slug"] as string;
    const refused = await client()
      .organizations.get(slug)
      .catch((error: unknown) => error);
    // With a uid or handle of another form, the detail is in order here: the organization is copied after all.
    expect(refused).not.toBeInstanceOf(NotFoundError);
  });
});

describe("an answer with gaps", () => {
  const past = "2026-01-01T00:00:00.000Z";
  const future = "2126-01-01T00:00:00.000Z";
  interface Gap {
    list: keyof typeof lists;
    change: (row: Row) => Row | Row[];
    /** The first rows of the list in the copy; by default they are equal to those of the living service. */
    rows?: object[];
    notes?: RegExp[];
    seed?: Seed["settings"];
  }
  const addressOf = "Avala hides the addresses of 1";
  it.each<[string, Gap]>([
    [
      "no address of a person",
      { list: "members", change: (row) => ({ ...row, email: null }), notes: [RegExp(`${addressOf} of the people`)] },
    ],
    [
      "an empty address",
      {
        list: "members",
        change: (row) => ({ ...row, email: "" }),
        rows: [{ userUid: uids.owner, role: "owner" }],
        notes: [RegExp(`${addressOf} of the people`)],
      },
    ],
    [
      "no user name",
      {
        list: "members",
        change: (row) => ({ ...row, username: null }),
        rows: [{ userUid: uids.owner, username: uids.owner }],
      },
    ],
    [
      "no name",
      {
        list: "members",
        change: (row) => ({ ...row, full_name: null }),
        rows: [{ userUid: uids.owner, fullName: "" }],
      },
    ],
    [
      "a time that is none",
      {
        list: "members",
        change: (row) => ({ ...row, created_at: "soon", last_active_at: "now" }),
        rows: [{ userUid: uids.owner }],
      },
    ],
    [
      "no address of an invitation",
      { list: "invitations", change: (row) => ({ ...row, invited_email: null }), notes: [/1 invitation of Acme/] },
    ],
    [
      "an invitation that is expired by its status",
      {
        list: "invitations",
        change: (row) => ({ ...row, status: "expired", is_expired: true, expires_at: past }),
        rows: [{ email: "new@example.com", status: "pending", isExpired: true, expiresAt: past }],
      },
    ],
    [
      "an expired invitation without its time",
      {
        list: "invitations",
        change: (row) => ({ ...row, is_expired: true, expires_at: null }),
        rows: [{ email: "new@example.com", isExpired: true, expiresAt: "1970-01-01T00:00:00.000Z" }],
      },
    ],
    [
      "an invitation that is answered",
      { list: "invitations", change: (row) => ({ ...row, status: "accepted" }), rows: [{ email: "late@example.com" }] },
    ],
    [
      "an invitation with a status that is not documented",
      {
        list: "invitations",
        change: (row) => ({ ...row, status: "sent" }),
        rows: [{ email: "new@example.com", status: "pending" }],
      },
    ],
    [
      "an expired and a valid invitation of one address",
      {
        list: "invitations",
        change: (row) => [
          { ...row, uid: uids.beta, status: "expired", is_expired: true, expires_at: past },
          { ...row, invited_email: "NEW@example.com", expires_at: future },
        ],
        rows: [{ email: "NEW@example.com", status: "pending", expiresAt: future }, { email: "late@example.com" }],
      },
    ],
    ["no number of slug edits", { list: "detail", change: (row) => ({ ...row, slug_edits_remaining: null }) }],
    [
      "no word about slug edits",
      {
        list: "detail",
        change: (row) => ({ ...row, slug_edits_remaining: undefined }),
        rows: [{ slugEditsRemaining: null }],
        notes: [/how often the slug/],
      },
    ],
    [
      "no name of the organization",
      { list: "detail", change: (row) => ({ ...row, name: undefined }), rows: [{ name: "acme", slug: "acme" }] },
    ],
    [
      "only what identifies the organization",
      {
        list: "detail",
        change: ({ uid, slug }) => ({ uid, slug }),
        rows: [{ slug: "acme", industry: "other" }],
        notes: [/slug/],
      },
    ],
    [
      "only what identifies a team",
      { list: "teams", change: ({ uid, slug }) => ({ uid, slug }), rows: [{ uid: uids.core, name: "core" }] },
    ],
    [
      "only what identifies the organization in the list",
      { list: "organizations", change: ({ uid, slug }) => ({ uid, slug }), rows: [{ slug: "acme", role: "owner" }] },
    ],
  ])("is copied as far as it goes: %s", async (_, { list, change, rows, notes = [] }) => {
    const { between } = await odd(list, change);
    const settings = settingsOf(between);
    const { copy, client } = await copyOf([settings]);
    const seen = await listed(client(), list);
    const expected = rows ? rows.map(containing) : forgetful(await listed(livingClient(settings), list));
    const shown = rows ? seen.slice(0, rows.length) : forgetful(seen);
    expect(shown).toEqual(expected);
    expect(copy.notes()).toEqual(notes.map((note) => expect.stringMatching(note) as string));
    // The key has the rights that it has.
    await client().teams.create("acme", { name: "New" });
  });

  const containing = (row: object): unknown => expect.objectContaining(row);
  const listed = async (client: ReturnType<typeof livingClient>, list: keyof typeof lists): Promise<object[]> => {
    if (list === "members") return client.members.list("acme");
    if (list === "invitations") return client.invitations.list("acme");
    if (list === "teams") return client.teams.list("acme");
    if (list === "organizations") return client.organizations.list();
    if (list === "detail") return [await client.organizations.get("acme")];
    return [];
  };
  const forgetful = (rows: object[]) => withoutCallers({ rows }, [uids.owner])["rows"] as object[];
});

describe("a key whose user Avala does not tell", () => {
  it("has its rights by somebody who is in no list, if several members have its role", async () => {
    const service = await start({ ...small(), settings: { currentUser: 403 } });
    const key = settingsOf(service, "avk_ada");
    const { copy, client } = await copyOf([key]);
    expect(copy.notes()).toEqual([expect.stringMatching(/^Avala does not tell whose the key of source 1 is: /)]);
    const run = client();
    const expected = await allLists(livingClient(key), ["acme"]);
    expect(withoutCallers(await allLists(run, ["acme"]), [uids.ada])).toEqual(withoutCallers(expected, [uids.ada]));
    await run.members.remove("acme", uids.ada);
    await run.members.remove("acme", uids.mia);
    await run.invitations.create("acme", { email: "more@example.com" });
    await expect(run.organizations.delete("acme")).rejects.toMatchObject({ code: "AVALA_FORBIDDEN" });
    const { organizations, people } = only(copy.states());
    expect(organizations[0]!.members.map(({ email }) => email)).toEqual(["owner@example.com", "zoe@example.com"]);
    expect(people.map(({ uid }) => uid).toSorted()).toEqual([uids.owner, uids.ada, uids.mia, uids.zoe]);
    expect(only(copy.before()).organizations[0]!.members).toHaveLength(4);
  });

  it.each<[string, string, string[], number]>([
    ["the only member with its role, in an organization that is named", "avk_zoe", ["acme"], 7],
    ["the owner of an organization, which is read for that", ownerKey, [], 7],
  ])("is %s", async (_, key, named, reads) => {
    const service = await start({ ...small(), settings: { currentUser: 404 } });
    const settings = settingsOf(service, key);
    const { copy, client } = await copyOf([settings], named);
    expect(copy.reads).toBe(reads);
    expect(copy.notes().filter((note) => note.includes("whose the key"))).toEqual([]);
    const run = client();
    expect(await run.credential.currentUser()).toBeUndefined();
    await (key === ownerKey ? run.organizations.delete("acme") : run.organizations.leave("acme"));
    // The copy has taken the rights from the person.
    await expect(run.organizations.get("acme")).rejects.toBeInstanceOf(NotFoundError);
  });

  it("has the rights of its role, if the user is in no list of members", async () => {
    const { between } = await odd("user", () => ({ uid: uids.beta }));
    const { copy, client } = await copyOf([settingsOf(between, "avk_ada")]);
    const run = client();
    expect(await run.credential.currentUser()).toEqual({ uid: uids.beta });
    expect(copy.notes()).toEqual([
      expect.stringMatching(/does not show the address/),
      expect.stringMatching(/is not in the list of members of Acme .* rights of admin\.$/),
    ]);
    await run.members.setRole("acme", uids.zoe, "admin");
    expect((await run.organizations.get("acme")).memberCount).toBe(4);
    expect(await run.members.list("acme")).toHaveLength(4);
    expect(only(copy.states()).organizations[0]!.members).toHaveLength(4);
  });
});

describe("an organization that the run creates", () => {
  const address = (email: string) => [{ email, role: "owner" }];
  it.each<[string, Partial<Seed>, object[], RegExp[], number]>([
    ["whom a list shows", {}, address("owner@example.com"), [], 3],
    ["whom a list hides", { settings: { hideEmails: true } }, [{ role: "owner" }], [/does not show the address/], 3],
    [
      "who is in no organization",
      { organizations: [] },
      address(`${uids.owner}@hidden.invalid`),
      [/does not show the address/],
      2,
    ],
  ])("belongs to the key's user, %s", async (_, seed, rows, notes, reads) => {
    const service = await start({ ...small(), ...seed });
    const settings = settingsOf(service);
    const { copy, client } = await copyOf([settings], []);
    expect(copy.reads).toBe(reads);
    expect(copy.notes()).toEqual(notes.map((note) => expect.stringMatching(note) as string));
    await client().organizations.create({ name: "New" });
    const members = await client().members.list("new");
    expect(members).toMatchObject(rows.map((row) => ({ userUid: uids.owner, ...row })));
    expect(members[0]).toEqual(expect.objectContaining(rows[0]!));
    expect("email" in members[0]!).toBe("email" in rows[0]!);
    const { organizations, people } = only(copy.states());
    expect(organizations.map(({ slug }) => slug)).toEqual(["new"]);
    expect(people).toMatchObject([{ uid: uids.owner, email: organizations[0]!.members[0]!.email }]);
  });

  it("belongs to somebody who stands for the key's user, if Avala does not tell who that is", async () => {
    const service = await start({ ...small(), settings: { currentUser: 403 } });
    const { copy, client } = await copyOf([settingsOf(service, "avk_ada")]);
    await client().organizations.create({ name: "New" });
    const { organizations, people } = only(copy.states());
    const { members } = organizations.find(({ slug }) => slug === "new")!;
    expect(members).toMatchObject([{ role: "owner" }]);
    expect(people.filter(({ email }) => email === members[0]!.email)).toHaveLength(1);
    expect(only(copy.before()).people).toHaveLength(4);
  });
});

describe("a living service that changes or fails during the run", () => {
  const read = (run: ReturnType<typeof livingClient>) => run.teams.list("acme").catch((error: Error) => error);
  it.each<[string, (service: TestEmulator) => Promise<unknown>, RegExp]>([
    [
      "it fails",
      (service) => service.faults({ match: { path: "/teams/\\?" }, action: { status: 418 } }),
      /answered 418/,
    ],
    [
      "it refuses a list",
      (service) => service.faults({ match: { path: "/teams/\\?" }, action: { status: 403 } }),
      /answered 403/,
    ],
    ["the organization is deleted", (service) => service.api("DELETE", "/organizations/acme/"), /not visible/],
  ])("%s: each request that needs it fails, and nothing counts as absent", async (_, change, why) => {
    const service = await start(small());
    const { copy, client } = await copyOf([settingsOf(service)], []);
    const run = client();
    await change(service);
    const first = await read(run);
    expect(first).toBeInstanceOf(UnexpectedStatusError);
    expect((first as Error).message).toMatch(why);
    expect(copy.notes()).toEqual([expect.stringMatching(/^Acme \(acme\) was not copied: /)]);
    const { reads } = copy;
    expect(await read(run)).toBeInstanceOf(UnexpectedStatusError);
    expect(copy.reads).toBe(reads);
  });

  it("renames an organization: the run looks up the slug, as it does at the living service", async () => {
    const service = await start(small());
    const { client } = await copyOf([settingsOf(service)], []);
    const run = client();
    await service.api("PATCH", "/organizations/acme/", { slug: "a-2" });
    expect(await read(run)).toBeInstanceOf(NotFoundError);
    expect((await run.organizations.list()).map(({ slug }) => slug)).toEqual(["a-2"]);
    expect(await run.teams.list("a-2")).toHaveLength(1);
  });

  it("fails at the start: the copy is not opened", async () => {
    const service = await start(small());
    await service.faults({ match: { path: "/members/\\?" }, action: { status: 403 } });
    await expect(copyOf([settingsOf(service)])).rejects.toMatchObject({ code: "AVALA_FORBIDDEN" });
  });
});
