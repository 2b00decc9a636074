import type { Seed } from "../../emulator/src/index.js";
import { exceededBy } from "../../cli/review/limits.js";
import { previewCommand, previewOf } from "../../cli/pulumi/preview.js";
import { reviewOf, type Review } from "../../cli/review/report.js";
import type { Rule } from "../../cli/review/warnings.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared, type ResourceState } from "../support/pulumi.js";

/*
 * What a review cannot see, on the real engine: what `up` then did is never worse than what the review said.
 */
jest.setTimeout(240_000);

const owner = "owner@example.com";
const at = (name: string) => `${name}@example.com`;
const names = ["ada", "bob", "cleo", "dan", "eve", "stranger"];
const seed: Seed = {
  people: [owner, ...names.map(at), at("zoe")].map((email) => ({ email })),
  organizations: ["Acme", "Gone"].map((name) => ({
    name,
    members: [{ email: owner, role: "owner" as const }, ...names.map((one) => ({ email: at(one) }))],
    teams: name === "Acme" ? [{ name: "Core", members: [{ email: at("stranger") }] }] : [],
  })),
};
const organization = (name: string, args: object = {}): Declared => ({
  kind: "Organization",
  name,
  args: { name: name === "acme" ? "Acme" : "Gone", adopt: name, ...args },
});
const member = (name: string, args: object = {}, options: Record<string, unknown> = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  args: { organization: ref("acme"), email: at(name), ...args },
  options,
});
const core = (options: Record<string, unknown> = {}): Declared => ({
  kind: "Team",
  name: "core",
  args: { organization: ref("acme"), name: "Core", adopt: "core" },
  options,
});
const secret = (value: unknown) => ({ $secret: value });

let emulator: TestEmulator;
let project: Project;
beforeEach(async () => {
  emulator = await startEmulator({ seed });
  project = await Project.open(emulator.environment());
});
afterEach(async () => {
  project?.close();
  await emulator?.close();
});

async function declare(...declared: Declared[]): Promise<void> {
  project.declare(declared);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
}

async function reviewed(declared: readonly Declared[], args: string[] = []): Promise<Review> {
  project.declare(declared);
  const { code, stdout, screen } = await project.preview([...previewCommand.split(" ").slice(2), ...args]);
  expect(code === 0 ? "" : screen).toBe("");
  return reviewOf(previewOf(JSON.parse(stdout)), { maxRemovals: 10, domains: [] });
}

const denies = (review: Review, deny: Rule) =>
  exceededBy(review, { maxRemovals: undefined, maxEmails: undefined, deny: [deny] }).length > 0;
const linesOf = ({ changes }: Review) =>
  changes.map(({ effect, person, after, team }) =>
    `${effect} ${person.email} ${team ? "Core" : "Acme"} ${after?.role ?? "-"}`.replace("@example.com", ""),
  );
const organizationNow = async (slug: string) =>
  (await emulator.state()).organizations.find((found) => found.slug === slug);

it("security 1: roles, unmanaged and onDestroy that are secret or not known yet", async () => {
  const roster = (args: object): Declared => ({
    kind: "TeamRoster",
    name: "roster",
    args: { team: ref("core"), members: { [at("eve")]: "member" }, ...args },
  });
  await declare(
    organization("acme"),
    organization("gone", { onDestroy: secret("delete"), forceDestroy: true }),
    core(),
    member("bob"),
    member("cleo"),
    roster({}),
  );
  const made: Declared = {
    kind: "Team",
    name: "made",
    args: { organization: ref("acme"), name: "Made", description: "admin" },
  };
  const review = await reviewed([
    organization("acme"),
    core(),
    made,
    member("bob", { role: secret("admin") }),
    member("cleo", { role: ref("made", "description") }),
    member("zoe", { role: secret("admin") }),
    roster({ unmanaged: secret("remove") }),
  ]);
  expect(linesOf(review)).toEqual([
    "role bob Acme [secret]",
    expect.stringMatching(/^role cleo Acme (\[not known yet\]|admin)$/),
    "invited zoe Acme [secret]",
    "loses stranger Core -",
  ]);
  const rules: Rule[] = ["admin-grants", "unknown-access", "unknown-people", "organization-deletions"];
  expect(rules.filter((rule) => denies(review, rule))).toEqual(rules);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  const acme = (await organizationNow("acme"))!;
  const roles = Object.fromEntries(acme.members.map(({ email, role }) => [email, role]));
  expect([roles[at("bob")], roles[at("cleo")]]).toEqual(["admin", "admin"]);
  expect(acme.invitations.map(({ email, role }) => [email, role])).toEqual([[at("zoe"), "admin"]]);
  expect(acme.teams.find(({ name }) => name === "Core")!.members.map(({ email }) => email)).toEqual([at("eve")]);
  expect(await organizationNow("gone")).toBeUndefined();
});

it("bug: a deletion that an interrupted run has left is in the review", async () => {
  await declare(organization("acme"), member("bob"), member("cleo"));
  type State = { checkpoint: { latest: { resources: (ResourceState & { delete?: boolean })[] } } };
  const state = JSON.parse(project.stateText()) as State;
  const { resources } = state.checkpoint.latest;
  const [bob, cleo] = ["bob", "cleo"].map((name) => resources.find(({ urn }) => urn.endsWith(`::${name}`))!);
  // As a replacement of cleo's resource leaves it, of which the engine has done the first half.
  cleo!.urn = bob!.urn;
  cleo!.delete = true;
  project.writeState(JSON.stringify(state));
  const review = await reviewed([organization("acme"), member("bob")]);
  expect(linesOf(review)).toEqual(["loses cleo Acme -"]);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  expect((await organizationNow("acme"))!.members.map(({ email }) => email)).not.toContain(at("cleo"));
});

it("retainOnDelete, deletedWith and --target", async () => {
  const placed = (name: string, options: Record<string, unknown>): Declared => ({
    kind: "TeamMembership",
    name: `core ${name}`,
    args: { team: ref("core"), email: at(name), role: "member" },
    options,
  });
  const all = [
    core({ retainOnDelete: true }),
    placed("ada", { deletedWith: ref("core") }),
    placed("bob", { retainOnDelete: true }),
    placed("dan", {}),
  ];
  await declare(organization("acme"), ...all);
  const review = await reviewed([organization("acme")]);
  const target = await reviewed([organization("acme"), member("zoe"), ...all], ["--target", "**core**"]);
  expect([target.changes, target.leftOut]).toEqual([[], 1]);
  const lost = review.changes.filter(({ effect }) => effect === "loses").map(({ person }) => person.email);
  const kept = review.changes.filter(({ effect }) => effect === "keeps").map(({ person }) => person.email);
  project.declare([organization("acme")]);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  const inside = (await organizationNow("acme"))!.teams[0]!.members.map(({ email }) => email);
  expect([lost, kept]).toEqual([[at("dan")], [at("ada"), at("bob")]]);
  expect(inside.toSorted()).toEqual([at("ada"), at("bob"), at("stranger")]);
});
