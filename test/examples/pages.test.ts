import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Seed } from "../../emulator/src/index.js";
import { resources } from "../../provider/schema/index.js";
import { program } from "../support/commandLine.js";
import { ownerKey, startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { read, root, under } from "./support.js";

jest.setTimeout(240_000);

const folder = "examples/reference";
const kinds = Object.keys(resources);
const subjectOf = (path: string) => path.split("/")[2]!;
/** In the order of the documentation: the first declaration of a resource has the most inputs. */
const files = under(folder, ".ts").toSorted((one, other) => placeOf(one) - placeOf(other));
const basics = files.filter((path) => kinds.includes(subjectOf(path)) && basename(path) === "basic.ts");

function placeOf(path: string): number {
  const at = kinds.indexOf(subjectOf(path));
  return at === -1 ? kinds.length : at;
}

const tenantKey = "avk_tenant-9b20";
const email = (name: string) => `${name}@example.com`;
const owner = { email: email("owner"), role: "owner" as const };

/** The objects that the examples read and adopt. The rest they create. */
const before: Seed = {
  people: [
    ...["owner", "tenant", "lia"].map((name) => ({ email: email(name) })),
    { uid: "7a1e5d90-4c2b-4f83-a6d7-1b0c9e8f7a62", email: email("lee") },
    { uid: "c8e2f1a4-7b5d-4e90-b3a6-2d4f6e8a0c17", email: email("hank") },
  ],
  keys: [
    { key: ownerKey, email: email("owner") },
    { key: tenantKey, email: email("tenant") },
  ],
  organizations: [
    {
      uid: "3f6c1a52-8d0e-4b7a-9c41-5e2f7a9b0c13",
      name: "Globex",
      members: [owner, { email: email("hank"), role: "admin" }, { email: email("lia") }],
      teams: [
        {
          uid: "b1d4e8f0-2a36-4c59-8e7d-0f1a2b3c4d5e",
          name: "Core",
          members: [{ email: email("hank"), role: "lead" }, { email: email("lia") }],
        },
      ],
      invitations: [{ email: email("eve") }],
    },
    {
      name: "Initech",
      members: [owner, { email: email("lee") }],
      teams: ["Support", "Research", "Platform"].map((name) => ({ name, members: [{ email: email("lee") }] })),
    },
  ],
};

const createdAt = "2026-01-05T10:00:00.000Z";
/** What the first example of each kind declares, as it exists when it is imported. */
const created: Seed = {
  people: [
    { uid: "aaaaaaaa-0000-4000-8000-000000000001", email: email("owner") },
    { uid: "aaaaaaaa-0000-4000-8000-000000000002", email: email("ada") },
    { uid: "aaaaaaaa-0000-4000-8000-000000000003", email: email("linus") },
  ],
  organizations: [
    {
      uid: "bbbbbbbb-0000-4000-8000-000000000001",
      name: "Acme Robotics",
      description: "Robots that see",
      industry: "robotics",
      website: "https://acme.example.com",
      createdAt,
      members: [owner, { email: email("ada"), role: "admin" }, { email: email("linus") }],
      teams: [
        {
          uid: "cccccccc-0000-4000-8000-000000000001",
          name: "Perception",
          description: "Cameras and lidar",
          color: "#6366F1",
          createdAt,
          members: [{ email: email("ada"), role: "lead" }],
        },
        {
          uid: "cccccccc-0000-4000-8000-000000000002",
          name: "Labeling",
          createdAt,
          members: [{ email: email("ada"), role: "lead" }, { email: email("linus") }],
        },
      ],
      invitations: [
        {
          uid: "dddddddd-0000-4000-8000-000000000001",
          email: email("mia"),
          expiresAt: "2999-01-01T00:00:00.000Z",
          createdAt,
        },
      ],
    },
  ],
};

/** A project whose program consists of examples. */
async function openProject(emulator: TestEmulator, examples: string[]): Promise<Project> {
  const env = { ...emulator.environment(), TENANT_AVALA_API_KEY: tenantKey };
  const paths = examples.map((path) => [path.slice(folder.length + 1, -".ts".length), join(root, path)]);
  return Project.open(env, {
    "index.js": 'module.exports = require("../../../test/support/programs/examples.js");\n',
    "examples.json": JSON.stringify(Object.fromEntries(paths)),
    "mapping.json": read(`${folder}/teamRoster/mapping.json`),
    "people.yaml": read(`${folder}/people/people.yaml`),
  });
}

let emulator: TestEmulator;
let project: Project;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => project?.close());
afterAll(() => emulator.close());

const everythingIsDone = async () => {
  await emulator.clearLog();
  await project.expectOk(["preview", "--expect-no-changes"]);
  expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
};

it("every example of the pages runs, and leaves nothing to do", async () => {
  await emulator.reset(before);
  project = await openProject(emulator, files);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  const invited = ["ada", "barbara", "donald", "edsger", "grace", "linus", "mia", "noah"];
  expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual(invited.map(email));
  await everythingIsDone();
});

const entriesIn = (text: string) => (JSON.parse(text) as { resources: { type: string; name: string }[] }).resources;
const importFlags = ["--yes", "--skip-preview", "--protect=false", "--generate-code=false"];

it("the entry of each page is what --fill writes, and imports what the first example declares", async () => {
  await emulator.reset(created);
  project = await openProject(emulator, basics);
  const ofPages = basics.flatMap((path) => entriesIn(read(join(dirname(path), "import.json"))));
  await project.expectOk(["preview", "--import-file", "import.json"]);
  const fill = [program, "import", "--fill", "import.json", "--stack", "test"];
  expect(await project.exec(process.execPath, fill)).toMatchObject({ code: 0 });
  const filled = entriesIn(readFileSync(join(project.folder, "import.json"), "utf8"));
  expect(filled).toEqual(expect.arrayContaining(ofPages));
  // The only resource that two pages declare and none imports is the roster's team.
  const others = filled.filter(({ name }) => !ofPages.some((entry) => entry.name === name));
  expect(others.map(({ name }) => name)).toEqual(["labeling"]);
  project.write({ "import.json": JSON.stringify({ resources: [...ofPages, ...others] }) });
  await project.expectOk(["import", "--file", "import.json", ...importFlags]);
  await everythingIsDone();
});

it("a page has an entry of each kind, and an example that reads it", () => {
  for (const kind of kinds) {
    const names = readdirSync(join(root, folder, kind));
    expect(names).toEqual(expect.arrayContaining(["basic.ts", "get.ts", "import.json"]));
  }
});
