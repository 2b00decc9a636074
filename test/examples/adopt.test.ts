import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { adopted } from "./adopted.js";
import { commandsOf, read, readersShell, typesAreChecked, under } from "./support.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => {
  await emulator.reset(adopted());
  project = await Project.open({ ...typesAreChecked, ...emulator.environment() });
});
afterEach(() => project.close());
afterAll(() => emulator.close());

const run = async (commands: readonly string[]) => {
  const { code, stdout, stderr } = await project.exec("bash", ["-c", [readersShell, ...commands].join("\n")]);
  if (code !== 0) throw new Error(`It ended with ${code}:\n${stdout}\n${stderr}`);
};
const sent = async () => [await emulator.writes(), (await emulator.emails()).map(({ to }) => to)];

it("docs/guides/adopt.md leads from a key to the first change: one email, and nothing sent before", async () => {
  const commands = commandsOf("docs/guides/adopt.md");
  const change = commands.pop()!;
  expect(change).toContain("pulumi up");
  await run(commands);
  expect(await sent()).toEqual([[], []]);
  await run(["cd acme", change]);
  expect(await sent()).toEqual([["POST /organizations/acme-robotics/invitations/"], ["lee@example.com"]]);
});

describe("examples/adopt-existing", () => {
  const example = (name: string) => read(`examples/adopt-existing/${name}`);
  const files = under("examples/adopt-existing", "").map((path) => path.split("/").pop()!);

  it("is what the command writes, except for the path of the package in the clone", async () => {
    const out = join(project.folder, "written");
    await run([`npx pulumi-avala import acme-robotics --out ${out} --json >&2`]);
    const written = (name: string) => readFileSync(join(out, name), "utf8");
    expect(readdirSync(out).toSorted()).toEqual(files.toSorted());
    const own = ["package.json", ".avala-import.json"];
    for (const name of files.filter((name) => !own.includes(name))) expect(example(name)).toBe(written(name));
    const manifest = written("package.json")
      .replace(`^${version}`, "file:../..")
      .replace("avala-acme-robotics", "adopt-existing");
    expect(example("package.json")).toBe(manifest);
    const record = (text: string) => {
      const { files, ...rest } = JSON.parse(text) as { files: Record<string, string> };
      return { ...rest, files: { ...files, "package.json": "of another version" } };
    };
    expect(record(example(".avala-import.json"))).toEqual(record(written(".avala-import.json")));
  });

  it("is imported into a stack by the commands of its README, with nothing sent and nothing left to do", async () => {
    mkdirSync(join(project.folder, "adopt-existing"));
    for (const name of files) writeFileSync(join(project.folder, "adopt-existing", name), example(name));
    const [first] = commandsOf("examples/adopt-existing/README.md");
    await run(["cd adopt-existing", first!]);
    expect(await sent()).toEqual([[], []]);
  });
});
