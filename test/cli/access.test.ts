import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { Seed } from "../../emulator/src/index.js";
import { acme, person, uids } from "../lifecycle/support.js";
import { findBrowser, launchBrowser, notRun } from "../support/browser.js";
import { sealed, secret } from "../support/exported.js";
import { escapes, office } from "./support.js";

const future = "2999-03-02T10:00:00Z";
const past = "2020-02-01T10:00:00Z";
const invitedAt = "2020-01-05T23:30:00Z";

/** zoe is invited, the invitation of old has expired; ops is a team that nobody leads, with ada. */
function seed(): Seed {
  const start = acme();
  const [organization] = start.organizations!;
  const ops = { uid: "000000d0-0000-4000-8000-000000000000", name: "Ops", members: [{ email: person("ada") }] };
  return {
    ...start,
    people: start.people!.map((one) =>
      one.email === person("mia") ? { ...one, fullName: "Mia Example", lastActiveAt: "2026-01-09T10:00:00Z" } : one,
    ),
    organizations: [
      {
        ...organization!,
        allowedDomains: ["example.com"],
        teams: [...organization!.teams!, ops],
        invitations: [
          { email: person("zoe"), createdAt: invitedAt, expiresAt: future },
          { email: person("old"), createdAt: invitedAt, expiresAt: past },
        ],
      },
    ],
  };
}
const o = office(seed);

interface Resource {
  kind: "Organization" | "OrganizationMember" | "Invitation" | "TeamMembership" | "TeamRoster" | "Team";
  who?: string;
  outputs?: Record<string, unknown>;
  /** Types of the parents. */
  parents?: string;
}

/** What `pulumi stack export` would write. */
function exported(resources: Resource[], time?: string): string {
  const rows = resources.map(({ kind, who, outputs = {}, parents = "" }) => {
    const own = { Organization: uids.acme, Team: `${uids.acme}/${uids.core}`, TeamRoster: `${uids.acme}/${uids.core}` };
    const id = own[kind as "Team"] ?? [uids.acme, ...(kind === "TeamMembership" ? [uids.core] : []), who].join("/");
    const type = `pulumi-nodejs:dynamic/avala:${kind}`;
    return {
      urn: `urn:pulumi:dev::people::${parents}${type}::${kind}-${who ?? ""}`,
      type,
      custom: true,
      id,
      outputs: { ...(who?.includes("@") ? { email: who } : {}), ...outputs, __v: 1 },
    };
  });
  return JSON.stringify({ version: 3, deployment: { manifest: { time }, resources: rows } });
}

const organization: Resource = {
  kind: "Organization",
  outputs: { name: "Acme", slug: "acme", __owner: uids.owner },
};
const core: Resource = { kind: "Team", outputs: { name: "Core", slug: "core" } };
const member = (name: string, outputs: Record<string, unknown> = {}): Resource => ({
  kind: "OrganizationMember",
  who: person(name),
  outputs: { role: "member", status: "active", ...(name in uids ? { userUid: uids[name as "ada"] } : {}), ...outputs },
});
const inTeam = (name: string, outputs: Record<string, unknown> = {}): Resource => ({
  ...member(name, outputs),
  kind: "TeamMembership",
});
const settled = { reason: "work" };
const all: Resource[] = [
  organization,
  core,
  member("ada", { ...settled, role: "admin" }),
  member("lee", settled),
  member("mia", settled),
  inTeam("lee", { ...settled, role: "lead" }),
  member("zoe", { ...settled, status: "invited", expiresAt: future }),
  inTeam("zoe", { ...settled, status: "waiting" }),
];

interface Access {
  team?: { uid: string; name?: string };
  role: string;
  declaredRole?: string;
  status: string;
  managed: boolean;
  declared: { name: string; file?: string; line?: number }[];
  reason?: string;
  validUntil?: string;
  since?: string;
  invitedUntil?: string;
  findings: string[];
}
interface Report {
  asOf: string;
  notes: string[];
  organizations: {
    source: string;
    internalDomains: string[];
    teams: { name: string; managed: boolean; members: number; leads: number }[];
    people: {
      email?: string;
      userUid?: string;
      fullName?: string;
      lastActiveAt?: string;
      external?: boolean;
      organization?: Access;
      teams: Access[];
    }[];
    changes?: { kind: string; person: { email?: string }; team?: { name?: string }; before?: string; after?: string }[];
  }[];
}

const reportOf = (resources: Resource[], ...args: string[]) =>
  o.desk.json<Report>(["access", "--state", "-", ...args], { stdin: exported(resources) });

/** As "lee@example.com: member active; Core lead active". */
const listed = ({ organizations }: Report) =>
  organizations.flatMap(({ people }) =>
    people.map(({ email, userUid, organization: own, teams }) => {
      const words = ({ role, status, managed }: Access) => `${role} ${status}${managed ? "" : " unmanaged"}`;
      const all = [...(own ? [words(own)] : []), ...teams.map((access) => `${access.team!.name} ${words(access)}`)];
      return `${email ?? userUid}: ${all.join("; ")}`;
    }),
  );
const personIn = (report: Report, name: string) =>
  report.organizations[0]!.people.find(({ email }) => email === person(name))!;

describe("what it shows", () => {
  it("is what the state records, without a request", async () => {
    expect(listed(await reportOf(all))).toEqual([
      "ada@example.com: admin active",
      "lee@example.com: member active; Core lead active",
      "mia@example.com: member active",
      "zoe@example.com: member invited; Core member waiting",
      `${uids.owner}: owner active unmanaged`,
    ]);
    expect(await o.emulator.calls()).toEqual([]);
  });

  it("is with --live what the service shows, each list read once, and nothing written", async () => {
    const report = await reportOf(all.slice(0, -3).concat(member("mia", { ...settled, role: "admin" })), "--live");
    expect(listed(report)).toEqual([
      "ada@example.com: admin active; Ops member active unmanaged",
      "lee@example.com: member active; Core lead active unmanaged",
      "mia@example.com: member active",
      "old@example.com: member expired unmanaged",
      "owner@example.com: owner active unmanaged",
      "zoe@example.com: member invited unmanaged",
    ]);
    const [{ teams, internalDomains, source } = {} as Report["organizations"][0]] = report.organizations;
    expect([source, internalDomains]).toEqual(["service", ["example.com"]]);
    expect(teams).toMatchObject([
      { name: "Core", managed: true, members: 1, leads: 1 },
      { name: "Ops", managed: false, members: 1, leads: 0 },
    ]);
    expect(personIn(report, "mia")).toMatchObject({
      fullName: "Mia Example",
      lastActiveAt: "2026-01-09T10:00:00.000Z",
    });
    expect(personIn(report, "zoe").organization).toMatchObject({
      since: new Date(invitedAt).toISOString(),
      invitedUntil: new Date(future).toISOString(),
    });
    expect((await o.emulator.calls()).toSorted()).toEqual([
      "GET /organizations/",
      "GET /organizations/acme/",
      "GET /organizations/acme/invitations/",
      "GET /organizations/acme/members/",
      "GET /organizations/acme/teams/",
      "GET /organizations/acme/teams/core/members/",
      "GET /organizations/acme/teams/ops/members/",
    ]);
  });

  it("needs no state for an organization that is read", async () => {
    const report = await o.desk.json<Report>(["access", "acme", "--live"]);
    expect(listed(report)).toHaveLength(6);
    expect(listed(report).every((line) => line.includes("unmanaged"))).toBe(true);
    const without = await o.desk.run(["access", "acme"]);
    expect([without.code, without.stdout]).toEqual([1, ""]);
    expect(without.stderr).toContain("[AVALA_USAGE]");
  });

  it.each<[string, Resource[], string]>([
    ["a member who has left", [member("old")], "old@example.com: member expired"],
    ["a member who has left without an invitation", [member("nobody")], "nobody@example.com: member gone"],
    [
      "an invitation that has vanished",
      [member("nobody", { status: "invited", expiresAt: future })],
      "nobody@example.com: member gone",
    ],
    [
      "an invitation that has expired unseen",
      [member("nobody", { status: "invited", expiresAt: past })],
      "nobody@example.com: member expired",
    ],
    [
      "a role that was changed",
      [member("ada", { role: "member" })],
      "ada@example.com: admin active; Ops member active unmanaged",
    ],
    [
      "somebody taken out of a team",
      [core, member("mia"), inTeam("mia")],
      "mia@example.com: member active; Core member gone",
    ],
    [
      "somebody who waits",
      [core, inTeam("zoe", { status: "waiting" })],
      "zoe@example.com: member invited unmanaged; Core member waiting",
    ],
    [
      "a roster",
      [
        core,
        {
          kind: "TeamRoster",
          outputs: { members: `${person("lee")} lead\n${person("zoe")} member`, waiting: person("zoe") },
        },
      ],
      "zoe@example.com: member invited unmanaged; Core member waiting",
    ],
  ])("%s, with --live", async (_what, resources, expected) => {
    expect(listed(await reportOf(resources, "--live", uids.acme))).toContain(expected);
  });

  it("an accepted Invitation of somebody who has left is nobody's access", async () => {
    const invitation: Resource = {
      kind: "Invitation",
      who: person("nobody"),
      outputs: { status: "accepted", role: "member" },
    };
    expect(listed(await reportOf([invitation], "--live")).join()).not.toContain("nobody");
  });

  it("people whose addresses are hidden are found by uid; whoever is known by address alone is shown as recorded", async () => {
    await o.emulator.settings({ hideEmails: true });
    const report = await reportOf([member("lee"), member("nobody")], "--live", uids.acme);
    const byUid = report.organizations[0]!.people.find(({ userUid }) => userUid === uids.lee)!;
    expect(byUid).toMatchObject({ email: person("lee"), organization: { status: "active", managed: true } });
    expect(listed(report)).toContain("nobody@example.com: member active");
  });

  it("a declared role that is another one stands beside", async () => {
    const report = await reportOf([member("ada", { role: "member" })], "--live");
    expect(personIn(report, "ada").organization).toMatchObject({ role: "admin", declaredRole: "member" });
  });
});

describe("people files", () => {
  const people = "# staff\npeople:\n  - email: Lee@Example.com\n    teams: [core]\n  - user: " + uids.mia + "\n";
  const listedBy = (resource: Resource): Resource => ({ ...resource, parents: "avala:index:People$" });
  const placeOf = async (files: Record<string, string>, resource: Resource) => {
    const folder = join(o.desk.folder, `project-${Math.random().toString(36).slice(2)}`);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const stdin = exported([organization, resource]);
    const report = await o.desk.json<Report>(["access", "--state", "-", "--cwd", folder], { stdin });
    const declared = report.organizations[0]!.people.flatMap((one) => one.organization?.declared ?? []);
    return declared.map(({ file, line }) => (file === undefined ? "none" : `${file}:${line}`));
  };
  const project = { "Pulumi.yaml": "name: x\nruntime: nodejs\nmain: src/index.ts\n" };

  it.each<[string, Record<string, string>, Resource, string]>([
    ["by address, in another case", { ...project, "people.yaml": people }, listedBy(member("lee")), "people.yaml:3"],
    ["by uid", { ...project, "people.yaml": people }, listedBy({ ...member("mia"), who: uids.mia }), "people.yaml:5"],
    ["in the program's folder", { ...project, "src/staff.yml": people }, listedBy(member("lee")), "src/staff.yml:3"],
    ["in JSON", { ...project, "p.json": `[\n{"email": "${person("lee")}"}]` }, listedBy(member("lee")), "p.json:2"],
    [
      "in a table",
      { ...project, "p.csv": `email;role\n${person("lee")};member\n` },
      listedBy(member("lee")),
      "p.csv:2",
    ],
    ["in a folder below", { ...project, "data/p.yaml": people }, listedBy(member("lee")), "data/p.yaml:3"],
    ["in two files", { ...project, "a.yaml": people, "b.yaml": people }, listedBy(member("lee")), "none"],
    ["of a resource outside of People", { ...project, "people.yaml": people }, member("lee"), "none"],
    ["in no file", project, listedBy(member("lee")), "none"],
    ["in a broken file", { ...project, "people.yaml": `${people}\n  bad: [` }, listedBy(member("lee")), "none"],
  ])("%s", async (_what, files, resource, place) => {
    expect(await placeOf(files, resource)).toEqual([place]);
  });
});

describe("--fail-on", () => {
  const today = new Date().toISOString().slice(0, 10);
  const fails = async (names: string, resources: Resource[], ...args: string[]) => {
    const stdin = exported(resources);
    const { code, stderr } = await o.desk.run(["access", "--state", "-", "--fail-on", names, ...args], { stdin });
    return [code, ...stderr.trim().split("\n").filter(Boolean)];
  };
  const inside = ["--internal", "@Example.com"];

  it.each<[string, string, Resource[], string[], number]>([
    ["expired", "over", [member("lee", { validUntil: "2020-01-01" })], [], 2],
    ["expired", "on its last day", [member("lee", { validUntil: today })], [], 0],
    ["expired", "without an end", [member("lee")], [], 0],
    ["expired", "of a team", [inTeam("lee", { validUntil: "2020-01-01" })], [], 2],
    ["expired", "of somebody who waits", [inTeam("zoe", { status: "waiting", validUntil: "2020-01-01" })], [], 2],
    ["expired", "of somebody who is gone", [member("lee", { status: "gone", validUntil: "2020-01-01" })], [], 0],
    ["expired", "secret and not readable", [member("lee", { validUntil: sealed() })], [], 2],
    ["expired", "secret, over", [member("lee", { validUntil: secret("2020-01-01") })], [], 2],
    ["expired", "secret, not over", [member("lee", { validUntil: secret("2999-01-01") })], [], 0],
    ["expired", "no day", [member("lee", { validUntil: "" })], [], 0],
    ["no-reason", "none", [member("lee")], [], 2],
    ["no-reason", "one", [member("lee", settled)], [], 0],
    ["no-reason", "secret", [member("lee", { reason: sealed() })], [], 0],
    ["no-reason", "none in the team", [member("lee", settled), inTeam("lee")], [], 2],
    [
      "no-reason",
      "an Invitation has none",
      [{ kind: "Invitation", who: person("zoe"), outputs: { status: "invited" } }],
      [],
      2,
    ],
    [
      "no-reason",
      "of the roster's person",
      [member("lee", settled), { kind: "TeamRoster", outputs: { members: `${person("lee")} lead` } }],
      [],
      0,
    ],
    ["no-reason", "of the owner", [organization], [], 0],
    ["external", "another domain", [member("lee", { email: "lee@partner.test" })], inside, 2],
    ["external", "a domain that ends like it", [member("lee", { email: "lee@notexample.com" })], inside, 2],
    ["external", "a subdomain", [member("lee", { email: "lee@sub.example.com" })], inside, 2],
    ["external", "the same domain", [member("lee")], inside, 0],
    ["external", "no address", [{ ...member("lee"), who: uids.lee }], inside, 2],
    ["external", "no domain known", [member("lee")], [], 2],
    ["unmanaged", "declared", [member("lee")], [], 0],
    [
      "unmanaged",
      "in a roster's report",
      [{ kind: "TeamRoster", outputs: { members: "", unmanagedMembers: person("eve") } }],
      [],
      2,
    ],
    ["unmanaged", "the owner", [organization], [], 0],
    ["expired,no-reason", "one of two", [member("lee", { validUntil: "2020-01-01", ...settled })], [], 2],
  ])("%s: %s", async (names, _what, resources, args, code) => {
    expect((await fails(names, resources, ...args))[0]).toBe(code);
    expect(await o.emulator.calls()).toEqual([]);
  });

  it("with --live uses the domains that the organization allows", async () => {
    expect((await fails("external", all, "--live"))[0]).toBe(0);
    expect(await fails("unmanaged", all, "--live")).toEqual([
      2,
      "unmanaged: 1 person with access that no resource declares: ada@example.com",
    ]);
  });

  it("judges an earlier state by the day on which it was written", async () => {
    const file = join(o.desk.folder, "earlier.json");
    const judged = async (time: string) => {
      writeFileSync(file, exported([member("lee", { validUntil: "2020-06-30" })], time));
      return (await o.desk.run(["access", "--as-of", file, "--fail-on", "expired"])).code;
    };
    expect([await judged("2020-06-30T23:00:00Z"), await judged("2020-07-01T00:00:00Z")]).toEqual([0, 2]);
  });
});

it("--compare reports what was gained, lost and changed, also of somebody who has a uid now", async () => {
  const before = [
    organization,
    core,
    member("ada", { role: "member" }),
    member("lee"),
    inTeam("lee", { role: "member" }),
    { ...member("mia"), outputs: { role: "member", status: "invited", expiresAt: future } },
    inTeam("mia", { status: "gone" }),
    member("nobody"),
  ];
  const now = [
    organization,
    core,
    member("ada", { role: "admin" }),
    member("lee", { validUntil: "2999-01-01" }),
    member("mia"),
    inTeam("mia"),
  ];
  writeFileSync(join(o.desk.folder, "before.json"), exported(before));
  const report = await reportOf(now, "--compare", "before.json");
  const words = ({
    kind,
    person: { email },
    team,
    before: was,
    after,
  }: NonNullable<Report["organizations"][0]["changes"]>[0]) =>
    `${kind} ${email} ${team?.name ?? "-"}: ${was ?? ""} -> ${after ?? ""}`;
  expect(report.organizations[0]!.changes!.map(words)).toEqual([
    "changed ada@example.com -: member -> admin",
    "changed lee@example.com -: member -> member, until 2999-01-01",
    "lost lee@example.com Core: member -> ",
    "changed mia@example.com -: member, invited -> member",
    "gained mia@example.com Core:  -> member",
    "lost nobody@example.com -: member -> ",
  ]);
  const stdin = exported(now);
  const { stdout } = await o.desk.run(["access", "--state", "-", "--compare", "before.json", "--csv"], { stdin });
  expect(stdout).toMatch(/^acme,nobody@example\.com,.*lost; before: member/m);
  expect((await reportOf(before, "--compare", "before.json")).organizations[0]!.changes).toEqual([]);
});

it("--compare reports access to an organization that is not in the state any more", async () => {
  writeFileSync(join(o.desk.folder, "before.json"), exported([organization, member("lee"), inTeam("lee")]));
  const { organizations } = await reportOf([], "--compare", "before.json");
  expect(organizations).toMatchObject([
    { uid: uids.acme, people: [], changes: [{ kind: "lost" }, { kind: "lost" }, { kind: "lost" }] },
  ]);
  for (const format of ["--markdown", "--csv", "--html"]) {
    const { stdout } = await o.desk.run(["access", "--state", "-", "--compare", "before.json", format], {
      stdin: exported([]),
    });
    expect(stdout).toContain("lee@example.com");
  }
});

it("bug: an address that several members have does not make a declaration of it gone", async () => {
  const email = "mia@bücher.example";
  const declared = { ...member("mia"), who: email, outputs: { role: "member", status: "active" } };
  const twins = [{ email }, { email: "mia@xn--bcher-kva.example" }];
  const { people = [], ...rest } = seed();
  const [one] = rest.organizations!;
  const organizations = [{ ...one!, members: [...one!.members!, ...twins] }];
  await o.emulator.reset({ ...rest, people: [...people, ...twins], organizations });
  expect(listed(await reportOf([declared], "--live"))).toContain(`${email}: member active`);
});

describe("secrets", () => {
  const ada = (email: unknown) => ({
    ...member("ada", { ...settled, role: "admin" }),
    outputs: { email, role: "admin", status: "active" },
  });
  it.each([
    ["readable", secret(person("ada"))],
    ["encrypted", sealed()],
  ])("an address that is secret in the state (%s) is in no format", async (_what, email) => {
    const stdin = exported([organization, ada(email)]);
    for (const format of [[], ["--json"], ["--markdown"], ["--html"], ["--csv"]]) {
      const { code, stdout, stderr } = await o.desk.run(
        ["access", "--state", "-", "--fail-on", "no-reason", ...format],
        { stdin },
      );
      expect([code, stdout.includes("[secret]")]).toEqual([2, true]);
      expect(stdout + stderr).not.toContain(person("ada"));
    }
  });
});

it.each([
  ["encrypted", sealed(), sealed()],
  ["readable", secret("because of them"), secret("2999-01-31")],
])("a reason and an end that are secret (%s) are there, and not shown", async (_what, reason, validUntil) => {
  const report = await reportOf([member("lee", { reason, validUntil })]);
  expect(personIn(report, "lee").organization).toMatchObject({ reason: "[secret]", validUntil: "[secret]" });
  expect(JSON.stringify(report)).not.toMatch(/because|2999/);
});

describe("CSV", () => {
  const csv = async (resources: Resource[]) =>
    (await o.desk.run(["access", "--state", "-", "--csv"], { stdin: exported(resources) })).stdout;

  it("begins with a byte order mark and the titles, has a line for each access, and CRLF", async () => {
    const lines = (await csv([organization, core, member("lee", settled), inTeam("lee", { role: "lead" })])).split(
      "\r\n",
    );
    expect(lines[0]).toMatch(/^\ufefforganization,person,full name,user uid,team,role,/);
    expect(lines.slice(1, 3)).toEqual([
      `acme,lee@example.com,,${uids.lee},,member,,active,work,,,,,yes,OrganizationMember OrganizationMember-lee@example.com,,external,`,
      `acme,lee@example.com,,${uids.lee},Core,lead,,active,,,,,,yes,TeamMembership TeamMembership-lee@example.com,,no-reason external,`,
    ]);
    expect(lines).toHaveLength(5);
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "' =1"],
    ["\r=1", "' =1"],
    ["\n=1", "' =1"],
    ["  =1", "'  =1"],
    ["\u200b=1", "'=1"],
    ["＝1", "'＝1"],
    ['a "b", c', 'a ""b"", c'],
    ["a;b", "a;b"],
  ])("neutralises %j", async (reason, cell) => {
    expect(await csv([member("lee", { reason })])).toContain(`,active,"${cell}",`);
  });
});

it.each([
  ["two formats", ["--csv", "--html"]],
  ["an unknown finding", ["--fail-on", "expired,old"]],
  ["--as-of with --live", ["--as-of", "x.json", "--live"]],
  ["--as-of with --state", ["--as-of", "x.json"]],
  ["a version without a project", ["--compare", "3"]],
])("%s is wrong usage", async (_what, args) => {
  const { code, stderr } = await o.desk.run(["access", "--state", "-", ...args], { stdin: exported(all) });
  expect([code, stderr]).toEqual([1, expect.stringContaining("[AVALA_USAGE]")]);
});

describe("names of others", () => {
  const hostile = `\u001b[2J\u202e</script><img src=x onerror=alert(1)>|\`x\` @octocat ${"y".repeat(80)}`;
  const resources = [
    { ...organization, outputs: { name: hostile, slug: "acme" } },
    { ...core, outputs: { name: hostile, slug: "core" } },
    member("lee", { reason: hostile, validUntil: hostile, role: hostile }),
    inTeam("lee", { reason: hostile, role: hostile }),
  ];

  it("neither steer a terminal nor leave their cells", async () => {
    const stdin = exported(resources);
    for (const format of [[], ["--markdown"], ["--html"], ["--csv"], ["--json"]]) {
      const { stdout } = await o.desk.run(["access", "--state", "-", ...format], { stdin });
      expect(stdout).not.toMatch(escapes);
      expect(stdout).not.toContain("\u202e");
    }
  });

  const browserPath = findBrowser();
  if (browserPath === undefined) {
    notRun("the page of an access report in a browser", "no Chromium was found; install it or set AVALA_TEST_BROWSER");
  } else {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser(browserPath);
    });
    afterAll(() => browser.close());
    const open = async (html: string, scripts = true) => {
      const context = await browser.newContext({ viewport: { width: 390, height: 800 }, javaScriptEnabled: scripts });
      const page = await context.newPage();
      const noticed: string[] = [];
      page.on("console", (message) => noticed.push(message.text()));
      page.on("pageerror", (error) => noticed.push(error.message));
      page.on("request", (sent) => noticed.push(sent.url()));
      page.on("dialog", (dialog) => (noticed.push(dialog.message()), dialog.dismiss()));
      await page.setContent(html);
      return { page, noticed, close: () => context.close() };
    };
    const htmlOf = async (given: Resource[]) =>
      (await o.desk.run(["access", "--state", "-", "--html"], { stdin: exported(given) })).stdout;

    it("are text of the page, which sends no request and is as wide as a phone", async () => {
      const { page, noticed, close } = await open(await htmlOf(resources));
      const seen = (await page.evaluate(`({
        elements: document.querySelectorAll("img, iframe, object, link, a").length,
        text: document.body.textContent,
        wide: document.documentElement.scrollWidth,
      })`)) as { elements: number; text: string; wide: number };
      await close();
      expect(noticed).toEqual([]);
      expect([seen.elements, seen.wide]).toEqual([0, 390]);
      expect(seen.text).toContain("</script><img src=x onerror=alert(1)>");
    });

    it("are filtered by the page's own script; without scripts there is no filter, and everything is shown", async () => {
      const html = await htmlOf(all);
      const rows = `[...document.querySelectorAll("tbody tr")].filter((row) => row.offsetHeight > 0).length`;
      const { page, noticed, close } = await open(html);
      await page.getByLabel("Filter people").fill("core lead");
      expect(await page.evaluate(rows)).toBe(1);
      expect(await page.getByRole("status").textContent()).toBe("1 of 5 people");
      await page.getByLabel("Filter people").fill("");
      expect([await page.evaluate(rows), noticed]).toEqual([5, []]);
      expect(await page.getByRole("img", { name: "lead", exact: true }).count()).toBe(1);
      expect(await page.getByRole("img", { name: "member, waiting" }).count()).toBe(1);
      await close();
      const plain = await open(html, false);
      expect(await plain.page.getByLabel("Filter people").isVisible()).toBe(false);
      expect(await plain.page.locator("tbody tr").count()).toBe(5);
      await plain.close();
    });
  }
});

it("--out writes a file and prints nothing", async () => {
  const ended = await o.desk.run(["access", "--state", "-", "--markdown", "--out", "access.md"], {
    stdin: exported(all),
  });
  expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(o.desk.folder, "access.md"), "utf8")).toContain("| `lee@example.com` | member | ● `Core` |");
});
