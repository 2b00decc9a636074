import type { State } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** Each story has an organization of its own; all of them move in the same runs. */
const stories = ["moved", "replaced", "tenant", "named", "provided"] as const;
type Story = (typeof stories)[number];

/** What a move changes of a story's part of the program, which stays the same in meaning. */
interface Layout {
  organization?: Partial<Declared>;
  core?: Partial<Declared>;
  /** How memberships and invitations name things, and the options they get. */
  named?: unknown;
  ada?: string;
  mia?: Record<string, string>;
  tom?: Record<string, string>;
  suffix?: string;
  options?: Record<string, unknown>;
}

/** What a story declares; its resources have its name in front. */
function partOf(story: Story, layout: Layout = {}): Declared[] {
  const [organization, team] = [`${story}-organization`, `${story}-core`];
  const { suffix = "", options = {}, named = ref(organization), ada = "ada@example.com" } = layout;
  const { mia = { email: "mia@example.com" }, tom = { email: "tom@example.com" } } = layout;
  const merged = (entry: Declared, change: Partial<Declared> = {}): Declared => ({
    ...entry,
    key: entry.name,
    ...change,
    args: { ...entry.args, ...change.args },
  });
  const moved = (kind: Declared["kind"], name: string, args: Record<string, unknown>): Declared => ({
    kind,
    name: `${story}-${name}${suffix}`,
    args,
    options,
  });
  const membership = (name: string, person: Record<string, string>, role: string) =>
    moved("TeamMembership", `${name}-core`, { team: ref(team), ...person, role });
  return [
    merged(
      { kind: "Organization", name: organization, args: { name: story, description: "Arms" } },
      layout.organization,
    ),
    merged({ kind: "Team", name: team, args: { organization: named, name: "Core", color: "#112233" } }, layout.core),
    moved("Invitation", "ada", { organization: named, email: ada, role: "admin" }),
    moved("Invitation", "bob", { organization: named, email: "bob@example.com" }),
    membership("ada", { email: ada }, "member"),
    membership("bob", { email: "bob@example.com" }, "member"),
    membership("mia", mia, "lead"),
    membership("tom", tom, "member"),
  ];
}

const inBox = { parent: ref("box") };
const byTenant = { provider: ref("tenant") };

describe("refactoring", () => {
  let emulator: TestEmulator;
  let project: Project;
  let before: State;
  const ids = {} as Record<Story, { organization: string; core: string }>;
  const uidOf = (email: string) => before.people.find((person) => person.email === email)!.uid;
  const replacing = (...names: string[]) =>
    names.flatMap((name) => ["--replace", project.resource(`replaced-${name}`).urn]);

  /** Layouts that are not the first one. */
  const layouts: Partial<Record<Story, Layout>> = {};
  const declare = (changed: typeof layouts = {}) =>
    project.declare([
      {
        kind: "Provider",
        name: "tenant",
        args: { apiKeyEnv: "AVALA_API_KEY", baseUrl: emulator.url, allowInsecureBaseUrl: true },
      },
      { kind: "Component", name: "box" },
      ...stories.flatMap((story) => partOf(story, { ...layouts, ...changed }[story])),
    ]);

  /** The result of a run that changes nothing in the service. */
  interface Move {
    up: Outcome;
    /** A preview with a refresh. */
    after: Outcome;
    organizations: State["organizations"];
    writes: string[];
    emails: unknown[];
  }
  let there: Move;
  let back: Move;
  let adopted: Move;

  async function move(changed: typeof layouts, args: string[] = []): Promise<Move> {
    Object.assign(layouts, changed);
    await emulator.clearLog();
    declare();
    const up = await project.up(["--skip-preview", ...args]);
    const after = await project.preview(["--expect-no-changes", "--refresh"]);
    const { organizations } = await emulator.state();
    return { up, after, organizations, writes: await emulator.writes(), emails: await emulator.emails() };
  }

  /** Objects that only an adopt line takes over: the story, its layout with or without that line, and what is adopted. */
  const takenOver: [string, Story, (adopt: object) => Layout, () => string][] = [
    [
      "organization",
      "moved",
      (args) => ({ options: inBox, organization: { name: "moved-renamed", args: { ...args } } }),
      () => ids.moved.organization,
    ],
    [
      "team",
      "replaced",
      (args) => ({
        organization: { name: "replaced-renamed", args: { adopt: ids.replaced.organization } },
        core: { name: "replaced-core-renamed", args: { ...args } },
      }),
      () => ids.replaced.core,
    ],
    [
      "team on its way to an explicit provider",
      "tenant",
      (args) => ({
        organization: { name: "tenant-renamed", args: { adopt: ids.tenant.organization } },
        core: { name: "tenant-core-renamed", options: byTenant, args: { ...args } },
      }),
      () => ids.tenant.core,
    ],
  ];
  const refused = new Map<string, { up: Outcome; writes: string[] }>();

  beforeAll(async () => {
    emulator = await startEmulator({
      seed: { people: [{ email: "owner@example.com" }, { email: "mia@example.com" }, { email: "tom@example.com" }] },
    });
    project = await Project.open(emulator.environment());
    declare();
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    for (const story of stories) {
      const organization = project.resource(`${story}-organization`).id!;
      ids[story] = { organization, core: project.resource(`${story}-core`).id!.split("/")[1]! };
      for (const email of ["mia@example.com", "tom@example.com"]) await emulator.join(organization, email);
      await emulator.accept("bob@example.com");
    }
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    before = await emulator.state();

    const byUid = { mia: { user: uidOf("mia@example.com") }, tom: { user: uidOf("tom@example.com") } };
    there = await move(
      {
        moved: { suffix: "-renamed" },
        tenant: { suffix: "-tenant", options: byTenant },
        named: { named: "named", ...byUid },
        provided: { options: byTenant },
      },
      replacing("ada", "bob", "mia-core", "tom-core", "ada-core"),
    );
    const inCapitals = { named: ids.named.organization.toUpperCase(), ada: "ADA@Example.com" };
    back = await move(
      {
        moved: { options: inBox },
        tenant: {},
        replaced: { options: { deleteBeforeReplace: true } },
        named: { ...inCapitals, mia: { email: "Mia@EXAMPLE.com" } },
        provided: {},
      },
      replacing("ada", "mia-core"),
    );
    for (const [what, story, layout] of takenOver) {
      await emulator.clearLog();
      declare({ [story]: layout({}) });
      refused.set(what, { up: await project.up(), writes: await emulator.writes() });
    }
    const lines = takenOver.map(([, story, layout, uid]) => [story, layout({ adopt: uid() })] as const);
    adopted = await move({ ...Object.fromEntries(lines), named: {} });
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  /** Expects that the service has received no write, and that nothing is left to do; returns the steps of one story. */
  function stepsOf(story: Story, { up, after, organizations, writes, emails }: Move): string[] {
    expect([up.code, writes, emails]).toEqual([0, [], []]);
    expect([after.code, after.steps]).toEqual([0, []]);
    expect(organizations).toEqual(before.organizations);
    return up.steps.filter((step) => step.split(" ")[2]!.startsWith(`${story}-`));
  }
  const deletesOf = (story: Story, run: Move) => stepsOf(story, run).filter((step) => step.startsWith("delete"));

  it("keeps people and invitations whose resources are renamed", () => {
    expect(before.organizations.map(({ teams }) => teams[0]!.members.length)).toEqual(stories.map(() => 3));
    expect(deletesOf("moved", there)).toHaveLength(6);
  });

  it("keeps those that move into a component", () => {
    expect(deletesOf("moved", back)).toHaveLength(6);
  });

  it("keeps those that are replaced on request", () => {
    expect(deletesOf("replaced", there)).toHaveLength(5);
  });

  it("keeps those that are replaced before they are made anew", () => {
    expect(deletesOf("replaced", back)).toHaveLength(2);
  });

  it.each<[string, Story, () => Move]>([
    ["an organization named by its slug, and people named by their uid,", "named", () => there],
    ["an organization named by its uid in capitals, and emails in another case,", "named", () => back],
    ["the resource and the emails again", "named", () => adopted],
    ["an explicit provider", "provided", () => there],
    ["the default provider again", "provided", () => back],
  ])("treats %s as no change", (_what, story, run) => {
    expect(stepsOf(story, run())).toEqual([]);
  });

  it("keeps those that are renamed on their way to an explicit provider, and on their way back", () => {
    expect(deletesOf("tenant", there)).toHaveLength(6);
    expect(deletesOf("tenant", back)).toHaveLength(6);
  });

  it.each(takenOver)("refuses a renamed %s with the line that adopts it, and converges with that line", (...row) => {
    const [what, story, , uid] = row;
    const { up, writes } = refused.get(what)!;
    expect(up.code).not.toBe(0);
    expect(up.screen).toContain(`adopt: "${uid()}"`);
    expect(writes).toEqual([]);
    expect(stepsOf(story, adopted)).not.toEqual([]);
  });

  it("still removes everybody when all is destroyed", async () => {
    const destroy = await project.destroy();
    expect(destroy.code).toBe(0);
    // Adopted objects stay.
    const { organizations } = await emulator.state();
    const stay = takenOver.map(([, story]) => ids[story].organization);
    expect(organizations.map(({ uid }) => uid).toSorted()).toEqual(stay.toSorted());
    for (const { teams, invitations } of organizations) {
      expect(teams).toEqual([]);
      expect(invitations.map(({ status }) => status).toSorted()).toEqual(["accepted", "cancelled"]);
    }
  });
});
