import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";
import type { Rehearsal } from "../../cli/rehearse/outcome.js";

jest.setTimeout(240_000);

const commandLine = join(__dirname, "../../dist/cli.js");
const address = (name: string) => `${name}@example.com`;

let emulator: TestEmulator;
let project: Project;

beforeEach(async () => {
  emulator = await startEmulator({
    seed: {
      keys: [{ key: "avk_read", email: address("ada"), scopes: ["organizations.read"] }],
      people: ["owner", "ada", "lee", "mia"].map((name) => ({ email: address(name) })),
      organizations: [
        {
          name: "Acme",
          members: [
            { email: address("owner"), role: "owner" },
            { email: address("ada"), role: "admin" },
            { email: address("lee") },
            { email: address("mia") },
          ],
          teams: [{ name: "Core", members: [{ email: address("lee"), role: "lead" }] }],
        },
      ],
    },
  });
  project = await Project.open(emulator.environment());
});

afterEach(async () => {
  project.close();
  await emulator.close();
});

const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme", adopt: "acme" } };
const core: Declared = {
  kind: "Team",
  name: "core",
  args: { organization: ref("acme"), name: "Core", adopt: "core" },
};
const member = (name: string, more: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email: address(name), ...more },
});
const lead = (name: string): Declared => ({
  kind: "TeamMembership",
  name: `core ${name}`,
  args: { team: ref("core"), email: address(name), role: "lead" },
});

const rehearse = (...args: string[]) =>
  project.exec(process.execPath, [commandLine, "rehearse", "--stack", "test", ...args]);

/** The service, what a run has written to it, and what processes have left in the folder for temporary files. */
async function world() {
  const calls = (await emulator.requests()).filter(({ method }) => method !== "GET");
  return {
    state: await emulator.state(),
    writes: calls.map(({ method, path }) => `${method} ${path}`),
    left: readdirSync(join(project.folder, "tmp")).filter((name) => name.includes("rehears")),
  };
}

describe("rehearse", () => {
  it("reports what up does then, and changes nothing", async () => {
    project.declare([acme, core, member("ada", { role: "admin" }), member("lee"), member("mia"), lead("lee")]);
    await project.up();
    project.declare([acme, core, member("ada"), member("mia"), lead("mia"), member("zoe"), lead("zoe")]);
    await emulator.clearLog();
    const before = await world();
    const { code, stdout } = await rehearse("--json");
    expect({ code, ...(await world()) }).toEqual({ code: 0, ...before, writes: [] });
    const report = JSON.parse(stdout) as Rehearsal;
    const access = report.changes.map(({ person, effect, team, after }) => [
      person.email,
      team?.name ?? "Acme",
      effect,
      after?.role,
    ]);
    expect(access.toSorted()).toEqual(
      [
        [address("ada"), "Acme", "role", "member"],
        [address("lee"), "Acme", "loses", undefined],
        [address("lee"), "Core", "loses", undefined],
        [address("mia"), "Core", "gains", "lead"],
        [address("zoe"), "Acme", "invited", "member"],
        [address("zoe"), "Core", "waits", "lead"],
      ].toSorted(),
    );
    expect(report).toMatchObject({
      rehearsed: true,
      failure: [],
      emails: [{ to: address("zoe"), kind: "invitation" }],
    });
  });

  it("needs a key that may only read, also with AVALA_READ_ONLY", async () => {
    project.declare([acme, core, member("mia", { role: "admin" }), member("zoe")]);
    const environment = { ...emulator.environment("avk_read"), AVALA_READ_ONLY: "1" };
    const args = [commandLine, "rehearse", "--stack", "test", "--json"];
    const { code, stdout } = await project.exec(process.execPath, args, environment);
    const { failure, changes, emails } = JSON.parse(stdout) as Rehearsal;
    expect([code, failure]).toEqual([0, []]);
    expect(changes.map(({ person, effect }) => [person.email, effect]).toSorted()).toEqual([
      [address("mia"), "role"],
      [address("zoe"), "invited"],
    ]);
    expect(emails).toEqual([{ to: address("zoe"), kind: "invitation" }]);
    expect((await world()).writes).toEqual([]);
  });

  it("bugs: with a new Provider, and with --replace of what the run deletes", async () => {
    project.declare([acme, member("lee")]);
    await project.up();
    const { AVALA_API_KEY: key = "", AVALA_BASE_URL: baseUrl } = emulator.environment();
    const args = { apiKeyEnv: "TENANT_AVALA_API_KEY", baseUrl, allowInsecureBaseUrl: true };
    const zoe = { ...member("zoe"), options: { provider: ref("tenant") } };
    project.declare([{ kind: "Provider", name: "tenant", args }, acme, zoe]);
    const given = ["--json", "--replace", project.resource("lee").urn];
    const { code, stdout, stderr } = await project.exec(
      process.execPath,
      [commandLine, "rehearse", "--stack", "test", ...given],
      { TENANT_AVALA_API_KEY: key },
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining("Running pulumi preview on the copy.")]);
    const { changes, left } = JSON.parse(stdout) as Rehearsal;
    expect(changes.map(({ person, effect }) => [person.email, effect]).toSorted()).toEqual([
      [address("lee"), "loses"],
      [address("lee"), "loses"],
      [address("zoe"), "invited"],
    ]);
    expect(left).toEqual([expect.stringContaining("has to accept the invitation")]);
  });

  it("bug: a Provider of the state whose deployment is gone matters only to steps that need it", async () => {
    const { AVALA_API_KEY: key = "", AVALA_BASE_URL: baseUrl = "" } = emulator.environment();
    const args = { apiKeyEnv: "TENANT_AVALA_API_KEY", baseUrl, allowInsecureBaseUrl: true };
    project.declare([{ kind: "Provider", name: "tenant", args }, acme]);
    await project.up(["--skip-preview"], { TENANT_AVALA_API_KEY: key });
    // Nothing answers there in this protocol.
    project.writeState(project.stateText().replaceAll(baseUrl, baseUrl.replace("http:", "https:")));
    project.declare([acme, member("zoe")]);
    const run = [commandLine, "rehearse", "--stack", "test", "--json"];
    const { code, stdout } = await project.exec(process.execPath, run, { TENANT_AVALA_API_KEY: key });
    const { changes, failure, notes } = JSON.parse(stdout) as Rehearsal;
    expect([code, failure, changes.map(({ person }) => person.email)]).toEqual([0, [], [address("zoe")]]);
    expect(notes).toEqual([expect.stringContaining("Nothing can be read with the key of Provider tenant")]);
  });

  describe("a part of the program", () => {
    it.each<[options: string, changed: string[]]>([
      ["--target core", ["core"]],
      ["--target core --target-dependents", ["core", "lee"]],
      ["--exclude core", ["ada", "lee"]],
      ["--exclude core --exclude-dependents", ["ada"]],
    ])("%s: only %j change", async (options, changed) => {
      project.declare([acme, core, member("ada", { role: "admin" }), member("lee"), lead("lee")]);
      await project.up();
      const described = { ...core, args: { ...core.args, description: "new" } };
      const follows = { ...lead("lee"), args: { ...lead("lee").args, role: "member" } };
      project.declare([acme, described, member("ada"), member("lee"), follows]);
      const { urn } = project.resource("core");
      const { code, stdout } = await rehearse("--json", ...options.replace("core", urn).split(" "));
      const { changes, acts, failure } = JSON.parse(stdout) as Rehearsal;
      const found = [
        ...acts.map(({ team }) => team?.name.toLowerCase()),
        ...changes.map(({ person }) => person.email!.split("@")[0]),
      ];
      expect([code, failure, found.toSorted()]).toEqual([0, [], changed.toSorted()]);
    });
  });

  it("refuses a change of another package's resources before anything runs", async () => {
    project.write({
      "index.js": `
        const { dynamic } = require("@pulumi/pulumi");
        const marker = require("path").join(__dirname, "made");
        const provider = { create: async () => ({ id: require("fs").writeFileSync(marker, "") ?? "1" }) };
        class Other extends dynamic.Resource {}
        new Other(provider, "other", {});
        require("../../../test/support/programs/fromJson.js");
      `,
    });
    project.declare([acme, member("zoe")]);
    const { code, stdout, stderr } = await rehearse();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/1 step of other packages.*other.*Nothing was run.*\[AVALA_REFUSED\]/s);
    expect(readdirSync(project.folder)).not.toContain("made");
  });

  it("reports what a run that fails has done by then, with exit code 2", async () => {
    project.declare([acme, member("zoe"), { ...core, args: { ...core.args, adopt: "no-such-team" } }]);
    const { code, stdout } = await rehearse("--json");
    const report = JSON.parse(stdout) as Rehearsal;
    expect(code).toBe(2);
    expect(report.failure).toEqual([expect.stringContaining("no-such-team")]);
  });
});
