import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeRow, Review } from "../../cli/review/report.js";
import { blocks, read } from "../examples/support.js";
import { program } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;

const accepted = "ada bob cyd dan eve fay gil ivy kim lou mia".split(" ");
const names = [...accepted, ..."hal ned pat rae xia yan zoe".split(" ")];
const emailOf = (name: string) => (name === "ned" ? "ned@partner.example.com" : `${name}@example.com`);

const member = (name: string, role = "member", more: Record<string, unknown> = {}): Declared => ({
  kind: "OrganizationMember",
  name: `member-${name}`,
  args: { organization: ref("acme"), email: emailOf(name), role, ...more },
});
const team = (name: string, more: Record<string, unknown> = {}): Declared => ({
  kind: "Team",
  name,
  args: { organization: ref("acme"), name: name.toUpperCase(), ...more },
});
const inTeam = (within: string, name: string, role = "member", more: Record<string, unknown> = {}): Declared => ({
  kind: "TeamMembership",
  name: `${within}-${name}`,
  args: { team: ref(within), email: emailOf(name), role, ...more },
});
const roster = (members: Record<string, string>, unmanaged: string): Declared => ({
  kind: "TeamRoster",
  name: "roster",
  args: { team: ref("ros"), members, unmanaged },
});
const organization = (name: string, more: Record<string, unknown> = {}): Declared => ({
  kind: "Organization",
  name,
  args: { name: name[0]!.toUpperCase() + name.slice(1), ...more },
});
const inOrganization = (of: string, declared: Declared): Declared => ({
  ...declared,
  args: { ...declared.args, organization: ref(of) },
});

const before: Declared[] = [
  organization("acme"),
  organization("beta"),
  organization("old", { forceDestroy: true }),
  ...["ada", "bob", "cyd", "dan", "eve", "fay", "gil", "rae", "xia", "yan", "zoe"].map((name) => member(name)),
  member("kim", "member", { onDestroy: "retain" }),
  member("mia", "member", { validUntil: "2030-01-01" }),
  member("pat"),
  { kind: "Invitation", name: "invite-lou", args: { organization: ref("acme"), email: emailOf("lou") } },
  { ...inOrganization("old", member("ivy")) },
  team("core"),
  team("legacy"),
  team("mass", { forceDestroy: true }),
  team("move"),
  team("ros"),
  team("solo"),
  inTeam("core", "ada", "lead"),
  inTeam("core", "bob"),
  inTeam("core", "cyd"),
  inTeam("core", "dan"),
  inTeam("core", "rae"),
  inTeam("core", "xia"),
  inTeam("legacy", "eve"),
  inTeam("mass", "fay"),
  inTeam("move", "ada"),
  inTeam("solo", "mia", "lead"),
  roster({ [emailOf("ada")]: "lead", [emailOf("gil")]: "member", [emailOf("zoe")]: "member" }, "report"),
];

const after: Declared[] = [
  organization("acme"),
  organization("beta"),
  ...["cyd", "eve", "fay", "gil", "rae", "xia"].map((name) => member(name)),
  { ...member("ada", "admin"), args: { organization: "acme", email: "ADA@example.com", role: "admin" } },
  member("zoe", "admin"),
  member("mia", "member", { validUntil: "2031-01-01" }),
  member("pat", "member", { resend: "again" }),
  member("lou"),
  member("ned"),
  team("core"),
  inOrganization("beta", team("move")),
  team("ros"),
  team("solo"),
  inTeam("core", "ada", "lead"),
  inTeam("core", "bob"),
  { ...inTeam("core", "cyd"), name: "renamed" },
  inTeam("core", "rae"),
  inTeam("core", "xia"),
  inTeam("core", "ned"),
  inTeam("move", "ada"),
  {
    kind: "People",
    name: "staff",
    args: {
      organization: ref("acme"),
      teams: { core: ref("core") },
      people: [{ email: emailOf("dan"), teams: ["core"] }],
    },
  },
  roster({ [emailOf("ada")]: "member", [emailOf("eve")]: "lead" }, "remove"),
];

/** The expected review of the change from one program to the other. */
const changes = `
role ada Acme: has member → has admin
role lou Acme: has ? → depends member (1)
loses bob Acme: has member → -
invited ned Acme: - → depends member (1)
invited pat Acme: invited member → invited member (1)
invited zoe Acme: invited member → invited admin (1)
withdrawn yan Acme: invited member → -
accepted xia Acme: invited member → has member
keeps dan Acme: has member → has member
keeps kim Acme: has member → has member
details mia Acme: has member → has member
gains xia CORE: waiting member → granted member
loses bob CORE: has member → -
waits ned CORE: - → depends member
keeps cyd CORE: has member → has member
keeps dan CORE: has member → has member
loses eve LEGACY: has member → -
loses fay MASS: has member → -
loses ada MOVE: has member → -
gains eve ROS: - → granted lead
role ada ROS: has lead → has member
loses gil ROS: has member → -
loses hal ROS: has ? → -
without zoe ROS: waiting member → -
loses mia SOLO: has lead → -
gains ada MOVE: - → depends member
loses ivy Old: has member → -
`
  .trim()
  .split("\n");
const warnings = [
  "admin-grants ada Acme",
  "extended-access mia Acme",
  "external-domains ned Acme",
  "admin-grants zoe Acme",
  "team-deletions LEGACY",
  "team-deletions MASS",
  "team-deletions MOVE",
  "unknown-people ROS",
  "last-lead SOLO",
  "external-domains ada Beta",
  "organization-deletions Old",
];
const acts = [
  "delete LEGACY",
  "delete MASS forced",
  "delete MOVE",
  "removeUnlisted ROS",
  "create MOVE",
  "delete Old forced",
];
/** The effect of the next up in Avala, after zoe and rae have accepted. The owner loses access to what is deleted. */
const done = [
  "ada Acme: member → admin",
  "ada MOVE: member → -",
  "ada ROS: lead → member",
  "bob Acme: member → -",
  "bob CORE: member → -",
  "eve LEGACY: member → -",
  "eve ROS: - → lead",
  "fay MASS: member → -",
  "gil ROS: member → -",
  "hal ROS: member → -",
  "ivy Old: member → -",
  "mia SOLO: lead → -",
  "ned Acme: - → invited",
  "owner Old: owner → -",
  "rae CORE: - → member",
  "xia CORE: - → member",
  "yan Acme: invited → -",
  "zoe Acme: member → admin",
];

const nameOf = ({ email }: { email?: string | undefined }) => email?.split("@")[0] ?? "?";

/** "gains xia core: waits as member → member". */
function line({ effect, person, team, organization, before, after, emails }: ChangeRow): string {
  const stand = (one: ChangeRow["before"]) => (one ? `${one.standing} ${one.role ?? "?"}` : "-");
  const sent = emails > 0 ? ` (${emails})` : "";
  return `${effect} ${nameOf(person)} ${(team ?? organization).name}: ${stand(before)} → ${stand(after)}${sent}`;
}

/** All memberships in Avala, as "bob Acme member" or "ada CORE lead"; invitations as "zoe Acme invited". */
async function truth(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const enter = (scope: string, email: string, role: string) => found.set(`${email.split("@")[0]} ${scope}`, role);
  for (const { name, members, teams, invitations } of (await emulator.state()).organizations) {
    for (const { email, role } of members) enter(name, email, role);
    for (const team of teams) for (const { email, role } of team.members) enter(team.name, email, role);
    for (const { email, status } of invitations) if (status === "pending") enter(name, email, "invited");
  }
  return found;
}

/** The commands of the guide, block by block, as a shell in the project runs them. */
const [onPullRequest, withLimits, onMerge] = blocks(read("docs/guides/review.md"), "sh") as [string, string, string];
const shell = (commands: string) => project.exec("sh", ["-e", "-c", `${asInstalled}\n${commands}`]);
/** `npx --no -- pulumi-avala`, as in a project that has installed it. */
const asInstalled = `npx() { test "$1 $2 $3" = "--no -- pulumi-avala"; shift 3; "${process.execPath}" "${program}" "$@"; }`;
const written = (name: string) => readFileSync(join(project.folder, name), "utf8");
const review = (...args: string[]) => project.exec(process.execPath, [program, "review", ...args]);
/** Without the parts that differ from run to run. */
const steady = (text: string) => {
  const uids = new Map<string, string>();
  return text
    .replace(
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      (uid) => uids.get(uid) ?? (uids.set(uid, `uid-${uids.size + 1}`), uids.get(uid)!),
    )
    .replace(/[0-9a-f]{64}/g, "digest");
};

beforeAll(async () => {
  emulator = await startEmulator();
  await emulator.reset({ people: ["owner", ...names].map((name) => ({ email: emailOf(name) })) });
  project = await Project.open(emulator.environment());
  await project.exec("pulumi", ["stack", "select", "test"]);
  project.declare(before);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  await Promise.all(accepted.map((name) => emulator.accept(emailOf(name))));
  const acme = (await emulator.state()).organizations.find(({ name }) => name === "Acme")!;
  const { uid } = await emulator.join(acme.uid, emailOf("hal"));
  await emulator.api("POST", "/organizations/acme/teams/ros/members/", { user_uid: uid, role: "member" });
  await project.expectOk(["up", "--yes", "--skip-preview", "--refresh"]);
  await emulator.accept(emailOf("xia"));
  project.declare(after);
  await emulator.clearLog();
  const { code, screen } = await shell(onPullRequest).then((ended) => ({
    ...ended,
    screen: ended.stdout + ended.stderr,
  }));
  if (code !== 0) throw new Error(screen);
});

afterAll(async () => {
  project?.close();
  await emulator?.close();
});

it("names exactly who gains and loses which access, and changes nothing", async () => {
  const found = JSON.parse(written("review.json")) as Review;
  expect(found.changes.map(line)).toEqual(changes);
  expect(
    found.warnings.map(
      ({ rule, team, organization, person }) =>
        `${rule} ${person ? `${nameOf(person)} ` : ""}${(team ?? organization).name}`,
    ),
  ).toEqual(warnings);
  expect(
    found.acts.map(
      ({ act, team, organization, forced }) => `${act} ${(team ?? organization).name}${forced ? " forced" : ""}`,
    ),
  ).toEqual(acts);
  expect(found.removals.map(({ team, organization, people }) => `${(team ?? organization).name} ${people}`)).toEqual([
    "Acme 2",
    "CORE 1",
    "LEGACY 1",
    "MASS 1",
    "MOVE 1",
    "ROS 2",
    "SOLO 1",
    "Old 1",
  ]);
  expect(found).toMatchObject({ version: 1, masked: false, complete: true, others: [], diagnostics: [], exceeded: [] });
  expect(found.summary.emails).toBe(4);
  expect(await emulator.writes()).toEqual([]);
});

it("has the same content in each format", async () => {
  const [text, html] = await Promise.all([review("preview.json"), review("preview.json", "--html")]);
  expect([text.code, text.stderr, html.code, html.stderr]).toEqual([0, "", 0, ""]);
  expect(text.stdout).toMatchSnapshot("text");
  expect(written("comment.md")).toMatchSnapshot("markdown");
  expect(html.stdout).toMatchSnapshot("html");
  expect(steady(written("review.json"))).toMatchSnapshot("json");
});

it("applies its limits", async () => {
  const { code, stderr } = await shell(withLimits);
  expect([code, stderr]).toEqual([2, '"SOLO" of "Acme" has no lead any more. [deny last-lead]\n']);
  const { stderr: others } = await review("preview.json", "--max-removals", "1", "--max-emails", "2", "--quiet");
  expect(others).toBe(
    '2 people lose access to "Acme", including cancelled invitations: more than --max-removals 1.\n2 people lose access to "ROS" of "Acme": more than --max-removals 1.\nUp to 4 emails: more than --max-emails 2.\n',
  );
});

it("reports a failed preview, without a review", async () => {
  project.declare([...after, member("hal", "member", { maxEmails: 0 })]);
  const { code, stdout, stderr } = await project.exec(process.execPath, [program, "review"]);
  project.declare(after);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^Running pulumi preview\.\npulumi preview failed: .*maxEmails.*pass the output of: .*\[AVALA_STACK\]\n$/,
  );
});

it("allows the approved changes and those that have become possible since, and says which are new", async () => {
  await emulator.accept(emailOf("zoe"));
  await emulator.accept(emailOf("rae"));
  const was = await truth();
  await emulator.clearLog();
  const { code, stdout, stderr } = await shell(onMerge);
  if (code !== 0) throw new Error(stdout + stderr);
  const is = await truth();
  const differing = [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key));
  expect(differing.map((key) => `${key}: ${was.get(key) ?? "-"} → ${is.get(key) ?? "-"}`).toSorted()).toEqual(done);
  expect((await emulator.emails()).map(({ to }) => to).toSorted()).toEqual([emailOf("ned"), emailOf("pat")]);
});
