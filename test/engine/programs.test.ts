import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** The settings of `tsc --init` and Pulumi's templates with the current TypeScript. */
const tsconfig = JSON.stringify({
  compilerOptions: { target: "es2022", module: "nodenext", types: ["node"], strict: true, skipLibCheck: true },
});

const typescript = `
import * as pulumi from "@pulumi/pulumi";
import { Invitation, Organization, Team, TeamMembership, type OrganizationArgs } from "pulumi-avala";

const args: OrganizationArgs = { name: pulumi.interpolate\`Acme \${pulumi.getStack()}\`, visibility: "private" };
const acme = new Organization("acme", args);
const core = new Team("core", { organization: acme, name: "Core" });
new Invitation("ada", { organization: acme.id, email: "ada@example.com" });
const lead = new TeamMembership("lead", { team: core, email: "owner@example.com", role: "lead" });

export const slug: pulumi.Output<string> = acme.slug;
export const status = lead.status;
export const isTeam = Team.isInstance(core) && !Team.isInstance(acme);
`;

const javascript = `
const { Organization, Team, TeamMembership } = require("pulumi-avala");

module.exports = async () => {
  const acme = new Organization("acme", { name: "Acme" });
  const core = new Team("core", { organization: acme, name: "Core" }, { dependsOn: acme });
  const lead = new TeamMembership("lead", { team: core.id, email: "owner@example.com", role: "lead" });
  return { slug: acme.slug, status: lead.status };
};
`;

describe("programs", () => {
  let emulator: TestEmulator;
  const open: Project[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(() => emulator.reset());
  afterEach(() => {
    for (const project of open.splice(0)) project.close();
  });
  afterAll(() => emulator?.close());

  async function openProject(files?: Record<string, string>, env = emulator.environment()): Promise<Project> {
    const project = await Project.open(env, files);
    open.push(project);
    return project;
  }

  const outputs = async (project: Project) =>
    JSON.parse((await project.expectOk(["stack", "output", "--json"])).stdout) as Record<string, unknown>;

  it("in TypeScript run, and their types refuse what the schema refuses", async () => {
    const project = await openProject({
      "index.ts": typescript,
      "tsconfig.json": tsconfig,
      "package.json": '{ "main": "index.ts" }',
    });
    expect((await project.up()).code).toBe(0);
    expect(await outputs(project)).toEqual({ slug: "acme-test", status: "active", isTeam: true });

    project.write({ "index.ts": typescript.replace('visibility: "private"', 'visibility: "secret"') });
    const refused = await project.preview();
    expect(refused.code).not.toBe(0);
    expect(refused.screen).toMatch(/TS2322.*"secret"/);
  });

  it("in JavaScript run, ids as text and an async entry included", async () => {
    const project = await openProject({ "index.js": javascript });
    expect((await project.up()).code).toBe(0);
    expect(await outputs(project)).toEqual({ slug: "acme", status: "active" });
  });

  it("inline in the Automation API run, from up to destroy", async () => {
    const project = await openProject();
    const script = join(__dirname, "../support/programs/automation.js");
    const { code, stdout, stderr } = await project.exec(process.execPath, [script]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      outputs: { status: "active" },
      made: { create: 4 },
      again: { same: 4 },
      refreshed: { same: 4 },
      destroyed: { delete: 4 },
    });
    expect((await emulator.state()).organizations).toEqual([]);
  });

  it("with two explicit providers reach two services, each with its own key only", async () => {
    const other = await startEmulator();
    try {
      await emulator.addKey("avk_first-9a1c", "first@example.com");
      await other.addKey("avk_second-4b2d", "second@example.com");
      const project = await openProject(undefined, { FIRST_API_KEY: "avk_first-9a1c" });
      const tenants = [
        { name: "first", args: { apiKeyEnv: "FIRST_API_KEY", baseUrl: emulator.url } },
        { name: "second", args: { apiKey: "avk_second-4b2d", baseUrl: other.url } },
      ];
      project.declare(
        tenants.flatMap(({ name, args }): Declared[] => {
          const options = { provider: ref(name) };
          return [
            { kind: "Provider", name, args: { ...args, allowInsecureBaseUrl: true } },
            { kind: "Organization", name: `${name}-acme`, args: { name: `Acme ${name}` }, options },
            { kind: "Team", name: `${name}-core`, args: { organization: ref(`${name}-acme`), name: "Core" }, options },
          ];
        }),
      );
      const up = await project.up();
      expect(up.code).toBe(0);
      const refresh = await project.refresh(["--skip-preview", "--expect-no-changes"]);
      expect(refresh.code).toBe(0);
      const destroy = await project.destroy();
      expect(destroy.code).toBe(0);
      for (const [service, person] of [
        [emulator, "first@example.com"],
        [other, "second@example.com"],
      ] as const) {
        const calls = await service.requests();
        expect(calls.map(({ method }) => method)).toEqual(expect.arrayContaining(["GET", "POST", "DELETE"]));
        expect(calls.map(({ by }) => by)).toEqual(calls.map(() => person));
      }
      for (const { screen } of [up, refresh, destroy]) expect(screen).not.toMatch(/avk_/);
      expect(project.stateText()).not.toMatch(/avk_/);
    } finally {
      await other.close();
    }
  });

  it("with changing keys use the environment's current key, and the program's once it has run", async () => {
    const url = { baseUrl: emulator.url, allowInsecureBaseUrl: true };
    const declare = (project: Project, literal: string, teams: string[] = []) =>
      project.declare([
        { kind: "Provider", name: "named", args: { apiKeyEnv: "TENANT_API_KEY", ...url } },
        { kind: "Provider", name: "literal", args: { apiKey: literal, ...url } },
        { kind: "Organization", name: "one", args: { name: "One" }, options: { provider: ref("named") } },
        { kind: "Organization", name: "two", args: { name: "Two" }, options: { provider: ref("literal") } },
        ...teams.map((name): Declared => ({
          kind: "Team",
          name,
          args: { organization: ref("one"), name },
          options: { provider: ref("named") },
        })),
      ]);
    const tenants = ["first@example.com", "second@example.com"];
    for (const [index, person] of tenants.entries()) await emulator.addKey(`avk_old-${index}`, person);
    const project = await openProject(undefined, { TENANT_API_KEY: "avk_old-0" });
    // The stack's configuration does not apply to explicit providers.
    await project.expectOk(["config", "set", "avala:baseUrl", "https://nowhere.example.com"]);
    await project.expectOk(["config", "set", "avala:requestsPerMinute", "none"]);
    declare(project, "avk_old-1");
    expect((await project.up()).code).toBe(0);

    for (const [index, person] of tenants.entries()) {
      await emulator.addKey(`avk_new-${index}`, person);
      await emulator.revokeKey(`avk_old-${index}`);
    }
    declare(project, "avk_new-1");
    const today = { TENANT_API_KEY: "avk_new-0" };
    const plain = await project.refresh(["--skip-preview"], today);
    expect(plain.errors).toEqual([{ name: "two", message: expect.stringContaining("[AVALA_UNAUTHORIZED]") }]);
    const run = await project.refresh(["--skip-preview", "--run-program"], today);
    expect([run.code, run.steps, run.errors]).toEqual([0, [], []]);

    // A preview that reads, and an up that must not write.
    await emulator.clearLog();
    declare(project, "avk_new-1", ["core"]);
    const readOnly = await project.up(["--skip-preview"], { ...today, AVALA_READ_ONLY: "1" });
    expect(readOnly.errors).toEqual([{ name: "core", message: expect.stringContaining("[AVALA_READ_ONLY]") }]);
    expect(await emulator.writes()).toEqual([]);
  });

  /** A small stack of every kind, with people of every state. */
  const everyKind = (adopt: { organization?: string; team?: string } = {}): Declared[] => [
    {
      kind: "Organization",
      name: "acme",
      args: { name: "Acme", ...(adopt.organization ? { adopt: adopt.organization } : {}) },
    },
    {
      kind: "Team",
      name: "core",
      args: { organization: ref("acme"), name: "Core", ...(adopt.team ? { adopt: adopt.team } : {}) },
    },
    { kind: "Invitation", name: "ada", args: { organization: ref("acme"), email: "ada@example.com", role: "admin" } },
    {
      kind: "TeamMembership",
      name: "owner-core",
      args: { team: ref("core"), email: "owner@example.com", role: "lead" },
    },
    { kind: "TeamMembership", name: "ada-core", args: { team: ref("core"), email: "ada@example.com", role: "member" } },
  ];

  it("read what exists with get, and manage none of it", async () => {
    const owning = await openProject();
    owning.declare(everyKind());
    await owning.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.clearLog();

    const reading = await openProject();
    const names = ["acme", "core", "ada", "owner-core"];
    reading.declare(
      names.map((name) => ({
        kind: everyKind().find((entry) => entry.name === name)!.kind,
        name,
        get: owning.resource(name).id,
      })),
      {
        organization: ref("acme", "name"),
        slug: ref("acme", "slug"),
        team: ref("core", "name"),
        invitation: ref("ada", "status"),
        membership: ref("owner-core", "role"),
      },
    );
    expect((await reading.up()).code).toBe(0);
    expect(await outputs(reading)).toEqual({
      organization: "Acme",
      slug: "acme",
      team: "Core",
      invitation: "invited",
      membership: "lead",
    });
    const preview = await reading.preview(["--expect-no-changes"]);
    expect([preview.code, preview.steps]).toEqual([0, []]);
    expect((await reading.destroy()).code).toBe(0);
    expect(await emulator.writes()).toEqual([]);
  });

  it("get an error for each resource that get does not find, without a stack trace", async () => {
    const project = await openProject();
    project.declare(everyKind());
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    const acme = project.resource("acme").id!;
    const nobody = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";
    const core = project.resource("core").id!;
    project.declare([
      { kind: "Organization", name: "no-organization", get: "nowhere" },
      { kind: "Team", name: "no-team", get: `${acme}/${nobody}` },
      { kind: "Invitation", name: "no-invitation", get: `${acme}/nobody@example.com` },
      { kind: "TeamMembership", name: "no-membership", get: `${core}/nobody@example.com` },
      { kind: "TeamMembership", name: "no-id", get: core },
    ]);
    const preview = await project.preview();
    expect(preview.code).not.toBe(0);
    for (const [name, text] of [
      ["no-organization", /"nowhere".*\[AVALA_ORGANIZATION_NOT_FOUND\]/],
      ["no-team", new RegExp(`No Team with the id ${acme}/${nobody}.*\\[AVALA_GET\\]`)],
      ["no-invitation", /No Invitation with the id .*nobody@example\.com.*\[AVALA_GET\]/],
      ["no-membership", /No TeamMembership with the id .*nobody@example\.com.*\[AVALA_GET\]/],
      ["no-id", /is not the id of a TeamMembership.*<organization uid>\/<team uid>\/.*\[AVALA_GET\]/],
    ] as const) {
      const about = preview.errors.filter((error) => error.name === name);
      expect(about.map(({ message }) => message)).toEqual([expect.stringMatching(text)]);
    }
    expect(preview.screen).not.toMatch(stackTrace);
  });

  /** Entries of an import file: the program's inputs, and the known outputs of the object. */
  const entries = (project: Project) =>
    project.resources().map(({ type, urn, id, inputs, outputs }) => {
      const { __created: _, ...known } = outputs!;
      return { type, name: urn.slice(urn.lastIndexOf("::") + 2), id, inputs, outputs: known };
    });

  it("take over existing objects by an import file, or by adopt, without a write, and keep adopted ones", async () => {
    const first = await openProject();
    first.declare(everyKind());
    await first.expectOk(["up", "--yes", "--skip-preview"]);
    const [organization, team] = [first.resource("acme").id!, first.outputs("core")["uid"] as string];
    const before = await emulator.state();
    await emulator.clearLog();

    const imported = await openProject({ "import.json": JSON.stringify({ resources: entries(first) }) });
    imported.declare(everyKind());
    await imported.expectOk(["import", "-f", "import.json", "--yes", "--protect=false", "--generate-code=false"]);
    for (const args of [["--expect-no-changes"], ["--expect-no-changes", "--refresh"]]) {
      const preview = await imported.preview(args);
      expect([preview.code, preview.steps]).toEqual([0, []]);
    }

    const adopting = await openProject();
    adopting.declare(everyKind({ organization, team }));
    const up = await adopting.up();
    expect([up.code, up.steps.length]).toEqual([0, 5]);
    const preview = await adopting.preview(["--expect-no-changes", "--refresh"]);
    expect([preview.code, preview.steps]).toEqual([0, []]);

    expect(await emulator.writes()).toEqual([]);
    expect((await emulator.state()).organizations).toEqual(before.organizations);

    expect((await adopting.destroy()).code).toBe(0);
    expect((await emulator.state()).organizations).toMatchObject([{ uid: organization, teams: [] }]);
  });
});
