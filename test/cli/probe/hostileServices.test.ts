import { statements } from "../../../cli/probe/statements/index.js";
import type { Seed } from "../../../emulator/src/index.js";
import { seedWithHostileNames } from "../../support/hostileNames.js";
import { pageOf, rawService, type RawCall, type Reply } from "../../support/rawService.js";
import { SecretSearch } from "../../support/secrets.js";
import { deployment, everything, probe, withVerdict, type Probed } from "./deployment.js";

jest.setTimeout(60_000);

const d = deployment();

let raw: Awaited<ReturnType<typeof rawService>>;
beforeAll(async () => {
  raw = await rawService(() => undefined);
});
afterAll(() => raw.close());

/** Probes a service that answers like this. */
async function onService(reply: (call: RawCall) => Reply | undefined, args: readonly string[] = []): Promise<Probed> {
  raw.answers(reply);
  raw.calls.splice(0);
  return probe(["--out", d.out, ...args], { ...d.emulator.environment(), AVALA_BASE_URL: raw.url });
}

const cut: Reply = { by: (response) => response.destroy() };
const half: Reply = {
  by(response) {
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"results": [');
    setImmediate(() => response.destroy());
  },
};
const html = { headers: { "content-type": "text/html" }, body: "<!doctype html><title>Log in</title>" };

describe("a service that answers everything alike is an error with a code, before anything else is sent", () => {
  it.each<[string, Reply, string]>([
    ["401", { status: 401, body: { detail: "Invalid API key." } }, "AVALA_UNAUTHORIZED"],
    ["403", { status: 403, body: { detail: "No." } }, "AVALA_FORBIDDEN"],
    ["404 of the API", { status: 404, body: { detail: "Not found." } }, "AVALA_UNEXPECTED_STATUS"],
    ["404 of a web server", { ...html, status: 404 }, "AVALA_UNEXPECTED_STATUS"],
    ["500", { ...html, status: 500 }, "AVALA_UNAVAILABLE"],
    ["503", { status: 503, body: "" }, "AVALA_UNAVAILABLE"],
    ["a redirect", { status: 302, headers: { location: "https://login.example.com/" } }, "AVALA_UNEXPECTED_STATUS"],
    ["418", { status: 418, body: {} }, "AVALA_UNEXPECTED_STATUS"],
    ["no answer", cut, "AVALA_TRANSPORT"],
    ["half an answer", half, "AVALA_TRANSPORT"],
    ["bytes that are not UTF-8", { body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) }, "AVALA_TRANSPORT"],
  ])("%s", async (_, reply, code) => {
    const run = await onService(() => reply);
    expect([run.code, run.stdout]).toEqual([code, ""]);
    expect(new Set(raw.calls)).toEqual(
      new Set(["GET /users/me/permissions/", "GET /users/me/", "GET /organizations/"]),
    );
  });

  it("a service that is not there", async () => {
    const gone = await rawService(() => undefined);
    await gone.close();
    const { code } = await probe(["--out", d.out], { ...d.emulator.environment(), AVALA_BASE_URL: gone.url });
    expect(code).toBe("AVALA_TRANSPORT");
  });

  it("a rate limit that others use up, after three more tries", async () => {
    const run = await onService(({ path }) =>
      path === "/organizations/industry-choices/"
        ? { status: 429, headers: { "retry-after": "0.01" }, body: { detail: "Throttled." } }
        : pageOf([]),
    );
    expect([run.code, run.stdout]).toEqual(["AVALA_RATE_LIMITED", ""]);
    expect(raw.calls.filter((call) => call.includes("industry"))).toHaveLength(4);
  });
});

describe("a service whose every success is this has statements that differ, and no list that is believed", () => {
  const bodies: [string, string | object][] = [
    ["a web page", html.body],
    ["nothing", ""],
    ["null", "null"],
    ["a text", '"all is well"'],
    ["a number", "7"],
    ["true", "true"],
    ["an object", {}],
    ["an empty array", []],
    ["an array of nothing", [null, null]],
    ["an array of arrays", [[], []]],
    ["a page of nothing", pageOf([]).body],
    ["a page without rows", { count: 3, next: null, previous: null, results: null }],
    ["a page whose rows are an object", { results: {} }],
    ["deeply nested", `${"[".repeat(5000)}${"]".repeat(5000)}`],
    ["an invalid text", '{"results": [}'],
  ];
  it.each(bodies)("%s", async (what, body) => {
    const headers = { "content-type": what === "a web page" ? "text/html" : "application/json" };
    const run = await onService(() => ({ headers, body }));
    expect(run.code).toBeUndefined();
    expect(withVerdict(run, "differs")).toHaveProperty("refuses-without-key");
    expect(withVerdict(run, "differs")).toHaveProperty("missing-is-404");
    expect(withVerdict(run, "notVisible")).toHaveProperty("organization-has-its-fields");
    expect(raw.calls.length).toBeLessThanOrEqual(60);
  });
});

/** Values that a field of any name may have in a hostile answer. */
const values: [string, unknown][] = [
  ["null", null],
  ["a number", 7],
  ["a negative number", -1],
  ["a huge number", 1e308],
  ["a boolean", true],
  ["an object", { toString: "x", uid: "y" }],
  ["an array", [1, [2]]],
  ["an empty text", ""],
  ["a path", "../../users/me"],
  ["dots", ".."],
  ["a path with a query", "acme/?limit=1#x"],
  ["an absolute URL", "https://elsewhere.example/organizations/?page=2"],
  ["a very long text", "x".repeat(10_000)],
  ["control characters", "\u001b[31m\u0000\u202e\r\n"],
  ["__proto__", "__proto__"],
  ["a lone surrogate", "\ud800"],
];

describe("a hostile value in every field", () => {
  const row = (value: unknown) =>
    Object.fromEntries(
      [
        "uid",
        "user_uid",
        "slug",
        "name",
        "role",
        "email",
        "invited_email",
        "status",
        "expires_at",
        "is_expired",
        "member_count",
        "team_count",
        "created_at",
        "visibility",
        "is_active",
        "color",
        "scopes",
        "toolsets",
        "slug_edits_remaining",
        "accept_url",
        "copy_link",
        "detail",
        "choices",
        "username",
      ].map((name) => [name, value]),
    );
  const found = [...values];

  it.each(found)("%s, in rows, pages and single objects: only reads of this API, and no crash", async (_, value) => {
    for (const shape of [
      [row(value), row(value)],
      { count: value, next: value, previous: value, results: [row(value), row(value)] },
      {
        count: 2,
        next: "/?page=2",
        results: [{ ...row(value), slug: "acme", user_uid: "me", role: "owner" }, row(value)],
      },
      { ...row(value), results: value },
    ]) {
      const run = await onService(() => ({ body: shape }));
      expect(run.code).toBeUndefined();
      expect(Object.keys(run.profile!.statements)).toHaveLength(statements.length);
      expect(raw.calls.length).toBeLessThanOrEqual(60);
      for (const call of raw.calls) {
        expect(call).toMatch(
          /^GET \/(?:users\/me\/(?:permissions\/)?|organizations|organizations\/(?:[-\w]+\/(?:(?:members|teams|invitations)\/(?:[-\w]+\/(?:members\/)?)?)?)?|pulumi-avala-probe\/)$/,
        );
      }
    }
  });

  it("a next that leads to itself, elsewhere or nowhere is never followed away from the list", async () => {
    for (const next of [
      "?",
      "?page=1",
      "//elsewhere.example/?page=2",
      "http://[",
      "javascript:x?y",
      `?${"x".repeat(9000)}`,
    ]) {
      const rows = [
        { uid: "1", slug: "acme", name: "Acme" },
        { uid: "2", slug: "other", name: "Other" },
      ];
      await onService(({ path }) => (path === "/organizations/" ? pageOf(rows, { next }) : undefined));
      expect(raw.calls.every((call) => call.startsWith("GET /"))).toBe(true);
      expect(raw.calls.filter((call) => call === "GET /organizations/").length).toBeLessThanOrEqual(14);
    }
  });
});

/** Texts of the command itself: what is in them tells nothing about a service. */
const own = JSON.stringify([statements, null, "pending", "cancelled", "owner", "admin", "lead", "member"]);
const isHarmless = (text: string) => text.length < 4 || own.includes(text);

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return isHarmless(value) ? [] : [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

describe("nothing that the service holds is in the report, the JSON, the notes or the profile", () => {
  const hostile = seedWithHostileNames({ people: 30, teams: 26, each: 3 });
  const seeds: [string, Seed][] = [
    ["of a deployment as the contract says", everything()],
    ["of one that differs", everything({ rateLimit: null, maxPageSize: 2, hiddenIs: 403, currentUser: "withoutUid" })],
    ["with hostile names", hostile],
    ["with hidden addresses", { ...hostile, settings: { hideEmails: true } }],
  ];
  it.each(seeds)("%s", async (_, seed) => {
    const text = await d.probed(seed);
    const json = await d.probed(seed, ["--json"]);
    const host = new URL(d.emulator.url).host;
    const { settings: _settings, ...content } = await d.emulator.state();
    const secrets = [...textsOf(content), host];
    const searched = new SecretSearch(Object.fromEntries(secrets.map((one) => [one, one])));
    expect(secrets.length).toBeGreaterThan(40);
    expect([
      ...searched.inText("report", text.stdout),
      ...searched.inText("notes", text.stderr + json.stderr),
      ...searched.inText("JSON", json.stdout),
      ...searched.inText("profile", JSON.stringify(text.profile)),
    ]).toEqual([]);
  });

  it("also if every value of it is unexpected", async () => {
    const secret = "secret-value-of-the-service";
    const page = (rows: object[]) => pageOf(rows, { count: secret, next: `https://${secret}.example/?page=${secret}` });
    const wrong = Object.fromEntries(
      ["uid", "user_uid", "slug", "role", "status", "visibility", "email", "created_at", secret].map((name) => [
        name,
        secret,
      ]),
    );
    for (const args of [[], ["--json"]]) {
      const run = await onService(
        () => ({
          headers: { "x-ratelimit-limit": secret, "content-type": "application/json" },
          ...page([wrong, wrong]),
        }),
        args,
      );
      expect(run.code).toBeUndefined();
      expect(withVerdict(run, "differs")).toHaveProperty("organization-roles");
      expect(run.stdout + run.stderr + JSON.stringify(run.profile)).not.toContain(secret);
    }
  });
});
