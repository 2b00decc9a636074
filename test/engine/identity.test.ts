import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { nameOf, Project, ref, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(600_000);

/*
 * The identity of a declaration, on the real engine: stories of people, teams and organizations whose names move. Each story has an organization of its own; those that succeed share the runs of one program.
 */

type State = Awaited<ReturnType<TestEmulator["state"]>>;
type Organization = State["organizations"][number];

/** The program of each of three runs, and the changes in Avala before the second and the third. */
interface Story {
  programs: [Declared[], Declared[], Declared[]];
  acts?: [(() => Promise<unknown>)?, (() => Promise<unknown>)?];
  /** Emails of the second and third run, as "kind address". */
  emails?: string[];
  /** The access at the end, besides the owner's. */
  ends: string[];
}

let emulator: TestEmulator;
const owner = "owner@example.com";
const at = (story: string, name: string) => `${name}@${story}.example.com`;
const organization = (story: string, args: object = {}): Declared => ({
  kind: "Organization",
  name: story,
  args: { name: story, adopt: story, ...args },
});
const team = (story: string, name: string, args: object = {}): Declared => ({
  kind: "Team",
  name: `${story} ${name}`,
  args: { organization: ref(story), name, ...args },
});
const member = (story: string, name: string, email: string, args: object = {}): Declared => ({
  kind: "OrganizationMember",
  name: `${story} ${name}`,
  args: { organization: ref(story), email, ...args },
});
const membership = (story: string, name: string, email: string, args: object = {}): Declared => ({
  kind: "TeamMembership",
  name: `${story} membership ${name}`,
  args: { team: ref(`${story} Core`), email, role: "member", ...args },
});
const core = (story: string) => team(story, "Core", { adopt: "core" });

const setRole = async (story: string, email: string, role: string) =>
  emulator.api("PATCH", `/organizations/${story}/members/${await emulator.uidOf(email)}/role/`, { role });
const remove = async (story: string, email: string) =>
  emulator.api("DELETE", `/organizations/${story}/members/${await emulator.uidOf(email)}/`);
const uidOfOrganization = async (story: string) =>
  (await emulator.state()).organizations.find(({ slug }) => slug === story)!.uid;
const join = async (story: string, email: string, role: "admin" | "member") =>
  emulator.join(await uidOfOrganization(story), email, role);
const invite = (story: string, email: string) =>
  emulator.api("POST", `/organizations/${story}/invitations/`, { email, role: "member" });

/** Ada (admin, lead of Core) and Bob (member, in Core) of each story. */
const [i1, i3, i4, i7, i10, i12, i16] = ["i1", "i3", "i4", "i7", "i10", "i12", "i16"] as const;
const ada = (story: string) => at(story, "ada");
const bob = (story: string) => at(story, "bob");

function nameHandedOn(story: string, inOrder: (renamed: Declared, created: Declared) => Declared[]) {
  const renamed = team(story, "Core", { adopt: "core", name: "Second" });
  const teams = inOrder(renamed, team(story, "First", { name: "Core" }));
  const after = [organization(story), ...teams];
  const handedOn: Story = {
    programs: [[organization(story), core(story)], after, after],
    ends: [`${ada(story)} admin`, `${bob(story)} member`, `${ada(story)} Second lead`, `${bob(story)} Second member`],
  };
  return { [story]: handedOn };
}

const stories: Record<string, Story> = {
  [i1]: {
    programs: [
      [
        organization(i1),
        core(i1),
        member(i1, "ada", ada(i1), { role: "admin" }),
        membership(i1, "ada", ada(i1), { role: "lead" }),
      ],
      [
        organization(i1),
        core(i1),
        member(i1, "ada", at(i1, "ada.new"), { role: "admin" }),
        membership(i1, "ada", at(i1, "ada.new"), { role: "lead" }),
        member(i1, "newcomer", ada(i1)),
      ],
      [organization(i1), core(i1), member(i1, "newcomer", ada(i1))],
    ],
    acts: [() => emulator.readdress(ada(i1), at(i1, "ada.new"))],
    emails: [`invitation ${ada(i1)}`],
    ends: [`${bob(i1)} member`, `${bob(i1)} Core member`, `${ada(i1)} invited`],
  },
  [i3]: {
    programs: [
      [organization(i3), core(i3), member(i3, "bob", bob(i3)), membership(i3, "bob", bob(i3))],
      [
        organization(i3),
        core(i3),
        member(i3, "bob", bob(i3), { reason: "one" }),
        membership(i3, "bob", bob(i3), { reason: "one" }),
      ],
      [
        organization(i3),
        core(i3),
        member(i3, "bob", bob(i3), { reason: "two" }),
        membership(i3, "bob", bob(i3), { reason: "two" }),
      ],
    ],
    acts: [() => setRole(i3, bob(i3), "admin")],
    ends: [`${ada(i3)} admin`, `${bob(i3)} admin`, `${ada(i3)} Core lead`, `${bob(i3)} Core member`],
  },
  [i4]: {
    programs: [
      [organization(i4), member(i4, "cyd", at(i4, "cyd"))],
      [organization(i4), member(i4, "cyd", at(i4, "cyd"))],
      [organization(i4)],
    ],
    acts: [() => emulator.decline(at(i4, "cyd")), () => join(i4, at(i4, "cyd"), "admin")],
    ends: [
      `${ada(i4)} admin`,
      `${bob(i4)} member`,
      `${at(i4, "cyd")} admin`,
      `${ada(i4)} Core lead`,
      `${bob(i4)} Core member`,
    ],
  },
  [i7]: {
    programs: [
      [organization(i7), core(i7), member(i7, "bob", bob(i7)), membership(i7, "bob", bob(i7))],
      [organization(i7), core(i7), member(i7, "bob", bob(i7)), membership(i7, "bob", bob(i7))],
      [organization(i7), core(i7)],
    ],
    acts: [
      async () => {
        await remove(i7, bob(i7));
        await emulator.readdress(bob(i7), at(i7, "bob.new"));
        await join(i7, bob(i7), "member");
        const uid = await emulator.uidOf(bob(i7));
        await emulator.api("POST", `/organizations/${i7}/teams/core/members/`, { user_uid: uid, role: "member" });
      },
    ],
    ends: [`${ada(i7)} admin`, `${bob(i7)} member`, `${ada(i7)} Core lead`, `${bob(i7)} Core member`],
  },
  [i10]: {
    programs: [
      [organization(i10), team(i10, "Platform", { adopt: "core", name: "Core" })],
      [organization(i10), team(i10, "Platform", { adopt: "core" })],
      [organization(i10), team(i10, "Platform", { adopt: "core" })],
    ],
    ends: [`${ada(i10)} admin`, `${bob(i10)} member`, `${ada(i10)} Platform lead`, `${bob(i10)} Platform member`],
  },
  [i12]: {
    programs: [
      [organization(i12), member(i12, "ada", ada(i12), { role: "admin" })],
      [organization(i12), member(i12, "ada", ada(i12), { role: "admin" })],
      [organization(i12)],
    ],
    acts: [
      async () => {
        await emulator.readdress(ada(i12), at(i12, "ada.new"));
        await invite(i12, ada(i12));
      },
    ],
    emails: [`invitation ${ada(i12)}`],
    ends: [`${bob(i12)} member`, `${bob(i12)} Core member`, `${ada(i12)} invited`],
  },
  [i16]: {
    programs: [
      [organization(i16), core(i16), member(i16, "bob", bob(i16)), membership(i16, "bob", bob(i16))],
      [organization(i16), core(i16), membership(i16, "bob", bob(i16))],
      [organization(i16), core(i16), member(i16, "bob", bob(i16)), membership(i16, "bob", bob(i16))],
    ],
    emails: [`invitation ${bob(i16)}`],
    ends: [`${ada(i16)} admin`, `${ada(i16)} Core lead`, `${bob(i16)} invited`],
  },
  // One team gives its name up, another takes it: the engine runs both steps at once, in the order of the program.
  ...nameHandedOn("i22", (renamed, created) => [renamed, created]),
  ...nameHandedOn("i22-reversed", (renamed, created) => [created, renamed]),
};

const seed: Seed = {
  people: [owner, ...Object.keys(stories).flatMap((story) => [ada(story), bob(story)])].map((email) => ({ email })),
  organizations: Object.keys(stories).map((story) => ({
    name: story,
    members: [{ email: owner, role: "owner" }, { email: ada(story), role: "admin" }, { email: bob(story) }],
    teams: [{ name: "Core", members: [{ email: ada(story), role: "lead" }, { email: bob(story) }] }],
  })),
};

function access({ members, teams, invitations }: Organization): string[] {
  return [
    ...members.filter(({ role }) => role !== "owner").map(({ email, role }) => `${email} ${role}`),
    ...teams.flatMap(({ name, members: inside }) => inside.map(({ email, role }) => `${email} ${name} ${role}`)),
    ...invitations.filter(({ status }) => status === "pending").map(({ email }) => `${email} invited`),
  ];
}

describe("stories of names that move, all in the same runs", () => {
  let project: Project;
  const runs: Outcome[] = [];
  let preview: Outcome;
  let emails: string[];
  let organizations: Organization[];

  beforeAll(async () => {
    emulator = await startEmulator({ seed });
    project = await Project.open(emulator.environment());
    const all = Object.values(stories);
    const up = async (run: 0 | 1 | 2) => {
      project.declare(all.flatMap(({ programs }) => programs[run]));
      runs.push(await project.up());
    };
    await up(0);
    await emulator.clearLog();
    // Refreshed only in stories about what a refresh records.
    for (const { acts } of all) await acts?.[0]?.();
    const targetOptions = [i4, i7].flatMap((story) => targets(project, story));
    runs.push(await project.refresh(["--skip-preview", ...targetOptions]));
    await up(1);
    for (const { acts } of all) await acts?.[1]?.();
    await up(2);
    preview = await project.preview(["--expect-no-changes"]);
    emails = (await emulator.emails()).map(({ kind, to }) => `${kind} ${to}`);
    organizations = (await emulator.state()).organizations;
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  it("each run succeeds, and the next preview is empty", () => {
    expect(runs.map(({ code, screen }) => (code === 0 ? "" : screen))).toEqual(runs.map(() => ""));
    expect(preview.code === 0 ? "" : preview.screen).toBe("");
  });

  it.each(Object.keys(stories))("%s: everybody has the expected access, and nobody else is invited", (story) => {
    const found = organizations.find(({ slug }) => slug === story)!;
    expect(access(found).toSorted()).toEqual(stories[story]!.ends.toSorted());
    expect(emails.filter((email) => email.includes(`@${story}.`))).toEqual(stories[story]!.emails ?? []);
  });
});

function targets(project: Project, story: string): string[] {
  return project
    .resources()
    .map(({ urn }) => urn)
    .filter((urn) => nameOf(urn).startsWith(`${story} `))
    .flatMap((urn) => ["--target", urn]);
}

describe("an impossible or unknown identity is refused before anything is sent", () => {
  let project: Project;
  let environment: Record<string, string>;
  const acme = "acme";

  beforeEach(async () => {
    emulator = await startEmulator({
      seed: {
        people: [owner, ada(acme), bob(acme), at(acme, "mia")].map((email) => ({ email })),
        organizations: [
          {
            name: acme,
            members: [
              { email: owner, role: "owner" },
              { email: ada(acme), role: "admin" },
              { email: at(acme, "mia"), role: "admin" },
              { email: bob(acme) },
            ],
            teams: [{ name: "Core", members: [{ email: ada(acme), role: "lead" }] }, { name: "Crew" }],
          },
          { name: "beta", members: [{ email: owner, role: "owner" }], teams: [{ name: "Core" }] },
        ],
      },
    });
    environment = emulator.environment();
    project = await Project.open(environment);
  });
  afterEach(async () => {
    project?.close();
    await emulator?.close();
  });
  async function refused(command: "preview" | "up", declared: Declared[], code: string): Promise<Outcome> {
    project.declare(declared);
    const before = (await emulator.state()).organizations;
    await emulator.clearLog();
    const ended = await (command === "preview" ? project.preview() : project.up());
    expect([ended.code === 0, ended.screen.includes(`[${code}]`) ? code : ended.screen]).toEqual([false, code]);
    expect(await emulator.writes()).toEqual([]);
    expect(await emulator.emails()).toEqual([]);
    expect((await emulator.state()).organizations).toEqual(before);
    return ended;
  }
  const made = async (...declared: Declared[]) => {
    project.declare(declared);
    expect((await project.up()).code).toBe(0);
  };

  it("another person who cannot be looked up", async () => {
    await made(organization(acme), member(acme, "dev", ada(acme), { role: "admin" }));
    await emulator.faults({
      match: { method: "GET", path: "/organizations/acme/members/" },
      action: { status: 503 },
      times: 40,
    });
    const changed = [organization(acme), member(acme, "dev", at(acme, "new"))];
    project.declare(changed);
    await emulator.clearLog();
    expect((await project.preview()).code).not.toBe(0);
    await emulator.clearFaults();
    await emulator.settings({ hideEmails: true });
    await refused("up", changed, "AVALA_IDENTITY_UNKNOWN");
  });

  it("adopt that names another organization or team; another spelling of the same one is not a change", async () => {
    const uid = await uidOfOrganization(acme);
    await made(organization(acme), core(acme));
    await refused("preview", [organization(acme, { adopt: "beta", name: "Beta" })], "AVALA_GUARD");
    await refused("up", [organization(acme), team(acme, "Core", { adopt: "crew", name: "Crew" })], "AVALA_GUARD");
    await refused("up", [organization(acme, { adopt: "nowhere" })], "AVALA_ORGANIZATION_NOT_FOUND");
    project.declare([organization(acme, { adopt: uid }), core(acme)]);
    expect((await project.up()).code).toBe(0);
  });

  it("one team, or one organization, under two resources; none is deleted while the other declares it", async () => {
    const [first, second] = [
      core(acme),
      team(acme, "Platform", { adopt: "core", name: "Core", description: "second" }),
    ];
    const later = { ...second, options: { dependsOn: [ref(`${acme} Core`)] } };
    await refused("up", [organization(acme), first, later], "AVALA_DECLARED_TWICE");
    await refused("preview", [organization(acme), first, later], "AVALA_DECLARED_TWICE");
    const again: Declared = { ...organization(acme), name: "again", args: { name: acme, adopt: acme } };
    const twice = await refused("preview", [organization(acme), again], "AVALA_DECLARED_TWICE");
    for (const name of ['"acme"', '"again"']) expect(twice.screen).toContain(name);
  });

  it("one person in an organization by slug, under two providers of one deployment", async () => {
    const { AVALA_API_KEY: apiKey, AVALA_BASE_URL: baseUrl } = environment;
    const declared = ["m1", "m2"].flatMap((name, index): Declared[] => [
      { kind: "Provider", name: `p${index}`, args: { apiKey, baseUrl, allowInsecureBaseUrl: true } },
      {
        kind: "OrganizationMember",
        name,
        args: { organization: acme, email: at(acme, "new"), role: index === 0 ? "admin" : "member" },
        options: { provider: ref(`p${index}`) },
      },
    ]);
    const { screen } = await refused("preview", declared, "AVALA_DECLARED_TWICE");
    expect(screen).toMatch(/OrganizationMember "m[12]"/);
  });

  it("the API key's user, if a second person has the same role; unmanaged teams", async () => {
    await emulator.addKey("avk_of_ada", ada(acme));
    await made(organization(acme), member(acme, "ada", ada(acme), { role: "admin" }));
    environment = { ...environment, AVALA_API_KEY: "avk_of_ada" };
    project.declare([organization(acme), member(acme, "ada", ada(acme))]);
    await emulator.clearLog();
    const demoted = await project.up(["--skip-preview"], environment);
    expect([demoted.code === 0, demoted.screen.includes("[AVALA_GUARD]")]).toEqual([false, true]);
    const destroyed = await project.destroy(["--skip-preview"], environment);
    expect([destroyed.code === 0, destroyed.screen.includes("[AVALA_GUARD]")]).toEqual([false, true]);
    expect(await emulator.writes()).toEqual([]);
    expect((await emulator.calls()).filter((call) => call === "GET /users/me/")).toHaveLength(2);

    const gone: Declared = { ...organization(acme, { onDestroy: "delete" }) };
    const people = ["ada", "mia", "bob"].map((name) =>
      member(acme, name, at(acme, name), { role: name === "bob" ? "member" : "admin" }),
    );
    await made(gone, ...people);
    await emulator.clearLog();
    const { code, screen } = await project.destroy();
    expect([code === 0, screen.includes("2 unmanaged teams")]).toEqual([false, true]);
    expect((await emulator.writes()).filter((write) => write === "DELETE /organizations/acme/")).toEqual([]);
  });
});
