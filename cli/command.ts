import type { Terminal } from "./output/terminal.js";

/** An option of a command, with what `--help` says about it. */
export interface Option {
  type: "string" | "boolean";
  short?: string;
  /** May be given several times. */
  multiple?: boolean;
  /** Has to be given. */
  required?: boolean;
  /** Stands for the value in `--help`: `<file>`. */
  value?: string;
  description: string;
}

type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O["type"] extends "boolean"
  ? boolean
  : O["multiple"] extends true
    ? string[]
    : O["required"] extends true
      ? string
      : string | undefined;

/** One call of a command: what was typed, and where it is run. */
export interface Invocation<O extends Options = typeof sharedOptions> {
  /** As many as the command declares; those that may be left out last. */
  operands: string[];
  options: { [K in keyof O]: ValueOf<O[K]> };
  terminal: Terminal;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Exit code of a command that did not fail: 2 where it found drift or an exceeded limit. Default 0. */
export type ExitCode = 0 | 2;

interface Definition<O extends Options> {
  /** What is typed: `transfer-ownership`. */
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** What has to be typed after the name, in order, with its meaning. */
  operands: readonly { name: string; description: string; optional?: true }[];
  options: O;
  /** Paragraphs of its own help. */
  about: readonly string[];
  /** Requests it may send. */
  sends: readonly string[];
  /** Exit codes of its own, with their meanings. */
  exitCodes?: readonly (readonly [code: string, meaning: string])[];
  examples: readonly string[];
  run(invocation: Invocation<O>): Promise<ExitCode | void>;
}

/** A command; `--help`, parsing and the table are made from it. */
export type Command = Definition<Options>;

/** Options that every command takes. */
export const sharedOptions = {
  json: { type: "boolean", description: "Print the result as JSON on stdout." },
  stack: {
    type: "string",
    short: "s",
    value: "<name>",
    description: "Stack of the Pulumi project; default: the selected stack.",
  },
  cwd: {
    type: "string",
    short: "C",
    value: "<folder>",
    description: "Folder of the Pulumi project; default: the current folder.",
  },
  quiet: {
    type: "boolean",
    short: "q",
    description: "Print only results, questions and errors: no notes, no progress.",
  },
  help: { type: "boolean", short: "h", description: "Show this help." },
} as const satisfies Options;

/** The option of commands that ask before an irreversible step. */
export const confirmation = {
  yes: { type: "boolean", short: "y", description: "Skip the confirmation. Required without a terminal." },
} as const satisfies Options;

/** Exit codes of a command that asks for a confirmation. */
export const confirmationExitCodes = [
  ["130", "interrupted (Ctrl-C) at the confirmation: nothing was changed"],
] as const;

/** Declares a command, with its options typed. */
export function defineCommand<const O extends Options>(definition: Definition<O>): Command {
  return definition as unknown as Command;
}
