import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(async () => {
  await emulator.reset();
  project = await Project.open(emulator.environment());
});

afterEach(() => project.close());
afterAll(() => emulator.close());

const people = ["ada@example.com", "grace@example.com", "linus@example.com"];
const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };
const invitations = people.map((email): Declared => ({
  kind: "Invitation",
  name: email,
  args: { organization: ref("acme"), email },
}));
const places = people.map((email): Declared => ({
  kind: "TeamMembership",
  name: `core/${email}`,
  args: { team: ref("core"), email, role: "member" },
}));

async function mailed(): Promise<string[]> {
  return (await emulator.emails()).map(({ to }) => to).toSorted();
}

describe("docs/recovery.md", () => {
  it("after a killed engine: three commands, and nobody is mailed twice", async () => {
    project.declare([acme, ...invitations]);
    await project.killedUp(async () => (await mailed()).length > 0);
    expect((await project.run(["up", "--yes", "--skip-preview"])).code).not.toBe(0);
    await project.expectOk(["cancel", "--yes"]);
    await project.expectOk(["refresh", "--yes", "--clear-pending-creates"]);
    await project.expectOk(["up", "--yes"]);
    await project.expectOk(["preview", "--refresh", "--expect-no-changes"]);
    expect(await mailed()).toEqual(people);
    expect((await emulator.state()).organizations).toHaveLength(1);
  });

  it("after a lost state: adopt, and nobody is mailed or moved", async () => {
    project.declare([acme, core, ...invitations, ...places]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.accept("ada@example.com");
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    const before = (await emulator.state()).organizations;
    await emulator.clearLog();

    const again = await Project.open(emulator.environment());
    try {
      const adopted = [acme, core].map((one) => ({ ...one, args: { ...one.args, adopt: one.name } }));
      again.declare([...adopted, ...invitations, ...places]);
      await again.expectOk(["up", "--yes", "--skip-preview"]);
      await again.expectOk(["preview", "--refresh", "--expect-no-changes"]);
    } finally {
      again.close();
    }
    expect(await emulator.writes()).toEqual([]);
    expect((await emulator.state()).organizations).toEqual(before);
  });
});

describe("docs/lifecycle.md", () => {
  it("a team moves to another logical name with an alias", async () => {
    project.declare([acme, core]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.clearLog();
    const renamed = { ...core, name: "heart", options: { aliases: [{ name: "core" }] } };
    project.declare([acme, renamed]);
    expect((await project.expectOk(["up", "--yes", "--skip-preview"])).steps).toEqual([]);
    expect(await emulator.writes()).toEqual([]);
  });

  it("a team without an alias is refused, with the line that takes it over", async () => {
    project.declare([acme, core]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    const { uid } = (await emulator.state()).organizations[0]!.teams[0]!;
    await emulator.clearLog();
    project.declare([acme, { ...core, name: "heart" }]);
    const { code, screen } = await project.up();
    expect(code).not.toBe(0);
    expect(screen).toContain(`adopt: "${uid}"`);
    expect(screen).toContain("[AVALA_GUARD]");

    project.declare([acme, { ...core, name: "heart", args: { ...core.args, adopt: uid } }]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await project.expectOk(["preview", "--expect-no-changes"]);
    expect(await emulator.writes()).toEqual([]);
  });
});
