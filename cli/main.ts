#!/usr/bin/env node
import { constants } from "node:os";
import { version } from "../provider/core/version.js";
import { AvalaError } from "../provider/core/errors.js";
import { stripped } from "../provider/core/text.js";
import { readCommandLine } from "./commandLine.js";
import type { ExitCode } from "./command.js";
import { commands } from "./commands.js";
import { Interrupted } from "./errors.js";
import { Terminal } from "./output/terminal.js";

async function run(args: string[], terminal: Terminal): Promise<ExitCode | void> {
  const typed = readCommandLine(commands, version, args);
  if ("text" in typed) return terminal.result(typed.text);
  const { command, operands, options } = typed;
  terminal.quiet = options["quiet"] === true;
  return command.run({ operands, options: options as never, terminal, environment: process.env });
}

/** Prints an error in one line, without its stack, and returns the exit code. */
function reportError(error: unknown, terminal: Terminal): number {
  if (error instanceof Interrupted) {
    terminal.error(`Interrupted. ${error.message}`);
    return 128 + constants.signals[error.signal];
  }
  const { message } = error instanceof Error ? error : new Error(String(error));
  terminal.error(error instanceof AvalaError ? `${message} [${error.code}]` : stripped(message));
  return 1;
}

async function main(): Promise<void> {
  const terminal = new Terminal(process);
  const code = await run(process.argv.slice(2), terminal).catch((error: unknown) => reportError(error, terminal));
  terminal.endProgress();
  process.exitCode = code ?? 0;
  // What a signal has interrupted may wait for answers that nobody needs any more.
  if (process.exitCode > 128) process.exit();
}

void main();
