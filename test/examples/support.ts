import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { program } from "../support/commandLine.js";

/** The clone. */
export const root = resolve(__dirname, "../..");

export const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The texts that people read, without the generated ones. */
export const documents = [
  "README.md",
  "AGENTS.md",
  "CONTRIBUTING.md",
  "CODE_OF_CONDUCT.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "bench/README.md",
  "emulator/README.md",
  ...under("docs", ".md"),
  ...under("examples", ".md"),
];

/** Files of a folder and its folders, as paths from the clone; nothing of node_modules and dist. */
export function under(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name !== "node_modules" && name !== "dist")
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      if (statSync(join(root, path)).isDirectory()) return under(path, ending);
      return path.endsWith(ending) ? [path] : [];
    })
    .toSorted();
}

/** For runs of examples: `npm run check` has checked their types, and the compiler need not do it again in each run. */
export const typesAreChecked = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

/** The files of an example that Pulumi needs, by name. */
export function exampleFiles(name: string): Record<string, string> {
  const files = readdirSync(join(root, "examples", name)).filter((file) => /\.(ts|yaml|json)$/.test(file));
  return Object.fromEntries(files.map((file) => [file, read(`examples/${name}/${file}`)]));
}

/** For workflows: `npm ci` is run for real, on nothing: what the program needs is found in the clone. */
export const withoutDependencies = {
  "package.json": JSON.stringify({ name: "access", version: "1.0.0", private: true, main: "index.ts" }),
  "package-lock.json": JSON.stringify({
    name: "access",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "access", version: "1.0.0" } },
  }),
};

/** The fenced blocks of a language in a document. */
export function blocks(markdown: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms");
  return [...markdown.matchAll(fence)].map(([, text]) => text!);
}

/** The example's program, which declares Zoe a second time in `up` alone: no preview shows that, and `up` refuses it. */
export const failsInUp = () => `${read("examples/people-from-yaml/index.ts")}
import * as pulumi from "@pulumi/pulumi";
import { OrganizationMember } from "pulumi-avala";
if (!pulumi.runtime.isDryRun()) new OrganizationMember("again", { organization: acme, email: "zoe@example.com" });
`;

/** In the log of a job: the messages of a rehearsal, in their order, and then this one. */
export const rehearsedIn = ({ source }: RegExp) =>
  new RegExp(
    ["Running pulumi preview", "Reading the organizations", "Running pulumi up on the copy"]
      .map((text) => `${text}\\.\n[^]*`)
      .join("") + source,
  );

/**
 * As the reader's shell, except that packages are installed, a question is answered, and the user's own settings do not
 * count.
 */
export const readersShell = `
set -eu
npx() { while [ "$1" != pulumi-avala ]; do shift; done; shift; "${process.execPath}" "${program}" "$@"; }
npm() { [ "$1" = install ]; }
pulumi() { case "$1" in up | refresh) command pulumi "$@" --yes ;; *) command pulumi "$@" ;; esac; }
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
`;
/** The commands of a guide, block by block; the key is in the environment of the test. */
export const commandsOf = (path: string) =>
  blocks(read(path), "sh").map((block) => block.replace(/^export AVALA_API_KEY=.*\n/m, ""));
