import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { PROJECT, WORK } from "./project.mjs";
import { runStep } from "./run.mjs";

/** Folders with a package.json whose commands are linked once they are built. */
const PACKAGES = [".", "emulator"];

/** A step of the preparation failed; what it printed is above. */
export class PrepareError extends Error {}

/**
 * Installs what package-lock.json asks for, where npm's record says otherwise, and builds: `tsc -b`, which compiles what has
 * changed, and the bundles. Two at once wait for each other. What the tools print goes to `onLine`, else to stderr.
 * @param build `all` (default), `emulator`, or `none` for dependencies alone
 */
export async function prepare({ log, root = PROJECT, build = "all", onLine }) {
  if (build === "none" && dependenciesAreCurrent(root)) return;
  await withLock(join(root, ".work/lock"), { doing: "installing dependencies or building", log }, async () => {
    if (!dependenciesAreCurrent(root)) await installDependencies(root, { log, onLine });
    if (build !== "none") await compile(root, build === "all" ? "." : build, onLine);
    if (build === "all") await (await import("./bundle.mjs")).bundle(root);
    for (const folder of PACKAGES) installBins(root, folder);
  });
}

/** Never stdout: it belongs to the command that was asked for. */
const output = (onLine) => (onLine ? { onLine } : { stdio: ["ignore", 2, 2] });

/** npm writes its record at the end: an installation that was interrupted has none. */
function dependenciesAreCurrent(root) {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
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
}

/** The npm that started us, else the one on PATH. */
export function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && basename(script) === "npm-cli.js") return { command: process.execPath, args: [script] };
  return process.platform === "win32"
    ? { command: "cmd.exe", args: ["/d", "/s", "/c", "npm"] }
    : { command: "npm", args: [] };
}

async function compile(root, project, onLine) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const code = await runStep(process.execPath, [tsc, "-b", project], { cwd: root, ...output(onLine) });
  if (code !== 0) throw new PrepareError("tsc found errors; they are above.");
}

function installBins(root, folder) {
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
