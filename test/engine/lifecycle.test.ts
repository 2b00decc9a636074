import type { State } from "../../emulator/src/index.js";
import { inputsWhere, resources as schemas, type ResourceSchema } from "../../provider/schema/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(240_000);

const key = "avk_e2e-Yq7Zt0pXv3";
const people = ["owner", "ada", "bob", "cleo", "mia"].map((name) => ({ email: `${name}@example.com` }));

const organization = {
  name: "Acme Robotics",
  description: "Makes arms",
  website: "https://acme.example",
  industry: "robotics",
  email: "hello@acme.example",
  phone: "+49 30 1",
  visibility: "private",
  handle: "acme_robotics",
  slug: "acme-hq",
  logo: "https://acme.example/logo.png",
};

const changed = {
  name: "Acme Machines",
  description: "Makes hands",
  website: "https://machines.example",
  industry: "ai_ml",
  email: "office@acme.example",
  phone: "+49 30 2",
  visibility: "public",
  handle: "acme_machines",
  slug: "acme-machines",
  logo: "https://acme.example/new.png",
};

interface Variation {
  organization: Record<string, unknown>;
  core: Record<string, unknown>;
  role: { ada: string; bob: string; adaInCore: string };
  local?: Record<string, unknown>;
}

/** The whole program; `owner` is the owner's uid. */
function program(owner: string, { organization, core, role, local = {} }: Variation): Declared[] {
  const acme = ref("acme");
  const membership = (name: string, team: string, args: object): Declared => ({
    kind: "TeamMembership",
    name,
    args: { team: ref(team), role: "member", ...args },
  });
  return [
    { kind: "Organization", name: "acme", args: organization },
    { kind: "Team", name: "core", args: { organization: acme, ...core } },
    { kind: "Team", name: "vision", args: { organization: acme, name: "Vision" } },
    { kind: "Invitation", name: "ada", args: { organization: acme, email: "ada@example.com", role: role.ada } },
    { kind: "Invitation", name: "bob", args: { organization: acme, email: "Bob@Example.com", role: role.bob } },
    { kind: "Invitation", name: "cleo", args: { organization: acme, email: "cleo@example.com" } },
    membership("owner-core", "core", { user: owner, role: "lead", ...local }),
    membership("owner-vision", "vision", { email: "owner@example.com" }),
    membership("ada-core", "core", { email: "ada@example.com", role: role.adaInCore }),
    membership("bob-vision", "vision", { email: "bob@example.com" }),
  ];
}

const first: Variation = {
  organization,
  core: { name: "Core", description: "The middle", color: "#112233" },
  role: { ada: "member", bob: "member", adaInCore: "member" },
};
const second: Variation = {
  organization: changed,
  core: { name: "Centre", description: "Of it all", color: "#445566" },
  role: { ada: "admin", bob: "member", adaInCore: "lead" },
  local: { role: "member", onDestroy: "remove", reason: "Runs it", validUntil: "2031-01-31" },
};
const third: Variation = {
  organization: { name: changed.name },
  core: { name: "Centre" },
  role: { ada: "admin", bob: "member", adaInCore: "lead" },
  local: { role: "member" },
};

/** Emails stay in the mailbox when everything else is gone; they are asserted separately. */
const withoutEmails = (state: State) => ({ ...state, emails: [] });

describe("the lifecycle of a stack", () => {
  let emulator: TestEmulator;
  let project: Project;
  let before: State;
  let owner: string;
  const screens: string[] = [];
  const states: string[] = [];
  /** Secrets in the accept links of all invitations. */
  const tokens = new Set<string>();

  /** Keeps the output and files of each command, to be searched for secrets at the end. */
  async function kept(outcome: Promise<Outcome>): Promise<Outcome> {
    const ended = await outcome;
    screens.push(ended.screen);
    states.push(project.stateText());
    for (const { invitations } of (await emulator.state()).organizations) {
      for (const { token } of invitations) tokens.add(token);
    }
    return ended;
  }

  /** Except the owner, whom a refresh records if it reads the members for another reason. */
  const recorded = () =>
    Object.fromEntries(
      project.resources().map(({ urn, id, inputs, outputs }) => {
        const { __owner: _, ...rest } = outputs ?? {};
        return [urn, { id, inputs, outputs: rest }];
      }),
    );

  /** An update after a refresh has nothing to do, and one without it neither: the refresh leaves the state as it is. */
  async function expectSettled(): Promise<void> {
    await emulator.clearLog();
    const before = recorded();
    const again = await kept(project.up(["--skip-preview", "--refresh", "--expect-no-changes"]));
    expect([again.code, again.steps, recorded()]).toEqual([0, [], before]);
    expect(await emulator.writes()).toEqual([]);
  }

  const acme = async () =>
    (await emulator.state()).organizations.find(({ uid }) => uid === project.resource("acme").id)!;
  const team = async (slug: string) => (await acme()).teams.find((row) => row.slug === slug)!;
  const membersOf = async (slug: string) =>
    (await team(slug)).members.map(({ email, role }) => `${email} ${role}`).toSorted();

  beforeAll(async () => {
    emulator = await startEmulator({
      seed: {
        people,
        keys: [{ key, email: "owner@example.com" }],
        organizations: [
          { name: "Bystander", members: [{ email: "owner@example.com", role: "owner" }, { email: "mia@example.com" }] },
        ],
      },
    });
    before = await emulator.state();
    owner = before.people.find(({ email }) => email === "owner@example.com")!.uid;
    // As at users, without preload.cjs.
    project = await Project.open({ ...emulator.environment(key), NODE_OPTIONS: "" });
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  it("creates everything, with one email to each person", async () => {
    project.declare(program(owner, first));
    const up = await kept(project.up(["--skip-preview", "--logtostderr", "-v=9"]));
    expect(up.code).toBe(0);
    expect(up.steps).toHaveLength(10);
    expect(await acme()).toMatchObject({ ...organization, slugEditsRemaining: 2 });
    expect(await team("core")).toMatchObject(first.core);
    expect(await membersOf("core")).toEqual(["owner@example.com lead"]);
    expect(await membersOf("vision")).toEqual(["owner@example.com member"]);
    expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual([
      "ada@example.com",
      "bob@example.com",
      "cleo@example.com",
    ]);
    expect(project.outputs("ada-core")).toMatchObject({ status: "waiting" });
    expect(project.outputs("bob")).toMatchObject({ status: "invited", emailsSent: 1 });
    await expectSettled();
  });

  it("changes every mutable field, with the necessary requests and no others", async () => {
    const sent = (schema: ResourceSchema) =>
      inputsWhere(schema, ({ clientOnly: local, identity }) => !local && !identity).toSorted();
    expect(Object.keys(changed).toSorted()).toEqual(sent(schemas.organization));
    expect(Object.keys(second.core).toSorted()).toEqual(sent(schemas.team));
    await emulator.clearLog();
    project.declare(program(owner, second));
    const up = await kept(project.up());
    expect(up.code).toBe(0);
    expect(up.steps).toEqual(
      ["Organization acme", "Team core", "Invitation ada", "TeamMembership ada-core", "TeamMembership owner-core"]
        .map((what) => `update ${what}`)
        .toSorted(),
    );
    expect(await acme()).toMatchObject({ ...changed, slugEditsRemaining: 1 });
    expect(await team("core")).toMatchObject(second.core);
    expect(await membersOf("core")).toEqual(["owner@example.com member"]);
    expect((await emulator.writes()).map((write) => write.replace(/[0-9a-f-]{36}/, "<uid>")).toSorted()).toEqual([
      "PATCH /organizations/acme-hq/",
      "PATCH /organizations/acme-machines/teams/core/",
      "PATCH /organizations/acme-machines/teams/core/members/<uid>/role/",
      "POST /organizations/acme-machines/invitations/",
      "POST /organizations/acme-machines/invitations/<uid>/cancel/",
    ]);
    expect((await emulator.emails()).map(({ to }) => to)).toEqual(["ada@example.com"]);
    expect(project.outputs("owner-core")).toMatchObject({ reason: "Runs it", validUntil: "2031-01-31" });
    await expectSettled();
  });

  it("adds a pending team membership in the first up after the acceptance, with one POST", async () => {
    await emulator.accept("ada@example.com");
    await emulator.clearLog();
    const expected = ["update Invitation ada", "update TeamMembership ada-core"];
    expect((await kept(project.preview())).steps).toEqual(expected);
    expect(await emulator.writes()).toEqual([]);
    const up = await kept(project.up());
    expect([up.code, up.steps]).toEqual([0, expected]);
    expect(await emulator.writes()).toEqual(["POST /organizations/acme-machines/teams/core/members/"]);
    expect(await membersOf("core")).toEqual(["ada@example.com lead", "owner@example.com member"]);
    expect(project.outputs("ada")).toMatchObject({ status: "accepted" });
    expect(project.outputs("ada-core")).toMatchObject({ status: "active" });
    await expectSettled();
  });

  it("clears removed fields that have an empty value, and stops managing the others", async () => {
    await emulator.clearLog();
    project.declare(program(owner, third));
    const up = await kept(project.up());
    expect(up.code).toBe(0);
    expect(up.steps).toEqual(["update Organization acme", "update Team core", "update TeamMembership owner-core"]);
    const { industry, visibility, slug, logo } = changed;
    const cleared = { description: "", website: "", email: "", phone: "", handle: null };
    expect(await acme()).toMatchObject({ ...cleared, name: changed.name, industry, visibility, slug, logo });
    expect(await team("core")).toMatchObject({ name: "Centre", description: "", color: "#445566" });
    expect((await emulator.writes()).toSorted()).toEqual([
      "PATCH /organizations/acme-machines/",
      "PATCH /organizations/acme-machines/teams/core/",
    ]);

    // A refresh no longer records what has been cleared: the program comes first.
    await emulator.clearLog();
    const preview = await kept(project.preview(["--expect-no-changes"]));
    expect([preview.code, preview.steps]).toEqual([0, []]);
    const refresh = await kept(project.refresh(["--skip-preview", "--expect-no-changes"]));
    expect([refresh.code, refresh.steps]).toEqual([0, []]);
    expect(await emulator.writes()).toEqual([]);
  });

  it("destroys everything it has created, and nothing else", async () => {
    const destroy = await kept(project.destroy());
    expect(destroy.code).toBe(0);
    expect(project.resources()).toEqual([]);
    expect(withoutEmails(await emulator.state())).toEqual(withoutEmails(before));
  });

  it("has never shown the key, nor recorded an accept link in the state", async () => {
    const links = /accept_?url|accept\/|copy_?link/i;
    const hidden = [key, ...tokens];
    const shows = (text: string) => links.test(text) || hidden.some((secret) => text.includes(secret));
    expect(hidden.length).toBeGreaterThan(1);
    expect(screens[0]!.includes('"v":9')).toBe(true);
    expect(screens.map(shows)).toEqual(screens.map(() => false));
    expect(states.map(shows)).toEqual(states.map(() => false));
    expect(JSON.stringify(await emulator.requests())).not.toContain(key);
  });
});
