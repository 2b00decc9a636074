import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, stackTrace } from "../support/pulumi.js";

jest.setTimeout(240_000);

const uid = (n: number) => `${`${n}`.repeat(8)}-1111-4111-8111-111111111111`;
const readerKey = "avk_reader-7c31";
const createdAt = "2026-01-10T12:00:00.000Z";
const people = ["owner", "ada", "grace", "linus", "mia"].map((username, index) => ({
  uid: uid(index + 1),
  username,
  email: `${username}@example.com`,
  fullName: `${username} example`,
}));
const tokens = ["token-of-first", "token-of-second", "token-of-third"];
const owned = [
  { email: "owner@example.com", role: "owner" as const, createdAt },
  { email: "ada@example.com", role: "admin" as const, createdAt },
];

/** Every list has more rows than the two of a page. */
const seed: Seed = {
  settings: { maxPageSize: 2 },
  people,
  keys: [{ key: readerKey, email: "ada@example.com" }],
  organizations: [
    {
      uid: uid(6),
      name: "Acme",
      description: "Robots",
      createdAt,
      members: [
        ...owned,
        { email: "grace@example.com", createdAt },
        { email: "linus@example.com", createdAt },
        { email: "mia@example.com", createdAt },
      ],
      teams: ["Labeling", "Vision", "Audio"].map((name, index) => ({
        uid: uid(index + 7),
        name,
        createdAt,
        members: people.slice(1, 4).map(({ email }) => ({ email, createdAt })),
      })),
      invitations: tokens.map((token, index) => ({ uid: uid(index + 1), email: `new${index}@example.com`, token })),
    },
    { name: "Beta", members: owned },
    { name: "Gamma", members: owned },
  ],
};

/**
 * Resources use the owner's key, functions the reader's, so that the log distinguishes them. In the first preview the
 * organization, the team and the component's resources do not exist yet.
 */
const everyFunction = `
const pulumi = require("@pulumi/pulumi");
const avala = require("pulumi-avala");

module.exports = async () => {
  const provider = new avala.Provider("reader", {
    apiKeyEnv: "READER_API_KEY",
    baseUrl: process.env.AVALA_BASE_URL,
    allowInsecureBaseUrl: true,
  });
  const reader = { provider };
  const organization = "acme";
  const labeling = await avala.getTeam({ organization, slug: "labeling" }, reader);
  const plain = {
    organization: await avala.getOrganization({ organization }, reader),
    organizations: await avala.getOrganizations(reader),
    members: await avala.getOrganizationMembers({ organization }, reader),
    admins: await avala.getOrganizationMembers({ organization, role: "admin" }, reader),
    found: await avala.getOrganizationMembers({ organization, search: "grace" }, reader),
    invitations: await avala.getInvitations({ organization }, reader),
    bySlug: labeling,
    byName: await avala.getTeam({ organization, name: "Labeling" }, reader),
    byId: await avala.getTeam({ team: labeling.id }, reader),
    teams: await avala.getTeams({ organization }, reader),
    teamMembers: await avala.getTeamMembers({ organization, name: "Labeling" }, reader),
    choices: await avala.getIndustryChoices(reader),
  };
  const printed = JSON.stringify(plain.invitations) + require("node:util").inspect(plain.invitations, { depth: 9 });

  const acme = new avala.Organization("acme", { name: "Acme", adopt: "acme" });
  const box = new pulumi.ComponentResource("test:index:Box", "box");
  const core = new avala.Team("core", { organization: acme, name: "Core" }, { parent: box });
  const found = { search: acme.id.apply(() => "grace") };
  const output = {
    organization: avala.getOrganizationOutput({ organization: acme }, reader),
    organizations: avala.getOrganizationsOutput({ ...reader, dependsOn: acme }),
    members: avala.getOrganizationMembersOutput({ organization: acme }, reader),
    admins: avala.getOrganizationMembersOutput({ organization: acme.id, role: "admin" }, reader),
    found: avala.getOrganizationMembersOutput({ organization, ...found }, reader),
    invitations: avala.getInvitationsOutput({ organization: acme }, reader),
    bySlug: avala.getTeamOutput({ organization: acme.slug, slug: "labeling" }, reader),
    // Known in the preview that is about to make the team.
    byName: avala.getTeamOutput({ organization, name: core.name }, reader),
    byId: avala.getTeamOutput({ team: core }, reader),
    teams: avala.getTeamsOutput({ organization }, { ...reader, dependsOn: box }),
    teamMembers: avala.getTeamMembersOutput({ team: core.id }, reader),
    choices: avala.getIndustryChoicesOutput({ ...reader, dependsOn: [core] }),
  };
  output.emails = pulumi.unsecret(output.invitations.apply((rows) => rows.map(({ email }) => email)));
  return { plain, printed, output };
};
`;

type Answers = Record<string, unknown>;

/** Answers without the parts that change with each request. */
const steady = (answers: Answers) =>
  JSON.parse(
    JSON.stringify(answers, (name, value: unknown) => (name === "lastActiveAt" ? undefined : value)),
  ) as Answers;

describe("functions", () => {
  let emulator: TestEmulator;
  const open: Project[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(() => emulator.reset(seed));
  afterEach(() => {
    for (const project of open.splice(0)) project.close();
  });
  afterAll(() => emulator?.close());

  async function openProject(program: string, env = emulator.environment()): Promise<Project> {
    const project = await Project.open({ READER_API_KEY: readerKey, ...env }, { "index.js": program });
    open.push(project);
    return project;
  }

  const outputs = async (project: Project, ...args: string[]) =>
    JSON.parse((await project.expectOk(["stack", "output", "--json", ...args])).stdout) as Record<string, Answers>;

  /** The calls of the reader since the log was last cleared. */
  async function readerCalls(): Promise<string[]> {
    const calls = (await emulator.requests()).filter(({ by }) => by === "ada@example.com");
    await emulator.clearLog();
    return calls.map(({ method, path }) => `${method} ${path}`).toSorted();
  }

  const times = (count: number, path: string) => Array.from({ length: count }, () => `GET /organizations/${path}`);

  /** The requests of each function, where \`pages\` returns the number of pages of a list. */
  const cost = (pages: (rows: number) => number, teams: number, teamSlug: string, teamSize: number) => {
    const organizations = times(pages(3), "");
    const team = [...organizations, ...times(pages(teams), "acme/teams/")];
    const members = (rows: number) => [...organizations, ...times(pages(rows), "acme/members/")];
    return [
      [...organizations, ...times(1, "acme/")],
      organizations,
      [members(5), members(1), members(1)].flat(),
      [...organizations, ...times(pages(3), "acme/invitations/")],
      [[...organizations, ...times(1, "acme/teams/labeling/")], team, team].flat(),
      team,
      [...team, ...times(pages(teamSize), `acme/teams/${teamSlug}/members/`)],
      times(1, "industry-choices/"),
    ]
      .flat()
      .toSorted();
  };
  const inTwos = (rows: number) => Math.max(1, Math.ceil(rows / 2));
  const atOnce = () => 1;

  const member = (index: number, role: string) => {
    const { uid: userUid, username, email, fullName } = people[index]!;
    return { userUid, username, email, fullName, role, createdAt };
  };
  const labeling = {
    id: `${uid(6)}/${uid(7)}`,
    uid: uid(7),
    slug: "labeling",
    name: "Labeling",
    description: "",
    color: "#6366F1",
    memberCount: 3,
    createdAt,
  };

  it("return complete answers in programs, in preview and up, and wait for resources that do not exist yet", async () => {
    const project = await openProject(everyFunction);
    const preview = await project.preview();
    expect(preview.code).toBe(0);
    // The plain forms alone.
    expect(await readerCalls()).toEqual(cost(inTwos, 3, "labeling", 3));

    const up = await project.up();
    expect(up.code).toBe(0);
    // The new team is requested after its creation, and is in the list.
    const both = [...cost(inTwos, 3, "labeling", 3), ...cost(inTwos, 4, "core", 0)];
    expect(await readerCalls()).toEqual(both.toSorted());

    const { plain, output } = await outputs(project, "--show-secrets");
    const answers = steady(plain!);
    expect(answers).toMatchObject({
      organization: { id: uid(6), uid: uid(6), slug: "acme", name: "Acme", description: "Robots", role: "admin" },
      organizations: [{ slug: "acme" }, { slug: "beta" }, { slug: "gamma" }],
      invitations: tokens.map((_, index) => ({ uid: uid(index + 1), email: `new${index}@example.com` })),
      teams: [{ slug: "labeling" }, { slug: "vision" }, { slug: "audio" }],
    });
    // The key's user has been active.
    const active = { lastActiveAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string };
    expect(plain!["admins"]).toEqual([{ ...member(1, "admin"), ...active }]);
    expect(answers["members"]).toEqual([
      member(0, "owner"),
      member(1, "admin"),
      member(2, "member"),
      member(3, "member"),
      member(4, "member"),
    ]);
    expect(answers["admins"]).toEqual([member(1, "admin")]);
    expect(answers["found"]).toEqual([member(2, "member")]);
    for (const way of ["bySlug", "byName", "byId"]) expect(answers[way]).toEqual(labeling);
    expect(answers["teamMembers"]).toEqual([1, 2, 3].map((index) => member(index, "member")));
    expect(answers["choices"]).toContainEqual({ value: "robotics", label: "Robotics" });

    const core = project.resource("core").id;
    // The number of teams may be from before or after the new one.
    const { teams, organization, organizations, ...others } = output!;
    expect([organization, organizations]).toMatchObject([{ id: uid(6), name: "Acme" }, [{}, {}, {}]]);
    expect((teams as Answers[]).map(({ name }) => name)).toEqual(["Labeling", "Vision", "Audio", "Core"]);
    expect(steady(others)).toEqual({
      ...Object.fromEntries(Object.keys(others).map((name) => [name, answers[name]])),
      byName: expect.objectContaining({ id: core, name: "Core" }),
      byId: expect.objectContaining({ id: core, name: "Core" }),
      teamMembers: [],
      emails: tokens.map((_, index) => `new${index}@example.com`),
    });

    // Links are visible with --show-secrets only.
    for (const form of [plain!, output!]) {
      const links = (form["invitations"] as Answers[]).map(({ acceptUrl, copyLink }) => [acceptUrl, copyLink]);
      expect(links).toEqual(tokens.map((token) => [expect.stringContaining(token), expect.stringContaining(token)]));
    }
    const masked = await outputs(project);
    expect(masked["plain"]!["invitations"]).toMatchObject([{ acceptUrl: "[secret]" }, {}, {}]);
    expect(masked["output"]!["invitations"]).toBe("[secret]");
    for (const text of [preview.screen, up.screen, JSON.stringify(masked), project.stateText()]) {
      expect(text).not.toMatch(/token-of-|avk_/);
    }

    await emulator.settings({ lists: "array" });
    expect((await project.up()).code).toBe(0);
    const { teams: _later, ...whole } = (await outputs(project, "--show-secrets"))["plain"]!;
    expect(steady(whole)).toMatchObject({ members: answers["members"], teamMembers: answers["teamMembers"] });
    const arrays = [...cost(atOnce, 4, "labeling", 3), ...cost(atOnce, 4, "core", 0)];
    expect(await readerCalls()).toEqual(arrays.toSorted());
  });

  it("fail with a code that a program can match, without a call if none is needed", async () => {
    const nobody = uid(0);
    const project = await openProject(`
      const pulumi = require("@pulumi/pulumi");
      const { Provider, getTeam, getOrganization, getTeams, getOrganizations, getOrganizationMembers } = require("pulumi-avala");
      const url = { baseUrl: process.env.AVALA_BASE_URL, allowInsecureBaseUrl: true };
      module.exports = async () => {
        const codeAndMessage = async (call) => call().then(() => "answered", ({ code, message }) => [code, message]);
        const foreign = { provider: new pulumi.ProviderResource("pulumi", "foreign") };
        const wrong = { provider: new Provider("wrong", { apiKey: "avk_wrong-5d2e", ...url }) };
        const keyless = { provider: new Provider("keyless", { apiKeyEnv: "NO_SUCH_API_KEY", ...url }) };
        return {
          foreign: await codeAndMessage(() => getOrganizations(foreign)),
          keyless: await codeAndMessage(() => getOrganizations(keyless)),
          noOrganization: await codeAndMessage(() => getTeams({})),
          output: await codeAndMessage(() => getTeams({ organization: pulumi.output("acme") })),
          search: await codeAndMessage(() => getOrganizationMembers({ organization: "acme", search: pulumi.output("ada") })),
          path: await codeAndMessage(() => getTeams({ organization: "../users" })),
          noTeam: await codeAndMessage(() => getTeam({ organization: "acme" })),
          twoWays: await codeAndMessage(() => getTeam({ organization: "acme", slug: "a", name: "b" })),
          notAnId: await codeAndMessage(() => getTeam({ team: "labeling" })),
          wrongKey: await codeAndMessage(() => getOrganizations(wrong)),
          bySlug: await codeAndMessage(() => getOrganization({ organization: "nowhere" })),
          byUid: await codeAndMessage(() => getOrganization({ organization: "${nobody}" })),
          teamBySlug: await codeAndMessage(() => getTeam({ organization: "acme", slug: "nowhere" })),
          teamById: await codeAndMessage(() => getTeam({ team: "${uid(6)}/${nobody}" })),
          twins: await codeAndMessage(() => getTeam({ organization: "beta", name: "Twin" })),
        };
      };
    `);
    for (let count = 0; count < 2; count++) await emulator.api("POST", "/organizations/beta/teams/", { name: "Twin" });
    await emulator.clearLog();
    expect((await project.up()).code).toBe(0);
    const failures = (await outputs(project)) as unknown as Record<string, [string, string]>;
    expect(Object.fromEntries(Object.entries(failures).map(([name, [code]]) => [name, code]))).toEqual({
      foreign: "AVALA_ARGUMENT",
      keyless: "AVALA_CONFIG",
      noOrganization: "AVALA_ARGUMENT",
      output: "AVALA_ARGUMENT",
      search: "AVALA_ARGUMENT",
      path: "AVALA_ARGUMENT",
      noTeam: "AVALA_ARGUMENT",
      twoWays: "AVALA_ARGUMENT",
      notAnId: "AVALA_ARGUMENT",
      wrongKey: "AVALA_UNAUTHORIZED",
      bySlug: "AVALA_ORGANIZATION_NOT_FOUND",
      byUid: "AVALA_ORGANIZATION_NOT_FOUND",
      teamBySlug: "AVALA_TEAM_NOT_FOUND",
      teamById: "AVALA_TEAM_NOT_FOUND",
      twins: "AVALA_TEAM_NOT_FOUND",
    });
    for (const [code, message] of Object.values(failures)) expect(message).toMatch(new RegExp(`\\[${code}\\]$`));
    const organizations = times(2, "");
    expect(await emulator.calls()).toEqual(
      [
        // The wrong key, then a slug and a uid that do not exist.
        [times(1, ""), organizations, organizations],
        // The organization of an unknown slug may have moved.
        [organizations, times(1, "acme/teams/nowhere/"), organizations, organizations, times(2, "acme/teams/")],
        [organizations, times(1, "beta/teams/")],
      ].flat(2),
    );
  });

  it("end a preview with the message alone, in either form", async () => {
    const project = await openProject(`
      const { getTeamOutput } = require("pulumi-avala");
      exports.team = getTeamOutput({ organization: "acme", name: "No\\u001b[31mbody" });
    `);
    const message =
      'Organization "acme" has no team with the name "Nobody". Check the spelling, or pass the id of the team.';
    const expectMessage = async () => {
      const { code, screen, runs } = await project.preview();
      expect(code).not.toBe(0);
      expect(screen).not.toMatch(stackTrace);
      const errors = runs.flatMap(({ diagnostics }) => diagnostics).filter(({ severity }) => severity === "error");
      expect(errors.map(({ message }) => message.trim())).toEqual([`${message} [AVALA_TEAM_NOT_FOUND]`]);
    };
    await expectMessage();
    project.write({
      "index.js": `
        const { getTeam } = require("pulumi-avala");
        module.exports = () => getTeam({ organization: "acme", name: "Nobody" });
      `,
    });
    await expectMessage();
  });

  it("use the provider they are given or inherit, and the stack's configuration without one", async () => {
    await emulator.addKey("avk_second-4b2d", "second@example.com");
    const project = await openProject(
      `
      const pulumi = require("@pulumi/pulumi");
      const avala = require("pulumi-avala");
      const url = { baseUrl: process.env.URL, allowInsecureBaseUrl: true };
      module.exports = async () => {
        const first = new avala.Provider("first", { apiKeyEnv: "READER_API_KEY", ...url });
        const second = new avala.Provider("second", { apiKey: pulumi.secret("avk_second-4b2d"), ...url });
        const within = { parent: new pulumi.ComponentResource("test:index:Box", "box", {}, { provider: second }) };
        const acme = new avala.Organization("acme", { name: "Acme", adopt: "acme" });
        const key = acme.id.apply(() => "avk_second-4b2d");
        const late = { provider: new avala.Provider("late", { apiKey: key, ...url }) };
        return {
          configured: (await avala.getOrganizations()).length,
          given: (await avala.getOrganizations({ provider: first })).length,
          inherited: (await avala.getOrganizations(within)).length,
          inOutputForm: avala.getOrganizationsOutput(within).apply(({ length }) => length),
          late: avala.getOrganizationsOutput(late).apply(({ length }) => length),
          lateInPlainForm: await avala.getOrganizations(late).then(({ length }) => length, ({ code }) => code),
          shown: Object.keys(first).includes("__settings"),
        };
      };
      `,
      { URL: emulator.url },
    );
    for (const [key, value] of [
      ["apiKey", "avk_local"],
      ["baseUrl", emulator.url],
      ["allowInsecureBaseUrl", "true"],
    ] as const) {
      await project.expectOk(["config", "set", ...(key === "apiKey" ? ["--secret"] : []), `avala:${key}`, value]);
    }
    const callers = async () => {
      const by = (await emulator.requests()).filter(({ path }) => path === "/organizations/").map((call) => call.by);
      await emulator.clearLog();
      return by.toSorted();
    };
    // Such a run may read.
    const preview = await project.preview([], { AVALA_READ_ONLY: "1" });
    expect([preview.code, preview.screen]).toEqual([0, expect.stringContaining('lateInPlainForm: "AVALA_ARGUMENT"')]);
    const early = [...times(2, "").map(() => "ada@example.com"), ...times(2, "").map(() => "owner@example.com")];
    expect(await callers()).toEqual([...early, "second@example.com", "second@example.com"]);

    const up = await project.up();
    expect(up.code).toBe(0);
    // An answer to a request with a secret key is not a secret.
    expect(await outputs(project)).toEqual({
      configured: 3,
      given: 3,
      inherited: 0,
      inOutputForm: 0,
      late: 0,
      lateInPlainForm: 0,
      shown: false,
    });
    const adopting = times(2, "").map(() => "owner@example.com");
    const second = ["inherited", "inOutputForm", "late", "lateInPlainForm"].map(() => "second@example.com");
    expect(await callers()).toEqual([...early, ...adopting, ...second]);
    for (const text of [preview.screen, up.screen, project.stateText()]) expect(text).not.toMatch(/avk_/);
  });
});

describe("a program", () => {
  /** Runs a script beside the engine, in a folder from which pulumi-avala is found. */
  async function run(script: string, emulator: TestEmulator): Promise<unknown> {
    const project = await Project.open(emulator.environment());
    try {
      const { code, stdout, stderr } = await project.exec(process.execPath, ["-e", script]);
      expect([code, stderr]).toEqual([0, ""]);
      return JSON.parse(stdout);
    } finally {
      project.close();
    }
  }

  it("loads HTTP with its first call, and is not kept alive by its connections", async () => {
    const emulator = await startEmulator();
    try {
      const script = `
        const { getIndustryChoices } = require("pulumi-avala");
        const http = () => Object.keys(require.cache).filter((file) => /\\/undici\\/|\\/dist\\/(client|snapshot)\\//.test(file));
        const early = http();
        getIndustryChoices().then(() => setImmediate(() => {
          const open = process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"));
          process.stdout.write(JSON.stringify({ early, late: http().length > 0, open }));
        }));
      `;
      expect(await run(script, emulator)).toEqual({ early: [], late: true, open: [] });
    } finally {
      await emulator.close();
    }
  });
});
