import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { program } from "../support/commandLine.js";
import { ownerKey, startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;
const person = (name: string) => `${name}@example.com`;
const people = ["owner", "ada"].map((name) => ({ email: person(name) }));

beforeAll(async () => {
  emulator = await startEmulator({ seed: { people } });
});
afterAll(() => emulator.close());

const command = (args: string[], env?: Record<string, string>) =>
  project.exec(process.execPath, [program, ...args], env);
const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };
const member = (name: string, args: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email: person(name), ...args },
});
const membership = (name: string, args: object = {}): Declared => ({
  kind: "TeamMembership",
  name: `core/${name}`,
  args: { team: ref("core"), email: person(name), role: "member", ...args },
});
const members = async () => {
  const [organization] = (await emulator.state()).organizations;
  return organization!.members.map(({ email, role }) => `${email} ${role}`).toSorted();
};
const organizationUid = async () => (await emulator.state()).organizations[0]!.uid;

describe("bug: doctor --program did not look at resources of explicit providers", () => {
  beforeAll(async () => {
    await emulator.reset({ people });
    await emulator.api("POST", "/organizations/", { name: "Acme" });
    project = await Project.open({ TENANT_AVALA_API_KEY: ownerKey });
  });
  afterAll(() => project?.close());

  interface Checked {
    level: string;
    name: string;
    message: string;
    fix?: string;
  }
  async function planned(): Promise<Checked[]> {
    const { stdout } = await command(["doctor", "--program", "--json", "--stack", "test"]);
    return (JSON.parse(stdout) as { checks: Checked[] }).checks.filter(({ name }) => name.startsWith("plan"));
  }
  const inWords = ({ level, name, message }: Checked) => `${level} ${name} ${message}`;

  it("with a key in a variable at once, with one of their own once the state holds it; no key of its own is needed", async () => {
    const deployment = { baseUrl: emulator.url, allowInsecureBaseUrl: true };
    const invited = (name: string, provider: string): Declared => ({
      kind: "Invitation",
      name,
      args: { organization: "acmee", email: person(name) },
      options: { provider: ref(provider) },
    });
    const providers: Declared[] = [
      { kind: "Provider", name: "variable", args: { ...deployment, apiKeyEnv: "TENANT_AVALA_API_KEY" } },
      { kind: "Provider", name: "it's $own", args: { ...deployment, apiKey: ownerKey } },
    ];
    project.declare([...providers, invited("eve", "variable"), invited("kay", "it's $own")]);
    await emulator.clearLog();
    const [found, unchecked, ...none] = await planned();
    expect([inWords(found!), inWords(unchecked!), none]).toEqual([
      expect.stringMatching(/^error planOrganization Invitation "eve": organization "acmee" is not visible/),
      `warning planProvider 1 resource of Provider "it's $own" not checked: apiKey known only during the update, or secret.`,
      [],
    ]);
    expect(await emulator.writes()).toEqual([]);

    // The fix is a command: with it, the state holds the key.
    const [, fix] = /: (pulumi up --target .*)\.$/.exec(unchecked!.fix!)!;
    const { code, stdout, stderr } = await project.exec("bash", [
      "-c",
      fix!.replace("pulumi up", "pulumi up --stack test --yes --skip-preview"),
    ]);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("created")]);
    const after = await planned();
    expect(after.map(inWords).toSorted()).toEqual([
      expect.stringMatching(/^error planOrganization Invitation "eve": organization "acmee" is not visible/),
      expect.stringMatching(/^error planOrganization Invitation "kay": organization "acmee" is not visible/),
    ]);
    expect(await emulator.writes()).toEqual([]);
  });
});

describe("commands on a stack", () => {
  const stack = [
    acme,
    core,
    member("ada", { role: "admin" }),
    membership("ada", { role: "lead" }),
    member("grace"),
    membership("grace"),
    member("linus"),
    { kind: "Invitation", name: "ken", args: { organization: ref("acme"), email: person("ken") } } as const,
    membership("owner", { reason: "audit", validUntil: "2020-01-31" }),
  ];
  const linesOf = (screen: string) => screen.split("\n").map((line) => line.replace(/ {2,}/g, " ").trim());

  // Key and base URL are in the stack's configuration alone.
  beforeAll(async () => {
    await emulator.reset({ people });
    project = await Project.open({});
    await project.expectOk(["config", "set", "--secret", "avala:apiKey", ownerKey]);
    await project.expectOk(["config", "set", "avala:baseUrl", emulator.url]);
    await project.expectOk(["config", "set", "avala:allowInsecureBaseUrl", "true"]);
    project.declare(stack);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.accept(person("ada"));
    await emulator.expire(person("linus"));
    await emulator.decline(person("ken"));
  });
  afterAll(() => project?.close());
  beforeEach(() => emulator.clearLog());

  it("status shows what the stack declares, and does not change the state of the project", async () => {
    const state = project.stateText();
    const { code, stdout, stderr } = await command(["status", "--stack", "test"], emulator.environment());
    expect([code, stderr]).toEqual([0, ""]);
    expect(linesOf(stdout)).toEqual([
      "Waiting (1)",
      expect.stringMatching(
        /^grace@example.com acme member, member in Core invited \d{4}-\d\d-\d\d, valid until \d{4}-\d\d-\d\d$/,
      ),
      "",
      "Ready to apply with the next pulumi up (1)",
      "ada@example.com acme admin, lead in Core has accepted: the next up records it; has joined: the next up adds them to the team",
      "",
      "Expired or gone (2)",
      expect.stringMatching(/^ken@example.com acme member the invitation has vanished/),
      expect.stringMatching(/^linus@example.com acme member the invitation has expired on /),
      "",
      "Expired access (1)",
      'owner@example.com acme member in Core access ran out on 2020-01-31 ("audit")',
      "",
      "1 waiting, 1 ready, 2 expired or gone, 1 expired access; 7 declarations checked.",
      "",
    ]);
    expect(await emulator.writes()).toEqual([]);
    expect(project.stateText()).toBe(state);

    mkdirSync(join(project.folder, "inner"));
    const inner = await project.exec(process.execPath, [program, "status", "-s", "test", "-C", "inner", "--json"]);
    expect(JSON.parse(inner.stdout)).toMatchObject({ declared: 7, ready: [{ name: "ada" }, { name: "core/ada" }] });

    // The engine plans exactly the steps that are reported as ready.
    expect((await project.preview()).steps).toEqual([
      "update OrganizationMember ada",
      "update TeamMembership core/ada",
    ]);
  });

  it("status and resend use the key and base URL of the configuration if the environment has none", async () => {
    const { code, stdout } = await command(["status", "--stack", "test", "--json"]);
    expect(code).toBe(0);
    const { declared, waiting } = JSON.parse(stdout) as { declared: number; waiting: { name: string }[] };
    // In the order of the state, which the engine does not promise.
    expect([declared, waiting.map(({ name }) => name).toSorted()]).toEqual([7, ["core/grace", "grace"]]);
    expect((await command(["resend", "acme", person("grace"), "--stack", "test"])).code).toBe(0);
    expect((await emulator.emails()).map(({ kind }) => kind)).toEqual(["resend"]);

    // A key of the environment is never sent to a base URL of the configuration, and vice versa.
    const mixed = await command(["status", "--stack", "test"], { AVALA_BASE_URL: emulator.url });
    expect([mixed.code, mixed.stderr]).toEqual([1, expect.stringMatching(/\[AVALA_CONFIG\]\n$/)]);
  });

  it("bug: doctor --program finds what a preview does not ask, and sends reads only", async () => {
    const doctor = async () => {
      const { code, stdout } = await command(
        ["doctor", "--program", "--json", "--stack", "test"],
        emulator.environment(),
      );
      const { checks } = JSON.parse(stdout) as { checks: { name: string; level: string; message: string }[] };
      return [
        code,
        ...checks
          .filter(({ name }) => name.startsWith("plan"))
          .map(({ level, name, message }) => `${level} ${name} ${message}`),
      ];
    };
    const state = project.stateText();
    expect(await doctor()).toEqual([0, expect.stringMatching(/^ok plan 2 changes planned; /)]);
    const wrong: Declared[] = [
      { kind: "Organization", name: "second", args: { name: "Acme" } },
      { kind: "Team", name: "lost", args: { organization: ref("acme"), name: "Lost", adopt: "lost" } },
      { kind: "Invitation", name: "eve", args: { organization: "acmee", email: person("eve") } },
    ];
    project.declare([...stack, ...wrong]);
    expect((await project.preview()).code).toBe(0);
    const [code, ...problems] = await doctor();
    expect([code, problems.toSorted()]).toEqual([
      1,
      [
        expect.stringMatching(/^error planAdopt Team "lost": organization acme has no team "lost"/),
        expect.stringMatching(/^error planName Organization "second": an organization named "Acme" exists already/),
        expect.stringMatching(/^error planOrganization Invitation "eve": organization "acmee" is not visible/),
      ],
    ]);
    project.declare(stack);
    expect(await emulator.writes()).toEqual([]);
    expect(project.stateText()).toBe(state);
  });

  it("transfer-ownership leaves nothing to do, with and without a refresh", async () => {
    project.declare([...stack, member("owner", { role: "admin" })]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);

    const args = ["transfer-ownership", "acme", "--to", person("ada"), "--yes"];
    const { code, stdout } = await command(args, emulator.environment());
    expect([code, stdout]).toEqual([0, expect.stringContaining('is now "admin"')]);
    const after = [`${person("ada")} owner`, `${person("owner")} admin`];
    expect(await members()).toEqual(after);

    await emulator.clearLog();
    expect((await project.expectOk(["preview"])).steps).toEqual([]);
    expect((await project.expectOk(["preview", "--refresh"])).steps).toEqual([]);
    expect((await project.expectOk(["up", "--yes", "--skip-preview", "--refresh"])).steps).toEqual([]);
    expect(await emulator.writes()).toEqual([]);

    // At the end the owner's key is needed: only the owner may delete.
    const destroy = await project.destroy();
    expect(destroy.code).not.toBe(0);
    expect(await members()).toEqual(after);
    expect((await emulator.state()).organizations).toHaveLength(1);
  });
});

describe("commands without a usable stack", () => {
  beforeAll(async () => {
    project = await Project.open(emulator.environment());
  });
  afterAll(() => project?.close());

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ["no stack is selected", ["status"], {}, /pulumi stack export failed: .*stack/],
    ["there is no such stack", ["status", "--stack", "other"], {}, /pulumi stack export failed: .*other/],
    ["there is no CLI", ["status", "--stack", "test"], { PATH: "" }, /the Pulumi CLI is not on the PATH/],
    [
      "the configuration is needed and no stack selected",
      ["leave", "acme", "--yes"],
      { AVALA_API_KEY: "" },
      /pulumi config failed/,
    ],
  ])("report it if %s", async (_what, args, env, expected) => {
    const { code, stdout, stderr } = await command(args, env);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^[^\n]+ \[AVALA_STACK\]\n$/);
  });
});

describe("leave", () => {
  const key = "avk_ada";
  let state: string;
  let left: Awaited<ReturnType<typeof command>>;
  beforeAll(async () => {
    await emulator.reset({ people });
    await emulator.api("POST", "/organizations/", { name: "Acme" });
    await emulator.addKey(key, person("ada"));
    await emulator.join(await organizationUid(), person("ada"), "admin");
    project = await Project.open(emulator.environment(key));
    const uid = await organizationUid();
    project.declare([{ ...acme, args: { name: "Acme", adopt: uid } }, core, member("grace")]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    left = await command(["leave", "acme", "--yes"]);
    state = project.exported();
  });
  afterAll(() => project?.close());
  beforeEach(() => emulator.clearLog());

  it("removes the organization from the state as its message says, without a change in Avala", async () => {
    expect(left).toMatchObject({ code: 0, stdout: "Left Acme (acme).\n" });
    const before = (await emulator.state()).organizations;
    expect((await project.preview()).steps).toEqual([]);
    const refresh = await project.refresh();
    expect(refresh.screen).toContain("[AVALA_ORGANIZATION_VANISHED]");
    expect(project.resources()).toHaveLength(3);
    // A destroy does not touch what the key cannot see either.
    project.declare([]);
    expect((await project.up()).screen).toContain("[AVALA_ORGANIZATION_VANISHED]");

    await project.expectOk(["up", "--yes", "--skip-preview"], { AVALA_ASSUME_DELETED: await organizationUid() });
    expect(project.resources()).toEqual([]);
    expect(await emulator.writes()).toEqual([]);
    expect((await emulator.state()).organizations).toEqual(before);
  });

  it("or with pulumi state delete", async () => {
    project.write({ "left.json": state });
    await project.expectOk(["stack", "import", "--file", "left.json"]);
    expect(project.resources()).toHaveLength(3);
    const { urn } = project.resource("acme");
    await project.expectOk(["state", "delete", urn, "--target-dependents", "--yes"]);
    expect(project.resources()).toEqual([]);
    expect(await emulator.calls()).toEqual([]);
  });
});
