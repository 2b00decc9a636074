import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Rehearsal } from "../../cli/rehearse/outcome.js";
import type { ProfileSettings } from "../../cli/probe/profile.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

/*
 * A rehearsal with the profile of a deployment does what `up` does there; without it, what the likeliest deployment does.
 */

jest.setTimeout(240_000);

const commandLine = join(__dirname, "../../dist/cli.js");
const date = "2026-11-29";
const owner = "owner@example.com";

let emulator: TestEmulator;
let project: Project;
afterEach(async () => {
  project.close();
  await emulator.close();
});

/** A deployment that behaves like this, with its profile in the folder of the project. */
async function open(settings: ProfileSettings): Promise<void> {
  const members = [{ email: owner, role: "owner" as const }, { email: "lee@example.com" }];
  emulator = await startEmulator({
    profile: { version: 1, settings },
    seed: {
      people: members.map(({ email }) => ({ email })),
      organizations: [{ name: "Acme", members, teams: [{ name: "Core" }] }],
    },
  });
  project = await Project.open(emulator.environment());
  const profile = { version: 1, date, settings, statements: {} };
  writeFileSync(join(project.folder, "avala-profile.json"), JSON.stringify(profile));
}

async function rehearsed(...args: string[]): Promise<Rehearsal> {
  const all = [commandLine, "rehearse", "--stack", "test", "--json", ...args];
  const { code, stdout, stderr } = await project.exec(process.execPath, all);
  if (stdout === "") throw new Error(stderr);
  const report = JSON.parse(stdout) as Rehearsal;
  expect([code, stderr]).toEqual([report.failure.length > 0 ? 2 : 0, expect.any(String)]);
  return report;
}
const withProfile = () => rehearsed("--profile", "avala-profile.json");

const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme", adopt: "acme" } };
const team = (name: string, more: object = {}): Declared => ({
  kind: "Team",
  name: name.toLowerCase(),
  args: { organization: ref("acme"), name, ...more },
});

it("who creates a team joins it, and a slug follows the name", async () => {
  await open({ teamCreatorJoins: true, slugFollowsName: true, writeBody: "minimal", maxPageSize: 1 });
  project.declare([acme, team("Core", { adopt: "core" })]);
  await project.up();
  const renamed = { ...team("Core", { adopt: "core" }), args: { organization: ref("acme"), name: "Kernel" } };
  project.declare([acme, renamed, team("Crew")]);

  const seen = ({ changes, acts }: Rehearsal) => ({
    joined: changes.map(({ person, team: of, after }) => `${person.email} ${of?.name} ${after?.role}`),
    slug: acts.find(({ team: of, act }) => of?.name === "Kernel" && act === "update")?.fields,
  });
  const [on, off] = [await withProfile(), await rehearsed()];
  await project.up();
  const { teams } = (await emulator.state()).organizations[0]!;
  const joined = teams!.flatMap(({ name, members }) => members!.map(({ email, role }) => `${email} ${name} ${role}`));
  const slug = { name: "slug", before: "core", after: teams![0]!.slug };
  const name = { name: "name", before: "Core", after: "Kernel" };

  expect(slug.after).toBe("kernel");
  expect(seen(on)).toEqual({ joined, slug: expect.arrayContaining([name, slug]) });
  expect(seen(off)).toEqual({ joined: [], slug: [name] });
  expect([on.profile, off.profile]).toEqual([{ date }, undefined]);
});

it("an organization with people is not deleted", async () => {
  await open({ organizationDelete: "refuse", lists: "array", voidStatus: 200 });
  project.declare([{ ...acme, args: { ...acme.args, onDestroy: "delete", forceDestroy: true } }]);
  await project.up();
  project.declare([]);
  const [on, off] = [await withProfile(), await rehearsed()];
  const up = await project.run(["up", "--yes", "--skip-preview"]);
  const reason = expect.stringContaining("acme");

  expect([up.code === 0, on.failure, off.failure]).toEqual([false, [reason], []]);
  expect((await emulator.state()).organizations).toHaveLength(1);
  expect(on.acts).toEqual([]);
  expect(off.acts.map(({ act, team: of }) => `${act} ${of?.name ?? "acme"}`)).toEqual(["delete acme", "delete Core"]);
});

it("a list that lags, where answers to writes are minimal, does not show what was created", async () => {
  await open({ readLagMs: 60_000, writeBody: "minimal" });
  project.declare([{ kind: "Organization", name: "beta", args: { name: "Beta" } }]);
  const [on, off] = [await withProfile(), await rehearsed()];
  const up = await project.run(["up", "--yes", "--skip-preview"]);
  const code = expect.stringContaining("AVALA_CREATED_NOT_SHOWN");
  expect([up.code === 0, up.stdout + up.stderr, on.failure, off.failure]).toEqual([false, code, [code], []]);
});
