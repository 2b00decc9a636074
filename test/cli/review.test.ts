import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChangeRow, Review } from "../../provider/cli/review/report.js";
import { program } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project, ref, type Declared } from "../support/pulumi.js";

jest.setTimeout(240_000);

let emulator: TestEmulator;
let project: Project;

const names = "ada bob cyd dan eve fay gil hal ivy kim lou mia ned pat xia yan zoe".split(" ");
const mail = (name: string) => (name === "ned" ? "ned@partner.example.com" : `${name}@example.com`);

const member = (name: string, role = "member", more: Record<string, unknown> = {}): Declared => ({
  kind: "OrganizationMember",
  name: `member-${name}`,
  args: { organization: ref("acme"), email: mail(name), role, ...more },
});
const team = (name: string, more: Record<string, unknown> = {}): Declared => ({
  kind: "Team",
  name,
  args: { organization: ref("acme"), name: name.toUpperCase(), ...more },
});
const place = (within: string, name: string, role = "member", more: Record<string, unknown> = {}): Declared => ({
  kind: "TeamMembership",
  name: `${within}-${name}`,
  args: { team: ref(within), email: mail(name), role, ...more },
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
  ...["ada", "bob", "cyd", "dan", "eve", "fay", "gil", "xia", "yan", "zoe"].map((name) => member(name)),
  member("kim", "member", { onDestroy: "retain" }),
  member("mia", "member", { validUntil: "2030-01-01" }),
  member("pat"),
  { kind: "Invitation", name: "invite-lou", args: { organization: ref("acme"), email: mail("lou") } },
  { ...inOrganization("old", member("ivy")) },
  team("core"),
  team("legacy"),
  team("mass", { forceDestroy: true }),
  team("move"),
  team("ros"),
  team("solo"),
  place("core", "ada", "lead"),
  place("core", "bob"),
  place("core", "cyd"),
  place("core", "dan"),
  place("core", "xia"),
  place("legacy", "eve"),
  place("mass", "fay"),
  place("move", "ada"),
  place("solo", "mia", "lead"),
  roster({ [mail("ada")]: "lead", [mail("gil")]: "member", [mail("zoe")]: "member" }, "report"),
];

const after: Declared[] = [
  organization("acme"),
  organization("beta"),
  ...["cyd", "eve", "fay", "gil", "xia"].map((name) => member(name)),
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
  place("core", "ada", "lead"),
  place("core", "bob"),
  { ...place("core", "cyd"), name: "renamed" },
  place("core", "xia"),
  place("core", "ned"),
  place("move", "ada"),
  {
    kind: "People",
    name: "staff",
    args: {
      organization: ref("acme"),
      teams: { core: ref("core") },
      people: [{ email: mail("dan"), teams: ["core"] }],
    },
  },
  roster({ [mail("ada")]: "member", [mail("eve")]: "lead" }, "remove"),
];

/** "gains xia core: waits as member → member". */
function line({ effect, person, team, organization, before, after, mails }: ChangeRow): string {
  const stand = (one: ChangeRow["before"]) => (one ? `${one.standing} ${one.role ?? "?"}` : "-");
  const name = (person.email ?? "?").split("@")[0];
  const sent = mails > 0 ? ` (${mails})` : "";
  return `${effect} ${name} ${(team ?? organization).name}: ${stand(before)} → ${stand(after)}${sent}`;
}

/** Everybody's places in Avala, as "bob Acme member" or "ada CORE lead"; invitations as "zoe Acme invited". */
async function truth(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const enter = (place: string, email: string, role: string) => found.set(`${email.split("@")[0]} ${place}`, role);
  for (const { name, members, teams, invitations } of (await emulator.state()).organizations) {
    for (const { email, role } of members) enter(name, email, role);
    for (const team of teams) for (const { email, role } of team.members) enter(team.name, email, role);
    for (const { email, status } of invitations) if (status === "pending") enter(name, email, "invited");
  }
  return found;
}

const review = (args: string[], env: Record<string, string> = {}) =>
  project.exec(process.execPath, [program, "review", ...args], env);

let preview: string;
let found: Review;

beforeAll(async () => {
  emulator = await startEmulator();
  await emulator.reset({ people: ["owner", ...names].map((name) => ({ email: mail(name) })) });
  project = await Project.open(emulator.environment());
  project.declare(before);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  for (const name of ["ada", "bob", "cyd", "dan", "eve", "fay", "gil", "ivy", "kim", "lou", "mia"]) {
    await emulator.accept(mail(name));
  }
  const acme = (await emulator.state()).organizations.find(({ name }) => name === "Acme")!;
  await emulator.join(acme.uid, mail("hal"));
  const hal = (await emulator.state()).organizations.find(({ name }) => name === "Acme")!;
  const { uid: user } = hal.members.find(({ email }) => email === mail("hal"))! as unknown as { uid: string };
  void user;
  await project.expectOk(["up", "--yes", "--skip-preview", "--refresh"]);
  await emulator.accept(mail("xia"));
  project.declare(after);
  const { code, stdout, stderr } = await project.run(["preview", "--json", "--show-sames"]);
  if (code !== 0) throw new Error(stdout + stderr);
  preview = stdout;
  writeFileSync(join(project.folder, "preview.json"), preview);
  writeFileSync("/tmp/review-b.json", preview);
});

afterAll(async () => {
  project?.close();
  await emulator?.close();
});

describe("on the real engine", () => {
  it("names exactly who gains and loses what", async () => {
    const ended = await review(["preview.json", "--json", "--out", "review.json"]);
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, "", ""]);
    found = JSON.parse(require("node:fs").readFileSync(join(project.folder, "review.json"), "utf8")) as Review;
    console.log(found.changes.map(line).join("\n"));
    console.log((await review(["preview.json"])).stdout);
  });

  it("says what an up then does", async () => {
    const was = await truth();
    await emulator.clearLog();
    const { code, screen } = await project.run(["up", "--yes", "--skip-preview"]);
    console.log(code, code === 0 ? "" : screen);
    const is = await truth();
    const diff = [...new Set([...was.keys(), ...is.keys()])]
      .filter((key) => was.get(key) !== is.get(key))
      .map((key) => `${key}: ${was.get(key) ?? "-"} → ${is.get(key) ?? "-"}`);
    console.log(
      diff.toSorted().join("\n"),
      (await emulator.emails()).map(({ to }) => to),
      (await emulator.calls()).length,
      found.cost,
    );
  });
});
