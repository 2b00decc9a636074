import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { blocks, read } from "../examples/support.js";
import { program } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

const person = (name: string) => `${name}@example.com`;
let emulator: TestEmulator;
let project: Project;

const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };

/** Commands of docs/guides/drift.md: the first, and the last but one. */
const guide = blocks(read("docs/guides/drift.md"), "sh");
const [check, record] = [guide[0]!, guide[4]!];

/** Runs commands of the guide as a shell does, with the built command line. */
async function follow(script: string) {
  const text = script.replaceAll(/npx --no -- pulumi-avala (\w+)/g, `${process.execPath} ${program} $1 --stack test`);
  const ended = await project.exec("sh", ["-ec", text]);
  return { ...ended, screen: ended.stdout + ended.stderr };
}

describe("bug: the adoption of docs/guides/drift.md did not find what the program declares", () => {
  const people = (members: Declared["args"][]): Declared => ({
    kind: "People",
    name: "people",
    args: { organization: ref("acme"), teams: { kern: ref("core") }, people: members },
  });
  interface Adoptable {
    people: { component: string; yaml: string; more: object[] }[];
  }
  const drifted = async () => {
    const { code, stdout, screen } = await follow(`${check.trim()} --json || test $? -eq 2`);
    if (code !== 0) throw new Error(screen);
    return JSON.parse(stdout) as Adoptable;
  };

  beforeEach(async () => {
    emulator = await startEmulator({ seed: { people: [{ email: person("owner") }, { email: person("ada") }] } });
    project = await Project.open({ ...emulator.environment() });
    const ada = { email: person("ada"), role: "admin", teams: { kern: "lead" } };
    project.declare([acme, core, people([ada])]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.accept(person("ada"));
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    const { uid, teams } = (await emulator.state()).organizations[0]!;
    await emulator.join(uid, person("eve"), "admin");
    const { uid: eve } = (await emulator.state()).people.find(({ email }) => email === person("eve"))!;
    const body = { user_uid: eve, role: "member" };
    await emulator.api("POST", `/organizations/acme/teams/${teams[0]!.slug}/members/`, body);
    await emulator.api("POST", "/organizations/acme/teams/", { name: "Shadow" });
    await emulator.clearLog();
  });

  afterEach(async () => {
    project.close();
    await emulator.close();
  });

  it("through the lines for a file of people, and an import without up", async () => {
    const { people: lines } = await drifted();
    expect(lines).toEqual([
      expect.objectContaining({
        component: "people",
        yaml: "- email: eve@example.com\n  role: admin\n  teams: [kern]\n",
        more: [],
      }),
    ]);
    const shadow: Declared = {
      kind: "Team",
      name: "dark",
      args: { organization: ref("acme"), name: "Shadow", adopt: "shadow" },
    };
    const list = parse(lines[0]!.yaml) as Declared["args"][];
    project.declare([
      acme,
      core,
      shadow,
      people([{ email: person("ada"), role: "admin", teams: { kern: "lead" } }, ...list]),
    ]);
    const { code, screen } = await follow(record);
    expect([code, screen]).toEqual([0, expect.stringContaining("adopt.json: 3 completed, 0 skipped.")]);
    expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
    await project.expectOk(["preview", "--expect-no-changes"]);
    expect((await follow(check)).code).toBe(0);
  });

  it("and leaves in the file what no resource declares", async () => {
    const { screen, code } = await follow(record);
    expect(code).toBe(1);
    expect(screen).toContain("3 of the entries in the file could not be completed. Nothing was imported.");
    const { resources } = JSON.parse(readFileSync(join(project.folder, "adopt.json"), "utf8")) as {
      resources: object[];
    };
    expect(resources).toHaveLength(3);
    const [, fill] = record.trim().split("\n");
    expect((await follow(fill!.replace(" --run", ""))).code).toBe(2);
  });
});
