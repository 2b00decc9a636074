import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { seedWithHostileNames } from "../support/hostileNames.js";
import { program } from "../support/commandLine.js";
import { ownerKey, startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref } from "../support/pulumi.js";
import { typesAreChecked } from "../examples/support.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;
const person = (name: string) => `${name}@example.com`;
const tsc = resolve(__dirname, "../../node_modules/typescript/bin/tsc");

beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => project?.close());
afterAll(() => emulator.close());

const command = (args: string[], env?: Record<string, string>) =>
  project.exec(process.execPath, [program, "import", ...args], env);

/** Runs the command, which has to succeed; returns its JSON output. */
async function expectImported<T = { changed: string[]; imported: boolean }>(args: string[]): Promise<T> {
  const { code, stdout, stderr } = await command([...args, "--json"]);
  if (code !== 0) throw new Error(`import ${args.join(" ")} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}

/**
 * Of a written project in the folder `made`: its types are correct, its import leaves nothing to do, and nothing was sent.
 */
async function expectAdopted(style: string): Promise<void> {
  const import_ = ["acme", "--out", "made", "--stack", "test"];
  await expectImported([...import_, "--style", style]);
  execFileSync(process.execPath, [tsc, "--noEmit", "-p", join(project.folder, "made")]);
  await project.expectOk(["stack", "init", "--no-select", "--cwd", "made"]);
  await emulator.clearLog();
  // The first run has read it all; this one writes nothing, and imports.
  expect(await expectImported([...import_, "--run"])).toMatchObject({ imported: true, changed: [] });
  expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
}

/** Every resource in the state has the address that the program passes: that of its URN. */
function expectAddresses(): void {
  const resources = project.resources();
  expect(resources.length).toBeGreaterThan(7);
  for (const { urn, inputs = {}, outputs = {} } of resources) {
    const [types, ...name] = urn.split("::").slice(2);
    const address = `${types!.replace(/pulumi-nodejs:dynamic\/avala:(\w+)$/, "$1")}::${name.join("::")}`;
    expect([inputs["__address"], outputs["__address"]]).toEqual([address, address]);
  }
}

describe("an existing organization with hostile names", () => {
  it("as edges, 100 people in 10 teams of 10: correct types, nothing to do, and a refresh without changes", async () => {
    await emulator.reset(seedWithHostileNames({ people: 100, teams: 10, each: 10 }));
    project = await Project.open({ ...typesAreChecked, ...emulator.environment() });
    await expectAdopted("edges");
    await project.expectOk(["refresh", "--yes", "--skip-preview", "--expect-no-changes", "--cwd", "made"]);
    expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
  });

  it("of 1,000 people in 100 teams of 50, as rosters: within the budget, and the same a second time", async () => {
    await emulator.reset(seedWithHostileNames({ people: 1000, teams: 100, each: 50 }));
    project = await Project.open({ ...typesAreChecked, ...emulator.environment() });
    await expectAdopted("roster");
    // All calls of the second run, pulumi import and preview included.
    const calls = await emulator.calls();
    // Organizations, the detail, teams, invitations, and the people at 100 to a page; then each team.
    const read = 1 + 1 + 1 + 1 + 10 + 100;
    // The preview checks whether the invited person has accepted.
    expect(calls.slice(read).toSorted()).toEqual(["GET /organizations/", "GET /organizations/acme/invitations/"]);
  });
});

describe("beside an existing program", () => {
  it("imports nothing that the program does not declare yet, and everything once it does", async () => {
    const seed = seedWithHostileNames({ people: 4, teams: 3, each: 2 });
    const [acme] = seed.organizations!;
    // With the same names in everything.
    const teams = acme!.teams!.map(({ uid: _uid, ...team }) => team);
    const { uid: _uid, ...same } = acme!;
    const twin = { ...same, slug: "twin", handle: null, teams, invitations: [] };
    await emulator.reset({ ...seed, organizations: [acme!, twin] });
    project = await Project.open({ ...typesAreChecked, ...emulator.environment() }, { "index.ts": "export {};\n" });
    project.write({
      "package.json": JSON.stringify({ name: "e2e", private: true, main: "index.ts" }),
      "tsconfig.json": JSON.stringify({ compilerOptions: { module: "nodenext", target: "es2022", types: ["node"] } }),
    });
    const run = ["acme", "--run", "--stack", "test"];
    const early = await command(run);
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('import "./acme"')]);
    expect(project.resources()).toEqual([]);
    await expectImported(["twin", "--style", "roster"]);
    project.write({ "index.ts": 'import "./acme";\nimport "./twin";\n' });
    const flags = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"];
    await project.expectOk(["import", "--file", "twin.import.json", ...flags]);
    expect(await expectImported(run)).toMatchObject({ imported: true, changed: [] });
    // Bug: a preview without unchanged resources did not show that the program uses the file.
    expect(await expectImported(run)).toMatchObject({ imported: true, changed: [] });
    expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
    expectAddresses();
  });
});

describe("--fill", () => {
  const tenantKey = "avk_tenant-5f21";
  const seed = () => ({
    people: ["owner", "ada", "lee", "tenant"].map((name) => ({ email: person(name) })),
    keys: [
      { key: ownerKey, email: person("owner") },
      { key: tenantKey, email: person("tenant") },
    ],
    organizations: [
      {
        name: "Acme",
        description: "What nobody is to see",
        members: [
          { email: person("owner"), role: "owner" as const },
          { email: person("ada"), role: "admin" as const },
          { email: person("lee") },
        ],
        teams: [{ name: "Core", members: [{ email: person("ada"), role: "lead" as const }] }],
        invitations: [{ email: person("zoe"), expiresAt: "2999-01-01T00:00:00.000Z" }],
      },
      ...["Tenant", "Hidden"].map((name) => ({
        name,
        members: [{ email: person("tenant"), role: "owner" as const }],
        teams: [{ name: "Core" }],
      })),
    ],
  });

  it("fills in components, team memberships of explicit providers and secrets, and leaves the rest to up", async () => {
    await emulator.reset(seed());
    project = await Project.open({ ...emulator.environment(), TENANT_API_KEY: tenantKey });
    const at = { baseUrl: emulator.url, allowInsecureBaseUrl: true };
    const provider = (name: string) => ({ provider: ref(name) });
    project.declare([
      { kind: "Provider", name: "tenant", args: { apiKeyEnv: "TENANT_API_KEY", ...at } },
      { kind: "Provider", name: "hidden", args: { apiKey: tenantKey, ...at } },
      {
        kind: "Organization",
        name: "acme",
        args: { name: "Acme", description: { $secret: "What nobody is to see" } },
      },
      { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } },
      { kind: "Team", name: "new", args: { organization: ref("acme"), name: "New" } },
      {
        kind: "People",
        name: "staff",
        args: {
          organization: ref("acme"),
          teams: { core: ref("core") },
          people: [
            { email: person("ada"), role: "admin", teams: { core: "lead" }, reason: "Runs it" },
            { email: person("zoe") },
            { email: person("mia") },
          ],
        },
      },
      { kind: "Component", name: "box" },
      { kind: "Component", name: "inner", options: { parent: ref("box") } },
      {
        kind: "OrganizationMember",
        name: "lee",
        args: { organization: ref("acme"), email: person("lee") },
        options: { parent: ref("inner") },
      },
      { kind: "Organization", name: "tenant", key: "t", args: { name: "Tenant" }, options: provider("tenant") },
      {
        kind: "Team",
        name: "core",
        key: "tenant-core",
        args: { organization: ref("t"), name: "Core" },
        options: { ...provider("tenant"), parent: ref("box") },
      },
      { kind: "Organization", name: "hidden", key: "h", args: { name: "Hidden" }, options: provider("hidden") },
    ]);
    const { code, stdout } = await command(["--fill", "import.json", "--stack", "test", "--run"]);
    expect(code).toBe(0);
    const lines = stdout.split("\n").map((line) => line.trim().replace(/ {2,}/g, " | "));
    expect(lines.slice(0, lines.indexOf("Imported."))).toEqual([
      "Skipped (3)",
      "Organization | hidden | not visible to the API key in use",
      "Team | new | does not exist",
      "OrganizationMember | staff-mia@example.com | the person is neither a member nor invited: pulumi up invites them",
      "",
      "import.json: 8 completed, 3 skipped.",
    ]);
    // The preview that follows.
    const planned = lines.filter((line) => line.includes("/avala:")).map((line) => line.replace(/^.*\/avala:/, ""));
    expect(planned.toSorted()).toEqual([
      "Organization hidden create",
      "OrganizationMember staff-mia@example.com create",
      "Team new create",
    ]);
    expect(await emulator.writes()).toEqual([]);
    expect(project.stateText()).not.toContain("What nobody is to see");
    expectAddresses();
    expect(project.stateText() + readFileSync(join(project.folder, "import.json"), "utf8")).not.toContain(tenantKey);
  });
});
