import type { State } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

const inBox = { parent: ref("box") };

/** What a move changes of a program that stays the same in meaning. */
interface Layout {
  acme?: Partial<Declared>;
  core?: Partial<Declared>;
  /** How memberships and invitations name things, and the options they get. */
  organization?: unknown;
  ada?: string;
  mia?: Record<string, string>;
  tom?: Record<string, string>;
  suffix?: string;
  options?: Record<string, unknown>;
  provider?: Record<string, unknown>;
}

function program(layout: Layout): Declared[] {
  const { suffix = "", options = {}, organization = ref("acme"), ada = "ada@example.com" } = layout;
  const { mia = { email: "mia@example.com" }, tom = { email: "tom@example.com" } } = layout;
  const moved = (entry: Declared): Declared => ({ ...entry, name: entry.name + suffix, options });
  const merged = (entry: Declared, change: Partial<Declared> = {}): Declared => ({
    ...entry,
    ...change,
    args: { ...entry.args, ...change.args },
  });
  return [
    ...(layout.provider ? [{ kind: "Provider", name: "tenant", args: layout.provider } as const] : []),
    merged(
      { kind: "Organization", name: "acme", key: "acme", args: { name: "Acme", description: "Arms" } },
      layout.acme,
    ),
    merged(
      { kind: "Team", name: "core", key: "core", args: { organization, name: "Core", color: "#112233" } },
      layout.core,
    ),
    { kind: "Component", name: "box" },
    moved({ kind: "Invitation", name: "ada", args: { organization, email: ada, role: "admin" } }),
    moved({ kind: "Invitation", name: "bob", args: { organization, email: "bob@example.com" } }),
    moved({ kind: "TeamMembership", name: "ada-core", args: { team: ref("core"), email: ada, role: "member" } }),
    moved({
      kind: "TeamMembership",
      name: "bob-core",
      args: { team: ref("core"), email: "bob@example.com", role: "member" },
    }),
    moved({ kind: "TeamMembership", name: "mia-core", args: { team: ref("core"), ...mia, role: "lead" } }),
    moved({ kind: "TeamMembership", name: "tom-core", args: { team: ref("core"), ...tom, role: "member" } }),
  ];
}

describe("refactoring", () => {
  let emulator: TestEmulator;
  let project: Project;
  let before: State;
  let acme: string;
  let core: string;
  const uidOf = (email: string) => before.people.find((person) => person.email === email)!.uid;
  const urn = (name: string) => project.resource(name).urn;
  const explicit = () => ({ apiKeyEnv: "AVALA_API_KEY", baseUrl: emulator.url, allowInsecureBaseUrl: true });

  beforeAll(async () => {
    emulator = await startEmulator({
      seed: { people: [{ email: "owner@example.com" }, { email: "mia@example.com" }, { email: "tom@example.com" }] },
    });
    project = await Project.open(emulator.environment());
    project.declare(program({}));
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    acme = project.resource("acme").id!;
    core = project.resource("core").id!.split("/")[1]!;
    for (const email of ["mia@example.com", "tom@example.com"]) await emulator.join(acme, email);
    await emulator.accept("bob@example.com");
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    before = await emulator.state();
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  /** Applies a program and expects that the service has seen no write, and that nothing is left to do. */
  async function expectNothingMoved(layout: Layout, args: string[] = []) {
    await emulator.clearLog();
    project.declare(program(layout));
    const up = await project.up(["--skip-preview", ...args]);
    expect([up.code, await emulator.writes(), await emulator.emails()]).toEqual([0, [], []]);
    expect((await emulator.state()).organizations).toEqual(before.organizations);
    const preview = await project.preview(["--expect-no-changes", "--refresh"]);
    expect([preview.code, preview.steps]).toEqual([0, []]);
    return up;
  }

  it("keeps people and invitations whose resources are renamed", async () => {
    expect(before.organizations[0]!.teams[0]!.members).toHaveLength(3);
    const { steps } = await expectNothingMoved({ suffix: "-renamed" });
    expect(steps.filter((step) => step.startsWith("delete"))).toHaveLength(6);
  });

  it("keeps those that move into a component", async () => {
    const { steps } = await expectNothingMoved({ options: inBox });
    expect(steps.filter((step) => step.startsWith("delete"))).toHaveLength(6);
  });

  it("keeps those that are replaced on request", async () => {
    const names = ["ada", "bob", "mia-core", "tom-core", "ada-core"];
    const { steps } = await expectNothingMoved(
      { options: inBox },
      names.flatMap((name) => ["--replace", urn(name)]),
    );
    expect(steps.filter((step) => step.startsWith("delete"))).toHaveLength(5);
  });

  it("keeps those that are replaced before they are made anew", async () => {
    const options = { ...inBox, deleteBeforeReplace: true };
    const { steps } = await expectNothingMoved({ options }, ["--replace", urn("ada"), "--replace", urn("mia-core")]);
    expect(steps.filter((step) => step.startsWith("delete"))).toHaveLength(2);
  });

  it.each<[string, () => Layout]>([
    [
      "an organization named by its slug, and people named by their uid,",
      () => ({
        organization: "acme",
        mia: { user: uidOf("mia@example.com") },
        tom: { user: uidOf("tom@example.com") },
      }),
    ],
    [
      "an organization named by its uid in capitals, and e-mails in another case,",
      () => ({ organization: acme.toUpperCase(), ada: "ADA@Example.com", mia: { email: "Mia@EXAMPLE.com" } }),
    ],
    ["the resource and the e-mails again", () => ({})],
    ["an explicit provider", () => ({ provider: explicit(), options: { ...inBox, provider: ref("tenant") } })],
    ["the default provider again", () => ({})],
  ])("takes %s for no change", async (_what, layout) => {
    const { steps } = await expectNothingMoved({ options: inBox, ...layout() });
    expect(steps).toEqual([]);
  });

  it("keeps those that are renamed on their way to an explicit provider, and on their way back", async () => {
    const there = await expectNothingMoved({
      options: { ...inBox, provider: ref("tenant") },
      provider: explicit(),
      suffix: "-tenant",
    });
    expect(there.steps.filter((step) => step.startsWith("delete"))).toHaveLength(6);
    const back = await expectNothingMoved({ options: inBox });
    expect(back.steps.filter((step) => step.startsWith("delete"))).toHaveLength(6);
  });

  it.each<[string, (adopt: object) => Layout, () => string]>([
    ["organization", (args) => ({ options: inBox, acme: { name: "acme-renamed", args: { ...args } } }), () => acme],
    [
      "team",
      (args) => ({
        options: inBox,
        acme: { name: "acme-renamed", args: { adopt: acme } },
        core: { name: "core-renamed", args: { ...args } },
      }),
      () => core,
    ],
    [
      "team on its way to an explicit provider",
      (args) => ({
        options: inBox,
        provider: explicit(),
        acme: { name: "acme-renamed", args: { adopt: acme } },
        core: { name: "core-tenant", options: { provider: ref("tenant") }, args: { ...args } },
      }),
      () => core,
    ],
  ])("refuses a renamed %s with the line that adopts it, and converges with that line", async (_what, layout, uid) => {
    await emulator.clearLog();
    project.declare(program(layout({})));
    const refused = await project.up();
    expect(refused.code).not.toBe(0);
    expect(refused.screen).toContain(`adopt: "${uid()}"`);
    expect(await emulator.writes()).toEqual([]);
    await expectNothingMoved(layout({ adopt: uid() }));
  });

  it("still removes everybody when all is destroyed", async () => {
    const destroy = await project.destroy();
    expect(destroy.code).toBe(0);
    const [organization] = (await emulator.state()).organizations;
    expect(organization!.teams).toEqual([]);
    expect(organization!.invitations.map(({ status }) => status).toSorted()).toEqual(["accepted", "cancelled"]);
  });
});
