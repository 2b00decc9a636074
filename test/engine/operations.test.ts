import * as avala from "pulumi-avala";
import { commands } from "../../cli/commands.js";
import { Desk } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { documented } from "../support/operationIds.js";
import { Project, ref, type Declared } from "../support/pulumi.js";
import { besides, operations, steps, type Step } from "./operations.js";

jest.setTimeout(240_000);

const [ada, bob, cy, eve] = ["ada", "bob", "cy", "eve"].map((name) => `${name}@example.com`) as [
  string,
  string,
  string,
  string,
];
const acme = ref("acme");

/** The program, with what the steps change in it. */
const program = (args: {
  organization?: object;
  team?: object;
  ada?: object;
  bob?: object;
  cy?: object;
  membership?: object;
  crew?: object;
}) =>
  [
    { kind: "Organization", name: "acme", args: { name: "Acme", ...args.organization } },
    { kind: "Team", name: "core", args: { organization: acme, name: "Core", ...args.team } },
    { kind: "OrganizationMember", name: "ada", args: { organization: acme, email: ada, ...args.ada } },
    { kind: "OrganizationMember", name: "bob", args: { organization: acme, email: bob, ...args.bob } },
    { kind: "Invitation", name: "cy", args: { organization: acme, email: cy, ...args.cy } },
    { kind: "Team", name: "crew", args: { organization: acme, name: "Crew" } },
    { kind: "TeamRoster", name: "roster", args: { team: ref("crew"), members: { [ada]: "lead" }, ...args.crew } },
    {
      kind: "TeamMembership",
      name: "membership",
      args: { team: ref("core"), email: ada, role: "lead", ...args.membership },
    },
  ] satisfies Declared[];

const changes = {
  organization: { description: "Robots" },
  team: { description: "The core" },
  ada: { role: "admin" },
  bob: { resend: "once more" },
  cy: { resend: "once more" },
  membership: { role: "member" },
  crew: { members: { [ada]: "member" } },
};

/** The program without the people who leave. */
const staying = () => program(changes).filter(({ name }) => !["bob", "cy", "membership"].includes(name));

const shared: Declared = {
  kind: "Organization",
  name: "shared",
  args: { name: "Shared", adopt: "shared", onDestroy: "leave" },
};

/** A program that only calls functions. */
const asking = `
const avala = require("pulumi-avala");
const organization = "acme";
module.exports = async () => {
  await avala.getOrganizations();
  await avala.getOrganization({ organization });
  await avala.getOrganizationMembers({ organization });
  await avala.getInvitations({ organization });
  await avala.getTeams({ organization });
  await avala.getTeam({ organization, slug: "core" });
  await avala.getTeamMembers({ organization, slug: "core" });
  await avala.getIndustryChoices();
};
`;

describe("every operation of the organizations API", () => {
  let emulator: TestEmulator;
  let project: Project;
  let reader: Project;
  const desk = new Desk();
  const reached = {} as Record<Step, Set<string>>;
  let known: { method: string; pattern: RegExp; id: string }[];

  /** What each step did on the real engine or with the built command line. */
  const acts: Record<Step, () => Promise<unknown>> = {
    declared: () => up(program({})),
    async accepted() {
      await emulator.accept(ada);
      await up(program({}));
    },
    changed: () => up(program(changes)),
    refreshed: () => project.expectOk(["refresh", "--yes", "--skip-preview"]),
    asked: () => reader.expectOk(["preview"]),
    async commanded() {
      await command(["status", "--organization", "acme"]);
      await command(["resend", "acme", bob]);
      await command(["transfer-ownership", "given", "--to", eve, "--yes"]);
      await command(["leave", "given", "--yes"]);
    },
    withdrawn: () => up([...staying(), shared]),
    left: () => up(staying()),
    destroyed: () => project.expectOk(["destroy", "--yes", "--skip-preview"]),
  };

  const up = (declared: readonly Declared[]) => {
    project.declare(declared);
    return project.expectOk(["up", "--yes", "--skip-preview"]);
  };

  async function command(args: string[]) {
    expect(await desk.run(args)).toMatchObject({ code: 0 });
  }

  beforeAll(async () => {
    const owner = "owner@example.com";
    emulator = await startEmulator({
      seed: {
        people: [{ email: owner }, { email: eve }],
        organizations: [
          { name: "Given", members: [{ email: owner, role: "owner" }, { email: eve }] },
          {
            name: "Shared",
            members: [
              { email: eve, role: "owner" },
              { email: owner, role: "admin" },
            ],
          },
        ],
      },
    });
    project = await Project.open(emulator.environment());
    reader = await Project.open(emulator.environment(), { "index.js": asking });
    desk.environment = emulator.environment();
    known = await documented(emulator);
    for (const step of Object.keys(steps) as Step[]) {
      await emulator.clearLog();
      await acts[step]();
      reached[step] = new Set((await emulator.calls()).map((call) => operationOf(call)));
    }
  });
  afterAll(async () => {
    project?.close();
    reader?.close();
    desk.close();
    await emulator?.close();
  });

  function operationOf(call: string): string {
    const [method, path] = call.split(" ") as [string, string];
    return known.find((row) => row.method === method && row.pattern.test(path))?.id ?? `${call}, which is none`;
  }

  it("is in the table, and nothing else is", () => {
    const all = known.map(({ id }) => id).filter((id) => !besides.includes(id));
    expect(Object.keys(operations).toSorted()).toEqual(all.toSorted());
    expect(all).toHaveLength(24);
  });

  const ways = Object.entries(operations).flatMap(([id, through]) =>
    Object.entries(through).map(([name, step]) => [id, name, step as Step] as const),
  );

  it.each(ways)("%s is reached by %s", (id, name, step) => {
    expect([...reached[step]]).toContain(id);
    expect([...Object.keys(avala), ...commands.map((command) => command.name)]).toContain(name);
  });

  it("no other operation was called", () => {
    const all = Object.values(reached).flatMap((ids) => [...ids]);
    const called = new Set(all.filter((id) => !besides.includes(id)));
    expect([...called].toSorted()).toEqual(Object.keys(operations).toSorted());
  });
});
