import { acme, emulated } from "./service.js";

const emulator = emulated(() => crowd(45));
const members = (query = "") => emulator.api("GET", `/organizations/acme/members/${query}`);

function crowd(size: number) {
  const seed = acme();
  const people = Array.from({ length: size - 1 }, (_, i) => ({ email: `p${i}@example.com` }));
  return {
    ...seed,
    people: [...(seed.people ?? []), ...people],
    organizations: [{ name: "Acme", members: [{ email: "owner@example.com", role: "owner" as const }, ...people] }],
  };
}

async function walk(first: string): Promise<string[]> {
  const found: string[] = [];
  for (let query: string | null = first; query !== null;) {
    const { body } = await members(query);
    found.push(...body.results.map(({ username }: { username: string }) => username));
    query = body.next && new URL(body.next).search;
  }
  return found;
}

describe("pages", () => {
  it("have 20 rows by default, and absolute links", async () => {
    const first = (await members()).body;
    expect(first.count).toBe(45);
    expect(first.results).toHaveLength(20);
    expect(first.previous).toBeNull();
    expect(first.next).toBe(`${emulator.url}/organizations/acme/members/?page=2`);
    const last = (await members("?page=3")).body;
    expect(last.results).toHaveLength(5);
    expect(last.next).toBeNull();
    expect((await members("?page=2")).body.previous).toBe(`${emulator.url}/organizations/acme/members/`);
    expect((await members("?page=last")).body).toEqual(last);
  });

  it("contain each row once, and links keep filters and size", async () => {
    const found = await walk("?limit=7&ordering=username&search=example.com");
    expect(found).toHaveLength(45);
    expect(new Set(found).size).toBe(45);
    expect(found).toEqual(found.toSorted());
  });

  it("limit the requested size", async () => {
    await emulator.set({ maxPageSize: 10 });
    expect((await members("?limit=1000")).body.results).toHaveLength(10);
    expect((await members()).body.results).toHaveLength(10);
    expect((await members("?limit=3")).body.results).toHaveLength(3);
  });

  it.each(["0", "-5", "many"])("ignore the size %s", async (limit) => {
    expect((await members(`?limit=${limit}`)).body.results).toHaveLength(20);
  });

  it.each(["0", "4", "x"])("end: page %s is a 404", async (page) => {
    expect(await members(`?page=${page}`)).toMatchObject({ status: 404, body: { detail: "Invalid page." } });
  });

  it("ignore a cursor: the first page is returned again", async () => {
    const first = (await members()).body;
    expect((await members("?cursor=2")).body.results).toEqual(first.results);
  });

  it("have the host of nextHost in links", async () => {
    await emulator.set({ nextHost: "server.example.com:8443" });
    expect((await members()).body.next).toBe(
      "http://server.example.com:8443/api/v1/organizations/acme/members/?page=2",
    );
  });

  it("are replaced by whole arrays with lists array", async () => {
    await emulator.set({ lists: "array" });
    expect((await members()).body).toHaveLength(45);
    for (const path of ["", "acme/invitations/", "acme/teams/"]) {
      expect((await emulator.api("GET", `/organizations/${path}`)).body).toEqual(expect.any(Array));
    }
  });

  it("are one empty page for an empty list", async () => {
    const { body } = await emulator.api("GET", "/organizations/acme/teams/");
    expect(body).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  it("work for ten thousand people", async () => {
    await emulator.reset(crowd(10_000));
    expect(new Set(await walk("?limit=100&ordering=-username")).size).toBe(10_000);
  });
});
