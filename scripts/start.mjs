import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { check } from "./check.mjs";
import { prepare, PrepareError, temporaryFolder } from "./prepare.mjs";
import { formatElapsed } from "./progress.mjs";
import { PROJECT, say, WORK } from "./project.mjs";
import { ensurePulumi, isAtLeast, PulumiSetupError } from "./pulumi.mjs";
import { atTerminal, Interrupted, run } from "./run.mjs";
import { closingLines, summaryEnvironment } from "./testSummary.mjs";

const MINIMUM_NODE_VERSION = "20.19.0";
const node = process.execPath;
const COMMANDS = { quickstart, test, "test:soak": soak, check: runCheck, build, generate, emulator, bench, pulumi };

/** It prepares what it needs by itself, after a look at its arguments. */
async function quickstart(args) {
  return run(node, ["scripts/quickstart.mjs", ...args], { cwd: PROJECT });
}

/** As quickstart. */
async function bench(args) {
  return run(node, ["bench/bench.mjs", ...args], { cwd: PROJECT });
}

async function test(args) {
  const { env } = await everything();
  const started = Date.now();
  const counts = join(temporaryFolder(), `testSummary-${process.pid}.json`);
  const reporters = ["--reporters=default", `--reporters=${join(PROJECT, "scripts/testSummary.mjs")}`];
  // The arguments first: jest would take a path behind a reporter for one more reporter.
  const code = await run(node, ["node_modules/jest/bin/jest.js", ...args, ...reporters], {
    cwd: PROJECT,
    env: { ...env, ...summaryEnvironment(counts) },
  });
  closeTests(counts, code, formatElapsed(Date.now() - started));
  return code;
}

/** Jest writes no counts when it was only asked to list something. */
function closeTests(counts, code, elapsed) {
  const summary = join(WORK, "testSummary.json");
  rmSync(summary, { force: true });
  if (!existsSync(counts)) return;
  renameSync(counts, summary);
  const lines = closingLines(JSON.parse(readFileSync(summary, "utf8")), code, elapsed);
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Random programs for SOAK_MINUTES; on the dynamic-provider host, so no Pulumi CLI is needed. */
async function soak(args) {
  await prepare({ log: say });
  const env = { SOAK_MINUTES: "30", ...process.env };
  return run(node, ["node_modules/jest/bin/jest.js", "test/properties/model", ...args], { cwd: PROJECT, env });
}

async function runCheck() {
  await prepare({ log: say, build: "none" });
  return check({ log: say });
}

async function build() {
  await prepare({ log: say });
  return 0;
}

async function generate(args) {
  await prepare({ log: say, build: "none" });
  return run(node, ["scripts/generate.mjs", ...args], { cwd: PROJECT });
}

async function emulator(args) {
  await prepare({ log: say, build: "emulator" });
  return run(node, [join(PROJECT, "emulator/dist/main.js"), ...args], { cwd: callersFolder() });
}

/** In a group of its own the engine gets each signal once: a second one would make it drop the steps in flight. */
async function pulumi(args) {
  const { command, env } = await everything();
  return run(command, args, { cwd: callersFolder(), env, ownGroup: !atTerminal });
}

async function everything() {
  await prepare({ log: say });
  return ensurePulumi({ log: say });
}

/** npm starts scripts in the project; INIT_CWD is where it was called from. */
const callersFolder = () => process.env.INIT_CWD ?? process.cwd();

async function main([name, ...args]) {
  const command = Object.hasOwn(COMMANDS, name ?? "") ? COMMANDS[name] : undefined;
  if (!command) {
    say(`Usage: npm run <command> [-- arguments], where <command> is one of: ${Object.keys(COMMANDS).join(", ")}.`);
    return 2;
  }
  if (!isAtLeast(process.version, MINIMUM_NODE_VERSION)) {
    say(`Node ${process.version} is too old: install Node ${MINIMUM_NODE_VERSION} or newer (https://nodejs.org).`);
    return 1;
  }
  try {
    return await command(args);
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    if (!(error instanceof PrepareError || error instanceof PulumiSetupError)) throw error;
    say(error.message);
    return 1;
  }
}

/** npm runs us in a shell that ends on a signal without passing it on; without that shell nobody could end us. */
function endWithTheShell() {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || process.kill(process.pid, "SIGTERM"), 500).unref();
}

if (process.env.npm_lifecycle_event !== undefined) endWithTheShell();
process.exitCode = await main(process.argv.slice(2));
