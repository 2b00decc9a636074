import { startEmulator, type TestEmulator } from "../support/emulator.js";
import {
  idOf,
  organization,
  organizationMember,
  Stack,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";
import { unreliable } from "../support/unreliable.js";

/* A key that loses its validity during a run: completed steps are kept, nothing else is broken, and nothing more is sent. */

const acme = "00000001-0000-4000-8000-000000000000";
const core = `${acme}/00000002-0000-4000-8000-000000000000`;
const blue = `${acme}/00000003-0000-4000-8000-000000000000`;
const emails = Array.from({ length: 60 }, (_, number) => `p${number}@example.com`);
/** Connections of the client: requests in progress when the key is refused cannot be stopped. */
const underWay = 16;

let emulator: TestEmulator;
let between: Awaited<ReturnType<typeof unreliable>>;
let stack: Stack;

jest.setTimeout(60_000);
beforeAll(async () => {
  emulator = await startEmulator();
  between = await unreliable(emulator.url);
});
beforeEach(async () => {
  between.expect();
  await emulator.reset({
    people: ["owner@example.com", "ada@example.com", ...emails].map((email) => ({ email })),
    keys: [{ key: "avk_ada", email: "ada@example.com" }],
    organizations: [
      {
        uid: acme,
        name: "Acme",
        slug: "acme",
        members: [
          { email: "owner@example.com", role: "owner" },
          { email: "ada@example.com", role: "admin" },
          ...emails.map((email) => ({ email })),
        ],
        teams: [
          { uid: core.split("/")[1]!, name: "Core", slug: "core" },
          { uid: blue.split("/")[1]!, name: "Blue", slug: "blue" },
        ],
      },
    ],
  });
  stack = new Stack({ ...emulator.environment("avk_ada"), AVALA_BASE_URL: between.url });
  stack.onProcesses = true;
  stack.parallel = true;
});
afterAll(async () => {
  await between.close();
  await emulator.close();
});

/** Runs an action once this number of calls of a kind has been carried out; no later answer arrives before that. */
function after(count: number, on: RegExp, happens: () => Promise<unknown>): void {
  let left = count;
  let happening: Promise<unknown> | undefined;
  const fate = async (body: string) => {
    if (--left === 0) happening = happens();
    await happening;
    return body;
  };
  between.expect({ on, fate, times: Infinity });
}

async function failures(run: Promise<unknown>): Promise<string[]> {
  const ended = await run.then(
    () => undefined,
    (error: Error) => error,
  );
  if (ended === undefined) return [];
  return (ended instanceof AggregateError ? (ended.errors as Error[]) : [ended]).map(({ message }) => message);
}

const adaUid = async () => (await emulator.state()).people.find(({ email }) => email.startsWith("ada"))!.uid;
const inTeam = async (id: string) => {
  const [found] = (await emulator.state()).organizations;
  return found!.teams.find(({ uid }) => id.endsWith(uid))!.members.map(({ email }) => email);
};
const answered = async (status: number) =>
  (await emulator.requests()).filter((call) => call.method === "POST" && call.status === status).length;

const memberships: Program = Object.fromEntries(
  emails.map((email) => [email, teamMembership({ team: core, email, role: "member" })]),
);

describe("revoked in the middle of an up", () => {
  it("bug: stops the run at once; completed steps are recorded, the reason is reported once, and the next run continues", async () => {
    after(3, /^POST /, () => emulator.revokeKey("avk_ada"));
    const said = await failures(stack.up(memberships));
    expect(said.length).toBe(emails.length - stack.resources.size);
    expect(stack.resources.size).toBe(await answered(201));
    expect((await inTeam(core)).toSorted()).toEqual([...stack.resources.keys()].toSorted());
    expect(await answered(401)).toBeLessThanOrEqual(underWay);
    expect(said.filter((message) => message.includes("The service says"))).toHaveLength(1);
    for (const message of said) expect(message).toMatch(/\[AVALA_UNAUTHORIZED\]$/);
    const short = said.filter((message) => !message.includes("The service says"));
    expect(Math.max(...short.map(({ length }) => length))).toBeLessThan(150);
    expect(short.filter((message) => message.includes("was not sent")).length).toBeGreaterThan(0);

    between.expect();
    await emulator.addKey("avk_ada", "ada@example.com");
    expect(await failures(stack.up(memberships))).toEqual([]);
    expect(await inTeam(core)).toHaveLength(emails.length);
    expect(await answered(201)).toBe(emails.length);
  });

  it("keeps a partly created organization in the state, and the next run completes it", async () => {
    const program = {
      org: organization({ name: "Beta", handle: "beta" }),
      one: team({ organization: idOf("org"), name: "One" }),
    };
    after(1, /^POST \/organizations\/$/, () => emulator.revokeKey("avk_ada"));
    expect(await failures(stack.up(program))).toEqual([expect.stringContaining("[AVALA_UNAUTHORIZED]")]);
    const made = stack.id("org");
    expect(stack.resources.get("org")!.initErrors).toHaveLength(1);

    between.expect();
    await emulator.addKey("avk_ada", "ada@example.com");
    expect(await failures(stack.up(program))).toEqual([]);
    const betas = (await emulator.state()).organizations.filter(({ name }) => name === "Beta");
    expect(betas).toMatchObject([{ uid: made, handle: "beta" }]);
  });

  it("records the completed steps of a roster, and the next run continues", async () => {
    const program = {
      core: teamRoster({ team: core, members: Object.fromEntries(emails.map((email) => [email, "member"])) }),
    };
    after(5, /^POST /, () => emulator.revokeKey("avk_ada"));
    expect(await failures(stack.up(program))).toEqual([expect.stringContaining("[AVALA_UNAUTHORIZED]")]);
    const reached = (await inTeam(core)).length;
    expect(reached).toBe(await answered(201));
    expect(reached).toBeLessThan(emails.length);

    between.expect();
    await emulator.addKey("avk_ada", "ada@example.com");
    expect(await failures(stack.up(program))).toEqual([]);
    expect(await inTeam(core)).toHaveLength(emails.length);
    expect(await answered(201)).toBe(emails.length);
  });
});

describe("downgraded in the middle of an up", () => {
  it("fails each further write, still reads, breaks nothing, and continues once the role is back", async () => {
    const program: Program = {
      ...memberships,
      settled: organizationMember({ organization: acme, email: "p0@example.com" }),
      roster: teamRoster({ team: blue, members: { "p1@example.com": "lead" } }),
    };
    await stack.up({ settled: program["settled"]!, roster: program["roster"]! });
    const role = async (to: string) =>
      emulator.api("PATCH", `/organizations/acme/members/${await adaUid()}/role/`, { role: to });
    await emulator.clearLog();
    after(3, /^POST /, () => role("member"));
    const said = await failures(stack.up(program));
    for (const message of said) expect(message).toMatch(/\[AVALA_FORBIDDEN\]$/);
    expect((await inTeam(core)).toSorted()).toEqual(
      [...stack.resources.keys()].filter((name) => name in memberships).toSorted(),
    );
    expect(await emulator.emails()).toEqual([]);
    expect((await emulator.writes()).filter((call) => call.startsWith("DELETE"))).toEqual([]);

    between.expect();
    const refreshed = await stack.refresh();
    expect(refreshed.steps.filter((step) => !step.startsWith("same "))).toEqual([]);
    await role("admin");
    expect(await failures(stack.up(program))).toEqual([]);
    expect(await inTeam(core)).toHaveLength(emails.length);
    expect(await inTeam(blue)).toEqual(["p1@example.com"]);
  });
});

it("revoked in the middle of a destroy: deleted resources leave the state, the others stay", async () => {
  stack.environment = { ...stack.environment, AVALA_MAX_REMOVALS: `${emails.length}` };
  await stack.up(memberships);
  await emulator.clearLog();
  after(3, /^DELETE /, () => emulator.revokeKey("avk_ada"));
  expect((await failures(stack.destroy())).length).toBeGreaterThan(0);
  expect((await inTeam(core)).toSorted()).toEqual([...stack.resources.keys()].toSorted());
  expect(stack.resources.size).toBeGreaterThanOrEqual(emails.length - 3 - underWay);
});
