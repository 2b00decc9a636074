import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { default as getReleasePlan } from "@changesets/get-release-plan";
import { PROJECT, say, SetupError } from "../project.mjs";
import { newestHeading } from "./plan.mjs";
import { readJson } from "./packages.mjs";

const USAGE = "Usage: npm run release:version [-- --check <branch>]";

/** What a change means for users, by the size that its author has given it. */
const SECTIONS = { major: "Breaking changes", minor: "New", patch: "Fixed" };

/** Every file that names the version, and in which words. The test of this file finds others. */
export const MENTIONS = [
  { files: ["templates/organization/package.json"], text: (version) => `"pulumi-avala": "^${version}"` },
  {
    files: [
      ".github/workflows/access-apply.yml",
      ".github/workflows/access-drift.yml",
      ".github/workflows/access-review.yml",
      "examples/github-actions/.github/workflows/apply.yml",
      "examples/github-actions/.github/workflows/drift.yml",
      "examples/github-actions/.github/workflows/review.yml",
      "examples/github-actions/README.md",
    ],
    text: (version) => `@v${version}`,
  },
  { files: ["emulator/README.md"], text: (version) => `avala-emulator:${version}` },
  { files: ["docs/reference/commands.md"], text: (version) => `pulumi-avala ${version},` },
];

/** Raises the version by what the changesets say, and moves their texts to CHANGELOG.md; answers the new version. */
export async function raiseVersion(root, date) {
  const before = readJson(root, "package.json").version;
  if (!newestHeading(root).isReleased) {
    throw new SetupError(`${before} is not released: give its heading in CHANGELOG.md a date, which releases it.`);
  }
  const { changesets, releases } = await getReleasePlan(root);
  if (changesets.length === 0) return undefined;
  const { newVersion: version } = releases.find(({ name }) => name === "pulumi-avala");
  writeFileSync(join(root, "CHANGELOG.md"), withSection(root, sectionOf(version, date, changesets)));
  changeset(root, "version");
  lockedVersion(root, version);
  for (const { files, text } of MENTIONS)
    for (const file of files) replaceIn(join(root, file), text(before), text(version));
  return version;
}

function changeset(root, ...args) {
  const script = join(PROJECT, "node_modules/@changesets/cli/bin.js");
  return execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: ["ignore", 2, 2] });
}

/** As the sections of CHANGELOG.md before: one list for each kind of change. */
function sectionOf(version, date, changesets) {
  const kindOf = ({ releases }) =>
    ["major", "minor", "patch"].find((kind) => releases.some(({ type }) => type === kind));
  const lists = Object.entries(SECTIONS).flatMap(([kind, title]) => {
    const items = changesets
      .filter((one) => kindOf(one) === kind)
      .map(({ summary }) => `- ${summary.trim().replaceAll("\n", "\n  ")}\n`);
    return items.length > 0 ? [`**${title}**\n\n${items.join("")}`] : [];
  });
  return `## ${version}, ${date}\n\n${lists.join("\n")}\n`;
}

function withSection(root, section) {
  const text = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const at = text.indexOf("\n## ") + 1;
  return text.slice(0, at) + section + text.slice(at);
}

function lockedVersion(root, version) {
  const lock = readJson(root, "package-lock.json");
  for (const one of [lock, lock.packages[""], lock.packages.emulator]) one.version = version;
  writeFileSync(join(root, "package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
}

function replaceIn(file, before, after) {
  if (!existsSync(file)) return;
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(before, after));
}

/** Fails if a change since this branch needs a changeset and has none. Before the first release CHANGELOG.md is written by hand. */
export function check(root, branch) {
  const { version, isReleased } = newestHeading(root);
  if (!isReleased) return say(`${version} is not released: its section in CHANGELOG.md is written by hand.`);
  try {
    changeset(root, "status", `--since=${branch}`);
  } catch {
    throw new SetupError("Users notice changes of this kind: run `npx changeset`, and commit the file that it writes.");
  }
  return undefined;
}

async function main([option, branch, ...rest]) {
  if (option === "--check" && branch !== undefined && rest.length === 0) return check(PROJECT, branch);
  if (option !== undefined) throw new SetupError(USAGE);
  const version = await raiseVersion(PROJECT, new Date().toISOString().slice(0, 10));
  return say(
    version === undefined
      ? "No changesets: nothing to release."
      : `Version ${version}: look at CHANGELOG.md, then commit.`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
