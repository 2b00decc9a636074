import { commandPage, pages } from "../provider/core/documentation.js";
import type { Command } from "./command.js";
import { columns, wrapped } from "./output/terminal.js";

const settings = [
  ["AVALA_API_KEY", "API key; if unset, read from the stack configuration (pulumi config)"],
  ["AVALA_BASE_URL", "base URL of the API; default: https://api.avala.ai/api/v1"],
  ["AVALA_READ_ONLY", "1: commands that change something fail"],
  ["AVALA_LOG", "requests, or debug: print each request on stderr, without bodies and keys"],
  ["NO_COLOR", "disables colour"],
] as const;

const exitCodes = [
  ["0", "success"],
  ["1", `error, including wrong usage; printed on stderr with a code, see ${pages.errors}`],
] as const;

/** `pulumi-avala --help`. */
export function overview(commands: readonly Command[]): string {
  return sections({
    "Usage: pulumi-avala <command> [options]": [
      wrapped("Import, review and inspect Avala organizations, and run one-off actions."),
    ],
    "Commands:": listed([
      ...commands.map(({ name, summary }) => [name, summary]),
      ["help", "Show this help; pulumi-avala help <command> shows that of a command."],
      ["version", "Show the version."],
    ]),
    "Options:": listed([
      ["--help, -h", "Show this help. pulumi-avala <command> --help shows the help of a command."],
      ["--version, -v", "Show the version."],
    ]),
    "Environment:": listed(settings),
    "Exit codes:": listed([...exitCodes, ...ownExitCodes(commands)]),
    "Documentation:": [`  ${pages.start}`],
  });
}

/** Exit codes of single commands, each with all its meanings. */
function ownExitCodes(commands: readonly Command[]): [string, string][] {
  const meanings = new Map<string, Set<string>>();
  for (const [code, meaning] of commands.flatMap(({ exitCodes = [] }) => exitCodes))
    meanings.set(code, (meanings.get(code) ?? new Set()).add(meaning));
  return [...meanings].map(([code, all]) => [code, [...all].join(", or ")]);
}

/** `pulumi-avala <command> --help`. */
export function helpOf({ name, operands, options, about, sends, exitCodes: own = [], examples }: Command): string {
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
    "API calls:": sends.map((request) => `  ${request}`),
    "Examples:": examples.map((example) => `  npx pulumi-avala ${example}`),
    "Environment:": listed(settings),
    "Exit codes:": listed([...exitCodes, ...own]),
    "Documentation:": [`  ${commandPage(name)}`],
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
