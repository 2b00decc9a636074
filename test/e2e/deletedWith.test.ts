import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** More than one run may take out of a team person by person. */
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

describe("a team that goes", () => {
  let emulator: TestEmulator;
  let project: Project;

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

  it("with forceDestroy takes twelve memberships along in one request", async () => {
    expect(
      (await apply(team("big", { forceDestroy: true }), ...crowd.map((email) => membership("big", email)))).code,
    ).toBe(0);
    await addStranger("big", stranger);
    const gone = await apply();
    expect([gone.code, gone.steps.length]).toEqual([0, 13]);
    expect(await deletions()).toEqual(["DELETE /organizations/acme/teams/big/"]);
    expect(project.resources()).toHaveLength(1);
  });

  it("without forceDestroy takes out the people it knows, and is refused with the names of those it does not", async () => {
    const [ada, bob] = crowd as [string, string];
    await apply(team("small"), membership("small", ada), membership("small", bob));
    for (const email of [stranger, second]) await addStranger("small", email);
    const refused = await apply();
    expect(refused.code).not.toBe(0);
    expect(refused.errors.map(({ name }) => name)).toEqual(["small"]);
    const { message } = refused.errors[0]!;
    for (const part of [stranger, second, "2 people", "forceDestroy", "[AVALA_GUARD]"]) expect(message).toContain(part);
    expect(message).not.toContain(ada);
    expect(refused.screen).not.toMatch(stackTrace);
    expect(await deletions()).toHaveLength(2);
    const left = (await emulator.state()).organizations[0]!.teams[0]!;
    expect(left.members.map(({ email }) => email).toSorted()).toEqual([second, stranger]);

    expect((await apply(team("small", { forceDestroy: true }))).code).toBe(0);
    const gone = await apply();
    expect([gone.code, gone.steps]).toEqual([0, ["delete Team small"]]);
    expect((await emulator.state()).organizations[0]!.teams).toEqual([]);
  });

  it("leaves the user's own options alone", async () => {
    const [ada, bob, cleo] = crowd as [string, string, string];
    const program = (forceDestroy: boolean) => [
      team("mixed", { forceDestroy }),
      membership("mixed", ada),
      membership("mixed", bob, { deletedWith: ref("acme"), protect: true }),
      membership("mixed", cleo, { retainOnDelete: true }),
    ];
    const options = (email: string) => {
      const { deletedWith, protect, retainOnDelete } = project.resource(`mixed ${email}`);
      return { deletedWith, protect, retainOnDelete };
    };
    expect((await apply(...program(true))).code).toBe(0);
    const [organization, mixed] = [project.resource("acme").urn, project.resource("mixed").urn];
    expect(options(ada)).toEqual({ deletedWith: mixed });
    expect(options(bob)).toEqual({ deletedWith: organization, protect: true });
    expect(options(cleo)).toEqual({ deletedWith: mixed, retainOnDelete: true });

    const calmer = await apply(...program(false));
    expect([calmer.code, calmer.steps]).toEqual([0, ["update Team mixed"]]);
    expect(options(ada)).toEqual({});
    expect(options(bob)).toEqual({ deletedWith: organization, protect: true });
  });
});
