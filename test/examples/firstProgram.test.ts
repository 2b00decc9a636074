import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { blocks, exampleFiles, read, typesAreChecked } from "./support.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;
beforeAll(async () => {
  emulator = await startEmulator();
  const [program] = blocks(read("docs/start/first-program.md"), "ts");
  project = await Project.open(
    { ...typesAreChecked, ...emulator.environment() },
    { ...exampleFiles("quickstart"), "index.ts": program! },
  );
});
afterAll(async () => {
  project.close();
  await emulator.close();
});

const output = async () => JSON.parse((await project.expectOk(["stack", "output", "--json"])).stdout) as unknown;

it("docs/start/first-program.md: invites by one email, adds the person after the acceptance, and cleans up", async () => {
  const created = await project.expectOk(["up", "--yes", "--skip-preview"]);
  expect(created.steps).toEqual([
    "create Organization acme",
    "create OrganizationMember ada",
    "create Team perception",
    "create TeamMembership ada-perception",
  ]);
  expect(await output()).toEqual({ adaInPerception: "waiting" });
  expect((await emulator.emails()).map(({ to }) => to)).toEqual(["ada@example.com"]);

  await emulator.accept("ada@example.com");
  const joined = await project.expectOk(["up", "--yes", "--skip-preview"]);
  expect(joined.steps).toEqual(["update OrganizationMember ada", "update TeamMembership ada-perception"]);
  expect(await output()).toEqual({ adaInPerception: "active" });

  await emulator.clearLog();
  await project.expectOk(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
  expect(await emulator.calls()).toEqual([]);

  await project.expectOk(["destroy", "--yes", "--skip-preview"]);
  expect((await emulator.state()).organizations).toEqual([]);
  expect(await emulator.emails()).toEqual([]);
});
