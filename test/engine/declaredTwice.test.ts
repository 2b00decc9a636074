import type { Seed } from "../../emulator/src/index.js";
import { ownerKey, startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

const ada = "ada@example.com";
const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const core: Declared = { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } };
const member = (name: string, args: object): Declared => ({ kind: "OrganizationMember", name, args: { ...args } });
const membership = (name: string, args: object): Declared => ({
  kind: "TeamMembership",
  name,
  args: { role: "lead", ...args },
});

/** Two resources for one person in one organization or team, as the program shows. */
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
      member("one", { organization: ref("acme"), email: "ada@ren\u00e9.example" }),
      member("two", { organization: ref("acme"), email: "ada@rene\u0301.example" }),
    ],
  ],
  [
    "with an international domain in letters and in ASCII",
    [
      member("one", { organization: ref("acme"), email: "ada@b\u00fccher.example" }),
      member("two", { organization: ref("acme"), email: "ada@xn--bcher-kva.example" }),
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
    [membership("one", { team: ref("core"), email: ada }), membership("two", { team: ref("core", "id"), email: ada })],
  ],
  [
    "with the organization by its uid as an output, and as itself",
    [
      member("one", { organization: ref("acme", "uid"), email: ada }),
      { kind: "Invitation", name: "two", args: { organization: ref("acme"), email: ada } },
    ],
  ],
  [
    "with the organization by its slug, as an output twice",
    [
      member("one", { organization: ref("acme", "slug"), email: ada }),
      member("two", { organization: ref("acme", "slug"), email: ada }),
    ],
  ],
  [
    "by uid",
    [
      membership("one", { team: ref("core"), user: "0d2f7a52-6d9c-4c38-8e5c-5e6a0c1b7c11" }),
      membership("two", { team: ref("core"), user: "0D2F7A526D9C4C388E5C5E6A0C1B7C11" }),
    ],
  ],
];

describe("one person declared twice in one organization or team", () => {
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

  it("with the organization by its slug: the next run refuses it, without a request", async () => {
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

  it("bug: with the organization by its slug, by two providers of one deployment: the preview refuses it, without a call", async () => {
    const args = { apiKey: ownerKey, baseUrl: emulator.url, allowInsecureBaseUrl: true };
    const person = (name: string, role: string): Declared => ({
      ...member(name, { organization: "acme", email: "new@example.com", role }),
      options: { provider: ref(`of ${name}`) },
    });
    project.declare([
      { kind: "Provider", name: "of m1", args },
      { kind: "Provider", name: "of m2", args },
      person("m1", "admin"),
      person("m2", "member"),
    ]);
    const { code, screen } = await project.preview();
    expect(code).not.toBe(0);
    expect(screen).toContain("AVALA_DECLARED_TWICE");
    expect(screen).toMatch(/OrganizationMember "m[12]"/);
    expect(screen).not.toMatch(stackTrace);
    expect(await emulator.calls()).toEqual([]);
  });

  it("is not refused: two teams, two organizations, a team membership beside one of the organization", async () => {
    const beta: Declared = { kind: "Organization", name: "beta", args: { name: "Beta" } };
    const blue: Declared = { kind: "Team", name: "blue", args: { organization: ref("acme"), name: "Blue" } };
    project.declare([
      acme,
      beta,
      core,
      blue,
      member("one", { organization: ref("acme"), email: ada }),
      member("two", { organization: ref("beta"), email: ada }),
      membership("three", { team: ref("core"), email: ada }),
      membership("four", { team: ref("blue"), email: ada }),
    ]);
    expect(await project.expectOk(["preview"])).toMatchObject({ code: 0 });
  });

  it("bug: is not refused if teams of two organizations have one slug, once that is known", async () => {
    const organizations = ["north", "south"].map((name): Declared => ({ kind: "Organization", name, args: { name } }));
    const inside = ({ name }: Declared): Declared[] => [
      { kind: "Team", name: `${name}/core`, args: { organization: ref(name), name: "Core" } },
      { kind: "Team", name: `${name}/crew`, args: { organization: ref(name), name: "Crew" } },
      membership(`${name}/membership`, { team: ref(`${name}/core`), email: ada }),
      { kind: "TeamRoster", name: `${name}/roster`, args: { team: ref(`${name}/crew`), members: { [ada]: "member" } } },
    ];
    project.declare([...organizations, ...organizations.flatMap(inside)]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
  });
});

describe("in a program that does more than declare", () => {
  const head = `
const pulumi = require("@pulumi/pulumi");
const { OrganizationMember, TeamMembership } = require("pulumi-avala");
`;
  /** A resource of another provider, with outputs that are not known before it is created. */
  const lookup = (outputs: Record<string, string>) => `${head}
const memberships = ${JSON.stringify(outputs)};
const provider = { create: async () => ({ id: "memberships", outs: memberships }) };
class Places extends pulumi.dynamic.Resource {
  constructor() {
    super(provider, "memberships", Object.fromEntries(Object.keys(memberships).map((name) => [name, undefined])));
  }
}
const found = new Places();
`;
  const names = ["owner", "ada"].map((name) => `${name}@example.com`);
  const seed: Seed = {
    people: names.map((email) => ({ email })),
    organizations: ["Acme", "Beta"].map((name) => ({
      name,
      members: [{ email: names[0]!, role: "owner" }],
      teams: [{ name: "Core" }],
    })),
  };
  let emulator: TestEmulator;
  let project: Project;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  beforeEach(async () => {
    await emulator.reset(seed);
    project = await Project.open(emulator.environment());
  });
  afterEach(() => project?.close());
  afterAll(() => emulator?.close());

  it.each([
    ["the stack's transformation", "pulumi.runtime.registerStackTransformation(respell);", "", "ada@example.com"],
    ["its own transformation", "", "{ transformations: [respell] }", "ada@example.com"],
    ["a transformation in other letters", "", "{ transformations: [respell] }", " ADA@Example.COM "],
  ])(
    "bug: two addresses that %s makes equal are refused by the preview, without a call",
    async (_, ofStack, own, to) => {
      project.write({
        "index.js": `${head}
const respelled = (email) => (email === "ada@old.example" ? ${JSON.stringify(to)} : email);
const respell = ({ props, opts }) => ({ props: { ...props, email: pulumi.output(props.email).apply((text) => text && respelled(text)) }, opts });
${ofStack}
new OrganizationMember("one", { organization: "acme", email: "ada@example.com" });
new OrganizationMember("two", { organization: "acme", email: "ada@old.example" }, ${own});
`,
      });
      const { code, screen } = await project.preview();
      expect(code).not.toBe(0);
      for (const part of ['OrganizationMember "one"', 'OrganizationMember "two"', "AVALA_DECLARED_TWICE"]) {
        expect(screen).toContain(part);
      }
      expect(screen).not.toMatch(stackTrace);
      expect(await emulator.calls()).toEqual([]);
    },
  );

  it("bug: is not refused if two outputs of one resource are not known yet, and are two teams", async () => {
    const organizations = (await emulator.state()).organizations;
    const teams = organizations.map(({ uid, teams: [team] }) => `${uid}/${team!.uid}`);
    project.write({
      "index.js": `${lookup({ one: "acme", two: "beta", core: teams[0]!, crew: teams[1]! })}
new OrganizationMember("one", { organization: found.one, email: "${ada}" });
new OrganizationMember("two", { organization: found.two, email: "${ada}" });
new TeamMembership("three", { team: found.core, email: "${ada}", role: "lead" });
new TeamMembership("four", { team: found.crew, email: "${ada}", role: "lead" });
`,
    });
    await project.expectOk(["preview"]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    expect((await emulator.emails()).map(({ to }) => to)).toEqual([ada, ada]);
    await project.expectOk(["preview", "--expect-no-changes"]);
  });

  it("by the same unknown output twice is refused by the preview, without a call", async () => {
    project.write({
      "index.js": `${lookup({ one: "acme" })}
new OrganizationMember("one", { organization: found.one, email: "${ada}" });
new OrganizationMember("two", { organization: found.one, email: "${ada}" });
`,
    });
    const { code, screen } = await project.preview();
    expect(code).not.toBe(0);
    for (const part of ['"one"', '"two"', "AVALA_DECLARED_TWICE"]) expect(screen).toContain(part);
    expect(await emulator.calls()).toEqual([]);
  });

  it("by two outputs that turn out to be one team is refused before anything is sent for the second", async () => {
    const uid = (await emulator.state()).organizations[0]!.uid;
    project.write({
      "index.js": `${lookup({ one: "acme", two: uid })}
new OrganizationMember("one", { organization: found.one, email: "${ada}" });
new OrganizationMember("two", { organization: found.two, email: "${ada}" });
`,
    });
    await project.expectOk(["preview"]);
    const { code, screen } = await project.up();
    expect(code).not.toBe(0);
    for (const part of ['"one"', '"two"', "AVALA_DECLARED_TWICE"]) expect(screen).toContain(part);
    expect((await emulator.emails()).length).toBeLessThan(2);
  });
});
