import { defineCommand, sharedOptions, type Command } from "../command.js";
import { UsageError } from "../errors.js";
import { scripts, shells } from "./scripts.js";

/** @param commands every other command */
export function completionOf(commands: readonly Command[]): Command {
  const completion = defineCommand({
    name: "completion",
    summary: "Print a script that completes commands and options in a shell.",
    operands: [{ name: "<shell>", description: `Shell to complete in: ${shells.join(", ")}` }],
    options: { help: sharedOptions.help },
    about: [
      "Prints a script on stdout that completes commands, options, files and folders. Load it in the shell's startup file, as the examples show. The shell completes the command pulumi-avala; for a package of the project, add the alias pulumi-avala='npx pulumi-avala'.",
    ],
    sends: ["none"],
    examples: [
      "completion bash > ~/.local/share/bash-completion/completions/pulumi-avala",
      "completion zsh > ~/.zfunc/_pulumi-avala",
      "completion fish > ~/.config/fish/completions/pulumi-avala.fish",
    ],
    async run({ operands: [shell = ""], terminal }) {
      const known = shells.find((one) => one === shell);
      if (known === undefined)
        throw new UsageError("<shell> is none of the known shells.", `Pass one of ${shells.join(", ")}.`);
      terminal.result(scripts[known]([...commands, completion]));
    },
  });
  return completion;
}
