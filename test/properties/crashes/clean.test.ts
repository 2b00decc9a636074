import { rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { openStoppingProxy } from "./stoppingProxy.js";
import { Project } from "../../support/pulumi.js";
import { declarationsOf, essence, heldAfter, writesOf, type Phase } from "./program.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let proxy: Awaited<ReturnType<typeof openStoppingProxy>>;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator();
  proxy = await openStoppingProxy(emulator.url);
  project = await Project.open({ ...emulator.environment(), AVALA_BASE_URL: proxy.url });
});
afterAll(async () => {
  project?.close();
  await proxy?.close();
  await emulator?.close();
});

const declare = (phase: Phase) => project.declare(declarationsOf({ name: "acme", phase, adopt: {} }));
const held = async () => {
  const { organizations, emails } = await emulator.state();
  return organizations.map((one) => essence(one, emails));
};
const expectWrites = (phase: Phase) => expect(proxy.writes().toSorted()).toEqual(writesOf[phase].flat().toSorted());

describe("a run without a crash", () => {
  it.each(["made", "changed"] as const)(
    "makes the writes and leaves what the tests of crashes expect: %s",
    async (phase) => {
      proxy.set(new Map());
      declare(phase);
      await project.expectOk(["up", "--yes", "--skip-preview"]);
      expectWrites(phase);
      expect(await held()).toEqual([heldAfter[phase]]);
      if (phase === "made") await emulator.accept("mia@example.com");
    },
  );

  it("docs/guides/recovery.md: an empty file beside the state stops every command, and is removed", async () => {
    const attributes = join(project.folder, "state/.pulumi/stacks/e2e/test.json.attrs");
    truncateSync(attributes);
    const { code, screen } = await project.run(["stack"]);
    expect([code !== 0, screen]).toEqual([true, expect.stringContaining("failed to load checkpoint: EOF")]);
    rmSync(attributes);
    await project.expectOk(["stack"]);
  });

  it("makes the writes that the tests of crashes expect: destroyed", async () => {
    proxy.set(new Map());
    await project.expectOk(["destroy", "--yes", "--skip-preview"]);
    expectWrites("destroyed");
    expect(await held()).toEqual([]);
  });
});
