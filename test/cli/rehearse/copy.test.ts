import { request } from "node:http";
import { openCopy } from "../../../cli/rehearse/copy.js";
import type { Seed } from "../../../emulator/src/index.js";
import { rehearsalOf, rehearsed } from "../../../provider/client/index.js";
import { ownerKey } from "../../support/emulator.js";
import { allLists, living, settingsOf, shown, uids, useCopies, withoutCallers } from "./copies.js";

jest.setTimeout(60_000);
const { start, living: livingClient, copyOf } = useCopies();
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
      "GET /users/me/permissions/",
    ]);
    expect(copy.reads).toBe(calls.length);
  });

  interface Deployment {
    settings?: Seed["settings"];
    scopes?: string[];
    /** Whether the run has Ada's key, too. */
    two?: boolean;
  }
  it.each<[string, Deployment]>([
    ["the default", {}],
    ["hidden addresses", { settings: { hideEmails: true } }],
    ["some hidden addresses", { settings: { hideEmailsOf: [uids.mia, uids.zoe] } }],
    ["arrays in place of pages", { settings: { lists: "array" } }],
    ["pages of 7", { settings: { maxPageSize: 7 } }],
    ["two keys", { two: true }],
    ["two keys, and hidden addresses", { two: true, settings: { hideEmailsOf: [uids.mia, uids.owner] } }],
    ["no user of the key", { settings: { currentUser: 404 } }],
    ["two keys without a user", { two: true, settings: { currentUser: "html" } }],
    ["a key that may only read", { scopes: ["organizations.read", "tasks.read"] }],
    ["a key without a scope", { scopes: [] }],
  ])("shows the provider's client the same rows in every list: %s", async (_, { settings = {}, scopes, two }) => {
    const service = await start({ ...living(), settings });
    if (scopes) await service.addKey("avk_scoped", "owner@example.com", scopes);
    const keys = [
      settingsOf(service, scopes ? "avk_scoped" : ownerKey),
      ...(two ? [settingsOf(service, "avk_ada")] : []),
    ];
    const { client } = await copyOf(keys);
    for (const key of keys) {
      const slugs = ["acme", "beta", "gone", "nowhere"];
      const lists = async (from: Parameters<typeof allLists>[0]) =>
        withoutCallers(await allLists(from, slugs), [uids.owner, uids.ada]);
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
