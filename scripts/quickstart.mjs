import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { prepare } from "./prepare.mjs";
import { say, SetupError } from "./project.mjs";
import { findEngine, keepFolder, LOG, openFolder, PROGRAM, rowsIn } from "./quickstart/engine.mjs";
import { Service } from "./quickstart/service.mjs";
import { Interrupted } from "./run.mjs";

const [ADA, GRACE] = ["ada@example.com", "grace@example.com"];
const POLL_MS = 500;
const USAGE = "Usage: npm run quickstart [-- --pause]";
const HELP = `${USAGE}

Runs examples/quickstart against an emulator of Avala, step by step: declare, preview, accept, change, repair drift, destroy.

  --pause   waits where Ada is invited: accept her invitation yourself on the emulator's page, or press Enter`;

const [UP, REFRESH, DESTROY] = ["up", "refresh", "destroy"].map((name) => [name, "--yes", "--skip-preview"]);
const NOTHING_TO_DO = { args: ["preview", "--expect-no-changes"], rows: [] };
const DECLARED = [
  "Organization acme",
  "OrganizationMember ada",
  "OrganizationMember grace",
  "Team labeling",
  "Team perception",
  "TeamMembership ada-perception",
  "TeamMembership grace-labeling",
];
const ADA_JOINS = ["~ OrganizationMember ada", "~ TeamMembership ada-perception"];
const DRIFT = ["~ Team perception", "~ TeamMembership ada-perception"];

/**
 * What happens, one step after the other: `before` pulumi runs; what it does, or plans, to which resources, in one run or
 * several; and then the `statuses` that are outputs of the program, the only `person` of a team, and the number of `emails`.
 */
const STEPS = [
  {
    title: "Declare an organization, two teams and two people",
    text: "examples/quickstart/index.ts declares them. Both people are invited by email; their team memberships are pending.",
    args: UP,
    rows: DECLARED.map((name) => `+ ${name}`),
    statuses: { ada: "waiting", grace: "waiting" },
    emails: 2,
  },
  { title: "Preview again: nothing is left to do", ...NOTHING_TO_DO },
  {
    title: "Ada accepts her invitation",
    before: acceptInvitation,
    runs: [
      { text: "The next preview shows exactly what has become possible:", args: ["preview"], rows: ADA_JOINS },
      { text: "The next up applies it. Grace's team membership stays pending:", args: UP, rows: ADA_JOINS },
    ],
    statuses: { ada: "active", grace: "waiting" },
    person: { team: "Perception", is: `${ADA} (lead)` },
  },
  {
    title: "Change the program",
    before: editProgram,
    args: UP,
    rows: ["+ TeamMembership ada-labeling", "~ Team labeling"],
    person: { team: "Annotation", is: `${ADA} (member)` },
  },
  {
    title: "Somebody changes Avala by hand",
    before: ({ service }) => service.changeTeam({ name: "Perception", newName: "Research", without: ADA }),
    runs: [
      {
        text: "Perception is now Research, and Ada is removed from it. pulumi refresh finds both:",
        args: REFRESH,
        rows: DRIFT,
      },
      { text: "The next up restores what the program declares:", args: UP, rows: DRIFT },
      { text: "And again nothing is left to do:", ...NOTHING_TO_DO },
    ],
    person: { team: "Perception", is: `${ADA} (lead)` },
  },
  {
    title: "Destroy everything",
    text: "pulumi destroy deletes everything. Avala holds exactly what it held at the start then:",
    args: DESTROY,
    rows: [...DECLARED, "TeamMembership ada-labeling"].toSorted().map((name) => `- ${name}`),
    after: async ({ service, start }) => expect(await service.state(), start, "what Avala holds"),
  },
];

async function main() {
  const flag = { type: "boolean", default: false };
  const { values: options } = parseArgs({ options: { pause: flag, help: { ...flag, short: "h" } } });
  if (options.help) return void print(HELP);
  const started = Date.now();
  openFolder();
  await prepare();
  const service = await Service.start([ADA, GRACE]);
  try {
    const pulumi = await findEngine(service.environment);
    print("pulumi-avala: organizations, teams and people as code\n");
    print("An emulator of Avala's API replaces the service: no account is needed, and no email leaves this machine.");
    print(`It listens on ${service.url}. Lines that begin with │ are pulumi's, shortened.`);
    await pulumi("stack", "init", "quickstart");
    const context = { service, pulumi, ...options, start: await service.state() };
    for (const [index, step] of STEPS.entries()) await take(index + 1, step, context);
    print(`\nDone in ${secondsSince(started)}. To declare people of your own, see "Install" in README.md.`);
  } finally {
    await service.stop();
  }
}

/** Takes one step, which throws where it does not show what its title says. */
async function take(number, step, context) {
  const { title, before, runs = [step], statuses, person, emails = 0, after } = step;
  const { service, pulumi } = context;
  const started = Date.now();
  print(`\n${number}. ${title}`);
  try {
    await before?.(context);
    for (const run of runs) await runPulumi(pulumi, run);
    if (statuses) await expectStatuses(pulumi, statuses);
    if (statuses ?? person) await showOrganization(await service.organization(), person);
    await after?.(context);
    const sent = await service.takeCount();
    print(`   API calls: ${sent.calls}, changes: ${sent.changes}, emails: ${sent.emails}, ${secondsSince(started)}`);
    expect(sent.emails, emails, "the number of emails");
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw new Error(`Step ${number}, "${title}": ${error.message}`, { cause: error });
  }
}

async function runPulumi(pulumi, { text, args, rows: wanted }) {
  if (text) print(`   ${text}`);
  const lines = await pulumi(...args);
  const rows = rowsIn(lines);
  const shown = rows.length > 0 ? rows : lines.filter((line) => line.endsWith(" unchanged")).map((line) => line.trim());
  for (const row of shown) print(`   │ ${row}`);
  const done = rows.map((row) => row.replace(/\[.*/, "").trim().replaceAll(/ +/g, " "));
  expect(done, wanted, `what pulumi ${args[0]} did`);
}

async function expectStatuses(pulumi, wanted) {
  const { people } = JSON.parse((await pulumi("stack", "output", "--json")).join("\n"));
  const each = Object.entries(people).map((entry) => entry.join(" "));
  print(`   │ people: ${each.join(", ")}`);
  expect(people, wanted, "the output people");
}

/** Shows what Avala holds of the organization; `person` has to be the only one of a team. */
function showOrganization({ name, slug, members, invitations, teams }, person) {
  const list = (people) => people.map(({ email, role }) => `${email} (${role})`).join(", ") || "nobody";
  const pending = invitations.filter(({ status }) => status === "pending");
  const inTeams = Object.fromEntries(teams.map((team) => [`team ${team.name}`, team.members]));
  print(`   Avala now holds ${name} (${slug}):`);
  const rows = Object.entries({ members, invited: pending, ...inTeams });
  for (const [label, people] of rows) print(`     ${label.padEnd(15)}  ${list(people)}`);
  if (person) expect(list(inTeams[`team ${person.team}`]), person.is, `the team ${person.team}`);
}

async function acceptInvitation({ service, pause }) {
  if (!pause) return service.accept(ADA);
  print(`   You are Ada: open ${service.page} in a browser, and accept the invitation of ${ADA}.`);
  print("   The quickstart continues then. Or press Enter to accept here. Leave Grace's for later.");
  // An Enter that comes too late finds nothing to accept.
  const onEnter = () => service.accept(ADA).catch(() => {});
  const input = process.stdin.isTTY ? createInterface({ input: process.stdin }).once("line", onEnter) : undefined;
  while (await service.invitationOf(ADA)) await delay(POLL_MS);
  input?.close();
  const { members } = await service.organization();
  if (members.some(({ email }) => email === ADA)) return undefined;
  throw new Error("the invitation is over, and Ada has not accepted it.");
}

function editProgram() {
  print("   The program renames Labeling, and adds Ada to it:");
  const file = join(PROGRAM, "index.ts");
  const before = readFileSync(file, "utf8").split("\n");
  const renamed = before.map((line) => line.replace('name: "Labeling"', 'name: "Annotation"'));
  const membership = `new TeamMembership("ada-labeling", { team: labeling, email: "${ADA}", role: "member" });`;
  const after = [...renamed, membership, ""];
  for (const line of before.filter((old) => !after.includes(old))) print(`     - ${line}`);
  for (const line of after.filter((now) => !before.includes(now))) print(`     + ${line}`);
  writeFileSync(file, after.join("\n"));
}

const secondsSince = (started) => `${((Date.now() - started) / 1000).toFixed(1)} s`;

function expect(found, wanted, what) {
  if (isDeepStrictEqual(found, wanted)) return;
  throw new Error(`${what} should have been ${JSON.stringify(wanted)}, and was ${JSON.stringify(found)}.`);
}

const print = (line) => process.stdout.write(`${line}\n`);

// A reader that has seen enough (head, a pager) ends the process, without a stack trace.
process.stdout.on("error", () => process.exit(141));
try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? error.exitCode : 1;
  if (error.code?.startsWith("ERR_PARSE_ARGS")) {
    say(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof SetupError) say(error.message);
  else if (!(error instanceof Interrupted)) {
    keepFolder();
    appendFileSync(LOG, `\n${error.stack}\n`);
    say(`\nQuickstart failed. ${error.message}\nEverything that pulumi printed is in ${relative(process.cwd(), LOG)}.`);
  }
}
