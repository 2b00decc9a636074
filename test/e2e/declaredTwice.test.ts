import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

const ada = "ada@example.com";
const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };
const member = (name: string, args: object): Declared => ({ kind: "OrganizationMember", name, args: { ...args } });
const place = (name: string, args: object): Declared => ({
  kind: "TeamMembership",
  name,
  args: { role: "lead", ...args },
});

/** Two resources for one person in one place, as the program alone can tell. */
const pairs: [string, [Declared, Declared]][] = [
  [
    "in the same spelling",
    [
      member("one", { organization: ref("acme"), email: ada }),
      member("two", { organization: ref("acme"), email: ada }),
    ],
  ],
  [
    "in another case, and the organization by its id",
    [
      member("one", { organization: ref("acme"), email: ada }),
      member("two", { organization: ref("acme", "id"), email: " Ada@Example.com" }),
    ],
  ],
  [
    "in a composed and a decomposed form",
    [
      member("one", { organization: ref("acme"), email: "ren\u00e9@example.com" }),
      member("two", { organization: ref("acme"), email: "rene\u0301@example.com" }),
    ],
  ],
  [
    "as a member and as an invitation",
    [
      { kind: "Invitation", name: "one", args: { organization: ref("acme"), email: ada } },
      member("two", { organization: ref("acme"), email: ada }),
    ],
  ],
  [
    "in a team",
    [place("one", { team: ref("core"), email: ada }), place("two", { team: ref("core", "id"), email: ada })],
  ],
  [
    "by uid",
    [
      place("one", { team: ref("core"), user: "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11" }),
      place("two", { team: ref("core"), user: "0D2F7A526D9C4C388E5C5E6A0C1B7C11" }),
    ],
  ],
];

describe("one person declared twice in one place", () => {
  let emulator: TestEmulator;
  let project: Project;

  beforeAll(async () => {
    emulator = await startEmulator();
    project = await Project.open(emulator.environment());
  });
  beforeEach(() => emulator.clearLog());
  afterAll(async () => {
    await project?.close();
    await emulator?.close();
  });

  it.each(pairs)("%s: the preview names both resources, without a call", async (_, pair) => {
    project.declare([acme, core, ...pair]);
    const { code, screen } = await project.preview();
    expect(code).not.toBe(0);
    const kinds = pair.map(({ kind, name }) => `${kind} "${name}"`);
    for (const part of [...kinds, "AVALA_DECLARED_TWICE"]) expect(screen).toContain(part);
    expect(screen).not.toMatch(stackTrace);
    expect(await emulator.calls()).toEqual([]);
  });

  it("with the organization by its slug: the next run tells, and the service is not asked", async () => {
    project.declare([acme]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.clearLog();
    project.declare([
      acme,
      member("one", { organization: "acme", email: ada }),
      member("two", { organization: ref("acme"), email: ada }),
    ]);
    const { code, screen } = await project.preview();
    expect(code).not.toBe(0);
    for (const part of ['"one"', '"two"', "AVALA_DECLARED_TWICE"]) expect(screen).toContain(part);
    expect(await emulator.calls()).toEqual([]);
  });

  it("is not mistaken: two places, two organizations, a place in a team beside one in the organization", async () => {
    const beta: Declared = { kind: "Organization", name: "beta", args: { name: "Beta" } };
    const blue: Declared = { kind: "Team", name: "blue", args: { organization: ref("acme"), name: "Blue" } };
    project.declare([
      acme,
      beta,
      core,
      blue,
      member("one", { organization: ref("acme"), email: ada }),
      member("two", { organization: ref("beta"), email: ada }),
      place("three", { team: ref("core"), email: ada }),
      place("four", { team: ref("blue"), email: ada }),
    ]);
    expect(await project.expectOk(["preview"])).toMatchObject({ code: 0 });
  });

  it("bug: is not mistaken where teams of two organizations have one slug, once that is known", async () => {
    const organizations = ["north", "south"].map((name): Declared => ({ kind: "Organization", name, args: { name } }));
    const inside = ({ name }: Declared): Declared[] => [
      { kind: "Team", name: `${name}/core`, args: { organization: ref(name), name: "Core" } },
      { kind: "Team", name: `${name}/crew`, args: { organization: ref(name), name: "Crew" } },
      place(`${name}/place`, { team: ref(`${name}/core`), email: ada }),
      { kind: "TeamRoster", name: `${name}/roster`, args: { team: ref(`${name}/crew`), members: { [ada]: "member" } } },
    ];
    project.declare([...organizations, ...organizations.flatMap(inside)]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
  });
});
