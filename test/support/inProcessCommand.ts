import { readCommandLine } from "../../cli/commandLine.js";
import { commands } from "../../cli/commands.js";
import { Terminal } from "../../cli/output/terminal.js";
import { AvalaError } from "../../provider/core/errors.js";
import { version } from "../../provider/core/version.js";

/** What a command has printed, and how it has ended: with an exit code, or an error of the package. */
export interface Finished {
  ended: number | AvalaError;
  stdout: string;
  stderr: string;
}

/** Runs a command of the command line in the process of the test, without a terminal. Any other error is thrown. */
export async function inProcess(args: readonly string[], environment: Record<string, string>): Promise<Finished> {
  const printed = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof printed) => ({
    isTTY: false,
    on: () => undefined,
    write: (text: string) => (printed[name] += text),
  });
  const streams = { stdin: { isTTY: false }, stdout: stream("stdout"), stderr: stream("stderr"), env: {} };
  const typed = readCommandLine(commands, version, args);
  if ("text" in typed) return { ended: 0, stdout: typed.text, stderr: "" };
  const { command, operands, options } = typed;
  const terminal = new Terminal(streams as unknown as NodeJS.Process);
  terminal.quiet = options["quiet"] === true;
  const ended = await command
    .run({ operands, options: options as never, terminal, environment })
    .catch((error: unknown) => {
      if (error instanceof AvalaError) return error;
      throw error;
    });
  return { ended: ended ?? 0, ...printed };
}
