/** Runs an update in a sandbox as a command does: a process to which tests send signals. Its argument is a file. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Interrupted } from "../../../cli/errors.js";
import { withSandbox, type Copied, type Sandbox } from "../../../cli/rehearse/sandbox.js";

const { cwd, copied, work } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as {
  cwd: string;
  copied: Copied;
  work: keyof typeof works;
};

const works = {
  none: () => Promise.resolve(0),
  up: async (sandbox: Sandbox) => (await sandbox.up()).code,
  fail: () => Promise.reject(new Error("The work failed.")),
  wait: () => new Promise<number>(() => setInterval(() => undefined, 1000)),
};

// As where results go to a pipe that nobody reads any more.
process.once("SIGUSR2", () => process.exit(3));
const target = { options: { cwd, stack: undefined }, environment: process.env };
withSandbox(target, copied, (sandbox) => {
  process.stdout.write("ready\n");
  return works[work](sandbox);
}).then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(error instanceof Interrupted ? 128 + constants.signals[error.signal] : 1),
);
