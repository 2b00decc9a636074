import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator();
  project = await Project.open(emulator.environment());
});

afterAll(async () => {
  project.close();
  await emulator.close();
});

beforeEach(() => emulator.clearLog());

const declared = (kind: Declared["kind"], name: string, args: object): Declared =>
  ({ kind, name, args: { organization: { $ref: "acme" }, ...args } }) as Declared;
const acme = { kind: "Organization", name: "acme", args: { name: "Acme" } } as Declared;
const member = (name: string, args: object = {}) =>
  declared("OrganizationMember", name, { email: `${name}@example.com`, ...args });
const core = (args: object = {}) => declared("Team", "core", { name: "Core", ...args });
const placeOf = (name: string) =>
  ({
    kind: "TeamMembership",
    name: `core-${name}`,
    args: { team: { $ref: "core" }, email: { $ref: name, property: "email" } },
  }) as Declared;

const planFile = () => join(project.folder, "plan.json");

/** Plans as the workflows do, and answers the steps of the preview. */
async function plan(resources: readonly Declared[]): Promise<string[]> {
  project.declare(resources);
  const args = ["preview", "--stack", "test", "--non-interactive", "--json", "--show-sames", "--save-plan", planFile()];
  const { code, stdout, stderr } = await project.exec("pulumi", args, { AVALA_READ_ONLY: "1" });
  if (code !== 0) throw new Error(`The preview ended with ${code}: ${stderr}\n${stdout}`);
  return (JSON.parse(stdout) as { steps: { op: string }[] }).steps.map(({ op }) => op);
}

const up = () => project.up(["--skip-preview", "--plan", planFile()]);
const writes = async () => (await emulator.writes()).map(String);
const standing = async () => JSON.stringify((await emulator.state()).organizations);

describe("pulumi up --plan, with the plan of pulumi preview --save-plan", () => {
  const first = [acme, core(), member("zoe"), placeOf("zoe"), member("kim")];
  const second = [
    acme,
    core({ description: "Cameras" }),
    member("zoe", { role: "admin" }),
    placeOf("zoe"),
    member("kim"),
  ];

  it.each<[string, readonly Declared[], string[]]>([
    ["a creation, also of what needs ids that are not known yet", first, ["create"]],
    ["an update", second, ["update"]],
    [
      "a replacement",
      second.map((row) => (row.name === "kim" ? member("kim", { email: "tom@example.com" }) : row)),
      ["replace"],
    ],
    ["a deletion", second.slice(0, 4), ["delete"]],
    ["nothing", second.slice(0, 4), []],
  ])("carries out %s", async (_what, resources, ops) => {
    expect(await plan(resources)).toEqual(expect.arrayContaining(ops));
    const { code, screen } = await up();
    expect([code, screen]).toEqual([0, expect.not.stringContaining("violates plan")]);
    expect((await writes()).length > 0).toBe(ops.length > 0);
  });

  describe("carries out no step that the plan lacks", () => {
    const planned = second.slice(0, 4);
    beforeAll(() => plan(planned));

    it.each<[string, readonly Declared[], RegExp]>([
      ["one more person", [...planned, member("mallory", { role: "admin" })], /create is not allowed by the plan/],
      ["another role", [acme, planned[1]!, member("zoe"), placeOf("zoe")], /violates plan/],
      ["a change of what stays", [acme, core({ description: "x" }), ...planned.slice(2)], /violates plan/],
      ["a removal", planned.slice(0, 3), /delete is not allowed by the plan/],
    ])("%s", async (_what, resources, error) => {
      const before = await standing();
      project.declare(resources);
      const { code, screen } = await up();
      expect([code, screen]).toEqual([1, expect.stringMatching(error)]);
      expect([await writes(), await standing()]).toEqual([[], before]);
    });
  });

  it("refuses a plan that an acceptance has overtaken, and carries out a new one", async () => {
    const resources = [acme, core({ description: "Lidar" }), member("zoe", { role: "admin" }), placeOf("zoe")];
    await plan(resources);
    await emulator.accept("zoe@example.com");
    const { code, screen } = await up();
    expect([code, screen]).toEqual([1, expect.stringMatching(/not allowed by the plan|violates plan/)]);
    const emails = await emulator.emails();
    await plan(resources);
    expect((await up()).code).toBe(0);
    expect(await emulator.emails()).toEqual(emails);
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
  });

  it("refuses a plan of another configuration before its first write", async () => {
    const resources = [acme, core({ description: "Sonar" }), member("zoe", { role: "admin" }), placeOf("zoe")];
    await plan(resources);
    await project.expectOk(["config", "set", "avala:maxRemovals", "99"]);
    const { code, screen } = await up();
    await project.expectOk(["config", "rm", "avala:maxRemovals"]);
    expect([code, screen]).toEqual([1, expect.stringContaining("avala:maxRemovals")]);
    expect(await writes()).toEqual([]);
  });

  it("notices a planned step that the program leaves out only at the end: the other steps have been carried out", async () => {
    const resources = [acme, core({ description: "Radar" }), member("zoe", { role: "admin" }), placeOf("zoe")];
    await plan([...resources, member("tom")]);
    project.declare(resources);
    const { code, screen } = await up();
    expect([code, screen]).toEqual([1, expect.stringContaining("expected resource operations for")]);
    expect((await writes()).length).toBe(1);
    expect(await standing()).toContain("Radar");
  });

  it("keeps secrets encrypted in the plan, but shows them in the error of a program that differs", async () => {
    const rest = [acme, member("zoe", { role: "admin" })];
    const secret = (text: string) => [...rest, core({ description: { $secret: text } }), placeOf("zoe")];
    const ordered = (text: string) => [acme, secret(text)[2]!, secret(text)[1]!, placeOf("zoe")];
    await plan(ordered("first-secret"));
    const text = readFileSync(planFile(), "utf8");
    expect(text).not.toMatch(/first-secret|avk_/);
    expect(text).toContain("zoe@example.com");
    project.declare(ordered("other-secret"));
    const { code, screen } = await up();
    expect([code, screen]).toEqual([1, expect.stringContaining("first-secret")]);
    expect(await writes()).toEqual([]);
  });

  it("shows a key of the configuration that is changed before the plan is carried out: keys belong in the environment", async () => {
    project.declare([acme]);
    await project.expectOk(["config", "set", "--secret", "avala:apiKey", "avk_local"]);
    await plan([acme]);
    await project.expectOk(["config", "set", "--secret", "avala:apiKey", "avk_other"]);
    const { code, screen } = await up();
    await project.expectOk(["config", "rm", "avala:apiKey"]);
    expect([code, screen]).toEqual([1, expect.stringContaining("avk_local")]);
    expect(await writes()).toEqual([]);
  });
});
