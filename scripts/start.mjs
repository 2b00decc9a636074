import { join } from "node:path";
import { check } from "./check.mjs";
import { prepare, PrepareError } from "./prepare.mjs";
import { PROJECT, say, WORK } from "./project.mjs";
import { ensurePulumi, isAtLeast, PulumiSetupError } from "./pulumi.mjs";
import { atTerminal, Interrupted, run } from "./run.mjs";
import { summaryEnvironment } from "./testSummary.mjs";

const MINIMUM_NODE_VERSION = "20.19.0";
const JEST = "node_modules/jest/bin/jest.js";

const COMMANDS = {
  // These two prepare what they need by themselves, after a look at their arguments.
  quickstart: (args) => runNode(["scripts/quickstart.mjs", ...args]),
  bench: (args) => runNode(["bench/bench.mjs", ...args]),
  test,
  /** Random programs for SOAK_MINUTES; on the dynamic-provider host, so no Pulumi CLI is needed. */
  "test:soak": async (args) => {
    await prepare({ log: say });
    return runNode([JEST, "test/properties/model", ...args], { env: { SOAK_MINUTES: "30", ...process.env } });
  },
  check: async () => {
    await prepare({ log: say, build: "none" });
    return check();
  },
  build: async () => {
    await prepare({ log: say });
    return 0;
  },
  generate: async (args) => {
    await prepare({ log: say, build: "none" });
    return runNode(["scripts/generate.mjs", ...args]);
  },
  emulator: async (args) => {
    await prepare({ log: say, build: "emulator" });
    return runNode([join(PROJECT, "emulator/dist/main.js"), ...args], { cwd: callersFolder() });
  },
  /** In a group of its own the engine gets each signal once: a second one would make it drop the steps in flight. */
  pulumi: async (args) => {
    const { command, env } = await everything();
    return run(command, args, { cwd: callersFolder(), env, ownGroup: !atTerminal });
  },
};

async function test(args) {
  const { env } = await everything();
  const summary = summaryEnvironment(join(WORK, "testSummary.json"));
  const reporters = ["--reporters=default", `--reporters=${join(PROJECT, "scripts/testSummary.mjs")}`];
  // The arguments first: jest would take a path behind a reporter for one more reporter.
  return runNode([JEST, ...args, ...reporters], { env: { ...env, ...summary } });
}

async function everything() {
  await prepare({ log: say });
  return ensurePulumi();
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
