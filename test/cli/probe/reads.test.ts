import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OTHER_HOST } from "../../../cli/probe/profile.js";
import { statements } from "../../../cli/probe/statements/index.js";
import type { Seed, Settings } from "../../../emulator/src/index.js";
import { read } from "../../examples/support.js";
import { inProcess } from "../../support/inProcessCommand.js";
import { acme, deployment, everything, others, probe, withOnly, withVerdict } from "./deployment.js";

jest.setTimeout(60_000);

const d = deployment();

const reading = statements.filter(({ probe }) => "needs" in probe && probe.needs === "reads").map(({ name }) => name);
const globex = ["--other-organization", "globex-corp"];

describe("a deployment as the contract says", () => {
  it("shows that every statement holds that reads can show", async () => {
    const run = await d.probed(everything(), globex);
    expect(run.ended).toBe(0);
    expect(Object.keys(withVerdict(run, "holds")).toSorted()).toEqual(reading.toSorted());
    expect(withVerdict(run, "differs")).toEqual({});
    expect(withVerdict(run, "notVisible")).toEqual({});
  });

  it("says of every other statement why it was not tried", async () => {
    const tried = withVerdict(await d.probed(everything(), globex), "notTried");
    const rest = statements.filter(({ name }) => !reading.includes(name));
    for (const { name, probe } of rest)
      expect(tried[name]).toBe(
        "never" in probe
          ? `Never tried: ${probe.never}`
          : { reads: "", writes: "Needs --write.", emails: "Needs --write and --invite." }[probe.needs],
      );
    expect(Object.keys(tried)).toHaveLength(rest.length);
  });

  it("does not differ anywhere if the key sees little: what is not visible says why", async () => {
    const little = withOnly({ name: "Acme", members: [{ email: "owner@example.com", role: "owner" }] });
    const run = await d.probed({ ...little, settings: everything().settings! });
    expect(withVerdict(run, "differs")).toEqual({});
    expect(withVerdict(run, "notTried")["not-found-may-be-forbidden"]).toBe("Needs --other-organization.");
    expect(withVerdict(run, "notVisible")).toEqual({
      "accepted-invitations-vanish": "Nobody was invited yet.",
      "answers-hold-secrets": "The key sees no invitation.",
      "default-page-has-20-rows": expect.stringMatching(
        /^The list has fewer than two rows \(organizations, /,
      ) as string,
      "expired-may-be-pending": "The key sees no invitation whose time is over.",
      "invitation-has-its-fields": "The key sees no invitation.",
      "lists-keep-their-order": expect.stringMatching(/^The list has fewer than two rows/) as string,
      "next-names-any-host": expect.stringMatching(/^No page has a next/) as string,
      "page-size-up-to-100": expect.stringMatching(/^The list has fewer than 100 rows/) as string,
      "pages-follow-next": expect.stringMatching(/^The list has fewer than two rows/) as string,
      "team-has-its-fields": "The key sees no team.",
      "team-member-has-its-fields": "The key sees no member of a team.",
      "team-roles": "None is visible (team member).",
    });
  });
});

describe("settings of a deployment that reads can find", () => {
  const cases: Partial<Settings>[] = [
    {},
    { rateLimit: null },
    { rateLimit: { perMinute: 250, perSecond: 1000 } },
    { maxPageSize: 2 },
    { maxPageSize: 25 },
    { maxPageSize: 1 },
    { lists: "array" },
    { nextHost: "server.elsewhere.example:8443" },
    { hideEmails: true },
    { hiddenIs: 403 },
    { currentUser: "withoutUid" },
    { currentUser: 403 },
    { currentUser: 404 },
    { currentUser: "html" },
    {
      maxPageSize: 2,
      lists: "page",
      nextHost: "10.0.0.1",
      hideEmails: true,
      hiddenIs: 403,
      currentUser: 404,
      rateLimit: null,
    },
  ];
  it.each(cases)("%j", async (settings) => {
    const { profile, ended } = await d.probed(everything(settings), globex);
    const { rateLimit = { perMinute: 100 }, nextHost, ...rest } = settings;
    const paged = settings.lists === "array" ? {} : { maxPageSize: 100, nextHost: nextHost ? OTHER_HOST : null };
    expect(ended).toBe(0);
    expect(profile!.settings).toEqual({
      ...paged,
      lists: "page",
      hideEmails: false,
      hiddenIs: 404,
      currentUser: "full",
      expiredInvitations: "listed",
      ...rest,
      // The limit per second is in no header.
      rateLimit: rateLimit && { perMinute: rateLimit.perMinute, perSecond: 20 },
    });
  });

  it("expired invitations that are hidden are not visible, and not in the profile", async () => {
    const run = await d.probed(everything({ expiredInvitations: "hidden" }), globex);
    expect(withVerdict(run, "notVisible")["expired-may-be-pending"]).toMatch(/no invitation whose time is over/);
    expect(run.profile!.settings).not.toHaveProperty("expiredInvitations");
  });
});

describe("a deployment that differs", () => {
  it("is explained: what, where, what it means, and whether the provider copes", async () => {
    const { stdout, ended } = await d.probed(everything({ rateLimit: null, maxPageSize: 25 }), globex);
    expect(ended).toBe(0);
    const report = stdout.slice(0, stdout.indexOf("\nTransport\n"));
    expect(report).toMatch(/^Differs from the contract \(2\)\n {2}rate-limit-per-user\n/);
    expect(read("docs/guides/verify.md")).toContain(`\`\`\`\n${report}\`\`\`\n`);
    expect(stdout).toMatch(
      /\n {2}differs +page-size-up-to-100 +A page of limit=100 has 25 rows, and there are more \(organizations\)\.\n/,
    );
    const never = statements.length - reading.length;
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
      new RegExp(
        `^${reading.length - 2} hold, 2 differ, 0 are not visible, ${never} were not tried\\. \\d+ requests, `,
      ),
    );
  });

  it("is the same as JSON, with the explanation where it differs", async () => {
    const { stdout, profile } = await d.probed(everything({ rateLimit: null }), [...globex, "--json"]);
    const found = JSON.parse(stdout) as { statements: { name: string; verdict: string }[]; counts: object };
    expect(found).toMatchObject({
      date: profile!.date,
      requests: (await d.emulator.calls()).length,
      settings: profile!.settings,
      counts: { holds: reading.length - 1, differs: 1, notVisible: 0, notTried: statements.length - reading.length },
    });
    expect(found.statements.map(({ name }) => name)).toEqual(statements.map(({ name }) => name));
    expect(found.statements.filter(({ verdict }) => verdict === "differs")).toEqual([
      {
        name: "rate-limit-per-user",
        section: "Transport",
        verdict: "differs",
        claim: expect.stringContaining("100 requests per minute") as string,
        details: "No header states the limit.",
        ifDifferent: expect.stringContaining("Without headers") as string,
        copes: "yes",
        test: "test/client/limiter.test.ts",
      },
    ]);
  });
});

const list = (path: string, rows: number, { array = false } = {}): string[] =>
  [
    `${path}?limit=100&page=1`,
    ...(rows < 2 ? [] : [`${path}?limit=100&page=1`]),
    ...(rows < 2 || array
      ? []
      : [path, `${path}?limit=1&page=1`, `${path}?limit=1&page=2`, `${path}?limit=1&cursor=2`]),
  ].map((query) => `GET ${query}`);

const nobody = "no-organization-or-team-that-pulumi-avala-probe-could-meet";

/** Everything but the organization that is looked at. */
const general = (organizations: number) => [
  "GET /users/me/permissions/",
  "GET /users/me/",
  ...list("/organizations/", organizations),
  "GET /organizations/?limit=100&page=9999",
  "GET /organizations/?limit=100&page=1",
  "GET /organizations",
  `GET /organizations/${nobody}/`,
  "GET /pulumi-avala-probe/",
  "GET /organizations/industry-choices/",
];

/** Of Acme, with two rows in each list. */
const ofAcme = (member: string) => [
  "GET /organizations/acme-robotics/",
  ...list("/organizations/acme-robotics/members/", 4),
  ...list("/organizations/acme-robotics/invitations/", 2),
  ...list("/organizations/acme-robotics/teams/", 2),
  `GET /organizations/acme-robotics/members/${member}/`,
  `GET /organizations/acme-robotics/teams/${nobody}/`,
  "GET /organizations/acme-robotics/teams/perception-team/",
  ...list("/organizations/acme-robotics/teams/perception-team/members/", 2),
];

async function sent(): Promise<string[]> {
  return (await d.emulator.requests()).map(({ method, path, query }) => `${method} ${path}${query ? `?${query}` : ""}`);
}

describe("the requests", () => {
  it.each([0, 1, 3, 50])("are exactly these, for %d organizations", async (count) => {
    await d.probed(withOnly(...(count === 0 ? [] : [acme]), ...others(Math.max(0, count - 1))));
    const member = await d.emulator.uidOf("owner@example.com");
    const calls = await sent();
    expect(calls.toSorted()).toEqual([...general(count), ...(count === 0 ? [] : ofAcme(member))].toSorted());
    expect(calls.length).toBeLessThanOrEqual(60);
  });

  it("are fewer where lists are arrays", async () => {
    await d.probed({ ...withOnly(acme), settings: { lists: "array" } });
    expect((await sent()).filter((call) => call.includes("/members/?"))).toEqual([
      ...list("/organizations/acme-robotics/members/", 4, { array: true }),
      ...list("/organizations/acme-robotics/teams/perception-team/members/", 2, { array: true }),
    ]);
  });

  it("leave the key out once, and only there", async () => {
    await d.probed(withOnly(acme));
    const anonymous = (await d.emulator.requests()).filter(
      ({ by, status }) => by === null && status !== 301 && status !== 404,
    );
    expect(anonymous.map(({ path, status }) => [path, status])).toEqual([["/organizations/", 401]]);
  });

  it.each<[string, Partial<Settings>, object[]]>([
    ["pages of one row", { maxPageSize: 1 }, []],
    ["reads without an answer", {}, [{ match: { method: "GET" }, action: { drop: "after" }, times: null }]],
    [
      "pages of one row, and every third read without an answer",
      { maxPageSize: 1 },
      Array.from({ length: 30 }, (_, i) => ({ match: { nth: 3 * i + 4 }, action: { drop: "before" } })),
    ],
  ])("are at most 60 with %s", async (_, settings, faults) => {
    await d.emulator.reset({ ...everything(settings) });
    await d.emulator.clearLog();
    await d.emulator.faults(...(faults as never[]));
    await probe([...globex, "--out", d.out], d.emulator.environment());
    const calls = await sent();
    expect(calls.length).toBeLessThanOrEqual(60);
    expect(calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });

  it("are sent again once if they get no answer, and the verdicts are the same", async () => {
    const whole = await d.probed(everything(), globex);
    await d.emulator.reset(everything());
    await d.emulator.faults(...[3, 9, 20, 31].map((nth) => ({ match: { nth }, action: { drop: "after" as const } })));
    const { profile } = await probe([...globex, "--out", d.out], d.emulator.environment());
    expect(await d.emulator.faultsLeft()).toEqual([]);
    const { "answers-are-json": _, ...verdicts } = profile!.statements;
    expect(verdicts).toEqual({ ...whole.profile!.statements, "answers-are-json": undefined });
  });
});

describe("the organization that is looked at", () => {
  const place = (name: string, more: Partial<typeof acme> = {}, role: "owner" | "admin" | "member" = "owner") => ({
    name,
    members: [
      { email: "owner@example.com", role },
      ...(role === "owner" ? [] : [{ email: "ada@example.com", role: "owner" as const }]),
    ],
    ...more,
  });
  const team = { name: "Core" };
  const mia = { email: "mia@example.com" };
  const looked = async () =>
    new Set((await sent()).map((call) => /^GET \/organizations\/([\w-]+)\/members\//.exec(call)?.[1]).filter(Boolean));

  it.each<[string, Seed, string[], string]>([
    ["the only one", withOnly(place("One")), [], "one"],
    ["one that the user manages", withOnly(place("One", {}, "member"), place("Two", {}, "admin")), [], "two"],
    ["one with teams", withOnly(place("One"), place("Two", { teams: [team] })), [], "two"],
    ["one with members", withOnly(place("One"), place("Two", { members: [...place("Two").members, mia] })), [], "two"],
    ["an active one", withOnly(place("One", { isActive: false, teams: [team] }), place("Two")), [], "two"],
    ["the first of equals", withOnly(place("One"), place("Two")), [], "one"],
    ["the one that is named by slug", withOnly(place("One"), place("Two")), ["--organization", "two"], "two"],
    [
      "the one that is named by uid",
      withOnly(place("One"), place("Two", { uid: "00000002-0000-4000-8000-000000000000" })),
      ["-o", "00000002-0000-4000-8000-000000000000"],
      "two",
    ],
  ])("is %s", async (_, seed, args, slug) => {
    expect((await d.probed(seed, args)).ended).toBe(0);
    expect([...(await looked())]).toEqual([slug]);
  });

  it("is an error if the key does not see the one that is named", async () => {
    const { code, stdout } = await d.probed(everything(), ["--organization", "globex-corp"]);
    expect([code, stdout]).toEqual(["AVALA_REFUSED", ""]);
  });

  it("--other-organization may not be one of the user's own", async () => {
    const { code, stdout } = await d.probed(everything(), ["--other-organization", "acme-robotics"]);
    expect([code, stdout]).toEqual(["AVALA_REFUSED", ""]);
  });
});

describe("a key", () => {
  const as = async (email: string, scopes?: string[]) => {
    await d.emulator.reset(everything());
    await d.emulator.addKey("avk_other", email, scopes);
    return probe(["--out", d.out], { ...d.emulator.environment(), AVALA_API_KEY: "avk_other" });
  };

  it("that sees no organization differs nowhere", async () => {
    const run = await as("nobody@example.com");
    expect([run.ended, withVerdict(run, "differs")]).toEqual([0, {}]);
    expect(withVerdict(run, "notVisible")["organization-has-its-fields"]).toBe("The key sees no organization.");
    expect(Object.keys(withVerdict(run, "holds")).toSorted()).toEqual([
      "answers-are-json",
      "array-or-page",
      "count-is-the-total",
      "industries-are-listed",
      "key-in-header",
      "missing-is-404",
      "own-user-may-be-unknown",
      "page-past-the-end-is-404",
      "paths-end-in-slash",
      "rate-limit-per-user",
      "refuses-without-key",
      "scopes-are-reported",
      "uids-are-uuids",
      "wrong-path-is-404",
    ]);
  });

  it("of a member shows that members may not list invitations", async () => {
    const run = await as("lee@example.com");
    expect([run.ended, withVerdict(run, "differs")]).toEqual([0, {}]);
    expect(withVerdict(run, "holds")["invitations-are-for-managers"]).toBe("Refused for the role member.");
    expect(withVerdict(run, "notVisible")).toMatchObject({
      "accepted-invitations-vanish": "The key sees no list of invitations.",
      "invitation-has-its-fields": "The key sees no invitation.",
    });
  });

  it("with organizations.read is enough", async () => {
    const run = await as("owner@example.com", ["organizations.read"]);
    expect([run.ended, withVerdict(run, "differs")]).toEqual([0, {}]);
    expect(withVerdict(run, "holds")["scopes-are-reported"]).toBe("The key has 1 scope.");
  });

  it.each([[["organizations.write"]], [[]]])("with %j is refused, and nothing is reported", async (scopes) => {
    const { code, stdout } = await as("owner@example.com", scopes);
    expect([code, stdout]).toEqual(["AVALA_FORBIDDEN", ""]);
  });
});

describe("--out", () => {
  it("writes a profile that only its user can read", async () => {
    await d.probed(everything());
    expect(statSync(d.out).mode & 0o777).toBe(0o600);
  });

  it("replaces a file, and takes its rights away from others", async () => {
    writeFileSync(d.out, "before");
    chmodSync(d.out, 0o644);
    await d.emulator.reset(everything());
    await inProcess(["probe", "--out", d.out], d.emulator.environment());
    expect(statSync(d.out).mode & 0o777).toBe(0o600);
  });

  it("prints the report before a file that cannot be written is an error", async () => {
    await d.emulator.reset(everything());
    const { ended, stdout } = await inProcess(["probe", "--out", join(d.folder, "no/where")], d.emulator.environment());
    expect(ended).toMatchObject({ code: "AVALA_STACK" });
    expect(stdout).toMatch(/^Transport\n/);
  });
});

describe("options", () => {
  it.each([[["--yes"]], [["--invite", "ada@example.com"]], [["--yes", "--invite", "ada@example.com"]]])(
    "%j need --write",
    async (args) => {
      const { code } = await d.probed(everything(), args);
      expect([code, await d.emulator.calls()]).toEqual(["AVALA_USAGE", []]);
    },
  );

  it("--write is refused with AVALA_READ_ONLY, before any request", async () => {
    const { code } = await d.probed(everything(), ["--write", "--yes"], { AVALA_READ_ONLY: "1" });
    expect([code, await d.emulator.calls()]).toEqual(["AVALA_READ_ONLY", []]);
  });

  it("--write needs a terminal or --yes, before any request", async () => {
    const { code } = await d.probed(everything(), ["--write"]);
    expect([code, await d.emulator.calls()]).toEqual(["AVALA_NOT_CONFIRMED", []]);
  });

  it("AVALA_READ_ONLY allows a probe that only reads", async () => {
    expect((await d.probed(everything(), [], { AVALA_READ_ONLY: "1" })).ended).toBe(0);
  });
});
