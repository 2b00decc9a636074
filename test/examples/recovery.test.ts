import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
const open: Project[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(async () => {
  for (const project of open) project.close();
  await emulator.close();
});

async function opened(): Promise<Project> {
  const project = await Project.open(emulator.environment());
  open.push(project);
  return project;
}

const people = ["ada@example.com", "grace@example.com", "linus@example.com"];
const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const team = (name: string): Declared => ({ kind: "Team", name, args: { organization: ref("acme"), name } });
const core = team("core");
const invitations = people.map((email): Declared => ({
  kind: "Invitation",
  name: email,
  args: { organization: ref("acme"), email },
}));
const memberships = people.map((email): Declared => ({
  kind: "TeamMembership",
  name: `core/${email}`,
  args: { team: ref("core"), email, role: "member" },
}));

async function emailedTo(): Promise<string[]> {
  return (await emulator.emails()).map(({ to }) => to).toSorted();
}

describe("docs/guides/recovery.md", () => {
  it("after a killed engine: three commands, and nobody is invited twice", async () => {
    const project = await opened();
    project.declare([acme, ...invitations]);
    await project.killedUp(async () => (await emailedTo()).length > 0);
    expect((await project.run(["up", "--yes", "--skip-preview"])).code).not.toBe(0);
    await project.expectOk(["cancel", "--yes"]);
    await project.expectOk(["refresh", "--yes", "--clear-pending-creates"]);
    await project.expectOk(["up", "--yes"]);
    await project.expectOk(["preview", "--refresh", "--expect-no-changes"]);
    expect(await emailedTo()).toEqual(people);
    expect((await emulator.state()).organizations).toHaveLength(1);
  });
});

describe("one stack: teams get other logical names, somebody accepts, and the state is lost", () => {
  let uid: string;
  let refused: Outcome;
  let moved: Outcome;
  /** Of both runs. */
  let writes: string[];
  let before: unknown;

  beforeAll(async () => {
    await emulator.reset();
    const project = await opened();
    const others = [...invitations, ...memberships];
    project.declare([acme, core, team("wing"), team("crew"), ...others]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.clearLog();

    const aliased = { ...team("wing"), name: "arm", options: { aliases: [{ name: "wing" }] } };
    const squad = { ...team("crew"), name: "squad" };
    project.declare([acme, core, aliased, squad, ...others]);
    refused = await project.up();
    await emulator.accept("ada@example.com");
    const { organizations } = await emulator.state();
    ({ uid } = organizations[0]!.teams.find(({ name }) => name === "crew")!);
    project.declare([acme, core, aliased, { ...squad, args: { ...squad.args, adopt: uid } }, ...others]);
    moved = await project.expectOk(["up", "--yes", "--skip-preview"]);
    await project.expectOk(["preview", "--expect-no-changes"]);
    writes = await emulator.writes();
    before = (await emulator.state()).organizations;
    await emulator.clearLog();
  });

  it("docs/internals/lifecycle.md: a team moves to another logical name with an alias", () => {
    for (const { steps } of [refused, moved]) expect(steps.filter((step) => / (wing|arm)$/.test(step))).toEqual([]);
  });

  it("docs/internals/lifecycle.md: a team without an alias is refused, with the adopt line", () => {
    expect(refused.code).not.toBe(0);
    expect(refused.screen).toContain(`adopt: "${uid}"`);
    expect(refused.screen).toContain("[AVALA_GUARD]");
    expect(moved.steps).toEqual([
      "create Team squad",
      "delete Team crew",
      "update Invitation ada@example.com",
      "update TeamMembership core/ada@example.com",
    ]);
  });

  it("docs/internals/lifecycle.md: nothing is written for either team", () => {
    expect(writes).toEqual(["POST /organizations/acme/teams/core/members/"]);
  });

  it("docs/guides/recovery.md: after a lost state: adopt, and nobody is invited or moved", async () => {
    const again = await opened();
    const adopted = [acme, core].map((one) => ({ ...one, args: { ...one.args, adopt: one.name } }));
    again.declare([...adopted, ...invitations, ...memberships]);
    await again.expectOk(["up", "--yes", "--skip-preview"]);
    await again.expectOk(["preview", "--refresh", "--expect-no-changes"]);
    expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
    expect((await emulator.state()).organizations).toEqual(before);
  });
});
