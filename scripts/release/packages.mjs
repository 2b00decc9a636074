import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { isWindows } from "../platform.mjs";
import { filesIn, SetupError } from "../project.mjs";
import { addressAt, isAbsolute, replaceLinks, targetOf } from "./links.mjs";

/** What is published: the folder of each package, and where the sources of its `dist` are. */
export const PACKAGES = [
  { name: "pulumi-avala", folder: ".", sources: "provider", bundles: ["plugin", "cli", "emulator"] },
  { name: "avala-emulator", folder: "emulator", sources: "emulator/src", bundles: [] },
];

/** What only the clone needs. */
const OF_THE_CLONE = ["scripts", "devDependencies", "workspaces"];

export const readJson = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));

/** The address of the repository, from package.json. */
export const repositoryOf = (root) => readJson(root, "package.json").repository.url.replace(/^git\+|\.git$/g, "");

export const tagOf = (root) => `v${readJson(root, "package.json").version}`;

/** As npm names it; both packages have the version of the clone. */
export const tarballOf = (root, name) => `${name}-${readJson(root, "package.json").version}.tgz`;

export const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/**
 * Writes the tarball of each package into a folder and returns their paths. The files are put together in a temporary
 * folder: whatever interrupts this, the clone stays as it is.
 */
export function pack(root, to) {
  mkdirSync(to, { recursive: true });
  const staged = mkdtempSync(join(tmpdir(), "pack-"));
  try {
    return PACKAGES.map((one) => {
      const folder = join(staged, one.name);
      stage(root, one, folder);
      const [{ filename }] = npmPack(folder, "--pack-destination", to);
      return join(to, filename);
    });
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** npm decides by the manifest which files belong to a package. */
function npmPack(folder, ...args) {
  const options = {
    cwd: folder,
    encoding: "utf8",
    shell: isWindows(),
    stdio: ["ignore", "pipe", "inherit"],
  };
  return JSON.parse(execFileSync("npm", ["pack", "--json", "--silent", "--ignore-scripts", ...args], options));
}

function stage(root, one, into) {
  const folder = join(root, one.folder);
  const files = npmPack(folder, "--dry-run")[0].files.map(({ path }) => path);
  refuseStale(root, one, files);
  for (const file of files) copy(join(folder, file), join(into, file));
  copy(join(root, "LICENSE"), join(into, "LICENSE"));
  writeFileSync(join(into, "package.json"), manifestOf(join(folder, "package.json")));
  const packed = new Set([...files, "LICENSE"].map((file) => posix.join(one.folder, file)));
  for (const file of files.filter((name) => name.endsWith(".md"))) {
    const text = readFileSync(join(folder, file), "utf8");
    writeFileSync(
      join(into, file),
      replaceLinks(text, (link) => absolute(root, posix.join(one.folder, file), packed, link)),
    );
  }
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

function manifestOf(file) {
  const kept = Object.entries(readJson(file)).filter(([name]) => !OF_THE_CLONE.includes(name));
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}

/** A relative link stays if the package contains its file; every other leads to the repository, at this version. */
function absolute(root, from, packed, link) {
  if (isAbsolute(link) || link.startsWith("#")) return link;
  const [path, anchor] = targetOf(link, from);
  if (packed.has(path)) return link;
  if (path.startsWith("..") || !existsSync(join(root, path)))
    throw new SetupError(`${from} links to ${link}, which does not exist.`);
  return addressAt(repositoryOf(root), tagOf(root), path, statSync(join(root, path)).isDirectory()) + anchor;
}

/** The compiler leaves what it has written of a source that has been deleted since. */
function refuseStale(root, { folder, sources, bundles }, files) {
  const known = new Set(filesIn(join(root, sources)).map((file) => file.replace(/\.ts$/, "")));
  for (const name of bundles) known.add(name);
  const compiled = files.flatMap((file) => /^dist\/(.+?)\.(?:js|d\.ts)$/.exec(file)?.[1] ?? []);
  const stale = compiled.filter((name) => !known.has(name));
  if (stale.length === 0) return;
  const where = posix.join(folder, "dist");
  throw new SetupError(
    `${where} contains ${stale.join(", ")}, whose source has been deleted. Delete ${where}, then run the same command again.`,
  );
}
