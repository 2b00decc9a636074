import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { program as commandLine } from "../support/commandLine.js";
import { Project } from "../support/pulumi.js";
import { exampleFiles, typesAreChecked } from "./support.js";

// One engine run takes seconds, and more while others run beside it.
jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project | undefined;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterEach(async () => {
  project?.close();
  project = undefined;
  await emulator.reset();
});

afterAll(() => emulator.close());

async function open(
  example: string,
  changed: Record<string, string> = {},
  environment: Record<string, string> = emulator.environment(),
): Promise<Project> {
  project = await Project.open({ ...typesAreChecked, ...environment }, { ...exampleFiles(example), ...changed });
  return project;
}

async function outputs(of: Project): Promise<Record<string, unknown>> {
  return JSON.parse((await of.expectOk(["stack", "output", "--json"])).stdout) as Record<string, unknown>;
}

/** Nobody else has changed anything: `drift` finds nothing, and only reads. */
async function expectNoDrift(of: Project, env: Record<string, string> = {}): Promise<void> {
  of.write({ "exported.json": of.exported() });
  const { code, stdout, stderr } = await of.exec(process.execPath, [commandLine, "drift", "--state", "exported.json"], {
    AVALA_READ_ONLY: "1",
    ...env,
  });
  expect([code, stdout, stderr]).toEqual([
    0,
    expect.stringMatching(/^No drift/m),
    expect.not.stringContaining("[AVALA"),
  ]);
}

/** The state without the mailbox: emails cannot be undone. */
const standing = async () => ({ ...(await emulator.state()), emails: [] });

describe("quickstart", () => {
  it("creates what it declares, leaves nothing to do, and destroys it", async () => {
    const before = await standing();
    const example = await open("quickstart");
    const { steps } = await example.expectOk(["up", "--yes", "--skip-preview"]);
    expect(steps).toEqual([
      "create Organization acme",
      "create OrganizationMember ada",
      "create OrganizationMember grace",
      "create Team labeling",
      "create Team perception",
      "create TeamMembership ada-perception",
      "create TeamMembership grace-labeling",
    ]);
    expect(await outputs(example)).toEqual({
      organization: "acme-robotics",
      teams: ["perception", "labeling"],
      people: { ada: "waiting", grace: "waiting" },
    });
    await example.expectOk(["preview", "--expect-no-changes"]);
    await expectNoDrift(example);
    await example.expectOk(["destroy", "--yes", "--skip-preview"]);
    expect(await standing()).toEqual(before);
  });
});

describe("teams-from-yaml", () => {
  const file = exampleFiles("teams-from-yaml")["people.yaml"]!;

  /** The same people in another order and in capitals. */
  function respelt(): string {
    const [head, people] = file.split(/^people:\n/m) as [string, string];
    const entries = people.split(/^(?= {2}- )/m).map((entry) => `${entry.trimEnd()}\n\n`);
    return `${head}people:\n${entries.toReversed().join("").replaceAll("@example.com", "@Example.COM")}`;
  }

  it("reports faults of the file before anything is done, creates what it lists, and destroys it", async () => {
    const before = await standing();
    const faulty = file.replace("labeling: member }", "labelling: member }");
    const example = await open("teams-from-yaml", { "people.yaml": faulty });
    const { code, screen } = await example.preview();
    expect(code).not.toBe(0);
    expect(screen).toContain("people.yaml is invalid:\n");
    expect(screen).toContain('ada@example.com: unknown team "labelling"; add it under teams');
    expect(screen).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(await emulator.requests()).toEqual([]);

    example.write({ "people.yaml": file });
    await example.expectOk(["up", "--yes", "--skip-preview"]);
    const [organization] = (await emulator.state()).organizations;
    expect(organization!.invitations.map(({ email, role }) => `${email} ${role}`).toSorted()).toEqual([
      "ada@example.com admin",
      "grace@example.com member",
      "linus@example.com member",
    ]);
    await emulator.accept("linus@example.com");
    const { steps } = await example.expectOk(["up", "--yes", "--skip-preview"]);
    expect(steps).toEqual(["update Invitation linus@example.com", "update TeamMembership labeling/linus@example.com"]);
    await example.expectOk(["preview", "--expect-no-changes"]);

    await emulator.clearLog();
    example.write({ "people.yaml": respelt() });
    await example.expectOk(["preview", "--expect-no-changes"]);
    expect(await emulator.writes()).toEqual([]);
    await expectNoDrift(example);
    await example.expectOk(["destroy", "--yes", "--skip-preview"]);
    const { people: _signedUp, ...after } = await standing();
    const { people: _earlier, ...start } = before;
    expect(after).toEqual(start);
  });
});

describe("people-from-yaml", () => {
  const people = ["ada@example.com", "grace@example.com", "linus@example.com"];

  it("adds each person of the file to their teams with one email, leaves nothing to do, and destroys all", async () => {
    const before = await standing();
    const example = await open("people-from-yaml");
    await example.expectOk(["up", "--yes", "--skip-preview"]);
    expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual(people);
    expect(await outputs(example)).toEqual({
      organization: "acme-robotics",
      waiting: Object.fromEntries(people.map((email) => [email, "invited"])),
    });
    for (const email of people) await emulator.accept(email);
    await emulator.clearLog();

    const { steps } = await example.expectOk(["up", "--yes", "--skip-preview"]);
    expect(steps).toEqual([
      ...people.map((email) => `update OrganizationMember staff-${email}`),
      "update TeamMembership staff-ada@example.com-labeling",
      "update TeamMembership staff-ada@example.com-perception",
      "update TeamMembership staff-grace@example.com-labeling",
      "update TeamMembership staff-linus@example.com-labeling",
    ]);
    const teams = "POST /organizations/acme-robotics/teams";
    expect((await emulator.writes()).toSorted()).toEqual([
      ...Array(3).fill(`${teams}/labeling/members/`),
      `${teams}/perception/members/`,
    ]);
    expect((await outputs(example))["waiting"]).toEqual({});

    await emulator.clearLog();
    await example.expectOk(["preview", "--expect-no-changes"]);
    expect(await emulator.calls()).toEqual([]);
    await example.expectOk(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    await expectNoDrift(example);
    expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
    await example.expectOk(["destroy", "--yes", "--skip-preview"]);
    const { people: _signedUp, ...after } = await standing();
    const { people: _earlier, ...start } = before;
    expect(after).toEqual(start);
  });
});

describe("roster", () => {
  const names = ["ada", "grace", "linus"];

  it("waits for the listed people, adds them when they are members, leaves nothing to do, and destroys all", async () => {
    const before = await standing();
    const example = await open("roster");
    await example.expectOk(["up", "--yes", "--skip-preview"]);
    const people = names.map((name) => `${name}@example.com`);
    expect(await outputs(example)).toEqual({ waiting: people, unmanaged: [] });
    const { uid } = (await emulator.state()).organizations.find(({ slug }) => slug === "acme-robotics")!;
    for (const email of people) await emulator.join(uid, email);
    await emulator.clearLog();
    const { steps } = await example.expectOk(["up", "--yes", "--skip-preview"]);
    expect(steps).toEqual(["update TeamRoster annotators"]);
    const memberships = "POST /organizations/acme-robotics/teams/annotators/members/";
    expect(await emulator.writes()).toEqual([memberships, memberships, memberships]);
    expect(await outputs(example)).toEqual({ waiting: [], unmanaged: [] });

    await emulator.clearLog();
    await example.expectOk(["preview", "--expect-no-changes"]);
    expect(await emulator.calls()).toEqual([]);
    await example.expectOk(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    await expectNoDrift(example);
    expect([await emulator.writes(), await emulator.emails()]).toEqual([[], []]);
    await example.expectOk(["destroy", "--yes", "--skip-preview"]);
    expect((await standing()).organizations).toEqual(before.organizations);
  });
});

describe("two-tenants", () => {
  const tenants = ["europe", "america"];
  const key = (tenant: string) => `avk_${tenant}-7d21`;

  it("creates each tenant's part with its own key, leaves nothing to do, and destroys it", async () => {
    for (const tenant of tenants) await emulator.addKey(key(tenant), `${tenant}@example.com`);
    const before = await standing();
    // No AVALA_API_KEY: only the providers have a key.
    const example = await open(
      "two-tenants",
      {},
      {
        AVALA_ALLOW_INSECURE_BASE_URL: "1",
        ...Object.fromEntries(
          tenants.flatMap((tenant) => [
            [`${tenant.toUpperCase()}_AVALA_API_KEY`, key(tenant)],
            [`${tenant.toUpperCase()}_AVALA_BASE_URL`, emulator.url],
          ]),
        ),
      },
    );
    const { steps, screen } = await example.expectOk(["up", "--yes", "--skip-preview"]);
    expect(steps).toEqual([
      "create Organization america-acme",
      "create Organization europe-acme",
      "create Team america-perception",
      "create Team europe-perception",
    ]);
    expect(await outputs(example)).toEqual(
      Object.fromEntries(
        tenants.map((name) => [name, { organization: `acme-${name}`, team: "perception", people: 1 }]),
      ),
    );
    await example.expectOk(["preview", "--expect-no-changes"]);
    await example.expectOk(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    await example.expectOk(["destroy", "--yes", "--skip-preview"]);
    expect(await standing()).toEqual(before);

    const calls = await emulator.requests();
    for (const tenant of tenants) {
      const own = calls.filter(({ by }) => by === `${tenant}@example.com`);
      const about = own.filter(({ path }) => path.startsWith(`/organizations/acme-${tenant}/`));
      // In up and in preview the function, in up and destroy the resources.
      expect(about.map(({ method, path }) => `${method} ${path.replace(/^.*acme-\w+/, "")}`)).toEqual(
        expect.arrayContaining(["GET /members/", "POST /teams/", "DELETE /teams/perception/", "DELETE /"]),
      );
      const elsewhere = own.filter((call) => !about.includes(call)).map(({ path }) => path);
      expect(new Set(elsewhere)).toEqual(new Set(["/organizations/"]));
    }
    expect(new Set(calls.map(({ by }) => by))).toEqual(new Set(tenants.map((tenant) => `${tenant}@example.com`)));
    expect(screen).not.toMatch(/avk_/);
  });
});
