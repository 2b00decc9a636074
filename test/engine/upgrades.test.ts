import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { flagsOf, resources } from "../../provider/schema/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, type ResourceState } from "../support/pulumi.js";
import { movedTo, readStates, recordedVersions, refuseToOverwrite, start, storyOf, writeStates } from "./states.js";
import type { Recorded } from "./states.js";

jest.setTimeout(240_000);

const root = resolve(__dirname, "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

/** Set when a version is released: today's states are kept as the states of that version, once they have passed. */
const isRecording = process.env["AVALA_RECORD_STATES"] === "1";

describe("states that an earlier version wrote", () => {
  let emulator: TestEmulator;
  const open: Project[] = [];

  const openProject = async () => {
    const project = await Project.open(emulator.environment());
    open.push(project);
    return project;
  };
  beforeAll(async () => {
    if (isRecording) refuseToOverwrite(version);
    emulator = await startEmulator();
  });
  afterAll(async () => {
    for (const project of open) project.close();
    await emulator?.close();
  });

  /** Continues in a stack of its own, to its end, with the service's data of that time, at the current address and time. */
  async function carryOn(written: Recorded): Promise<void> {
    const { program, plan, state, service } = movedTo(written, emulator.url);
    await emulator.reset(service);
    await emulator.clearLog();
    const project = await openProject();
    project.write({ "state.json": state });
    project.declare(program);
    await project.expectOk(["stack", "import", "--file", "state.json"]);
    const before = project.resources();
    expectEveryStatus(before);

    expect((await project.expectOk(["preview"])).steps).toEqual(plan);
    // As the engine shows it, the same steps are planned after a refresh; nothing else has changed.
    expect((await project.expectOk(["refresh", "--yes", "--skip-preview"])).steps).toEqual(plan);
    // A refresh records the remains of an interrupted step, and the owner.
    const lasting = (outputs: Record<string, unknown>) => {
      const { __unfinished: _, __owner: __, ...rest } = outputs;
      return rest;
    };
    const outputs = (rows: ResourceState[]) =>
      Object.fromEntries(rows.map((row) => [row.urn, [row.id, lasting(row.outputs ?? {})]]));
    expect(outputs(project.resources())).toEqual(outputs(before));
    expect(await emulator.writes()).toEqual([]);

    await project.expectOk(["destroy", "--yes", "--skip-preview"]);
    expect(project.resources()).toEqual([]);
    expect((await emulator.writes()).filter((call) => !/^DELETE |\/cancel\/$/.test(call))).toEqual([]);
    expect(await emulator.emails()).toEqual([]);
  }

  const today = "today's states";

  it.each([today, ...recordedVersions()])(
    "%s: every kind in every status can be managed and destroyed",
    async (written) => {
      if (written === today) {
        await emulator.reset(start);
        const states = await storyOf(emulator, await openProject());
        // As for a user who upgrades after years.
        const longAgo = Date.parse("2020-02-29T12:00:00.000Z");
        await carryOn(movedTo(states, "http://service.example.com/api/v1", longAgo));
        if (isRecording) writeStates(version, states);
      } else {
        await carryOn(readStates(written));
      }
      // Adopted objects stay, with the people who are retained.
      const members = [{ role: "owner" }, { email: "lee@example.com" }];
      expect((await emulator.state()).organizations).toEqual([
        expect.objectContaining({
          name: "Given",
          teams: [],
          members: members.map((row) => expect.objectContaining(row)),
        }),
      ]);
    },
  );

  it("are kept for each version that is released", () => {
    const headings = readFileSync(join(root, "CHANGELOG.md"), "utf8").matchAll(/^## (\d+\.\d+\.\d+\S*?)(,.*)?$/gm);
    const released = [...headings].filter(([heading]) => !heading.endsWith(", unreleased")).map(([, name]) => name!);
    expect(recordedVersions()).toEqual(released.toSorted());
  });
});

/** Every kind is there in every status that its schema knows, with the version of its shape. */
function expectEveryStatus(rows: ResourceState[]): void {
  const of = (kind: string) => rows.filter(({ type }) => type.endsWith(`/avala:${kind}`));
  for (const { kind, outputs } of Object.values(resources)) {
    expect(of(kind).map((row) => row.outputs!["__v"])).toEqual(of(kind).map(() => expect.any(Number)));
    const known = "status" in outputs ? flagsOf(outputs.status).known! : [undefined];
    const statuses = new Set(of(kind).map((row) => row.outputs!["status"]));
    expect({ kind, statuses: [...statuses].toSorted() }).toEqual({ kind, statuses: [...known].toSorted() });
  }
  const roster = of("TeamRoster")[0]!.outputs!;
  expect([roster["waiting"], roster["unmanagedMembers"]]).toEqual(["invited@example.com", "stranger@example.com"]);
  expect(rows.filter((row) => "initErrors" in row)).toHaveLength(1);
  expect(rows.filter((row) => row.provider!.includes("::tenant::"))).toHaveLength(1);
}
