import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { Project } from "../support/pulumi.js";
import { adopted } from "./adopted.js";
import { blocks, commandsOf, read, readersShell, typesAreChecked } from "./support.js";

/*
 * The path of a newcomer, by the commands of the guides alone: an empty folder, the organization imported, drift made by
 * hand, found, adopted and repaired; then an invitation from the file of people to the team, with every request logged.
 */

jest.setTimeout(600_000);

const person = (name: string) => `${name}@example.com`;
let emulator: TestEmulator;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator({ seed: adopted() });
  project = await Project.open({ ...typesAreChecked, ...emulator.environment() });
});
afterAll(async () => {
  project?.close();
  await emulator.close();
});

async function typed(commands: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await project.exec("bash", ["-c", [readersShell, ...commands].join("\n")], env);
  if (code !== 0) throw new Error(`It ended with ${code}:\n${stdout}\n${stderr}`);
  return `${stdout}\n${stderr}`;
}
const inProject = (commands: readonly string[], env?: Record<string, string>) => typed(["cd acme", ...commands], env);
const sent = async () => [await emulator.writes(), (await emulator.emails()).map(({ to }) => to)];
const adoption = commandsOf("docs/guides/adopt.md");
const invitation = adoption.splice(-2);
const drift = commandsOf("docs/guides/drift.md");
const [check, repair, adopt] = [drift[0]!, drift[2]!, drift[3]!];

it("the commands are those of the guides", () => {
  expect([check, repair, adopt]).toEqual([
    "npx --no -- pulumi-avala drift\n",
    "pulumi preview --refresh\npulumi up --refresh --yes\n",
    "pulumi preview\npulumi up --yes\n",
  ]);
  expect(invitation[0]).toContain("email: lee@example.com");
});

it("an empty folder becomes a project without changes, and nothing is sent", async () => {
  await typed(adoption);
  await inProject(["pulumi preview --expect-no-changes", check]);
  expect(await sent()).toEqual([[], []]);
});

it("drift that is made by hand is found, adopted and repaired, until nothing is left", async () => {
  const [organization] = (await emulator.state()).organizations;
  await emulator.join(organization!.uid, person("eve"), "admin");
  const lead = { user_uid: await emulator.uidOf(person("eve")), role: "lead" };
  const teams = "/organizations/acme-robotics/teams/";
  await emulator.api("POST", `${teams}labeling/members/`, lead);
  await emulator.api("POST", teams, { name: "Shadow" });
  await emulator.api("PATCH", `${teams}perception/`, { description: "changed by hand" });
  await emulator.clearLog();

  const screen = await inProject([`${check.trim()} || test $? -eq 2`]);
  expect(screen).toMatch(/^4 differences: 1 changed, 3 unmanaged\./m);
  // As the guide says: the printed lines for the file of people, and a line of its example for the team.
  const [, lines] = /Lines for the list of People "people" \(people\.yaml:\d+\):\n\n((?:[- ] .*\n)+)/.exec(screen)!;
  const [, example] = blocks(read("docs/guides/drift.md"), "ts")[0]!.split("\n");
  appendFileSync(join(project.folder, "acme/people.yaml"), `\n${lines}`);
  appendFileSync(
    join(project.folder, "acme/index.ts"),
    `${example!.replace("organization: acme", "organization: acmeRobotics")}\n`,
  );
  await inProject([adopt]);
  expect(await sent()).toEqual([[], []]);
  await inProject([repair]);
  expect(await sent()).toEqual([[`PATCH ${teams}perception/`], []]);
  const after = await inProject(["pulumi preview --expect-no-changes", check]);
  expect(after).toMatch(/^No drift\. Not drift: 1 waiting\./m);
});

it("an invitation leads from the file of people to the team, and the log shows each request", async () => {
  await emulator.clearLog();
  const requests = { AVALA_LOG: "requests" };
  const invited = await inProject(invitation, requests);
  expect(invited).toMatch(/POST \/organizations\/acme-robotics\/invitations\/: 201 in \d+ ms/);
  expect(invited).toContain("2 invitations are waiting for acceptance: npx pulumi-avala status");
  const waiting = await inProject(["npx pulumi-avala status"], requests);
  expect(waiting).toMatch(/^ {2}lee@example\.com +acme-robotics +member, member in Labeling +invited /m);
  expect(waiting).toMatch(/^GET \/organizations\/acme-robotics\/invitations\/\S*: 200 in \d+ ms$/m);
  await emulator.accept(person("lee"));
  const joined = await inProject(["pulumi up"], requests);
  expect(joined).toMatch(/POST \/organizations\/acme-robotics\/teams\/labeling\/members\/: 201 in \d+ ms/);
  await inProject(["pulumi preview --expect-no-changes", check]);
  for (const screen of [invited, waiting, joined]) expect(screen).not.toContain("avk_local");
  expect(await sent()).toEqual([
    ["POST /organizations/acme-robotics/invitations/", "POST /organizations/acme-robotics/teams/labeling/members/"],
    [person("lee")],
  ]);
  const labeling = (await emulator.state()).organizations[0]!.teams.find(({ slug }) => slug === "labeling")!;
  expect(labeling.members.map(({ email, role }) => `${email} ${role}`).toSorted()).toEqual([
    "eve@example.com lead",
    "lee@example.com member",
    "linus@example.com lead",
  ]);
});
