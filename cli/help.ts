import type { Command } from "./command.js";
import { columns, wrapped } from "./output/terminal.js";

const settings = [
  ["AVALA_API_KEY", "the key; without it the stack's configuration is asked (pulumi config)"],
  ["AVALA_BASE_URL", "the deployment, where it is not https://api.avala.ai/api/v1"],
  ["AVALA_READ_ONLY", "1: commands that change something are refused"],
  ["NO_COLOR", "1: no colour at a terminal either"],
] as const;

const exitCodes = [
  ["0", "done"],
  ["1", "an error, wrong usage included, told on stderr with its code; see docs/reference/errors.md"],
  ["2", "what was looked for is there: drift, or a step that a limit of review does not allow"],
  ["130", "Ctrl-C at the question: nothing was changed"],
] as const;

/** `pulumi-avala --help`. */
export function overview(commands: readonly Command[]): string {
  return sections({
    "Usage: pulumi-avala <command> [options]": [
      wrapped(
        "Tells who waits for what in organizations of Avala, and does what a declaration cannot: acts that happen once, and that the key cannot take back.",
      ),
    ],
    "Commands:": listed(commands.map(({ name, summary }) => [name, summary])),
    "Options:": listed([
      ["--help, -h", "Show this help; pulumi-avala <command> --help tells all about one."],
      ["--version", "Show the version."],
    ]),
    "Environment:": listed(settings),
    "Exit codes:": listed(exitCodes),
  });
}

/** `pulumi-avala <command> --help`. */
export function helpOf({ name, operands, options, about, sends, examples }: Command): string {
  const required = Object.entries(options).filter(([, option]) => option.required);
  const typed = [
    name,
    ...operands.map((one) => (one.optional ? `[${one.name}]` : one.name)),
    ...required.map(([long, { value }]) => `--${long} ${value}`),
  ];
  const flags = Object.entries(options).map(([long, { short, value, multiple, description }]) => [
    `--${long}${short ? `, -${short}` : ""}${value ? ` ${value}` : ""}${multiple ? " ..." : ""}`,
    description,
  ]);
  return sections({
    [`Usage: pulumi-avala ${typed.join(" ")} [options]`]: [about.map((paragraph) => wrapped(paragraph)).join("\n\n")],
    "Arguments:": listed(operands.map((one) => [one.name, `${one.description}.`])),
    "Options:": listed(flags),
    "Sends:": sends.map((request) => `  ${request}`),
    "Examples:": examples.map((example) => `  npx pulumi-avala ${example}`),
    "Environment:": listed(settings),
    "Exit codes:": listed(exitCodes),
  });
}

function listed(rows: readonly (readonly string[])[]): string[] {
  return columns(rows).map((line) => `  ${line}`);
}

/** Headings with their lines; those without lines are left out. */
function sections(content: Record<string, string[]>): string {
  return Object.entries(content)
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines], at) => [heading, ...(at === 0 ? [""] : []), ...lines].join("\n"))
    .join("\n\n");
}
