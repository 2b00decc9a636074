import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type Outcome, type ResourceState } from "../support/pulumi.js";

jest.setTimeout(600_000);

/*
 * The engine may delete before it has checked what the program declares, or without checking it: delete-before-replace of
 * something above, a replaced provider, `--target`, `--exclude`, an interrupted rename. Declared people keep access and get no email; others lose it.
 */

const [owner, ada, bob, cyd] = ["owner", "ada", "bob", "cyd"].map((name) => `${name}@example.com`) as [
  string,
  string,
  string,
  string,
];
const seed: Seed = {
  people: [owner, ada, bob, cyd].map((email) => ({ email })),
  organizations: [
    {
      name: "Acme",
      members: [
        { email: owner, role: "owner" },
        { email: ada, role: "admin" },
        { email: bob, role: "member" },
        { email: cyd, role: "member" },
      ],
      teams: [
        { name: "Core", members: [{ email: ada, role: "lead" }, { email: bob }] },
        { name: "Crew", members: [{ email: bob }, { email: cyd }] },
      ],
    },
  ],
};

const first = { deleteBeforeReplace: true };
const organization = (options: object = {}): Declared => ({
  kind: "Organization",
  name: "acme",
  args: { name: "Acme", adopt: "acme" },
  options: { ...options },
});
const team = (name: string, adopt: string, options: object = {}): Declared => ({
  kind: "Team",
  name,
  args: { organization: ref("acme"), name: adopt === "core" ? "Core" : "Crew", adopt },
  options: { ...options },
});
const member = (name: string, email: string, args: object = {}, options: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email, role: email === ada ? "admin" : "member", ...args },
  options: { ...options },
});
const membership = (name: string, email: string, args: object = {}, options: object = {}): Declared => ({
  kind: "TeamMembership",
  name,
  args: { team: ref("core"), email, role: email === ada ? "lead" : "member", ...args },
  options: { ...options },
});
const roster: Declared = {
  kind: "TeamRoster",
  name: "roster",
  args: { team: ref("crew"), members: { [bob]: "member", [cyd]: "member" } },
};

/** All people, with every kind of membership. */
const everybody = (options: object = {}): Declared[] => [
  organization(options),
  team("core", "core", options),
  team("crew", "crew", options),
  member("ada", ada),
  member("bob", bob),
  member("cyd", cyd),
  membership("core ada", ada),
  membership("core bob", bob),
  roster,
];

/** The remains of a run that ended between the creation of a replacement and the deletion of the original. */
function markCopies(project: Project, only?: string): void {
  const state = JSON.parse(project.stateText()) as { checkpoint: { latest: { resources: ResourceState[] } } };
  const { latest } = state.checkpoint;
  const copies = latest.resources
    .filter(({ urn: text, type }) => type.includes("/avala:") && (only === undefined || text.endsWith(`::${only}`)))
    .map((resource) => ({ ...resource, delete: true }));
  latest.resources.push(...copies);
  project.writeState(JSON.stringify(state));
}

const urn = (kind: string, name: string) => `urn:pulumi:test::e2e::pulumi-nodejs:dynamic/avala:${kind}::${name}`;

describe("declared people keep access, regardless of the engine's order of deletions", () => {
  let emulator: TestEmulator;
  let project: Project;

  beforeEach(async () => {
    emulator = await startEmulator({ seed });
    project = await Project.open(emulator.environment());
  });
  afterEach(async () => {
    project?.close();
    await emulator?.close();
  });

  /** All access: members and people of teams with their roles. */
  async function access(): Promise<string[]> {
    const { organizations } = await emulator.state();
    return organizations.flatMap(({ members, teams }) => [
      ...members.map(({ email, role }) => `${email} ${role}`),
      ...teams.flatMap(({ name, members: inside }) => inside.map(({ email, role }) => `${email} ${name} ${role}`)),
    ]);
  }
  async function run(declared: Declared[], args: string[] = []): Promise<Outcome> {
    project.declare(declared);
    await emulator.clearLog();
    return project.up(["--skip-preview", ...args]);
  }
  const sent = async () => ({ writes: await emulator.writes(), emails: await emulator.emails() });
  const nothing = { writes: [], emails: [] };

  it("delete-before-replace of the organization above, with teams, team memberships and a roster below", async () => {
    const before = await access();
    expect((await run(everybody(first))).code).toBe(0);
    const replaced = await run(everybody(first), ["--replace", urn("Organization", "acme")]);
    expect([replaced.code, replaced.steps.filter((step) => /Member|Roster/.test(step))]).toEqual([0, []]);
    expect(await sent()).toEqual(nothing);
    expect(await access()).toEqual(before);
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
    // A person removed from the program in the same run loses access.
    const left = everybody(first).filter(({ name }) => name !== "core bob");
    expect((await run(left, ["--replace", urn("Organization", "acme")])).code).toBe(0);
    expect((await sent()).writes).toHaveLength(1);
    expect(await access()).toEqual(before.filter((row) => row !== `${bob} Core member`));
  });

  it("delete-before-replace of a team above, of a person, and of all at once", async () => {
    const before = await access();
    const program = everybody(first).map((one) => ({ ...one, options: { ...one.options, ...first } }));
    expect((await run(program)).code).toBe(0);
    const all = program.flatMap(({ kind, name }) => ["--replace", urn(kind, name)]);
    for (const replace of [["--replace", urn("Team", "core")], ["--replace", urn("OrganizationMember", "ada")], all]) {
      const { code, screen } = await run(program, replace);
      expect(code === 0 ? "" : screen).toBe("");
      expect(await sent()).toEqual(nothing);
      expect(await access()).toEqual(before);
    }
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
  });

  it("an interrupted rename, then --target and --exclude, and the next whole run", async () => {
    const before = await access();
    const named = (suffix: string): Declared[] => [
      organization(),
      team("core", "core"),
      member(`bob${suffix}`, bob),
      membership(`core bob${suffix}`, bob),
    ];
    expect((await run(named(""))).code).toBe(0);
    /** A team with a taken name: the run fails after the renamed resources have been created, and before the deletions. */
    const breakOff = async (suffix: string) => {
      const dependsOn = [ref(`bob${suffix}`), ref(`core bob${suffix}`)];
      const args = { organization: ref("acme"), name: "Crew" };
      const program = [...named(suffix), { kind: "Team", name: "taken", args, options: { dependsOn } } as Declared];
      expect((await run(program)).code).not.toBe(0);
    };
    const old = (suffix: string, flag: string) => [
      flag,
      urn("OrganizationMember", `bob${suffix}`),
      flag,
      urn("TeamMembership", `core bob${suffix}`),
    ];
    await breakOff("2");
    const names = project.resources().map(({ urn: text }) => text.split("::").at(-1));
    expect(names).toEqual(expect.arrayContaining(["bob", "bob2", "core bob", "core bob2"]));

    const refused = await run(named("2"), old("", "--target"));
    expect([refused.code === 0, refused.screen.includes("AVALA_GUARD")]).toEqual([false, true]);
    expect(await sent()).toEqual(nothing);
    const partly = await run(named("2"), [...old("", "--target"), "--target", urn("Organization", "acme")]);
    expect(partly.code === 0 ? "" : partly.screen).toBe("");
    expect(await sent()).toEqual(nothing);
    await breakOff("3");
    const excluded = await run(named("3"), old("3", "--exclude"));
    expect(excluded.steps.filter((step) => step.startsWith("delete"))).toHaveLength(2);
    expect(await sent()).toEqual(nothing);
    expect((await run(named("3"))).code).toBe(0);
    expect(await sent()).toEqual(nothing);
    expect(await access()).toEqual(before);
    expect((await run(named("3").slice(0, 2))).code).toBe(0);
    expect((await access()).filter((row) => row.startsWith(bob))).toEqual([]);
  });

  it("copies that an earlier run has marked for deletion", async () => {
    const before = await access();
    expect((await run(everybody())).code).toBe(0);
    markCopies(project);
    for (const args of [
      ["--target", urn("TeamRoster", "roster")],
      ["--target", urn("TeamMembership", "core bob")],
      [],
    ]) {
      const { code, screen } = await run(everybody(), args);
      expect(code === 0 ? "" : screen).toBe("");
      expect(await sent()).toEqual(nothing);
      expect(await access()).toEqual(before);
    }
    expect(project.resources()).toHaveLength(everybody().length);
    // A copy of a person who is not declared any more is the last resource for them.
    markCopies(project, "core bob");
    const left = everybody().filter(({ name }) => name !== "core bob");
    expect((await run(left)).code).toBe(0);
    expect((await sent()).writes).toHaveLength(1);
    expect(await access()).toEqual(before.filter((row) => row !== `${bob} Core member`));
  });

  it("an explicit provider that is replaced, with and without deleting first", async () => {
    const before = await access();
    const under = (options: object): Declared[] => {
      const environment = emulator.environment();
      const provider: Declared = {
        kind: "Provider",
        name: "tenant",
        args: {
          apiKey: environment["AVALA_API_KEY"],
          baseUrl: environment["AVALA_BASE_URL"],
          allowInsecureBaseUrl: true,
        },
        options: { ...options },
      };
      return [provider, ...everybody().map((one) => ({ ...one, options: { provider: ref("tenant") } }))];
    };
    const replace = ["--replace", "urn:pulumi:test::e2e::pulumi:providers:pulumi-nodejs::tenant"];
    for (const options of [{}, first]) {
      expect((await run(under(options))).code).toBe(0);
      const { code, screen } = await run(under(options), replace);
      expect(code === 0 ? "" : screen).toBe("");
      expect(await sent()).toEqual(nothing);
      expect(await access()).toEqual(before);
      expect((await run(under(options))).code).toBe(0);
      expect(await sent()).toEqual(nothing);
    }
  });

  it("bug: a team that is deleted has people inside whom the program declares by its id", async () => {
    const made: Declared = { kind: "Team", name: "made", args: { organization: ref("acme"), name: "Made" } };
    const inside = (id: unknown): Declared[] => [
      { kind: "TeamMembership", name: "made bob", args: { team: id, email: bob, role: "lead" } },
    ];
    const program = [organization(), member("bob", bob)];
    expect((await run([...program, made, ...inside(ref("made"))])).code).toBe(0);
    const { id } = project.resources().find(({ urn: text }) => text.endsWith("::made"))!;
    const before = await access();
    for (const args of [[], ["--target", urn("Team", "made")]]) {
      const { code, screen } = await run([...program, ...inside(id)], args);
      expect(code).not.toBe(0);
      expect(screen).toContain("is not deleted, because the program declares 1 TeamMembership in it");
      expect(await sent()).toEqual(nothing);
      expect(await access()).toEqual(before);
    }
    // The engine deletes both at once, as it does not see that they belong together.
    const { code, screen } = await run(program);
    expect(code === 0 ? "" : screen).toBe("");
    expect(await access()).toEqual(before.filter((row) => !row.includes(" Made ")));
  });

  it("destroy removes, with and without the program, whole and in part", async () => {
    const memberships = [membership("core ada", ada), membership("core bob", bob)];
    const people = [organization(), team("core", "core"), member("bob", bob), member("cyd", cyd), ...memberships];
    expect((await run(people)).code).toBe(0);
    await emulator.clearLog();
    const args = ["--skip-preview", "--run-program", "--target", urn("OrganizationMember", "cyd")];
    expect((await project.destroy(args)).code).toBe(0);
    expect((await sent()).writes).toHaveLength(1);
    expect(await access()).not.toContain(`${cyd} member`);
    const { code, screen } = await project.destroy(["--skip-preview", "--run-program"]);
    expect(code === 0 ? "" : screen).toBe("");
    expect((await access()).filter((row) => row.startsWith(bob))).toEqual([]);
  });
});
