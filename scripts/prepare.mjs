import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { PROJECT, WORK } from "./project.mjs";
import { runStep } from "./run.mjs";

/** What can be built: a folder with a tsconfig.json, its sources and its output. */
const PARTS = {
  provider: { folder: ".", sources: "provider", output: "dist" },
  emulator: { folder: "emulator", sources: "emulator/src", output: "emulator/dist" },
};

/** A step of the preparation failed; what it printed is above. */
export class PrepareError extends Error {}

/**
 * Makes dependencies and builds current: `npm ci` when node_modules does not hold what package-lock.json asks for, `tsc`
 * for each of `parts` (default: both) whose sources changed since its last complete build. Two at once wait for
 * each other. What the tools print goes to `onLine`, else to stderr.
 */
export async function prepare({ log, root = PROJECT, parts = Object.keys(PARTS), onLine }) {
  const stale = () => parts.filter((part) => !isBuilt(root, PARTS[part]));
  if (dependenciesAreCurrent(root) && stale().length === 0) return;
  await withLock(join(root, ".work/lock"), { doing: "installing dependencies or building", log }, async () => {
    if (!dependenciesAreCurrent(root)) await installDependencies(root, { log, onLine });
    await build(root, stale(), { log, onLine });
  });
}

/** Never stdout: it belongs to the command that was asked for. */
const output = (onLine) => (onLine ? { onLine } : { stdio: ["ignore", 2, 2] });

const installMark = (root) => join(root, "node_modules/.lock-sha256");
const hash = (...texts) =>
  texts.reduce((sum, text) => sum.update(text).update("\0"), createHash("sha256")).digest("hex");
const readOptional = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);

/**
 * The mark is written after npm has finished and `npm ci` begins by deleting it, so an interrupted one is not taken for
 * a whole one. An `npm install` by hand leaves no mark, but npm's own record of what it put there.
 */
function dependenciesAreCurrent(root) {
  const mark = installMark(root);
  const wanted = lockHash(root);
  if (readOptional(mark) === wanted) return true;
  if (!recordMatchesLock(root)) return false;
  writeFileSync(mark, wanted);
  return true;
}

const lockHash = (root) => hash(process.platform, process.arch, readFileSync(join(root, "package-lock.json"), "utf8"));

function recordMatchesLock(root) {
  const record = readOptional(join(root, "node_modules/.package-lock.json"));
  if (!record) return false;
  const installed = JSON.parse(record).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const there = installed[path];
    return there ? same(there, entry) : entry.optional === true;
  });
}

async function installDependencies(root, { log, onLine }) {
  log("Installing dependencies with npm ci; about a minute the first time.");
  rmSync(installMark(root), { force: true });
  const npm = npmCommand();
  const code = await runStep(npm.command, [...npm.args, "ci", "--include=dev"], {
    cwd: root,
    ...output(onLine),
  });
  if (code !== 0) {
    throw new PrepareError(
      `npm ci ended with exit code ${code}; its messages are above. Check that the npm registry can be reached, ` +
        "then run the same command again.",
    );
  }
  writeFileSync(installMark(root), lockHash(root));
}

/** The npm that started us, else the one on PATH. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && basename(script) === "npm-cli.js") return { command: process.execPath, args: [script] };
  return process.platform === "win32"
    ? { command: "cmd.exe", args: ["/d", "/s", "/c", "npm"] }
    : { command: "npm", args: [] };
}

const buildMark = (root, part) => join(root, part.output, ".sources-sha256");
const isBuilt = (root, part) => readOptional(buildMark(root, part)) === sourcesHash(root, part);

function sourcesHash(root, { folder, sources }) {
  const files = filesUnder(join(root, sources)).toSorted();
  const settings = ["tsconfig.json", join(folder, "tsconfig.json"), join(folder, "package.json")];
  const all = [...settings.map((name) => join(root, name)), ...files];
  return hash(lockHash(root), ...all.flatMap((file) => [file.slice(root.length), readFileSync(file, "utf8")]));
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function build(root, names, { log, onLine }) {
  if (names.length === 0) return;
  log(`Building ${names.join(" and ")}.`);
  const results = await Promise.allSettled(names.map((name) => buildPart(root, PARTS[name], onLine)));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

async function buildPart(root, part, onLine) {
  // Taken before tsc reads the files: an edit during the build makes the next start build again.
  const built = sourcesHash(root, part);
  rmSync(buildMark(root, part), { force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const code = await runStep(process.execPath, [tsc, "-p", part.folder], { cwd: root, ...output(onLine) });
  if (code !== 0) throw new PrepareError(`tsc found errors in ${part.sources}; they are above.`);
  removeOrphans(root, part);
  installBins(root, part);
  writeFileSync(buildMark(root, part), built);
}

/** tsc leaves the output of deleted sources behind, where it would go on being published and required. */
function removeOrphans(root, part) {
  const built = join(root, part.output);
  for (const file of filesUnder(built)) {
    const stem = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(file.slice(built.length))?.[1];
    if (stem && !existsSync(join(root, part.sources, `${stem}.ts`))) rmSync(file);
  }
}

function installBins(root, { folder }) {
  const { bin = {} } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  for (const [name, path] of Object.entries(bin)) {
    const file = join(root, folder, path);
    if (!existsSync(file)) continue;
    chmodSync(file, 0o755);
    linkBin(root, name, file);
  }
}

/** npm links only the commands whose files are there when it installs; in a fresh clone they are built afterwards. */
function linkBin(root, name, file) {
  const link = join(root, "node_modules/.bin", name);
  if (process.platform === "win32" || existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), file), link);
}

/** Makes the folder that takes temporary files of everything we start, so that none stays outside the clone. */
export function temporaryFolder() {
  const folder = join(WORK, "tmp");
  mkdirSync(folder, { recursive: true });
  return folder;
}
