import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { prepare, PrepareError } from "./prepare.mjs";
import { say } from "./project.mjs";
import { PulumiSetupError } from "./pulumi.mjs";
import { startEmulator } from "./quickstart/emulator.mjs";
import { findEngine } from "./quickstart/engine.mjs";
import { LOG, openFolder, PROGRAM } from "./quickstart/folder.mjs";
import * as screen from "./quickstart/screen.mjs";
import { StoryError } from "./quickstart/storyError.mjs";
import { Interrupted } from "./run.mjs";

const { paragraph, pulumiRows, pulumiLine } = screen;
const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const POLL_MS = 500;

const USAGE = "Usage: npm run quickstart [-- --pause]";
const HELP = `${USAGE}

Runs examples/quickstart for real against an emulator of Avala, as a story: declare, preview, accept, change, repair drift,
take it all away.

  --pause   waits where Ada is invited: accept her invitation yourself on the emulator's page, or press Enter`;

/** What was asked for on the command line, or undefined after an answer to it. */
function optionsOf(args) {
  const flag = { type: "boolean", default: false };
  try {
    const { values } = parseArgs({ args, options: { pause: flag, help: { ...flag, short: "h" } } });
    if (!values.help) return values;
    process.stdout.write(`${HELP}\n`);
  } catch (error) {
    say(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
  }
  return undefined;
}

async function main() {
  const options = optionsOf(process.argv.slice(2));
  if (!options) return;
  const started = Date.now();
  await prepare({ log: say });
  endOnSignals();
  openFolder();
  const openEngine = await findEngine();
  const emulator = await startEmulator();
  try {
    await tell({ emulator, pulumi: await openEngine(emulator.environment), ...options });
  } finally {
    await emulator.stop();
  }
  rmSync(LOG, { force: true });
  screen.closing(emulator.total, Date.now() - started);
}

/**
 * Between two runs of pulumi nobody else listens, and Node would end without cleaning up. During one, its own handler
 * lets it come to an end first, and the next step is not taken.
 */
function endOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      rmSync(LOG, { force: true });
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** The story, one step after the other; each throws where it does not show what its heading says. */
async function tell(story) {
  const { emulator } = story;
  screen.opening(emulator.url);
  for (const email of [ADA, GRACE]) await emulator.signUp(email);
  const start = await emulator.state();
  for (const [index, { title, take }] of STEPS.entries()) {
    const began = Date.now();
    screen.heading(index + 1, title);
    try {
      await take({ ...story, start });
    } catch (error) {
      if (!(error instanceof StoryError)) throw error;
      throw new StoryError(`Step ${index + 1}, "${title}": ${error.message}`, { cause: error });
    }
    screen.cost(await emulator.takeCount(), Date.now() - began);
  }
}

const STEPS = [
  { title: "Declare an organization, two teams and two people", take: declare },
  { title: "Ask again: nothing is left to do", take: askAgain },
  { title: "Ada accepts her invitation", take: accept },
  { title: "Change the program", take: change },
  { title: "Somebody changes things behind the program's back", take: repair },
  { title: "Take it all away", take: takeAway },
];

async function declare({ emulator, pulumi }) {
  paragraph(
    "examples/quickstart/index.ts declares them, and one pulumi up makes them. Neither Ada nor Grace is a member yet: " +
      "each is mailed an invitation, and their places in the teams wait.",
  );
  const made = await pulumi("up");
  pulumiRows(made);
  expectRows(made, [
    "+ Organization acme",
    "+ Team labeling",
    "+ Team perception",
    "+ OrganizationMember ada",
    "+ OrganizationMember grace",
    "+ TeamMembership ada-perception",
    "+ TeamMembership grace-labeling",
  ]);
  await expectOutputs(pulumi, { ada: "waiting", grace: "waiting" });
  screen.inventory(await emulator.organization());
  await expectMails(emulator, 2);
}

async function askAgain({ emulator, pulumi }) {
  paragraph("A second preview is empty. It asks Avala only whether one of the two has accepted in the meantime.");
  await expectNothingToDo(pulumi);
  await expectMails(emulator, 0);
}

async function accept({ emulator, pulumi, pause }) {
  if (pause) await waitForAda(emulator);
  else await emulator.accept(ADA);
  paragraph(
    "The next preview shows exactly what has become possible: her place in Perception, and that she is a " +
      "member now. The next up takes these steps, and Grace goes on waiting.",
  );
  const steps = ["~ OrganizationMember ada", "~ TeamMembership ada-perception"];
  const planned = await pulumi("preview");
  pulumiRows(planned);
  expectRows(planned, steps);
  expectRows(await pulumi("up"), steps);
  await expectOutputs(pulumi, { ada: "active", grace: "waiting" });
  await expectTeam(emulator, "Perception", `${ADA} (lead)`);
  await expectMails(emulator, 0);
}

/** Whoever watches accepts on the page, which is noticed, or presses Enter. */
async function waitForAda(emulator) {
  paragraph(`You are Ada: open ${emulator.page} in a browser, and accept the invitation of ${ADA} there.`);
  paragraph("The story then goes on by itself. Or press Enter to accept here. Grace leaves hers for later.");
  const isInvited = async (email) => (await emulator.standing(email)) === "invited";
  const enter = nextLine();
  try {
    while (await isInvited(ADA)) {
      const pressed = await Promise.race([enter.pressed, delay(POLL_MS, false)]);
      if (pressed && (await isInvited(ADA))) await emulator.accept(ADA);
    }
  } finally {
    enter.stop();
  }
  expect((await emulator.standing(ADA)) === "member", "the invitation is over, and Ada has not accepted it.");
  expect(await isInvited(GRACE), "Grace has not left her invitation for later, as the next steps need.");
}

/** The next line of the terminal; elsewhere input is nobody's answer. */
function nextLine() {
  if (!process.stdin.isTTY) return { pressed: new Promise(() => {}), stop() {} };
  const lines = createInterface({ input: process.stdin });
  return { pressed: new Promise((resolve) => lines.once("line", () => resolve(true))), stop: () => lines.close() };
}

async function change({ emulator, pulumi }) {
  paragraph("The program gives Labeling another name, and Ada a place in it:");
  editProgram();
  const done = await pulumi("up");
  pulumiRows(done);
  expectRows(done, ["~ Team labeling", "+ TeamMembership ada-labeling"]);
  await expectTeam(emulator, "Annotation", `${ADA} (member)`);
  await expectMails(emulator, 0);
}

async function repair({ emulator, pulumi }) {
  await emulator.meddle({ team: { name: "Perception", to: "Research" }, without: ADA });
  const drifted = ["~ Team perception", "~ TeamMembership ada-perception"];
  paragraph("In the browser, Perception is renamed to Research and Ada is taken out of it. pulumi refresh finds both:");
  const found = await pulumi("refresh");
  pulumiRows(found);
  expectRows(found, drifted);
  paragraph("The next up puts back what the program declares:");
  const repaired = await pulumi("up");
  pulumiRows(repaired);
  expectRows(repaired, drifted);
  await expectTeam(emulator, "Perception", `${ADA} (lead)`);
  paragraph("And once more nothing is left to do:");
  await expectNothingToDo(pulumi);
  await expectMails(emulator, 0);
}

async function takeAway({ emulator, pulumi, start }) {
  paragraph("pulumi destroy cancels Grace's invitation, ends Ada's membership and deletes what it has made:");
  const gone = await pulumi("destroy");
  pulumiRows(gone);
  expect(gone.length === 8 && gone.every(({ sign }) => sign === "-"), "not every resource was deleted.");
  expect(isDeepStrictEqual(await emulator.state(), start), "Avala does not hold what it held at the start.");
  paragraph("Avala holds exactly what it held at the start.");
  await expectMails(emulator, 0);
}

function editProgram() {
  const file = join(PROGRAM, "index.ts");
  const lines = readFileSync(file, "utf8").split("\n");
  const at = lines.findIndex((line) => line.includes('name: "Labeling"'));
  const last = lines.findLastIndex((line) => line.includes("new TeamMembership("));
  expect(at !== -1 && last > at, "the example is not what this script knows how to edit.");
  const renamed = lines[at].replace('name: "Labeling"', 'name: "Annotation"');
  const added = `new TeamMembership("ada-labeling", { team: labeling, email: "${ADA}", role: "member" });`;
  screen.programLine("-", lines[at]);
  screen.programLine("+", renamed);
  screen.programLine("+", added);
  writeFileSync(
    file,
    lines
      .with(at, renamed)
      .toSpliced(last + 1, 0, added)
      .join("\n"),
  );
}

async function expectNothingToDo(pulumi) {
  pulumiLine(`${await pulumi.unchanged()} unchanged`);
}

async function expectOutputs(pulumi, wanted) {
  const { people } = await pulumi.outputs();
  pulumiLine(
    `people: ${Object.entries(people)
      .map((entry) => entry.join(" "))
      .join(", ")}`,
  );
  expect(isDeepStrictEqual(people, wanted), `the outputs should have been ${JSON.stringify(wanted)}.`);
}

/** The people of a team, after what Avala holds has been shown. */
async function expectTeam(emulator, name, ...wanted) {
  const organization = await emulator.organization();
  screen.inventory(organization);
  const people = organization.teams.find((team) => team.name === name)?.members.map(screen.personText);
  expect(isDeepStrictEqual(people, wanted), `${wanted.join(", ")} should have been in the team ${name}.`);
}

async function expectMails(emulator, wanted) {
  const sent = await emulator.mails();
  expect(sent === wanted, `${sent} mails were sent instead of ${wanted}.`);
}

function expectRows(rows, wanted) {
  const found = rows.map(({ sign, kind, name }) => `${sign} ${kind} ${name}`).toSorted();
  const expected = wanted.toSorted();
  const list = (names) => names.join(", ") || "nothing";
  expect(isDeepStrictEqual(found, expected), `pulumi did ${list(found)} instead of ${list(expected)}.`);
}

function expect(holds, complaint) {
  if (!holds) throw new StoryError(complaint);
}

/** Words, never a stack: that goes to the log, for whoever looks for a fault in here. */
function explain(error) {
  if (!(error instanceof StoryError)) appendFileSync(LOG, `\n${error.stack}\n`);
  say(`\nQuickstart failed. ${error.message}`);
  say(`Everything that pulumi printed is in ${relative(process.cwd(), LOG)}.`);
}

try {
  await main();
} catch (error) {
  process.exitCode = 1;
  if (error instanceof Interrupted) {
    process.exitCode = error.exitCode;
    rmSync(LOG, { force: true });
  } else if (error instanceof PrepareError || error instanceof PulumiSetupError) {
    say(error.message);
    rmSync(LOG, { force: true });
  } else explain(error);
}
