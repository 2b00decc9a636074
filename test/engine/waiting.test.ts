import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type Outcome } from "../support/pulumi.js";

jest.setTimeout(240_000);

const email = (name: string) => `${name}@example.com`;
const people: Declared[] = [
  { kind: "Organization", name: "acme", args: { name: "Acme" } },
  { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core" } },
  { kind: "OrganizationMember", name: "ada", args: { organization: ref("acme"), email: email("ada") } },
  { kind: "Invitation", name: "lee", args: { organization: ref("acme"), email: email("lee") } },
  { kind: "TeamMembership", name: "ada-core", args: { team: ref("core"), email: email("ada") } },
];

/** Lines about waiting people, each as often as the engine was told. */
const told = ({ runs }: Outcome) =>
  runs.flatMap(({ diagnostics }) =>
    diagnostics
      .filter(({ message }) => message.includes("pulumi-avala status"))
      .map(({ severity, message }) => `${severity} ${message.trim()}`),
  );

describe("the end of an update", () => {
  let emulator: TestEmulator;
  let project: Project;
  beforeAll(async () => {
    emulator = await startEmulator();
    project = await Project.open(emulator.environment());
    project.declare(people);
  });
  afterAll(async () => {
    project?.close();
    await emulator.close();
  });

  it("tells once how many invitations wait, and a preview, a refresh and a destroy do not", async () => {
    expect(told(await project.expectOk(["preview"]))).toEqual([]);
    // With its preview.
    expect(told(await project.expectOk(["up", "--yes"]))).toEqual([
      "info 2 invitations are waiting for acceptance: npx pulumi-avala status",
    ]);
    expect(told(await project.expectOk(["refresh", "--yes", "--skip-preview"]))).toEqual([]);

    await emulator.accept(email("lee"));
    expect(told(await project.expectOk(["up", "--yes", "--skip-preview"]))).toEqual([
      "info 1 invitation is waiting for acceptance: npx pulumi-avala status",
    ]);
    await emulator.accept(email("ada"));
    expect(told(await project.expectOk(["up", "--yes", "--skip-preview"]))).toEqual([]);
    expect(told(await project.expectOk(["destroy", "--yes", "--skip-preview"]))).toEqual([]);
  });

  it("AVALA_LOG=requests reports the requests of a run, and neither keys nor addresses", async () => {
    await emulator.reset({ organizations: [] });
    await emulator.clearLog();
    const outcome = await project.expectOk(["up", "--yes", "--skip-preview"], { AVALA_LOG: "requests" });
    const lines = outcome.runs
      .flatMap(({ diagnostics }) => diagnostics)
      .flatMap(({ severity, message }) =>
        /^(GET|POST|PATCH|DELETE) /.test(message) ? [`${severity} ${message}`] : [],
      );
    const calls = lines.map((line) => line.replace(/^info (\S+ [^?:]+).*$/s, "$1"));
    expect(calls.toSorted()).toEqual((await emulator.calls()).map((call) => call.replace(/\?.*/, "")).toSorted());
    expect(lines.join("\n")).not.toMatch(/example\.com|avk_/);
  });

  it("another value of AVALA_LOG is an error", async () => {
    const { code, screen } = await project.preview([], { AVALA_LOG: "verbose" });
    expect(code).not.toBe(0);
    expect(screen).toContain("AVALA_LOG is none of its values. Set it to requests or debug, or unset it.");
    expect(screen).toContain("[AVALA_CONFIG]");
  });
});
