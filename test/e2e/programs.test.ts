import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** What `tsc --init` and Pulumi's templates come to with the TypeScript of today. */
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

describe("programs", () => {
  let emulator: TestEmulator;
  const open: Project[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
  });
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
    await emulator.reset();
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
    await emulator.reset();
    const project = await openProject({ "index.js": javascript });
    expect((await project.up()).code).toBe(0);
    expect(await outputs(project)).toEqual({ slug: "acme", status: "active" });
  });

  it("inline in the Automation API run, from up to destroy", async () => {
    await emulator.reset();
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

  describe("with two explicit providers", () => {
    const tenants = ["first@example.com", "second@example.com"] as const;
    const today = { TENANT_KEY: "avk_new-0" };
    const screens: string[] = [];
    let services: [TestEmulator, TestEmulator];
    let project: Project;

    const declare = (literal: string, teams: string[] = []) => {
      const [first, second] = services.map(({ url }) => ({ baseUrl: url, allowInsecureBaseUrl: true }));
      const [byName, byText] = [{ provider: ref("named") }, { provider: ref("literal") }];
      const team = (name: string, organization: string, options: object): Declared => ({
        kind: "Team",
        name,
        args: { organization: ref(organization), name },
        options: { ...options },
      });
      project.declare([
        { kind: "Provider", name: "named", args: { apiKeyEnv: "TENANT_KEY", ...first } },
        { kind: "Provider", name: "literal", args: { apiKey: literal, ...second } },
        { kind: "Organization", name: "one", args: { name: "One" }, options: byName },
        { kind: "Organization", name: "two", args: { name: "Two" }, options: byText },
        team("one-crew", "one", byName),
        team("two-crew", "two", byText),
        ...teams.map((name) => team(name, "one", byName)),
      ]);
    };
    const kept = (outcome: Outcome) => {
      screens.push(outcome.screen);
      return outcome;
    };
    /** Each service has seen its own person only, and such calls as these. */
    async function expectOwnCalls(...methods: string[]) {
      for (const [index, person] of tenants.entries()) {
        const calls = await services[index]!.requests();
        expect(calls.map(({ method }) => method)).toEqual(expect.arrayContaining(methods));
        expect(calls.map(({ by }) => by)).toEqual(calls.map(() => person));
      }
    }

    beforeAll(async () => {
      services = [await startEmulator(), await startEmulator()];
      for (const [index, person] of tenants.entries()) await services[index]!.addKey(`avk_old-${index}`, person);
      project = await Project.open({ TENANT_KEY: "avk_old-0" });
      // What the stack is configured for holds for no explicit provider.
      await project.expectOk(["config", "set", "avala:baseUrl", "https://nowhere.example.com"]);
      await project.expectOk(["config", "set", "avala:requestsPerMinute", "none"]);
      declare("avk_old-1");
    });
    beforeEach(() => Promise.all(services.map((service) => service.clearLog())));
    afterAll(async () => {
      project?.close();
      for (const service of services ?? []) await service.close();
    });

    it("reach two services, each with its own key only", async () => {
      expect(kept(await project.up()).code).toBe(0);
      const refresh = kept(await project.refresh(["--skip-preview", "--expect-no-changes"]));
      expect(refresh.code).toBe(0);
      await expectOwnCalls("GET", "POST");
    });

    it("whose keys change use the environment's of today, and the program's once it has run", async () => {
      for (const [index, person] of tenants.entries()) {
        await services[index]!.addKey(`avk_new-${index}`, person);
        await services[index]!.revokeKey(`avk_old-${index}`);
      }
      declare("avk_new-1");
      const plain = kept(await project.refresh(["--skip-preview"], today));
      // Of the other service, as far as the engine has come.
      expect(plain.errors.length).toBeGreaterThan(0);
      for (const { name, message } of plain.errors) {
        expect(["two", "two-crew"]).toContain(name);
        expect(message).toContain("[AVALA_UNAUTHORIZED]");
      }
      const run = kept(await project.refresh(["--skip-preview", "--run-program"], today));
      expect([run.code, run.steps, run.errors]).toEqual([0, [], []]);

      // A preview that reads, and an up that must not write.
      await services[0].clearLog();
      declare("avk_new-1", ["core"]);
      const readOnly = kept(await project.up(["--skip-preview"], { ...today, AVALA_READ_ONLY: "1" }));
      expect(readOnly.errors).toEqual([{ name: "core", message: expect.stringContaining("[AVALA_READ_ONLY]") }]);
      expect(await services[0].writes()).toEqual([]);
    });

    it("take away what they have made, each with its own key, and show none", async () => {
      expect(kept(await project.destroy(undefined, today)).code).toBe(0);
      await expectOwnCalls("DELETE");
      for (const screen of screens) expect(screen).not.toMatch(/avk_/);
      expect(project.stateText()).not.toMatch(/avk_/);
    });
  });

  describe("beside one that has made a small stack of every kind", () => {
    let owning: Project;
    beforeAll(async () => {
      await emulator.reset();
      owning = await Project.open(emulator.environment());
      owning.declare(everyKind());
      await owning.expectOk(["up", "--yes", "--skip-preview"]);
    });
    beforeEach(() => emulator.clearLog());
    afterAll(() => owning?.close());

    it("read what exists with get, and manage none of it", async () => {
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

    it("are told when get finds nothing, resource by resource, without a stack trace", async () => {
      const acme = owning.resource("acme").id!;
      const nobody = "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11";
      const core = owning.resource("core").id!;
      owning.declare([
        { kind: "Organization", name: "no-organization", get: "nowhere" },
        { kind: "Team", name: "no-team", get: `${acme}/${nobody}` },
        { kind: "Invitation", name: "no-invitation", get: `${acme}/nobody@example.com` },
        { kind: "TeamMembership", name: "no-membership", get: `${core}/nobody@example.com` },
        { kind: "TeamMembership", name: "no-id", get: core },
      ]);
      const preview = await owning.preview();
      expect(preview.code).not.toBe(0);
      for (const [name, text] of [
        ["no-organization", /"nowhere".*\[AVALA_ORGANIZATION_NOT_FOUND\]/],
        ["no-team", new RegExp(`no Team with the id ${acme}/${nobody}.*\\[AVALA_GET\\]`)],
        ["no-invitation", /no Invitation with the id .*nobody@example\.com.*\[AVALA_GET\]/],
        ["no-membership", /no TeamMembership with the id .*nobody@example\.com.*\[AVALA_GET\]/],
        ["no-id", /is not the id of a TeamMembership.*<organization uid>\/<team uid>\/.*\[AVALA_GET\]/],
      ] as const) {
        const about = preview.errors.filter((error) => error.name === name);
        expect(about.map(({ message }) => message)).toEqual([expect.stringMatching(text)]);
      }
      expect(preview.screen).not.toMatch(stackTrace);
    });

    /** Entries as an import file wants them: what the program declares, and what is known of the object. */
    const entries = (project: Project) =>
      project.resources().map(({ type, urn, id, inputs, outputs }) => {
        const { __created: _, ...known } = outputs!;
        return { type, name: urn.slice(urn.lastIndexOf("::") + 2), id, inputs, outputs: known };
      });

    it("take over what exists by an import file, or by adopt, without a write, and keep what they adopted", async () => {
      const [organization, team] = [owning.resource("acme").id!, owning.outputs("core")["uid"] as string];
      const before = await emulator.state();

      const imported = await openProject({ "import.json": JSON.stringify({ resources: entries(owning) }) });
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
});
