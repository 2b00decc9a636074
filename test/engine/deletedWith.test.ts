import { startEmulator, type TestEmulator } from "../support/emulator.js";
import {
  nameOf,
  Project,
  ref,
  stackTrace,
  type Declared,
  type Outcome,
  type ResourceState,
} from "../support/pulumi.js";

jest.setTimeout(240_000);

/** More people than one run may remove from a team one by one. */
const crowd = Array.from({ length: 12 }, (_, index) => `person${index + 10}@example.com`);
const [stranger, second] = ["stranger@example.com", "second@example.com"] as const;

const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme", adopt: "acme" } };
const team = (name: string, args: object = {}): Declared => ({
  kind: "Team",
  name,
  args: { organization: ref("acme"), name, ...args },
});
const membership = (team: string, email: string, options: object = {}): Declared => ({
  kind: "TeamMembership",
  name: `${team} ${email}`,
  args: { team: ref(team), email, role: "member" },
  options: { ...options },
});

describe("a deleted team", () => {
  let emulator: TestEmulator;
  let project: Project;
  const [ada, bob, cleo] = crowd as [string, string, string];

  /** Each test has a team of its own; all of them are created, and deleted as far as possible, in the same two runs. */
  const big = [team("big", { forceDestroy: true }), ...crowd.map((email) => membership("big", email))];
  const small = [team("small"), membership("small", ada), membership("small", bob)];
  const mixed = (forceDestroy: boolean) => [
    team("mixed", { forceDestroy }),
    membership("mixed", ada),
    membership("mixed", bob, { deletedWith: ref("acme"), protect: true }),
    membership("mixed", cleo, { retainOnDelete: true }),
  ];
  let made: Outcome;
  let states: Record<"before" | "after", ResourceState[]>;
  let changed: Outcome;
  let deleted: string[];

  beforeAll(async () => {
    const people = ["owner@example.com", ...crowd, stranger, second].map((email) => ({ email }));
    emulator = await startEmulator({
      seed: {
        people,
        organizations: [
          {
            name: "Acme",
            members: people.map(({ email }, index) => ({ email, role: index === 0 ? "owner" : "member" })),
          },
        ],
      },
    });
    project = await Project.open(emulator.environment());
    made = await apply(...big, ...small, ...mixed(true));
    const before = project.resources();
    await addStranger("big", stranger);
    for (const email of [stranger, second]) await addStranger("small", email);
    await emulator.clearLog();
    changed = await apply(...small, ...mixed(false));
    deleted = await deletions();
    states = { before, after: project.resources() };
  });
  beforeEach(() => emulator.clearLog());
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  async function apply(...resources: Declared[]) {
    project.declare([acme, ...resources]);
    return project.up();
  }
  const deletions = async () => (await emulator.writes()).filter((write) => write.startsWith("DELETE"));
  const addStranger = async (slug: string, email: string) => {
    const { uid } = (await emulator.state()).people.find((person) => person.email === email)!;
    await emulator.api("POST", `/organizations/acme/teams/${slug}/members/`, { user_uid: uid, role: "member" });
  };
  const teams = async () => (await emulator.state()).organizations[0]!.teams;

  it("with forceDestroy removes twelve memberships in one request", () => {
    expect([made.code, changed.code]).toEqual([0, 0]);
    expect(changed.steps.filter((step) => step.startsWith("delete"))).toHaveLength(13);
    expect(deleted).toEqual(["DELETE /organizations/acme/teams/big/"]);
    expect(states.after.filter(({ urn }) => nameOf(urn).startsWith("big"))).toEqual([]);
  });

  it("without forceDestroy removes the managed people, and is refused with the names of the unmanaged ones", async () => {
    const refused = await apply(...mixed(false));
    expect(refused.code).not.toBe(0);
    expect(refused.errors.map(({ name }) => name)).toEqual(["small"]);
    const { message } = refused.errors[0]!;
    for (const part of [stranger, second, "2 unmanaged people", "forceDestroy", "[AVALA_GUARD]"])
      expect(message).toContain(part);
    expect(message).not.toContain(ada);
    expect(refused.screen).not.toMatch(stackTrace);
    expect(await deletions()).toHaveLength(2);
    const left = (await teams()).find(({ slug }) => slug === "small")!;
    expect(left.members.map(({ email }) => email).toSorted()).toEqual([second, stranger]);

    expect((await apply(team("small", { forceDestroy: true }), ...mixed(false))).code).toBe(0);
    const gone = await apply(...mixed(false));
    expect([gone.code, gone.steps]).toEqual([0, ["delete Team small"]]);
    expect((await teams()).map(({ slug }) => slug)).toEqual(["mixed"]);
  });

  it("keeps the user's own options", () => {
    const named = (when: keyof typeof states, name: string) => states[when].find(({ urn }) => nameOf(urn) === name)!;
    const options = (when: keyof typeof states, email: string) => {
      const { deletedWith, protect, retainOnDelete } = named(when, `mixed ${email}`);
      return { deletedWith, protect, retainOnDelete };
    };
    const [organization, team] = [named("before", "acme").urn, named("before", "mixed").urn];
    expect(options("before", ada)).toEqual({ deletedWith: team });
    expect(options("before", bob)).toEqual({ deletedWith: organization, protect: true });
    expect(options("before", cleo)).toEqual({ deletedWith: team, retainOnDelete: true });

    expect(changed.steps.filter((step) => !step.startsWith("delete"))).toEqual(["update Team mixed"]);
    expect(options("after", ada)).toEqual({});
    expect(options("after", bob)).toEqual({ deletedWith: organization, protect: true });
  });
});
