import { NotFoundError, RateLimitedError, ResponseShapeError, UnavailableError } from "../../provider/core/errors.js";
import { MOST_PAGES, MOST_WALKS } from "../../provider/client/api/pages.js";
import { envelope, failure, finishFailing, mocked, ORIGIN } from "./support.js";

const MEMBERS = "/organizations/acme/members/";
const person = (number: number) => ({ user_uid: `u${number}`, username: `n${number}` });
const people = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => person(from + index));
const page = (number: number) => `${ORIGIN}/api/v1${MEMBERS}?limit=100&page=${number}`;
const uids = (found: { userUid: string }[]) => found.map(({ userUid }) => userUid);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => `u${index}`);

describe("no-single-reads: a list is complete or an error", () => {
  it("joins all pages, in order", async () => {
    const { client, reply, sent } = mocked();
    reply(
      envelope(people(0, 100), page(2), 250),
      envelope(people(100, 200), page(3), 250),
      envelope(people(200, 250), null, 250),
    );
    expect(uids(await client.members.list("acme"))).toEqual(upTo(250));
    expect(sent().map(({ path }) => path)).toEqual([1, 2, 3].map((number) => `${MEMBERS}?limit=100&page=${number}`));
  });

  it.each([
    [403, "ForbiddenError"],
    [401, "UnauthorizedError"],
    [500, "UnavailableError"],
  ])("fails when a later page answers %i", async (status, name) => {
    const { client, reply } = mocked();
    reply(envelope(people(0, 2), page(2)), { status });
    expect((await failure(client.members.list("acme"))).name).toBe(name);
  });

  it("fails if a later page stays throttled or broken", async () => {
    jest.useFakeTimers();
    try {
      for (const [status, type] of [
        [429, RateLimitedError],
        [503, UnavailableError],
      ] as const) {
        const { client, reply } = mocked();
        reply(envelope(people(0, 2), page(2)), ...Array.from({ length: 5 }, () => ({ status })));
        expect(await finishFailing(client.members.list("acme"))).toBeInstanceOf(type);
      }
    } finally {
      jest.useRealTimers();
    }
  });

  it("keeps a row that appears on two pages once, in its last form", async () => {
    const { client, reply } = mocked();
    reply(
      envelope([person(0), person(1)], page(2), 3),
      envelope([{ ...person(1), role: "admin" }, person(2)], null, 3),
    );
    const found = await client.members.list("acme");
    expect(uids(found)).toEqual(upTo(3));
    expect(found[1]?.role).toBe("admin");
  });

  it("walks again when fewer rows were seen than there are", async () => {
    const { client, reply, sent } = mocked();
    reply(envelope(people(0, 2), page(2), 4), envelope(people(1, 3), null, 4));
    reply(envelope(people(0, 2), page(2), 4), envelope(people(2, 4), null, 4));
    expect(uids(await client.members.list("acme"))).toEqual(upTo(4));
    expect(sent()).toHaveLength(4);
  });

  it("walks again if rows were removed meanwhile: an unread one may have moved to a page already read", async () => {
    const { client, reply } = mocked();
    // u0 has left, u2 has moved to the first page: 3 of 3 seen, and yet one is missing.
    reply(envelope(people(0, 2), page(2), 4), envelope([person(3)], null, 3));
    reply(envelope(people(1, 3), page(2), 3), envelope([person(3)], null, 3));
    expect(uids(await client.members.list("acme"))).toEqual(["u1", "u2", "u3"]);
  });

  it("accepts rows that were added meanwhile", async () => {
    const { client, reply, sent } = mocked();
    reply(envelope(people(0, 2), page(2), 3), envelope(people(1, 4), null, 4));
    expect(uids(await client.members.list("acme"))).toEqual(upTo(4));
    expect(sent()).toHaveLength(2);
  });

  it("is an error when the rows never add up", async () => {
    const { client, reply, sent } = mocked();
    reply(...Array.from({ length: MOST_WALKS + 1 }, () => envelope(people(0, 20), null, 25)));
    const error = await failure(client.members.list("acme"));
    expect(error).toBeInstanceOf(ResponseShapeError);
    expect(error.message).toContain("fewer rows than it reports");
    expect(sent()).toHaveLength(MOST_WALKS);
  });

  it("begins again if a later page has gone", async () => {
    const { client, reply, sent } = mocked();
    reply(envelope(people(0, 2), page(2)), { status: 404 }, envelope(people(0, 2)));
    expect(uids(await client.members.list("acme"))).toEqual(upTo(2));
    expect(sent()).toHaveLength(3);
  });

  it("does not mistake a page that has gone for a parent that has gone", async () => {
    const { client, reply, sent } = mocked();
    for (let walk = 0; walk < MOST_WALKS; walk++) reply(envelope(people(0, 2), page(2)), { status: 404 });
    const error = await failure(client.members.list("acme"));
    expect(error).toBeInstanceOf(ResponseShapeError);
    expect(sent()).toHaveLength(2 * MOST_WALKS);
  });

  it("reports not found if the first page does not exist, also on a second walk", async () => {
    const { client, reply } = mocked();
    reply({ status: 404 });
    expect(await failure(client.members.list("acme"))).toBeInstanceOf(NotFoundError);
    reply(envelope(people(0, 2), page(2)), { status: 404 }, { status: 404 });
    expect(await failure(client.members.list("acme"))).toBeInstanceOf(NotFoundError);
  });

  it("does not skip a row without an identifier", async () => {
    const { client, reply } = mocked();
    reply(envelope([person(0), { username: "nobody", email: "secret@example.com" }]));
    const error = await failure(client.members.list("acme"));
    expect(error).toBeInstanceOf(ResponseShapeError);
    expect(error.message).toContain("results.1.user_uid");
    expect(error.message).not.toContain("secret@example.com");
  });
});

describe("pages-follow-next: pages are followed as the service names them", () => {
  it.each([
    ["page", "?limit=100&page=2", "limit=100&page=2"],
    ["cursor", "?cursor=cD0yMDI2&limit=100", "cursor=cD0yMDI2&limit=100"],
    ["a smaller limit", "?limit=20&page=2", "limit=20&page=2"],
    ["a limit that got lost", "?page=2", "page=2&limit=100"],
    ["encoded values", "?cursor=a%2Bb%3D%3D&limit=100", "cursor=a%2Bb%3D%3D&limit=100"],
  ])("%s", async (_, next, query) => {
    const { client, reply, sent } = mocked();
    reply(envelope(people(0, 1), next), envelope(people(1, 2)));
    expect(uids(await client.members.list("acme"))).toEqual(upTo(2));
    expect(sent()[1]?.path).toBe(`${MEMBERS}?${query}`);
  });

  it("keeps filters that `next` forgot", async () => {
    const { client, reply, sent } = mocked();
    reply(envelope(people(0, 1), "?page=2"), envelope(people(1, 2)));
    await client.members.list("acme", { search: "a&b", role: "admin" });
    expect(sent().map(({ path }) => path)).toEqual([
      `${MEMBERS}?search=a%26b&role=admin&limit=100&page=1`,
      `${MEMBERS}?page=2&search=a%26b&role=admin&limit=100`,
    ]);
  });

  it("detects a cycle of pages", async () => {
    for (const circle of [[page(1)], [page(2), page(2)], [page(2), "?page=1&limit=100"]]) {
      const { client, reply, sent } = mocked();
      for (const next of circle) reply(envelope(people(0, 100), next, 250));
      const error = await failure(client.members.list("acme"));
      expect(error).toBeInstanceOf(ResponseShapeError);
      expect(error.message).toContain("its pages form a loop");
      expect(sent()).toHaveLength(circle.length);
    }
  });

  it("fails at a list that does not end", async () => {
    const { client, agent } = mocked({ requestsPerMinute: 1_000_000, requestsPerSecond: 1_000_000 });
    let asked = 0;
    agent
      .get(ORIGIN)
      .intercept({ path: () => true })
      .reply(200, () => JSON.stringify({ results: [person(asked++)], next: `?page=${asked + 1}` }))
      .persist();
    const error = await failure(client.members.list("acme"));
    expect(error).toBeInstanceOf(ResponseShapeError);
    expect(asked).toBe(MOST_PAGES);
  });
});

describe("next-names-any-host: `next` never moves the key", () => {
  it.each([
    "https://server.example.test/api/v1/organizations/acme/members/?limit=100&page=2",
    "http://api.example.test/api/v1/organizations/acme/members/?limit=100&page=2",
    "https://user:pw@evil.example/?limit=100&page=2#part",
    "//evil.example/x?limit=100&page=2",
    "/somewhere/else/?limit=100&page=2",
    "?limit=100&page=2",
  ])("%s is requested from our own base URL and path", async (next) => {
    const { client, reply, sent } = mocked();
    reply(envelope(people(0, 1), next), envelope(people(1, 2)));
    await client.members.list("acme");
    // The mock does not answer another origin.
    expect(sent()[1]?.path).toBe(`${MEMBERS}?limit=100&page=2`);
  });

  it.each(["https://api.example.test/next", "not a link", "http://[", "", `?cursor=${"x".repeat(3000)}`])(
    "%j is an error",
    async (next) => {
      const { client, reply } = mocked();
      reply(envelope(people(0, 1), next));
      expect(await failure(client.members.list("acme"))).toBeInstanceOf(ResponseShapeError);
    },
  );
});

describe("array-or-page: an older deployment's array is the whole list", () => {
  const row = { uid: "x", slug: "x", user_uid: "x" };

  it.each([
    ["organizations", (c: ReturnType<typeof mocked>["client"]) => c.organizations.list()],
    ["members", (c: ReturnType<typeof mocked>["client"]) => c.members.list("acme")],
    ["invitations", (c: ReturnType<typeof mocked>["client"]) => c.invitations.list("acme")],
    ["teams", (c: ReturnType<typeof mocked>["client"]) => c.teams.list("acme")],
    ["team members", (c: ReturnType<typeof mocked>["client"]) => c.teamMembers.list("acme", "crew")],
  ])("%s", async (_, list) => {
    const { client, reply, sent } = mocked();
    reply({ status: 200, body: [row] }, { status: 200, body: { results: [row] } }, { status: 200, body: [] });
    expect(await list(client)).toHaveLength(1);
    expect(await list(client)).toHaveLength(1);
    expect(await list(client)).toEqual([]);
    expect(sent()).toHaveLength(3);
  });

  it.each([{}, { data: [] }, { members: [] }, { results: null }, { results: {} }, "text", 5, null])(
    "%j is not a list",
    async (body) => {
      const { client, reply } = mocked();
      reply({ status: 200, body: JSON.stringify(body) });
      expect(await failure(client.members.list("acme"))).toBeInstanceOf(ResponseShapeError);
    },
  );
});
