import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type Outcome } from "../support/pulumi.js";
import { cells, configOfCells, dayAfter, policiesOfResources, scene } from "./policyCells.js";
import { configOfStackCells, policiesOfStacks, stackCells, stackScene } from "./policyStackCells.js";
import { root } from "./support.js";

jest.setTimeout(240_000);

/**
 * `npm run check` has checked the types of the pack. The compiler then needs neither declarations nor libraries, and the pack
 * starts in a third of the time.
 */
const typesAreChecked = {
  TS_NODE_FILES: "true",
  TS_NODE_COMPILER_OPTIONS: JSON.stringify({ noCheck: true, noResolve: true, noLib: true }),
};
/** The pack as it starts for users. */
const typesAreNotChecked = { TS_NODE_FILES: "false", TS_NODE_COMPILER_OPTIONS: "{}" };

let emulator: TestEmulator;
let project: Project;
beforeEach(async () => {
  emulator = await startEmulator();
  project = await Project.open({ ...typesAreChecked, ...emulator.environment() });
});
afterEach(async () => {
  project.close();
  await emulator.close();
});

const pack = join(root, "examples/policy-pack");
const enforced = ["--policy-pack", join(pack, "run"), "--policy-pack-config", join(pack, "config.json")];

/** Options that apply the pack with a configuration of its own. */
function withConfig(config: object): string[] {
  project.write({ "policies.json": JSON.stringify(config) });
  return [...enforced.slice(0, 3), join(project.folder, "policies.json")];
}

/** The engine stops at the first mandatory violation: as advice it shows all. The policies of `others` are off. */
const asAdvice = (config: object, others: readonly string[] = []) =>
  withConfig({ all: "advisory", ...Object.fromEntries(others.map((name) => [name, "disabled"])), ...config });

/** Violations as `policy resource`, in the order of the alphabet. */
function violations({ screen }: Outcome, level = "advisory"): string[] {
  const line = new RegExp(`^\\s+- \\[${level}\\] {2}(\\S+) {2}\\(\\S+: (\\S+)\\)$`, "gm");
  return [...screen.matchAll(line)].map(([, policy, resource]) => `${policy} ${resource}`).toSorted();
}

const expected = (table: { violates: string[] }[]) => table.flatMap(({ violates }) => violates).toSorted();
const all = (table: { resources: Declared[] }[]) => table.flatMap(({ resources }) => resources);

it("judges every resource of the table as the policies do as functions, secrets and unknown values included", async () => {
  const table = cells.filter(({ isBorder }) => !isBorder);
  project.declare([...scene, ...all(table)]);
  const preview = await project.expectOk(["preview", ...asAdvice(configOfCells, policiesOfStacks)]);
  expect(violations(preview)).toEqual(expected(table));
  expect(preview.screen.split("Diagnostics:")[0]).toContain("avala@");
  expect(await emulator.writes()).toEqual([]);
});

it("counts every stack of the table as the policies do as functions", async () => {
  const table = stackCells.filter(({ isAlone }) => !isAlone);
  project.declare([...stackScene, ...all(table)]);
  const advice = asAdvice(configOfStackCells, policiesOfResources);
  expect(violations(await project.expectOk(["preview", ...advice]))).toEqual(expected(table));
  const alone = stackCells.filter(({ isAlone }) => isAlone);
  project.declare(all(alone));
  expect(violations(await project.expectOk(["preview", ...advice]))).toEqual(expected(alone));
  expect(await emulator.writes()).toEqual([]);
});

const acme = (options: object = { protect: true }, more: object = {}): Declared => ({
  kind: "Organization",
  name: "acme",
  args: { name: "Acme", ...more },
  options: options as Record<string, unknown>,
});
const person = (name: string, more: object = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email: `${name}@example.com`, role: "admin", reason: "on call", ...more },
});

it("lets pass what is fine, before it is made and after; an admin whose invitation is gone does not count", async () => {
  const members = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`p${i}@example.com`, i === 0 ? "lead" : "member"]),
  );
  const team = (name: string, more: object = {}): Declared => ({
    kind: "Team",
    name,
    args: { organization: ref("acme"), name, ...more },
  });
  const program = (ada: object = {}) => [
    acme(),
    team("led", { forceDestroy: true, reason: "is closed in spring" }),
    team("listed"),
    person("boss"),
    person("ada", ada),
    person("guest", { email: "grace@example.org", role: "member", validUntil: dayAfter(30) }),
    {
      kind: "TeamMembership",
      name: "lead",
      args: { team: ref("led"), email: "boss@example.com", role: "lead" },
    } as const,
    { kind: "TeamRoster", name: "list", args: { team: ref("listed"), members } } as const,
  ];
  project.declare(program());
  await project.expectOk(["up", "--yes", ...enforced]);
  await project.expectOk(["preview", "--expect-no-changes", ...enforced]);
  await emulator.decline("ada@example.com");
  await project.expectOk(["refresh", "--yes", "--skip-preview"]);
  expect(violations(await project.preview(enforced), "mandatory")).toEqual(["min-admins acme"]);
  project.declare(program({ resend: "again" }));
  await project.expectOk(["up", "--yes", ...enforced]);
  expect(project.outputs("ada")["status"]).toBe("invited");
});

it("is mandatory with the configuration of the example, and no message repeats a value of the program", async () => {
  const foreign = { email: "ada-7c1f@example.net", reason: "7c1f", validUntil: "7171-01-01" };
  project.declare([acme(), person("boss"), person("ada", foreign)]);
  const preview = await project.preview(enforced, typesAreNotChecked);
  expect(preview.code).not.toBe(0);
  const refused = ["admin-has-reason", "allowed-email-domains", "external-access-ends"].map((name) => `${name} ada`);
  expect(violations(preview, "mandatory")).toEqual(refused);
  expect(preview.screen).not.toMatch(/7c1f|7171/);
  expect(await emulator.writes()).toEqual([]);
});

describe("the limit of removals", () => {
  beforeEach(() => project.declare([acme(), person("boss"), person("ada")]));
  const setting = (key: string, value: string, ...more: string[]) =>
    project.expectOk(["config", "set", key, value, ...more]);

  it("in the stack configuration, also as a secret, needs a reason there", async () => {
    await setting("avala:maxRemovals", "40", "--secret");
    expect(violations(await project.preview(enforced), "mandatory")).toEqual(["max-removals-has-reason default"]);
    await setting("avala-policy:maxRemovalsReason", "the labeling vendor leaves");
    await project.expectOk(["preview", ...enforced]);
  });

  it("in the environment needs a reason there, also with an explicit provider, before anything is written", async () => {
    const raised = { AVALA_MAX_REMOVALS: "40" };
    const up = await project.up(["--skip-preview", ...enforced], raised);
    expect(violations(up, "mandatory")).toEqual(["max-removals-has-reason default"]);
    expect(up.code).not.toBe(0);
    expect(await emulator.writes()).toEqual([]);
    const { AVALA_API_KEY: apiKey, AVALA_BASE_URL: baseUrl } = emulator.environment();
    const own: Declared = { kind: "Provider", name: "own", args: { apiKey, baseUrl, allowInsecureBaseUrl: true } };
    const provider = ref("own");
    const staff = ["boss", "ada"].map((name) => ({ ...person(name), options: { provider } }));
    project.declare([own, acme({ protect: true, provider }), ...staff]);
    const refused = await project.preview(enforced, raised);
    expect(violations(refused, "mandatory")).toEqual(["max-removals-has-reason own"]);
    await project.expectOk(["preview", ...enforced], {
      ...raised,
      POLICY_MAX_REMOVALS_REASON: "the labeling vendor leaves",
    });
  });
});
