import type { Fault, Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, stackTrace, type Declared, type Outcome } from "../support/pulumi.js";
import { faultKinds } from "../properties/faults/faults.js";

jest.setTimeout(600_000);

const uidOf = (i: number): string => `000000${(i + 10).toString(16).padStart(2, "0")}-0000-4000-8000-000000000000`;
const person = (i: number): string => `person${i}@example.com`;
/** Ends the requests of a whole run, and so has a run of its own. */
const keyRefused = faultKinds.find(({ name }) => name === "401")!;
const kinds = faultKinds.filter((kind) => !kind.refused && !kind.forGood && kind !== keyRefused);
const ofPages = kinds.filter(({ settings }) => settings);
const ofWrites = kinds.filter((kind) => !ofPages.includes(kind));

/** All organizations are visible to the key; each failing list belongs to a separate organization. */
const seed: Seed = {
  settings: { maxPageSize: 2 },
  people: [{ email: "owner@example.com" }, ...kinds.map((_, i) => ({ uid: uidOf(i), email: person(i) }))],
  organizations: ["Acme", ...ofPages.map((_, i) => `List ${i}`)].map((name) => ({
    name,
    members: [
      { email: "owner@example.com", role: "owner" as const },
      ...kinds.flatMap((_, i) => (i % 4 === 3 || name !== "Acme" ? [{ email: person(i) }] : [])),
    ],
    teams: [
      { name: "Core", slug: "core" },
      { name: "Roster", slug: "roster" },
    ],
  })),
};

const acme = ref("acme");
const adopted = (name: string, slug: string): Declared => ({
  kind: "Organization",
  name: slug,
  args: { name, adopt: slug },
});
const adoptedTeam = (name: string, slug: string): Declared => ({
  kind: "Team",
  name: slug,
  args: { organization: acme, name, adopt: slug },
});

/** A write for each kind of fault: those of four resources in turn. */
function writeFor(i: number): { declared: Declared; body: string } {
  const email = person(i);
  const turns = [
    { kind: "Invitation", args: { organization: acme, email }, body: email },
    { kind: "OrganizationMember", args: { organization: acme, email }, body: email },
    { kind: "Team", args: { organization: acme, name: `Team ${i}` }, body: `"Team ${i}"` },
    { kind: "TeamMembership", args: { team: ref("core"), user: uidOf(i), role: "member" }, body: uidOf(i) },
  ] as const;
  const { kind, args, body } = turns[i % turns.length]!;
  return { declared: { kind, name: `write${i}`, args }, body };
}

const writes = ofWrites.map((kind, i) => ({ kind, ...writeFor(i) }));
const placed = (i: number) => writes[i]?.declared.kind === "TeamMembership";
const rostered = writes.flatMap((_, i) => (placed(i) ? [person(i)] : []));

const program: Declared[] = [
  adopted("Acme", "acme"),
  ...ofPages.map((_, i) => adopted(`List ${i}`, `list-${i}`)),
  { kind: "Organization", name: "beta", args: { name: "Beta", description: "made here" } },
  adoptedTeam("Core", "core"),
  adoptedTeam("Roster", "roster"),
  {
    kind: "TeamRoster",
    name: "people",
    args: { team: ref("roster"), members: Object.fromEntries(rostered.map((email) => [email, "member"])) },
  },
  ...writes.map(({ declared }) => declared),
  ...ofPages.map((_, i): Declared => ({
    kind: "OrganizationMember",
    name: `list${i}`,
    args: { organization: ref(`list-${i}`), email: person(0) },
  })),
];

const faults: Fault[] = [
  ...writes.map(({ kind, body }) => ({
    match: { method: "POST" as const, body },
    action: kind.action!,
    times: kind.times ?? 1,
  })),
  ...ofPages.map((kind, i) => ({
    match: { path: `^/organizations/list-${i}/members/.*page=2` },
    action: kind.action!,
    times: kind.times ?? 1,
  })),
  { match: { method: "POST", path: "^/organizations/$" }, action: { drop: "after" } },
  { match: { method: "POST", path: "/roster/members/" }, action: { drop: "after" } },
];

let emulator: TestEmulator;
let project: Project;
beforeAll(async () => {
  emulator = await startEmulator({ seed });
  project = await Project.open({ ...emulator.environment(), AVALA_TIMEOUT_SECONDS: "3" });
  project.declare(program);
});
afterAll(async () => {
  project?.close();
  await emulator.close();
});

const explained = ({ errors }: Outcome) =>
  expect(errors.filter(({ message }) => !/\[AVALA_[A-Z_]+\]/.test(message))).toEqual([]);

it("a refused connection: nothing is done, and the error says so", async () => {
  // Nothing listens on port 1.
  const refused = await project.up(undefined, { AVALA_BASE_URL: "http://127.0.0.1:1/api/v1" });
  explained(refused);
  expect(refused.screen).not.toMatch(stackTrace);
  expect(refused.code).not.toBe(0);
  expect(refused.errors[0]!.message).toContain("ECONNREFUSED");
  expect(project.resources()).toEqual([]);
});

it("the key is refused: nothing is done after it, and the error says so", async () => {
  await emulator.clearLog();
  await emulator.faults({ action: keyRefused.action! });
  const refused = await project.up(["--skip-preview", "--continue-on-error"]);
  explained(refused);
  expect(refused.code).not.toBe(0);
  expect(refused.errors.map(({ message }) => message)).toContainEqual(expect.stringContaining("[AVALA_UNAUTHORIZED]"));
  expect(await emulator.calls()).toEqual(["GET /organizations/"]);
  expect(project.resources()).toEqual([]);
});

it("a fault of each kind at once: the other steps are done, and the next up does the rest", async () => {
  await emulator.faults(...faults);
  const first = await project.up(["--skip-preview", "--continue-on-error"]);
  explained(first);
  expect(first.code).not.toBe(0);
  expect((await emulator.faultsLeft()).filter(({ matched }) => matched === 0)).toEqual([]);
  await emulator.clearFaults();

  const second = await project.up();
  expect(second.errors).toEqual([]);
  expect(second.code).toBe(0);
  const [held] = (await emulator.state()).organizations;
  const invitees = writes.flatMap(({ declared }, i) =>
    ["Invitation", "OrganizationMember"].includes(declared.kind) ? [person(i)] : [],
  );
  expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual(invitees.toSorted());
  expect(held!.invitations.map(({ email, status }) => `${status} ${email}`).toSorted()).toEqual(
    invitees.map((email) => `pending ${email}`).toSorted(),
  );
  const teams = writes.flatMap(({ declared }, i) => (declared.kind === "Team" ? [`Team ${i}`] : []));
  expect(held!.teams.map(({ name }) => name).toSorted()).toEqual(["Core", "Roster", ...teams].toSorted());
  for (const team of held!.teams.slice(0, 2)) {
    expect(team.members.map(({ email }) => email).toSorted()).toEqual(rostered.toSorted());
  }
  expect((await emulator.state()).organizations.filter(({ name }) => name === "Beta")).toHaveLength(1);

  const settled = await project.run(["up", "--yes", "--refresh", "--skip-preview"]);
  expect({ code: settled.code, steps: settled.steps }).toEqual({ code: 0, steps: [] });
});
