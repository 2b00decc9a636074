import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "./check.mjs";
import { prepare } from "./prepare.mjs";
import { withProfile } from "./profileOption.mjs";
import { PROJECT, say, SetupError, WORK } from "./project.mjs";
import { ensurePulumi, isAtLeast } from "./pulumi.mjs";
import { atTerminal, Interrupted, run } from "./run.mjs";
import { summaryEnvironment } from "./testSummary.mjs";

const MINIMUM_NODE_VERSION = "20.19.0";
const EMULATOR = join(PROJECT, "emulator/dist/main.js");
const JEST = "node_modules/jest/bin/jest.js";

/** Installs dependencies and builds (`all`, `emulator` or `none`) before the action. */
const prepared = (build, action) => async (args) => {
  await prepare({ build });
  return action(args);
};

const COMMANDS = {
  // These two prepare what they need by themselves, after a look at their arguments.
  quickstart: (args) => runNode(["scripts/quickstart.mjs", ...args]),
  bench: (args) => runNode(["bench/bench.mjs", ...args]),
  test: prepared("all", test),
  "test:portable": prepared("all", (args) => test([...portableTests(), ...args])),
  "test:soak": prepared("all", soak),
  check: prepared("none", check),
  build: prepared("all", () => 0),
  generate: prepared("none", (args) => runNode(["scripts/generate.mjs", ...args])),
  pictures: prepared("all", (args) => runNode(["scripts/pictures.mjs", ...args])),
  emulator: prepared("emulator", (args) => runNode([EMULATOR, ...args], { cwd: callersFolder() })),
  site: prepared("none", (args) => runNode(["scripts/site.mjs", ...args])),
  pulumi: prepared("all", pulumi),
  pack: prepared("all", async (args) => (await import("./release/packCommand.mjs")).packCommand(args, callersFolder())),
  "release:version": prepared("none", (args) => runNode(["scripts/release/version.mjs", ...args])),
  "release:check": (args) => runNode(["scripts/release/check.mjs", ...args]),
};

async function test(args) {
  const profile = withProfile(args, callersFolder(), join(PROJECT, "emulator/dist/index.js"));
  const { env } = await ensurePulumi();
  const summary = summaryEnvironment(join(WORK, "testSummary.json"));
  const reporters = ["--reporters=default", `--reporters=${join(PROJECT, "scripts/testSummary.mjs")}`];
  // The arguments first: jest would take a path behind a reporter for one more reporter.
  return runNode([JEST, ...profile.args, ...reporters], { env: { ...env, ...summary, ...profile.env } });
}

/** What needs no Unix: see test/unit/portable.test.ts. */
function portableTests() {
  const { portable, files } = JSON.parse(readFileSync(join(PROJECT, "test/portable.json"), "utf8"));
  return [
    ...portable.map((folder) => `${folder}/`),
    ...Object.keys(files).map((file) => `--testPathIgnorePatterns=${file}`),
  ];
}

/** Random programs for SOAK_MINUTES; on the dynamic-provider host, so no Pulumi CLI is needed. */
function soak(args) {
  return runNode([JEST, "test/properties/model", ...args], { env: { SOAK_MINUTES: "30", ...process.env } });
}

/** In a group of its own the engine gets each signal once: a second one would make it drop the steps in flight. */
async function pulumi(args) {
  const { command, env } = await ensurePulumi();
  return run(command, args, { cwd: callersFolder(), env, ownGroup: !atTerminal });
}

const runNode = (args, options) => run(process.execPath, args, { cwd: PROJECT, ...options });

/** npm starts scripts in the project; INIT_CWD is where it was called from. */
const callersFolder = () => process.env.INIT_CWD ?? process.cwd();

async function main([name = "", ...args]) {
  if (!Object.hasOwn(COMMANDS, name)) {
    say(`Usage: npm run <command> [-- arguments], where <command> is one of: ${Object.keys(COMMANDS).join(", ")}.`);
    return 2;
  }
  if (!isAtLeast(process.version, MINIMUM_NODE_VERSION)) {
    say(`Node ${process.version} is too old: install Node ${MINIMUM_NODE_VERSION} or newer (https://nodejs.org).`);
    return 1;
  }
  try {
    return await COMMANDS[name](args);
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    if (!(error instanceof SetupError)) throw error;
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
