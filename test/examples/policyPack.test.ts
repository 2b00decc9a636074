import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";
import { join } from "node:path";
import { read, root } from "./support.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;
beforeAll(async () => {
  emulator = await startEmulator();
  project = await Project.open(emulator.environment());
});
afterAll(async () => {
  project.close();
  await emulator.close();
});

const pack = join(root, "examples/policy-pack");
const config = JSON.parse(read("examples/policy-pack/config.json")) as object;
const enforced = ["--policy-pack", join(pack, "run"), "--policy-pack-config", join(pack, "config.json")];

const acme = (options: Record<string, unknown>): Declared => ({
  kind: "Organization",
  name: "acme",
  args: { name: "Acme" },
  options,
});
const team = (name: string): Declared => ({ kind: "Team", name, args: { organization: ref("acme"), name } });
const member = (name: string, args: object): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), ...args },
});
const place = (name: string, of: string, args: object): Declared => ({
  kind: "TeamMembership",
  name,
  args: { team: ref(of), ...args },
});
const roster = (name: string, of: string, members: object): Declared => ({
  kind: "TeamRoster",
  name,
  args: { team: ref(of), members },
});
const people = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}@example.com`, i === 0 ? "lead" : "member"]));

/** Violations as `policy resource`, in the order of the names. */
function violations(screen: string): string[] {
  const found = screen.matchAll(/^\s+- \[advisory\] {2}(\S+) {2}\(\S+: (\S+)\)$/gm);
  return [...found].map(([, policy, resource]) => `${policy} ${resource}`).toSorted();
}

it("reports its violations in the preview, and names no person", async () => {
  project.declare([
    acme({}),
    team("led"),
    team("leaderless"),
    team("crowded"),
    member("boss", { email: "ada@example.com", role: "admin" }),
    member("guest", { email: "grace-7c1f@example.org" }),
    member("foreign", { email: "linus-9d2e@example.net", validUntil: "2099-01-01" }),
    place("lead", "led", { email: "ada@example.com", role: "lead" }),
    place("no-lead", "leaderless", { email: "ada@example.com", role: "member" }),
    place("guest-place", "led", { email: "grace-7c1f@example.org", role: "member" }),
    { kind: "Invitation", name: "mail", args: { organization: ref("acme"), email: "mail-5b8a@example.org" } },
    roster("crowd", "crowded", { ...people(50), "roster-3e4d@example.net": "member" }),
  ]);
  // The engine stops at the first violation that is mandatory: as advice it shows them all.
  project.write({ "advice.json": JSON.stringify({ ...config, all: "advisory" }) });
  const advice = [...enforced.slice(0, 3), join(project.folder, "advice.json")];
  const { screen } = await project.expectOk(["preview", ...advice]);
  expect(violations(screen)).toEqual([
    "admin-has-reason boss",
    "allowed-email-domains crowd",
    "allowed-email-domains foreign",
    "external-access-ends guest",
    "external-access-ends guest-place",
    "external-access-ends mail",
    "organization-protected acme",
    "team-has-lead leaderless",
    "team-size crowded",
  ]);
  expect(screen).not.toMatch(/7c1f|9d2e|5b8a|3e4d/);
  const refused = await project.preview(enforced);
  expect(refused.code).not.toBe(0);
  expect(refused.screen).toContain("[mandatory]");
  expect(await emulator.writes()).toEqual([]);
});

it("accepts a correct program, before it is created and after", async () => {
  project.declare([
    acme({ protect: true }),
    team("led"),
    team("listed"),
    member("boss", { email: "ada@example.com", role: "admin", reason: "on call" }),
    member("guest", { email: "grace@example.org", validUntil: "2099-01-01" }),
    place("lead", "led", { email: "ada@example.com", role: "lead" }),
    roster("list", "listed", people(50)),
  ]);
  await project.expectOk(["preview", ...enforced]);
  await project.expectOk(["up", "--yes", "--skip-preview", ...enforced]);
  expect((await project.preview(["--expect-no-changes", ...enforced])).code).toBe(0);
});
