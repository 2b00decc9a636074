import { parseArgs } from "node:util";
import { quoted } from "../provider/core/text.js";
import type { Command, Invocation } from "./command.js";
import { UsageError } from "./errors.js";

type Parsed = Pick<Invocation, "operands"> & { options: Record<string, unknown> };

/** The command of this name. */
export function findCommand(commands: readonly Command[], name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = commands.map((command) => command.name);
  throw new UsageError(`Unknown command ${quoted(name)}.`, hint(name, names, "Run pulumi-avala --help."));
}

/** What was typed after the command's name. With `--help` nothing else has to be there. */
export function parseCommandLine(command: Command, args: string[]): Parsed {
  const { values, positionals } = parsed(command, args);
  const options = { ...defaults(command), ...values };
  if (!options["help"]) requireAll(command, options, positionals);
  return { operands: positionals, options };
}

function parsed({ name, options }: Command, args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (!code?.startsWith("ERR_PARSE_ARGS")) throw error;
    const help = `Run pulumi-avala ${name} --help.`;
    const known = Object.entries(options).flatMap(([long, { short }]) => (short ? [long, short] : [long]));
    const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
    const unknown = tokens.find((token) => token.kind === "option" && !known.includes(token.name));
    if (unknown?.kind !== "option") throw new UsageError(sentence(message), help);
    const names = Object.keys(options).map((long) => `--${long}`);
    throw new UsageError(`${name} has no option ${quoted(unknown.rawName)}.`, hint(unknown.rawName, names, help));
  }
}

/** The first sentence, and only that: Node explains how to pass what nobody meant. */
function sentence(message: string): string {
  return `${quoted(message.split(". ")[0]!, 200).slice(1, -1)}.`.replace("..", ".");
}

function defaults({ options }: Command): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple }]) => [
      name,
      type === "boolean" ? false : multiple ? [] : undefined,
    ]),
  );
}

function requireAll(command: Command, options: Record<string, unknown>, operands: readonly string[]): void {
  const help = `Run pulumi-avala ${command.name} --help.`;
  const missing = command.operands[operands.length];
  if (missing && !missing.optional)
    throw new UsageError(`${command.name} needs ${missing.name}: ${missing.description}.`, help);
  const extra = operands[command.operands.length];
  if (extra !== undefined) throw new UsageError(`${command.name} does not take ${quoted(extra)}.`, help);
  for (const [name, { required, value }] of Object.entries(command.options)) {
    if (required && options[name] === undefined) {
      throw new UsageError(`${command.name} needs --${name} ${value}.`, help);
    }
  }
}

/** Suggests the name that is nearest to what was typed, and what else helps. */
export function hint(typed: string, names: readonly string[], otherwise: string): string {
  const near = names
    .map((name) => ({ name, distance: distance(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, name.length / 3))
    .toSorted((one, other) => one.distance - other.distance)[0];
  return near ? `Did you mean ${near.name}? ${otherwise}` : otherwise;
}

/** Characters to insert, delete or replace (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
