import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { read, root, typesAreChecked } from "./support.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;
beforeAll(async () => {
  emulator = await startEmulator();
  project = await Project.open({ ...typesAreChecked, ...emulator.environment() });
});
afterAll(async () => {
  project.close();
  await emulator.close();
});

const template = join(root, "templates/organization");

it("pulumi new creates a project, which compiles, creates its organization, invites nobody, and is settled", async () => {
  const folder = join(project.folder, "made");
  const pulumi = async (...args: string[]) => {
    const { code, stdout, stderr } = await project.exec("pulumi", [...args, "--non-interactive", "--cwd", folder]);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
  };
  mkdirSync(folder);
  await pulumi("new", template, "--yes", "--generate-only", "--name", "staff", "--description", "Our staff");
  expect(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).toMatch(/^name: staff\ndescription: Our staff\n/);
  expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toMatchObject({ name: "staff" });
  execFileSync(process.execPath, [join(root, "node_modules/.bin/tsc"), "-p", folder]);
  await pulumi("stack", "init", "dev");
  await pulumi("config", "set", "organization", "Acme Robotics");
  await pulumi("up", "--yes", "--skip-preview");
  await pulumi("preview", "--expect-no-changes");
  const { organizations, emails } = await emulator.state();
  expect(organizations.map(({ name, teams }) => [name, teams.map((team) => team.name)])).toEqual([
    ["Acme Robotics", ["Perception"]],
  ]);
  expect(emails).toEqual([]);
});

it("its package.json asks for this version", () => {
  const { dependencies } = JSON.parse(read("templates/organization/package.json")) as {
    dependencies: Record<string, string>;
  };
  expect(dependencies["pulumi-avala"]).toBe(`^${version}`);
});
