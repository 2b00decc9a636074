import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT } from "../project.mjs";
import { readJson, tagOf } from "./packages.mjs";

/** The newest heading of the changelog: the version, and the date of its release or `unreleased`. */
export function newestHeading(root) {
  const [, version, when] = /^## (\S+), (\S+)$/m.exec(readFileSync(join(root, "CHANGELOG.md"), "utf8")) ?? [];
  return { version, isReleased: /^\d{4}-\d\d-\d\d$/.test(when ?? "") };
}

/** Descriptions of changes that no version contains yet. */
export const changesets = (root) =>
  readdirSync(join(root, ".changeset")).filter((name) => name.endsWith(".md") && name !== "README.md");

/**
 * What a push to main leads to: `publish` a version that is dated and has no tag; `version`, the pull request for the next
 * one; or `nothing`. A version that is not dated is still being written.
 * @param tags of the repository
 */
export function nextStep(root, tags) {
  const { version } = readJson(root, "package.json");
  const heading = newestHeading(root);
  if (heading.version !== version)
    throw new Error(`CHANGELOG.md begins with ${heading.version}, and package.json has ${version}.`);
  if (!heading.isReleased) return "nothing";
  if (!tags.includes(tagOf(root))) return "publish";
  return changesets(root).length > 0 ? "version" : "nothing";
}

/** A version with a suffix, such as 0.2.0-beta.1, must not become what everybody gets. */
export function npmTag(root) {
  const [, suffix] = /-([a-z]+)/.exec(readJson(root, "package.json").version) ?? [];
  return suffix ?? "latest";
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const tags = execFileSync("git", ["tag", "--list"], { cwd: PROJECT, encoding: "utf8" }).split("\n");
  const { version } = readJson(PROJECT, "package.json");
  const outputs = { next: nextStep(PROJECT, tags), version, tag: npmTag(PROJECT) };
  for (const [name, value] of Object.entries(outputs)) process.stdout.write(`${name}=${value}\n`);
}
