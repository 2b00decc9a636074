import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { startObjectStore } from "../support/objectStore.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let store: Awaited<ReturnType<typeof startObjectStore>>;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator();
  store = await startObjectStore();
  project = await Project.open({ ...emulator.environment(), ...store.environment });
});

afterAll(async () => {
  project?.close();
  await store?.close();
  await emulator?.close();
});

const newcomers = ["ada", "grace", "linus"].map((name) => `${name}@example.com`);
const declared: Declared[] = [
  { kind: "Organization", name: "acme", args: { name: "Acme", onDestroy: "delete" } },
  { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core", description: "All of us" } },
  ...newcomers.flatMap((email): Declared[] => [
    { kind: "OrganizationMember", name: email, args: { organization: ref("acme"), email } },
    { kind: "TeamMembership", name: `core/${email}`, args: { team: ref("core"), email, role: "member" } },
  ]),
];

const emailedTo = async () => (await emulator.emails()).map(({ to }) => to).toSorted();

it("a stack whose state is in an object store: killed, recovered, settled, drifted, repaired and destroyed", async () => {
  project.declare(declared);
  await project.killedUp(async () => (await emailedTo()).length > 0);
  expect((await project.run(["up", "--yes", "--skip-preview"])).code).not.toBe(0);
  await project.expectOk(["cancel", "--yes"]);
  await project.expectOk(["refresh", "--yes", "--clear-pending-creates"]);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  expect(await emailedTo()).toEqual(newcomers);

  for (const email of newcomers) await emulator.accept(email);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  await emulator.clearLog();
  await project.expectOk(["preview", "--expect-no-changes"]);
  expect(await emulator.calls()).toEqual([]);
  await project.expectOk(["preview", "--refresh", "--expect-no-changes"]);

  await emulator.api("PATCH", "/organizations/acme/teams/core/", { description: "by hand" });
  await emulator.clearLog();
  await project.expectOk(["up", "--yes", "--skip-preview", "--refresh"]);
  expect(await emulator.writes()).toEqual(["PATCH /organizations/acme/teams/core/"]);
  await project.expectOk(["destroy", "--yes", "--skip-preview"]);
  const { organizations } = await emulator.state();
  expect(organizations).toEqual([]);
  expect(await emulator.emails()).toEqual([]);
  expect(JSON.parse((await project.expectOk(["stack", "export"])).stdout)).not.toHaveProperty("deployment.resources");
});
