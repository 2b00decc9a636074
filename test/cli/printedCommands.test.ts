import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Living } from "../../cli/import/liveOrganization.js";
import { programOf } from "../../cli/import/program.js";
import { prose } from "../../cli/output/markdown.js";
import { Mask } from "../../cli/pulumi/mask.js";
import type { Managed } from "../../cli/pulumi/managed.js";
import { quoted } from "../../provider/core/text.js";
import { steering } from "../hostile/texts.js";
import { acme } from "../lifecycle/support.js";
import { office } from "./support.js";

/* Command lines and lines of programs that are printed for copying, with names of others and of users in them. */

const o = office(acme);

const names: Record<string, string> = {
  plain: "acme",
  "a single quote": "o'brien",
  "double quotes": 'the "core" team',
  "a backslash": "a\\b",
  "a backslash at the end": "a\\",
  "an escaped quote": 'a\\" b',
  "a dollar sign": "$HOME",
  "a substitution": "$(touch pwned)",
  backticks: "`touch pwned`",
  "an exclamation mark": "wow!!",
  "another command": "x;touch pwned",
  "a line end": "a\ntouch pwned",
  "a hyphen first": "-rf",
  "an option": "--help",
  spaces: "R & D",
  emoji: "🚀🧪",
  "right to left": "\u202Eabc",
  patterns: "*?[a]",
  "a home folder": "~root",
};
const all = Object.entries(names);

/** What a shell does with lines: the folder in which it runs `npm`, and the arguments of each command. */
function carriedOut(lines: readonly string[], cwd: string) {
  const note = 'note() { printf "%s\\0" "$PWD" "$@"; printf "\\n\\0"; }';
  const script = [note, "npm() { note npm; }", 'pulumi() { note pulumi "$@"; }', ...lines].join("\n");
  const { stdout, stderr, status } = spawnSync("bash", ["-e"], { cwd, input: script, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout
    .split("\n\0")
    .slice(0, -1)
    .map((call) => call.split("\0").slice(0, -1));
}

/** The program below a folder that somebody has named, as `import` prints the steps to it. */
async function printedSteps(folder: string): Promise<string[]> {
  const { code, stdout } = await o.desk.run(["import", "acme", `--out=${folder}`]);
  expect(code).toBe(0);
  const [, steps] = /\nNext:\n((?: {2}.*\n)+)/.exec(stdout)!;
  return steps!.trimEnd().split("\n");
}

it.each(all)("the steps of import lead into the folder, and run nothing else: %s", async (_, name) => {
  const steps = await printedSteps(name);
  expect(steps.join("")).not.toMatch(steering);
  const calls = carriedOut(steps, o.desk.folder);
  const folder = join(o.desk.folder, name);
  expect(calls.map(([where, ...args]) => [where, ...args.slice(0, 2)])).toEqual([
    [folder, "npm"],
    [folder, "pulumi", "stack"],
    [folder, "pulumi", "import"],
    [folder, "pulumi", "preview"],
  ]);
});

it.each(all)("the line that creates a missing stack creates this one: %s", async (_, name) => {
  // A stand-in for the CLI that knows none of the stacks.
  const folder = join(o.desk.folder, "project");
  const bin = join(o.desk.folder, "bin");
  for (const made of [folder, bin]) mkdirSync(made, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
  const fake = '#!/bin/sh\nif [ "$1" = version ]; then echo v3.259.0; else echo unknown stack >&2; exit 1; fi\n';
  writeFileSync(join(bin, "pulumi"), fake, { mode: 0o755 });
  const written = join(o.desk.folder, "import.json");
  writeFileSync(written, '{"resources":[]}');
  const args = ["import", "--fill", written, `--stack=${name}`, `--cwd=${folder}`];
  const { stderr } = await o.desk.run(args, { env: { PATH: `${bin}:${process.env["PATH"]}` } });
  const [, line] = /run (pulumi stack init .*) or pulumi stack select;/.exec(stderr)!;
  expect(carriedOut([line!], folder)).toEqual([[folder, "pulumi", "stack", "init", "--stack", name]]);
});

const uid = "0000000a-0000-4000-8000-00000000000a";
const living = (slug: string): Living => ({
  uid,
  slug,
  key: "acme",
  inputs: { name: slug },
  people: [],
  owner: { by: "email", name: "owner@example.com", fullName: undefined } as Living["owner"],
  teams: [{ uid, key: "core", inputs: { name: slug, description: slug }, members: [] }],
  others: [],
  notes: [],
});

it.each(all)("a written program holds names exactly, and a command that names the organization: %s", (_, name) => {
  const text = programOf(living(name), "edges", { people: "people.yaml", teams: "teams.yaml", prefix: "" });
  const source = ts.createSourceFile("index.ts", text, ts.ScriptTarget.ES2022, true);
  const values: string[] = [];
  (function visit(node: ts.Node): void {
    if (ts.isPropertyAssignment(node) && ts.isStringLiteral(node.initializer) && node.name.getText() !== "file")
      values.push(node.initializer.text);
    node.forEachChild(visit);
  })(source);
  expect(values).toEqual([name, name, name]);
  const [, typed] = /npx pulumi-avala transfer-ownership (.*) --to <person>$/m.exec(text)!;
  expect(typed).toBe(/^\w[-\w]*$/.test(name) ? name : uid);
});

describe("a name in quotes", () => {
  it.each(all)("is shown in Markdown as it is: %s", (_, name) => {
    const shown = prose(`A team named ${quoted(name)} exists already.`);
    const visible = name.replaceAll("\n", " ").replaceAll("\u202e", "");
    expect(shown).toContain(visible);
    expect(shown).toMatch(/ exists already\.$/);
  });

  it.each(all)("is masked in a message if it is secret: %s", (_, name) => {
    const held = { key: "team", outputs: { name }, secret: new Set(["name"]), who: undefined } as unknown as Managed;
    const mask = new Mask([held]);
    expect(mask.text(`The team ${quoted(name)} is gone.`)).toBe('The team "[secret]" is gone.');
  });
});
