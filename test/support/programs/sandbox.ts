/** Runs an update in a sandbox as a command does: a process to which tests send signals. Its argument is a file. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Interrupted } from "../../../cli/errors.js";
import { withSandbox, type Copied } from "../../../cli/rehearse/sandbox.js";

const { cwd, copied, fails } = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as {
  cwd: string;
  copied: Copied;
  fails: boolean;
};

async function main(): Promise<void> {
  const target = { options: { cwd, stack: undefined }, environment: process.env };
  const { code } = await withSandbox(target, copied, async (sandbox) => {
    if (fails) throw new Error("The work failed.");
    return sandbox.up();
  });
  process.exitCode = code;
}

main().catch((error: unknown) => {
  process.exitCode = error instanceof Interrupted ? 128 + constants.signals[error.signal] : 1;
});
