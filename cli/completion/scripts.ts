import type { Command, Option } from "../command.js";

export const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

/** Completion scripts, generated from the table of commands. */
export const scripts: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

/** Words after the name of the program that are not commands of the table. */
const others = [
  ["help", "Show the help, or that of a command."],
  ["version", "Show the version."],
] as const;

/** What a value or an argument is completed with. */
type Completed = "files" | "folders" | "shells" | "nothing";

function valueOf({ type, value = "" }: Option): Completed | undefined {
  if (type === "boolean") return undefined;
  if (/folder/.test(value)) return "folders";
  return /file|json|path/.test(value) ? "files" : "nothing";
}

function operandOf({ operands }: Command): Completed {
  const [first] = operands;
  if (first?.name === "<shell>") return "shells";
  return first !== undefined && /json|file/.test(first.name) ? "files" : "nothing";
}

const optionsOf = ({ options }: Command): [name: string, option: Option][] => Object.entries(options);
/** As they are typed: `--state`, and `-s` where there is one. */
const typed = (name: string, { short }: Option): string[] => [
  `--${name}`,
  ...(short === undefined ? [] : [`-${short}`]),
];
const inQuotes = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function bash(commands: readonly Command[]): string {
  const words = (completed: Completed | undefined) =>
    ({
      files: 'COMPREPLY=($(compgen -f -- "$cur"))',
      folders: 'COMPREPLY=($(compgen -d -- "$cur"))',
      shells: `COMPREPLY=($(compgen -W "${shells.join(" ")}" -- "$cur"))`,
      nothing: "COMPREPLY=()",
    })[completed ?? "nothing"];
  const cases = commands.map((command) => {
    const values = optionsOf(command).flatMap(([name, option]) => {
      const completed = valueOf(option);
      return completed === undefined ? [] : [`      ${typed(name, option).join("|")}) ${words(completed)}; return ;;`];
    });
    const all = optionsOf(command).flatMap(([name, option]) => typed(name, option));
    return [
      `    ${command.name})`,
      ...(values.length === 0 ? [] : [`      case "$prev" in`, ...values, "      esac"]),
      `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${all.join(" ")}" -- "$cur"))`,
      `      else ${words(operandOf(command))}; fi ;;`,
    ].join("\n");
  });
  const names = commands.map(({ name }) => name).join(" ");
  const first = [names, ...others.map(([name]) => name), "--help", "--version"].join(" ");
  return `# Completion of pulumi-avala for bash.
_pulumi_avala() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  if [[ "$COMP_CWORD" -eq 1 ]]; then COMPREPLY=($(compgen -W "${first}" -- "$cur")); return; fi
  case "$command" in
    help) COMPREPLY=($(compgen -W "${names}" -- "$cur")) ;;
${cases.join("\n")}
  esac
}
complete -o filenames -F _pulumi_avala pulumi-avala`;
}

function zsh(commands: readonly Command[]): string {
  const actions: Record<Completed, string> = {
    files: "_files",
    folders: "_files -/",
    shells: `(${shells.join(" ")})`,
    nothing: " ",
  };
  // Brackets and colons separate the parts of a specification.
  const plain = (text: string) => text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  const specification = (name: string, option: Option) => {
    const completed = valueOf(option);
    const value =
      completed === undefined
        ? ""
        : `:${plain((option.value ?? "value").replaceAll(/[<>]/g, ""))}:${actions[completed]}`;
    return typed(name, option).map((flag) =>
      inQuotes(`${option.multiple ? "*" : ""}${flag}[${plain(option.description)}]${value}`),
    );
  };
  const rows = [...commands.map(({ name, summary }) => [name, summary] as const), ...others];
  const cases = commands.map((command) => {
    const options = optionsOf(command).flatMap(([name, option]) => specification(name, option));
    const operands = command.operands.length === 0 ? [] : [inQuotes(`*:argument:${actions[operandOf(command)]}`)];
    return `    ${command.name}) _arguments ${[...options, ...operands].join(" ")} ;;`;
  });
  return `#compdef pulumi-avala
# Completion of pulumi-avala for zsh.
_pulumi_avala() {
  local -a commands=(
${rows.map(([name, summary]) => `    ${inQuotes(`${name}:${plain(summary)}`)}`).join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  shift words; (( CURRENT-- ))
  case "$words[1]" in
    help) _describe command commands ;;
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _pulumi-avala ]; then _pulumi_avala "$@"; else compdef _pulumi_avala pulumi-avala; fi`;
}

function fish(commands: readonly Command[]): string {
  const line = (parts: string) => `complete -c pulumi-avala ${parts}`;
  const rows = [...commands.map(({ name, summary }) => [name, summary] as const), ...others];
  const names = commands.map(({ name }) => name).join(" ");
  const actions: Record<Completed, string> = {
    files: "-r -F",
    folders: "-x -a '(__fish_complete_directories)'",
    shells: "",
    nothing: "-x",
  };
  const perCommand = commands.flatMap((command) => {
    const on = `-n '__fish_seen_subcommand_from ${command.name}'`;
    const operand = operandOf(command);
    return [
      ...(operand === "files" ? [line(`${on} -F`)] : []),
      ...(operand === "shells" ? [line(`${on} -a '${shells.join(" ")}'`)] : []),
      ...optionsOf(command).map(([name, option]) => {
        const completed = valueOf(option);
        const short = option.short === undefined ? "" : ` -s ${option.short}`;
        const value = completed === undefined ? "" : ` ${actions[completed]}`;
        return line(`${on} -l ${name}${short}${value} -d ${fishText(option.description)}`);
      }),
    ];
  });
  return [
    "# Completion of pulumi-avala for fish.",
    line("-f"),
    ...rows.map(([name, summary]) => line(`-n __fish_use_subcommand -a ${name} -d ${fishText(summary)}`)),
    line(`-n '__fish_seen_subcommand_from help' -a '${names}'`),
    ...perCommand,
  ].join("\n");
}

/** In fish, a backslash escapes in single quotes too. */
const fishText = (text: string): string => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
