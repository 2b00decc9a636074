#!/usr/bin/env node
import { constants } from "node:os";
import { version } from "../provider/core/version.js";
import { AvalaError } from "../provider/core/errors.js";
import { environmentOf } from "../provider/core/platform.js";
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
  return command.run({ operands, options: options as never, terminal, environment: environmentOf(process.env) });
}

/** An error as `--json` prints it. */
interface Failure {
  code: string;
  message: string;
  fix: string;
}

/** Prints an error without its stack, in one line unless it lists the faults of a file, and as JSON where no result has been printed; returns the exit code. */
function reportError(error: unknown, terminal: Terminal, json: boolean): number {
  const { code, message, fix } = failureOf(error);
  const text = error instanceof AvalaError ? error.message : message;
  terminal.error(error instanceof AvalaError ? `${text} [${code}]` : text);
  if (json && !terminal.hasResult) terminal.json({ error: { code, message, fix } });
  return error instanceof Interrupted ? 128 + constants.signals[error.signal] : 1;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Interrupted)
    return { code: "AVALA_INTERRUPTED", message: `Interrupted. ${error.message}`, fix: "" };
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (!(error instanceof AvalaError)) return { code: "AVALA_INTERNAL", message: stripped(message), fix: "" };
  // Of a message in which secrets were masked afterwards, the fix as it was may still contain them.
  return { code: error.code, message: error.what, fix: message.endsWith(error.fix) ? error.fix : "" };
}

async function main(): Promise<void> {
  const terminal = new Terminal(process);
  const args = process.argv.slice(2);
  const json = args.some((arg) => /^--json(?:=|$)/.test(arg));
  const code = await run(args, terminal).catch((error: unknown) => reportError(error, terminal, json));
  terminal.endProgress();
  process.exitCode = code ?? 0;
  // What a signal has interrupted may wait for answers that nobody needs any more.
  if (process.exitCode > 128) process.exit();
}

void main();
