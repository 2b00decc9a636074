import { normalizeEmail } from "../../provider/core/address.js";
import { taken } from "../support/addresses.js";
import { acme, emulated } from "./service.js";

/** What Django 5.2 and REST framework 3.18 do by default. */
const emulator = emulated();
const set = (body: object) => emulator.api("PATCH", "/organizations/acme/", body);

describe("an email address", () => {
  const long = (length: number) => "a".repeat(length);
  it.each([
    "ada@example.com",
    "a@localhost",
    "ada@[127.0.0.1]",
    "ada@[2001:db8::1]",
    '"ada\\ lovelace"@example.com',
    '"ada"@example.com',
    "o'neil+x=y/z@example.com",
    "ada@b\u00fccher.example",
    "ada@xn--bcher-kva.example",
    "ada@exam\u200bple.com",
    "ada@example.c-m",
    `ada@${long(63)}.com`,
    `${long(65)}@example.com`,
    "ada%40@example.com",
  ])("%j is accepted", async (email) => {
    expect(await set({ email })).toMatchObject({ status: 200, body: { email } });
  });

  it.each([
    "a@b.c",
    "ada",
    "ada@",
    "@example.com",
    "ada@example.com,",
    "ada@example.com.",
    "ada@example..com",
    ".ada@example.com",
    "ada.@example.com",
    "<ada@example.com>",
    "(ada)@example.com",
    "ren\u00e9@example.com",
    "ada@-example.com",
    "ada@example-.com",
    "ada@my_company.com",
    "ada@127.0.0.1",
    "ada@[127.0.0.256]",
    "ada@[1:2]",
    "ada@[::1]:25",
    "ada@LOCALHOST.",
    "ada@example.123",
    "ada@\u{1f4a9}.la",
    `ada@${long(64)}.com`,
    "ada l@example.com",
    '"ada lovelace"@example.com',
    "a@b@example.com",
  ])("%j is refused", async (email) => {
    expect(await set({ email })).toMatchObject({ status: 400, body: { email: ["Enter a valid email address."] } });
  });

  it("is accepted if the provider accepts it, in the form that it sends", async () => {
    for (const [address] of taken) {
      const email = normalizeEmail(address);
      const answer = await emulator.api("POST", "/organizations/acme/invitations/", { email });
      // Several spellings in the table belong to one person.
      const again = answer.status === 400 && /already/.test(JSON.stringify(answer.body));
      expect({ email, again: again || undefined, status: again ? 201 : answer.status }).toMatchObject({
        email,
        status: 201,
      });
    }
    const members = ["ada@example.com"];
    const invited = new Set(members.concat((await emulator.emails()).map(({ to }: { to: string }) => to)));
    expect(invited).toEqual(new Set(taken.map(([address]) => normalizeEmail(address))));
  });
});

describe("a web address", () => {
  it.each([
    "https://acme.example",
    "http://acme.example:8080/a?b#c",
    "ftp://acme.example",
    "ftps://acme.example/x",
    "HTTPS://ACME.EXAMPLE",
    "https://localhost",
    "https://127.0.0.1/",
    "https://[2001:db8::1]:443/",
    "https://b\u00fccher.example",
    "https://user:pass@acme.example",
    "https://acme.example.",
  ])("%j is accepted", async (website) => {
    expect(await set({ website })).toMatchObject({ status: 200, body: { website } });
  });

  it.each([
    "https://a.b",
    "https://acme",
    "https://",
    "acme.example",
    "javascript:alert(1)",
    "mailto:ada@example.com",
    "https://ac me.example",
    "https://acme_x.example",
    "https://-acme.example",
    "https://127.0.0.256",
    "https://[1:2]/",
    "https://acme.example:x",
    "file:///etc/passwd",
  ])("%j is refused", async (website) => {
    expect(await set({ website })).toMatchObject({ status: 400, body: { website: ["Enter a valid URL."] } });
  });
});

it("text with half of a character is refused, and a whole character is accepted", async () => {
  const answer = await emulator.raw("/organizations/acme/", {
    method: "PATCH",
    headers: { "x-avala-api-key": "avk_local", "content-type": "application/json" },
    body: '{"name": "A\\ud800"}',
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { name: ["Surrogate characters are not allowed: U+D800."] },
  ]);
  expect((await set({ name: "A \u{1f98a}" })).status).toBe(200);
});

describe("a uid in a path", () => {
  it.each([
    ["upper case", (uid: string) => uid.toUpperCase()],
    ["no hyphens", (uid: string) => uid.replaceAll("-", "")],
    ["braces", (uid: string) => `{${uid}}`],
  ])("in %s is an unknown path", async (_, respelt) => {
    // A uid with letters; otherwise upper case would be the same.
    const uid = "0000000a-0000-4000-8000-00000000000a";
    const seed = acme();
    await emulator.reset({
      ...seed,
      people: seed.people!.map((one) => (one.email === "mia@example.com" ? { ...one, uid } : one)),
    });
    const role = (text: string) =>
      emulator.api("PATCH", `/organizations/acme/members/${encodeURIComponent(text)}/role/`, { role: "admin" });
    expect((await role(respelt(uid))).status).toBe(404);
    expect((await role(uid)).status).toBe(204);
  });
});

it("an empty page number is the first page", async () => {
  const [first, empty] = await Promise.all(
    ["", "?page="].map((query) => emulator.api("GET", `/organizations/${query}`)),
  );
  expect(empty).toMatchObject({ status: 200, body: first!.body });
});

describe("a time", () => {
  it.each([
    ["2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"],
    ["2026-01-02T03:04:05.120Z", "2026-01-02T03:04:05.120000Z"],
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"],
  ])("%s is written as %s", async (createdAt, written) => {
    const seed = acme();
    await emulator.reset({ ...seed, organizations: seed.organizations!.map((one) => ({ ...one, createdAt })) });
    expect((await emulator.api("GET", "/organizations/acme/")).body).toMatchObject({
      created_at: written,
      updated_at: written,
    });
  });

  it("orders rows by the moment, with a fraction or without", async () => {
    const seed = acme();
    const [first, second] = ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.500Z"];
    const teams = [
      { name: "Later", createdAt: second },
      { name: "Sooner", createdAt: first },
    ];
    await emulator.reset({ ...seed, organizations: seed.organizations!.map((one) => ({ ...one, teams })) });
    const { body } = await emulator.api("GET", "/organizations/acme/teams/?ordering=created_at");
    expect(body.results.map(({ name }: { name: string }) => name)).toEqual(["Sooner", "Later"]);
  });
});

describe("methods", () => {
  it.each([
    ["GET", "/organizations/", "GET, POST, HEAD, OPTIONS"],
    ["GET", "/organizations/acme/", "GET, PATCH, DELETE, HEAD, OPTIONS"],
    ["GET", "/organizations/none/", "GET, PATCH, DELETE, HEAD, OPTIONS"],
    ["GET", "/organizations/industry-choices/", "GET, HEAD, OPTIONS"],
    ["PUT", "/organizations/acme/", "GET, PATCH, DELETE, HEAD, OPTIONS"],
    ["POST", "/organizations/acme/leave/", "POST, OPTIONS"],
    ["GET", "/users/me/", "GET, HEAD, OPTIONS"],
  ])("of a path are in the answer to %s %s: %s", async (method, path, allow) => {
    expect((await emulator.api(method, path)).headers.get("allow")).toBe(allow);
  });

  it("are not in the answer of an unknown path", async () => {
    for (const path of ["/nothing/here/", "/organizations"]) {
      expect((await emulator.api("GET", path)).headers.has("allow")).toBe(false);
    }
  });

  it("are described by OPTIONS, with any key", async () => {
    expect(await emulator.api("OPTIONS", "/organizations/acme/")).toMatchObject({
      status: 200,
      body: { renders: ["application/json"], parses: ["application/json"] },
    });
    expect((await emulator.api("OPTIONS", "/organizations/acme/", undefined, "avk_nobody")).status).toBe(401);
    expect((await emulator.api("OPTIONS", "/nothing/here/")).status).toBe(404);
  });

  it("answers HEAD as GET, without the body", async () => {
    const headers = { "x-avala-api-key": "avk_local" };
    const answer = await emulator.raw("/organizations/acme/", { method: "HEAD", headers });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });
});

it("a refused key gets a challenge (WWW-Authenticate)", async () => {
  for (const key of ["", "avk_nobody"]) {
    const { status, headers } = await emulator.api("GET", "/organizations/", undefined, key);
    expect([status, headers.has("www-authenticate")]).toEqual([401, true]);
  }
  expect((await emulator.api("GET", "/organizations/")).headers.has("www-authenticate")).toBe(false);
});
