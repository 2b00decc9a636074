import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

const count = 10_000;
const email = (index: number) => `person${index}@example.com`;
const indexes = Array.from({ length: count }, (_, index) => index);
const everybody = (): Record<string, string> => Object.fromEntries(indexes.map((index) => [email(index), "member"]));

const program = (members: Record<string, string>): Declared[] => [
  { kind: "Organization", name: "acme", args: { name: "Acme", adopt: "acme" } },
  { kind: "Team", name: "core", args: { organization: ref("acme"), name: "Core", adopt: "core" } },
  { kind: "TeamRoster", name: "everybody", args: { team: ref("core"), members } },
];

describe("a roster of ten thousand people", () => {
  let emulator: TestEmulator;
  let project: Project;

  beforeAll(async () => {
    const people = indexes.map((index) => ({ email: email(index) }));
    const owner = { email: "owner@example.com" };
    emulator = await startEmulator({
      seed: {
        people: [owner, ...people],
        organizations: [
          {
            name: "Acme",
            members: [{ ...owner, role: "owner" }, ...people],
            teams: [{ name: "Core", members: people }],
          },
        ],
      },
    });
    project = await Project.open(emulator.environment());
    project.declare(program(everybody()));
    await project.expectOk(["up", "--yes", "--skip-preview"]);
  });
  beforeEach(() => emulator.clearLog());
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  it("takes over existing members without a write, and is settled", async () => {
    expect((await project.preview(["--expect-no-changes"])).code).toBe(0);
    expect(await emulator.calls()).toEqual([]);
  });

  it("refreshes with the pages of the team's list, and those of the organizations and teams", async () => {
    const refresh = await project.refresh();
    expect([refresh.code, refresh.steps]).toEqual([0, []]);
    const calls = await emulator.calls();
    const pages = "GET /organizations/acme/teams/core/members/";
    expect(calls.filter((call) => call === pages)).toHaveLength(count / 100);
    // The list of organizations is asked for where the roster is read before the Organization, whose state has the slug.
    const once = calls.filter((call) => call !== pages && call !== "GET /organizations/");
    expect(once.toSorted()).toEqual(["GET /organizations/acme/", "GET /organizations/acme/teams/"]);
    expect(calls.length - count / 100 - once.length).toBeLessThanOrEqual(1);
  });

  it("previews a change of three people in at most thirty lines, and applies it with one request for each", async () => {
    const members = everybody();
    members[email(17)] = "lead";
    delete members[email(4711)];
    members["newcomer@example.com"] = "member";
    project.declare(program(members));
    const { stdout, code } = await project.run(["preview", "--diff", "--non-interactive"]);
    expect(code).toBe(0);
    const lines = stdout.split("\n").filter((line) => line.trim() !== "");
    for (const part of [email(17), email(4711), "newcomer@example.com"]) expect(stdout).toContain(part);
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(await emulator.calls()).toEqual([]);

    const up = await project.up(["--skip-preview"]);
    expect([up.code, up.steps]).toEqual([0, ["update TeamRoster everybody"]]);
    // The new person waits: nobody has invited them.
    expect((await emulator.writes()).toSorted()).toEqual([
      expect.stringMatching(/^DELETE .*\/teams\/core\/members\/[^/]+\/$/),
      expect.stringMatching(/^PATCH .*\/teams\/core\/members\/[^/]+\/role\/$/),
    ]);
    expect(project.outputs("everybody")).toMatchObject({ waiting: "newcomer@example.com" });
  });
});
