import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, nameOf, ref, stackTrace, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

/** Takes its people from source.json, and its provider where there is one. */
const program = `
const { Organization, People, Provider, Team } = require("pulumi-avala");
const { provider, ...source } = require("./source.json");

const acme = new Organization("acme", { name: "Acme" });
const core = new Team("core", { organization: acme, name: "Core" });
const labs = new Team("labs", { organization: acme, name: "Labs" });
const options = provider && { provider: new Provider("tenant", provider) };
const staff = new People("staff", { organization: acme, teams: { core, labs: labs.id }, ...source }, options);

exports.waiting = staff.waiting;
exports.ada = staff.members["ada@example.com"].status;
exports.adaInCore = staff.memberships["ada@example.com"].core.status;
`;

const yaml = `
- email: ada@example.com
  role: admin
  teams: { core: lead, labs: member }
- email: grace@example.com
  teams: [core]
  reason: Summer project
  validUntil: 2027-08-31
`;

/** The same people, as somebody else would write them. */
const respelt = `
# Sorted by hand.
defaults:
  role: member
people:
  - { teams: { core: member }, validUntil: "2027-08-31", reason: 'Summer project', email: GRACE@example.com }
  - "email": " Ada@Example.COM "
    "role": "admin"
    "teams":
      "labs": "member"
      "core": "lead"
`;

const list = [
  { email: "grace@example.com", teams: ["core"], reason: "Summer project", validUntil: "2027-08-31" },
  { email: "ada@example.com", role: "admin", teams: { labs: "member", core: "lead" } },
];

/** The requests that find out what has become of waiting and new people. */
const looks = ["GET /organizations/", "GET /organizations/acme/invitations/", "GET /organizations/acme/members/"];

/** The same people, declared one by one: Grace by the plain invitation. */
const singles: Declared[] = [
  { kind: "Organization", name: "acme", args: { name: "Acme" } },
  { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } },
  { kind: "Team", name: "labs", args: { organization: ref("acme"), name: "Labs" } },
  {
    kind: "OrganizationMember",
    name: "ada",
    args: { organization: ref("acme"), email: list[1]!.email, role: "admin" },
  },
  { kind: "Invitation", name: "grace", args: { organization: ref("acme"), email: list[0]!.email } },
  { kind: "TeamMembership", name: "ada-core", args: { team: ref("core"), email: list[1]!.email, role: "lead" } },
  { kind: "TeamMembership", name: "ada-labs", args: { team: ref("labs"), email: list[1]!.email, role: "member" } },
  { kind: "TeamMembership", name: "grace-core", args: { team: ref("core"), email: list[0]!.email, role: "member" } },
];

describe("People", () => {
  let emulator: TestEmulator;
  let project: Project;

  beforeAll(async () => {
    emulator = await startEmulator();
    project = await Project.open(emulator.environment());
    project.declare(singles);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    await emulator.accept("ada@example.com");
    await project.expectOk(["up", "--yes", "--skip-preview"]);
  });
  beforeEach(() => emulator.clearLog());
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  function take(source: object, files: Record<string, string> = {}): void {
    project.write({ "index.js": program, "source.json": JSON.stringify(source), ...files });
  }

  const outputs = async () =>
    JSON.parse((await project.expectOk(["stack", "output", "--json"])).stdout) as Record<string, unknown>;
  const calls = async () => (await emulator.calls()).toSorted();
  const uidOf = async (email: string) => (await emulator.state()).people.find((person) => person.email === email)!.uid;
  const emailedTo = async () => (await emulator.emails()).map(({ to }) => to);
  const written = async () => [await emulator.writes(), await emailedTo()];

  async function expectNothingLeft(args: string[] = []): Promise<void> {
    const { code, steps } = await project.preview(["--expect-no-changes", ...args]);
    expect([code, steps]).toEqual([0, []]);
  }

  it("takes over single resources, also an Invitation, without a write or an email", async () => {
    const before = await emulator.state();
    take({ file: "people.yaml" }, { "people.yaml": yaml });
    const { code, steps } = await project.up();
    expect([code, steps]).toEqual([
      0,
      [
        "create OrganizationMember staff-ada@example.com",
        "create OrganizationMember staff-grace@example.com",
        "create TeamMembership staff-ada@example.com-core",
        "create TeamMembership staff-ada@example.com-labs",
        "create TeamMembership staff-grace@example.com-core",
        "delete Invitation grace",
        "delete OrganizationMember ada",
        "delete TeamMembership ada-core",
        "delete TeamMembership ada-labs",
        "delete TeamMembership grace-core",
      ],
    ]);
    expect(await written()).toEqual([[], []]);
    expect((await emulator.state()).organizations).toEqual(before.organizations);
    await expectNothingLeft();
    expect(await outputs()).toEqual({
      waiting: { "grace@example.com": "invited" },
      ada: "active",
      adaInCore: "active",
    });
    expect(project.outputs("staff-grace@example.com-core")).toMatchObject({
      reason: "Summer project",
      validUntil: "2027-08-31",
    });
  });

  it("treats another order, case and layout as no change", async () => {
    take({ file: "other.yml" }, { "other.yml": respelt });
    await expectNothingLeft();
    expect(await written()).toEqual([[], []]);
  });

  const providers = () => {
    const own = project.resources().filter(({ urn }) => nameOf(urn).startsWith("staff-"));
    return new Set(own.map(({ provider }) => nameOf(provider!.replace(/::[^:]*$/, ""))));
  };

  it("treats JSON as no change, and passes its provider on", async () => {
    const provider = { apiKeyEnv: "AVALA_API_KEY", baseUrl: emulator.url, allowInsecureBaseUrl: true };
    take({ file: "people.json", provider }, { "people.json": JSON.stringify({ people: list }) });
    const { code, steps } = await project.up();
    expect([code, steps]).toEqual([0, []]);
    expect(providers()).toEqual(new Set(["tenant"]));
    expect(await written()).toEqual([[], []]);
  });

  it("treats a list in the program, and the default provider again, as no change", async () => {
    take({ people: list });
    const { code, steps } = await project.up();
    expect([code, steps]).toEqual([0, []]);
    expect(providers()).toEqual(new Set(["default"]));
    expect(await written()).toEqual([[], []]);
  });

  it("refuses a file with all its faults at once, before any call", async () => {
    const faulty = yaml
      .replace("grace@", "ADA@")
      .replace("[core]", "[cores]")
      .replace("admin", "owner")
      .replace("reason", "raeson");
    take({ file: "people.yaml" }, { "people.yaml": faulty });
    const { code, screen } = await project.up();
    expect(code).not.toBe(0);
    for (const fault of [
      'People "staff": people.yaml is invalid:',
      'entry 1 (ada@example.com): role must be "admin" or "member"',
      "entry 2 (ada@example.com): is the same person as entry 1",
      'entry 2 (ada@example.com): "raeson" is not a property of a person',
      'entry 2 (ada@example.com): unknown team "cores"; did you mean "core"?',
      "Nothing was declared. [AVALA_PEOPLE]",
    ]) {
      expect(screen).toContain(fault);
    }
    expect(screen).not.toMatch(stackTrace);
    expect(await emulator.calls()).toEqual([]);
  });

  it("adds a new person: one email, and the team membership after the acceptance", async () => {
    take({ file: "people.yaml" }, { "people.yaml": `${yaml}- { email: Linus@example.com, teams: { labs: lead } }\n` });
    const invited = await project.up();
    expect([invited.code, invited.steps]).toEqual([
      0,
      ["create OrganizationMember staff-linus@example.com", "create TeamMembership staff-linus@example.com-labs"],
    ]);
    expect(await calls()).toEqual([
      ...looks,
      "GET /organizations/acme/teams/",
      "POST /organizations/acme/invitations/",
    ]);
    expect(await emailedTo()).toEqual(["linus@example.com"]);
    expect((await outputs())["waiting"]).toEqual({ "grace@example.com": "invited", "linus@example.com": "invited" });
    await expectNothingLeft();

    await emulator.accept("linus@example.com");
    await emulator.clearLog();
    const next = [
      "update OrganizationMember staff-linus@example.com",
      "update TeamMembership staff-linus@example.com-labs",
    ];
    expect((await project.preview()).steps).toEqual(next);
    expect(await calls()).toEqual(looks);
    await emulator.clearLog();
    const granted = await project.up();
    expect([granted.code, granted.steps]).toEqual([0, next]);
    expect(await calls()).toEqual([
      ...looks,
      "GET /organizations/acme/teams/",
      "GET /organizations/acme/teams/labs/members/",
      "POST /organizations/acme/teams/labs/members/",
    ]);
    expect(await emailedTo()).toEqual([]);
    expect((await outputs())["waiting"]).toEqual({ "grace@example.com": "invited" });
    await expectNothingLeft(["--refresh"]);
  });

  it("removes a person who is taken off the list, team memberships first, and nobody else", async () => {
    const linus = await uidOf("linus@example.com");
    const others = async () =>
      (await emulator.state()).organizations[0]!.members.filter(({ email }) => email !== "linus@example.com");
    const before = await others();
    const grace = project.outputs("staff-grace@example.com")["invitationUid"] as string;
    take({ people: [list[1]] });
    const { code, steps } = await project.up();
    expect([code, steps]).toEqual([
      0,
      [
        "delete OrganizationMember staff-grace@example.com",
        "delete OrganizationMember staff-linus@example.com",
        "delete TeamMembership staff-grace@example.com-core",
        "delete TeamMembership staff-linus@example.com-labs",
      ],
    ]);
    const [writes, emails] = [await emulator.writes(), await emailedTo()];
    const cancelled = `POST /organizations/acme/invitations/${grace}/cancel/`;
    expect(writes.filter((write) => write !== cancelled)).toEqual([
      `DELETE /organizations/acme/teams/labs/members/${linus}/`,
      `DELETE /organizations/acme/members/${linus}/`,
    ]);
    expect([writes.length, emails]).toEqual([3, []]);
    expect(await others()).toEqual(before);

    await emulator.clearLog();
    await expectNothingLeft();
    expect(await calls()).toEqual([]);
  });

  it("leaves nothing behind", async () => {
    expect((await project.destroy()).code).toBe(0);
    expect((await emulator.state()).organizations).toEqual([]);
  });
});
