import type { State } from "../../emulator/src/index.js";
import { inputsWhere, resources as schemas } from "../../provider/schema/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared, type Outcome, type ResourceState } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** One change behind the program's back, to a resource of its own. */
interface Row {
  what: string;
  declared: Declared[];
  drift(world: World): Promise<unknown>;
  /** The state after a refresh; a missing resource is `null`. */
  found: Record<string, { inputs?: object; outputs?: object } | null>;
  /** Steps of `preview --refresh` and `up --refresh`; none if the program cannot, or must not, repair. */
  steps: string[];
  /** The outputs afterwards, for a change that has to be undone. */
  repaired?: Record<string, object>;
}

/** What other administrators use for changes behind the program's back. */
class World {
  constructor(
    readonly emulator: TestEmulator,
    readonly host: string,
  ) {}

  change = (path: string, body: object) => this.emulator.api("PATCH", `/organizations/${path}`, body, "avk_web");
  post = (path: string, body: object = {}) => this.emulator.api("POST", `/organizations/${path}`, body, "avk_web");
  remove = (path: string) => this.emulator.api("DELETE", `/organizations/${path}`, undefined, "avk_web");

  uidOf = async (name: string) =>
    (await this.emulator.state()).people.find(({ email }) => email === `${name}@example.com`)!.uid;

  invitationOf = async (name: string) =>
    (await this.emulator.state()).organizations
      .find(({ uid }) => uid === this.host)!
      .invitations.find(({ email, status }) => email === `${name}@example.com` && status === "pending")!.uid;

  /** Changes data that neither the API nor a control call changes. */
  edit = async (change: (state: State) => void) => {
    const state = await this.emulator.state();
    change(state);
    await this.emulator.reset(state);
  };
}

const host = ref("host");

function organizationField(field: string, declared: string, drifted: string, wire = field): Row {
  const name = `organization-${field}`;
  const args = { name: `Of ${field}`, [field]: declared };
  return {
    what: `Organization.${field}`,
    declared: [{ kind: "Organization", name, args }],
    async drift({ emulator, change }) {
      const { slug } = (await emulator.state()).organizations.find((row) => row.name === args.name)!;
      await change(`${slug}/`, { [wire]: drifted });
    },
    found: { [name]: { inputs: { [field]: drifted }, outputs: { [field]: drifted } } },
    steps: [`update Organization ${name}`],
    repaired: { [name]: { [field]: declared } },
  };
}

function teamField(field: string, declared: string, drifted: string): Row {
  const name = `team-${field}`;
  return {
    what: `Team.${field}`,
    declared: [{ kind: "Team", name, args: { organization: host, name: `Of ${field}`, [field]: declared } }],
    async drift({ emulator, change }) {
      const teams = (await emulator.state()).organizations.flatMap((organization) => organization.teams);
      const { slug } = teams.find((team) => (team as Record<string, unknown>)[field] === declared)!;
      await change(`host/teams/${slug}/`, { [field]: drifted });
    },
    found: { [name]: { inputs: { [field]: drifted }, outputs: { [field]: drifted } } },
    steps: [`update Team ${name}`],
    repaired: { [name]: { [field]: declared } },
  };
}

const membership = (name: string, team: string, args: object = { email: `${name}@example.com` }): Declared => ({
  kind: "TeamMembership",
  name: `membership-${name}`,
  args: { team: ref(team), role: "member", ...args },
});

const invitation = (name: string): Declared => ({
  kind: "Invitation",
  name: `invitation-${name}`,
  args: { organization: host, email: `${name}@example.com` },
});

const member = (name: string): Declared => ({
  kind: "OrganizationMember",
  name: `member-${name}`,
  args: { organization: host, email: `${name}@example.com` },
});

/** Reported; never invited again by itself. */
function invitationEnds(what: string, name: string, status: string, drift: Row["drift"]): Row {
  return {
    what,
    declared: [invitation(name)],
    drift,
    found: { [`invitation-${name}`]: { outputs: { status, emailsSent: 1 } } },
    steps: [],
  };
}

const rows: Row[] = [
  organizationField("name", "Of name", "Renamed"),
  organizationField("description", "As declared", "As drifted"),
  organizationField("website", "https://declared.example", "https://drifted.example"),
  organizationField("industry", "robotics", "other"),
  organizationField("email", "declared@acme.example", "drifted@acme.example"),
  organizationField("phone", "+49 1", "+49 2"),
  organizationField("visibility", "private", "public"),
  organizationField("handle", "declared_handle", "drifted_handle"),
  organizationField("slug", "declared-slug", "drifted-slug"),
  {
    what: "a slug that no program declares is moved",
    declared: [
      { kind: "Organization", name: "moving", args: { name: "Moving" } },
      { kind: "Team", name: "moving-team", args: { organization: ref("moving"), name: "Inside" } },
    ],
    drift: ({ change }) => change("moving/", { slug: "moved" }),
    found: { moving: { outputs: { slug: "moved" } }, "moving-team": { inputs: { name: "Inside" } } },
    steps: [],
  },
  {
    what: "the service writes a contact address in another case",
    declared: [{ kind: "Organization", name: "cased", args: { name: "Cased", email: "Hello@Acme.example" } }],
    drift: ({ change }) => change("cased/", { email: "hello@acme.example" }),
    found: { cased: { inputs: { email: "Hello@Acme.example" } } },
    steps: [],
  },
  teamField("name", "Of name", "Renamed"),
  teamField("description", "As declared", "As drifted"),
  teamField("color", "#112233", "#445566"),
  {
    what: "a team is deleted",
    declared: [
      { kind: "Team", name: "doomed", args: { organization: host, name: "Doomed" } },
      membership("dora", "doomed"),
    ],
    drift: ({ remove }) => remove("host/teams/doomed/"),
    found: { doomed: null, "membership-dora": null },
    steps: ["create Team doomed", "create TeamMembership membership-dora"],
    repaired: { doomed: { name: "Doomed" }, "membership-dora": { status: "active" } },
  },
  {
    what: "TeamMembership.role",
    declared: [membership("ron", "crew")],
    drift: async ({ change, uidOf }) => change(`host/teams/crew/members/${await uidOf("ron")}/role/`, { role: "lead" }),
    found: { "membership-ron": { inputs: { role: "lead" }, outputs: { role: "lead", status: "active" } } },
    steps: ["update TeamMembership membership-ron"],
    repaired: { "membership-ron": { role: "member", status: "active" } },
  },
  {
    what: "somebody is taken out of a team",
    declared: [membership("tom", "crew")],
    drift: async ({ remove, uidOf }) => remove(`host/teams/crew/members/${await uidOf("tom")}/`),
    found: { "membership-tom": { outputs: { status: "gone" } } },
    steps: ["update TeamMembership membership-tom"],
    repaired: { "membership-tom": { status: "active" } },
  },
  {
    what: "somebody is removed from the organization",
    declared: [membership("max", "crew")],
    drift: async ({ remove, uidOf }) => remove(`host/members/${await uidOf("max")}/`),
    found: { "membership-max": { outputs: { status: "gone" } } },
    steps: [],
  },
  {
    what: "somebody who was waited for is put into the team by hand",
    declared: [membership("wim", "crew")],
    async drift({ emulator, post, uidOf, host }) {
      await emulator.join(host, "wim@example.com");
      await post("host/teams/crew/members/", { user_uid: await uidOf("wim"), role: "member" });
    },
    found: { "membership-wim": { outputs: { status: "active" } } },
    steps: [],
  },
  {
    what: "an email address changes its case",
    declared: [membership("eve", "crew")],
    drift: ({ edit }) => edit((state) => rename(state, "eve@example.com", "EVE@Example.com")),
    found: { "membership-eve": { inputs: { email: "eve@example.com" }, outputs: { status: "active" } } },
    steps: [],
  },
  {
    what: "a person gets a new email address",
    declared: [membership("nia", "crew")],
    drift: ({ edit }) => edit((state) => rename(state, "nia@example.com", "nia.new@example.com")),
    found: { "membership-nia": { inputs: { email: "nia@example.com" }, outputs: { status: "active" } } },
    steps: [],
  },
  {
    what: "OrganizationMember.role",
    declared: [member("mel")],
    drift: async ({ change, uidOf }) => change(`host/members/${await uidOf("mel")}/role/`, { role: "admin" }),
    found: { "member-mel": { inputs: { role: "admin" }, outputs: { role: "admin", status: "active" } } },
    steps: ["update OrganizationMember member-mel"],
    repaired: { "member-mel": { role: "member", status: "active", emailsSent: 0 } },
  },
  {
    what: "a declared member is removed from the organization",
    declared: [member("gus")],
    drift: async ({ remove, uidOf }) => remove(`host/members/${await uidOf("gus")}/`),
    found: { "member-gus": { outputs: { status: "gone", emailsSent: 0 } } },
    steps: [],
  },
  {
    what: "a declared newcomer has accepted",
    declared: [member("joy")],
    drift: ({ emulator }) => emulator.accept("joy@example.com"),
    found: { "member-joy": { outputs: { status: "active", emailsSent: 1 } } },
    steps: [],
  },
  {
    what: "TeamRoster.members",
    declared: [
      { kind: "Team", name: "squad", args: { organization: host, name: "Squad" } },
      {
        kind: "TeamRoster",
        name: "roster",
        args: { team: ref("squad"), members: { "pam@example.com": "member", "quin@example.com": "lead" } },
      },
    ],
    drift: async ({ remove, uidOf }) => remove(`host/teams/squad/members/${await uidOf("pam")}/`),
    found: {
      roster: {
        inputs: { members: "quin@example.com lead" },
        outputs: { members: "quin@example.com lead", waiting: "" },
      },
    },
    steps: ["update TeamRoster roster"],
    repaired: { roster: { members: "pam@example.com member\nquin@example.com lead" } },
  },
  {
    what: "Invitation.role",
    declared: [invitation("ira")],
    async drift({ post, invitationOf }) {
      await post(`host/invitations/${await invitationOf("ira")}/cancel/`);
      await post("host/invitations/", { email: "ira@example.com", role: "admin" });
    },
    found: { "invitation-ira": { inputs: { role: "admin" }, outputs: { role: "admin", status: "invited" } } },
    steps: ["update Invitation invitation-ira"],
    repaired: { "invitation-ira": { role: "member", status: "invited", emailsSent: 2 } },
  },
  invitationEnds("an invitation is cancelled", "cat", "gone", async ({ post, invitationOf }) =>
    post(`host/invitations/${await invitationOf("cat")}/cancel/`),
  ),
  invitationEnds("an invitation is declined", "dan", "gone", ({ emulator }) => emulator.decline("dan@example.com")),
  invitationEnds("an invitation expires", "exa", "expired", ({ emulator }) => emulator.expire("exa@example.com")),
  invitationEnds("an invitation is accepted", "abe", "accepted", ({ emulator }) => emulator.accept("abe@example.com")),
];

/** Changes a person's address everywhere. */
function rename(state: State, from: string, to: string): void {
  Object.assign(state, JSON.parse(JSON.stringify(state).replaceAll(`"${from}"`, `"${to}"`)));
}

const program: Declared[] = [
  { kind: "Organization", name: "host", args: { name: "Host", adopt: "host" } },
  { kind: "Team", name: "crew", args: { organization: host, name: "Crew" } },
  ...rows.flatMap(({ declared }) => declared),
];

describe("drift", () => {
  const members = ["dora", "ron", "tom", "max", "eve", "nia", "mel", "gus", "pam", "quin"].map((name) => ({
    email: `${name}@example.com`,
  }));
  let emulator: TestEmulator;
  let project: Project;
  let previewed: Outcome;
  let refreshed: Outcome;
  let found: ResourceState[];
  let writesOfLooks: string[];
  let repaired: Outcome;
  let after: ResourceState[];
  let settled: Outcome;
  let emails: string[];

  beforeAll(async () => {
    emulator = await startEmulator({
      seed: {
        people: [{ email: "owner@example.com" }, { email: "wim@example.com" }, ...members],
        organizations: [{ name: "Host", members: [{ email: "owner@example.com", role: "owner" }, ...members] }],
      },
    });
    await emulator.addKey("avk_web", "owner@example.com");
    project = await Project.open(emulator.environment());
    project.declare(program);
    await project.expectOk(["up", "--yes", "--skip-preview"]);

    const world = new World(emulator, project.resource("host").id!);
    for (const row of rows) await row.drift(world);
    await emulator.clearLog();
    previewed = await project.preview(["--refresh"]);
    refreshed = await project.refresh();
    found = project.resources();
    writesOfLooks = await emulator.writes();
    repaired = await project.up(["--skip-preview", "--refresh"]);
    after = project.resources();
    emails = (await emulator.emails()).map(({ to }) => to);
    settled = await project.preview(["--expect-no-changes", "--refresh"]);
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  const named = (resources: ResourceState[], name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`));
  const names = (row: Row) => new Set(row.declared.map(({ name }) => name));
  /** The steps of a run that are about a row's resources. */
  const stepsOn = (row: Row, outcome: Outcome) =>
    outcome.steps.filter((step) => names(row).has(step.slice(step.lastIndexOf(" ") + 1)));

  it("has a row for every managed field of every resource", () => {
    const managed = Object.values(schemas).flatMap((schema) =>
      inputsWhere(schema, ({ clientOnly: local, writeOnly, identity }) => !local && !writeOnly && !identity).map(
        (field) => `${schema.kind}.${field}`,
      ),
    );
    expect(rows.map(({ what }) => what)).toEqual(expect.arrayContaining(managed));
    for (const { what } of rows.filter((row) => /^\w+\.\w+$/.test(row.what))) expect(managed).toContain(what);
  });

  it.each(rows.map((row) => [row.what, row] as const))("%s: found by refresh, shown by preview", (_what, row) => {
    expect([previewed.code, refreshed.code]).toEqual([0, 0]);
    for (const [name, state] of Object.entries(row.found)) {
      expect({ [name]: named(found, name) ?? null }).toMatchObject({ [name]: state });
    }
    expect(stepsOn(row, previewed)).toEqual(row.steps);
  });

  it.each(rows.filter(({ steps }) => steps.length > 0).map((row) => [row.what, row] as const))(
    "%s: repaired by up",
    (_what, row) => {
      expect(repaired.code).toBe(0);
      expect(stepsOn(row, repaired)).toEqual(row.steps);
      expect(Object.keys(row.repaired ?? {})).not.toEqual([]);
      for (const [name, outputs] of Object.entries(row.repaired ?? {}))
        expect(named(after, name)).toMatchObject({ outputs });
    },
  );

  it("is found without a write, and repaired without an email except that of a new role", () => {
    expect(writesOfLooks).toEqual([]);
    expect(emails).toEqual(["ira@example.com"]);
  });

  it("is gone afterwards", () => {
    expect([settled.code, settled.steps]).toEqual([0, []]);
  });

  it("invites again after an ended invitation if resend has a new value, with one email each", async () => {
    const ended = ["invitation-cat", "invitation-dan", "invitation-exa"];
    project.declare(
      program.map((entry) =>
        ended.includes(entry.name) ? { ...entry, args: { ...entry.args, resend: "again" } } : entry,
      ),
    );
    await emulator.clearLog();
    const up = await project.up();
    expect([up.code, up.steps]).toEqual([0, ended.map((name) => `update Invitation ${name}`)]);
    expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual([
      "cat@example.com",
      "dan@example.com",
      "exa@example.com",
    ]);
    for (const name of ended) expect(project.outputs(name)).toMatchObject({ status: "invited", emailsSent: 2 });
  });
});

describe("a vanished organization", () => {
  let emulator: TestEmulator;
  let project: Project;
  let uid: string;
  const acme = ref("acme");

  beforeAll(async () => {
    emulator = await startEmulator();
    project = await Project.open(emulator.environment());
    project.declare([
      { kind: "Organization", name: "acme", args: { name: "Acme" } },
      { kind: "Team", name: "core", args: { organization: acme, name: "Core" } },
      { kind: "Invitation", name: "ada", args: { organization: acme, email: "ada@example.com" } },
      { kind: "TeamMembership", name: "owner", args: { team: ref("core"), email: "owner@example.com", role: "lead" } },
    ]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    uid = project.resource("acme").id!;
    await emulator.api("DELETE", "/organizations/acme/");
    await emulator.clearLog();
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  it("is an error that says once what to do, and removes nothing from the state", async () => {
    const before = project.resources().length;
    const refresh = await project.refresh();
    expect(refresh.code).not.toBe(0);
    expect(refresh.errors.filter(({ message }) => message.includes(`AVALA_ASSUME_DELETED=${uid}`))).toHaveLength(1);
    for (const { message } of refresh.errors) expect(message).toContain("[AVALA_ORGANIZATION_VANISHED]");
    expect(refresh.screen).not.toMatch(stackTrace);
    expect(project.resources()).toHaveLength(before);
    expect(await emulator.writes()).toEqual([]);
  });

  it("is dropped from the state if AVALA_ASSUME_DELETED names it, and created by the next up", async () => {
    const refresh = await project.refresh(["--skip-preview"], { AVALA_ASSUME_DELETED: uid });
    expect([refresh.code, refresh.steps]).toEqual([
      0,
      ["delete Invitation ada", "delete Organization acme", "delete Team core", "delete TeamMembership owner"],
    ]);
    expect(project.resources()).toEqual([]);
    const up = await project.up();
    expect(up.code).toBe(0);
    expect(project.resource("acme").id).not.toBe(uid);
  });

  it("is destroyed without a request that could affect another one if AVALA_ASSUME_DELETED names it", async () => {
    const { id } = project.resource("acme");
    await emulator.api("DELETE", "/organizations/acme/");
    await emulator.clearLog();
    const destroy = await project.destroy(["--skip-preview"], { AVALA_ASSUME_DELETED: id! });
    expect(destroy.code).toBe(0);
    expect(project.resources()).toEqual([]);
    expect(await emulator.writes()).toEqual([]);
  });
});
