import { Command as Parser, CommanderError, Option as ParserOption } from "commander";
import { printable } from "../provider/core/text.js";
import { nearest } from "../provider/schema/validation.js";
import type { Command, Option } from "./command.js";
import { UsageError } from "./errors.js";
import { helpOf, overview } from "./help.js";

/** What was typed: a command with its operands and options, or a text to print. */
export type Typed = { command: Command; operands: string[]; options: Record<string, unknown> } | { text: string };

/**
 * Reads a command line.
 * @throws UsageError for an unknown command or option, and for a missing or an unexpected argument
 */
export function readCommandLine(commands: readonly Command[], version: string, args: readonly string[]): Typed {
  const words = meantBy(args, commands);
  let typed: Typed | undefined;
  const texts: string[] = [];
  const strict = (parser: Parser) =>
    parser.exitOverride().configureOutput({ writeOut: (text) => texts.push(text), writeErr: () => {} });
  const program = strict(new Parser("pulumi-avala"))
    .version(version, "-v, --version")
    .helpCommand(false)
    .configureHelp({ formatHelp: () => overview(commands) });
  for (const command of commands) {
    program.addCommand(strict(parserOf(command, (operands, options) => (typed = { command, operands, options }))));
  }
  try {
    program.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, commands, words);
  }
  return typed ?? { text: texts.join("").trimEnd() };
}

/** `help`, `help drift` and `version` are other words for options; nothing at all asks what there is. */
function meantBy(args: readonly string[], commands: readonly Command[]): readonly string[] {
  const [first, second, ...more] = args;
  if (first === undefined) return ["--help"];
  if (first === "version" && second === undefined) return ["--version"];
  if (first !== "help") return args;
  if (second === undefined || second.startsWith("-")) return ["--help"];
  const isKnown = commands.some(({ name }) => name === second);
  // An unknown command is refused as it is without help.
  return isKnown ? [second, ...more, "--help"] : [second];
}

function parserOf(command: Command, onParsed: (operands: string[], options: Record<string, unknown>) => void): Parser {
  const parser = new Parser(command.name).configureHelp({ formatHelp: () => helpOf(command) });
  for (const { name, optional } of command.operands) {
    const plain = name.replaceAll(/[<>[\]]/g, "");
    parser.argument(optional ? `[${plain}]` : `<${plain}>`);
  }
  const options = Object.entries(command.options).filter(([name]) => name !== "help");
  const made = options.map(([name, option]) => [name, optionOf(name, option)] as const);
  for (const [, option] of made) parser.addOption(option);
  return parser.allowExcessArguments(false).action(() => {
    const values = parser.opts<Record<string, unknown>>();
    const named = made.map(([name, option]) => [name, values[option.attributeName()]] as const);
    onParsed(parser.args, Object.fromEntries(named));
  });
}

function optionOf(name: string, { type, short, value, multiple, required, description }: Option): ParserOption {
  // The brackets tell commander that a value follows.
  const placeholder = type === "string" ? ` <${(value ?? "value").replaceAll(/[<>]/g, "")}>` : "";
  const flags = [short && `-${short}`, `--${name}${placeholder}`];
  const option = new ParserOption(flags.filter(Boolean).join(", "), description).makeOptionMandatory(required === true);
  if (type === "boolean") return option.default(false);
  // Given several times, and not several values at once: what follows may be an operand.
  return multiple
    ? option.default([]).argParser((given: string, before: string[]) => [...before, given])
    : option.default(undefined);
}

/** In one line, with the name of the command. */
function usageError(error: CommanderError, commands: readonly Command[], args: readonly string[]): UsageError {
  const [text, suggestion] = error.message.replace(/^error: /, "").split("\n");
  const meant = /Did you mean (?:one of )?(.*)\?/.exec(suggestion ?? "")?.[1];
  const command = commands.find(({ name }) => name === args[0]);
  const help = `Run pulumi-avala ${command === undefined ? "" : `${command.name} `}--help.`;
  const what = printable(`${text!.charAt(0).toUpperCase()}${text!.slice(1).replace(/\.$/, "")}`, 300);
  return new UsageError(`${what}.`, meant === undefined ? help : `Did you mean ${meant}? ${help}`);
}

/** Suggests the name that is nearest to what was typed, and what else helps. */
export function hint(typed: string, names: readonly string[], otherwise: string): string {
  const near = nearest(typed, names);
  return near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`;
}
