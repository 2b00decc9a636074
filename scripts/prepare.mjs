import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { isWindows } from "./platform.mjs";
import { PROJECT, say, SetupError } from "./project.mjs";
import { runStep } from "./run.mjs";

/** The commands of the packages and the files that they are built into. */
const COMMANDS = { "pulumi-avala": "dist/cli.js", "avala-emulator": "emulator/dist/main.js" };

/**
 * Installs what package-lock.json asks for, where npm's record says otherwise, and builds: `tsc -b`, which compiles what has
 * changed, and the bundles. Two at once wait for each other.
 * @param build `all` (default), `emulator`, or `none` for dependencies alone
 */
export async function prepare({ log = say, root = PROJECT, build = "all" } = {}) {
  if (build === "none" && dependenciesAreCurrent(root)) return;
  // Not to stdout, which belongs to the command that was asked for.
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  await withLock(join(root, ".work/locks/build"), { doing: "installing dependencies or building", log }, async () => {
    if (!dependenciesAreCurrent(root)) await installDependencies(log, options);
    if (build !== "none") await compile(build === "all" ? "." : build, options);
    if (build === "all") await (await import("./bundle.mjs")).bundle(root);
    for (const [name, file] of Object.entries(COMMANDS)) linkCommand(root, name, file);
  });
}

/** npm writes its record at the end: an installation that was interrupted has none. */
function dependenciesAreCurrent(root) {
  const packagesIn = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  const record = "node_modules/.package-lock.json";
  if (!existsSync(join(root, record))) return false;
  const installed = packagesIn(record);
  return Object.entries(packagesIn("package-lock.json")).every(([path, { version, integrity, optional }]) => {
    const there = installed[path];
    return path === "" || (there ? there.version === version && there.integrity === integrity : optional);
  });
}

/** Without install scripts, which could run anything: what packages need of them comes as optional packages. */
async function installDependencies(log, options) {
  log("Installing dependencies with npm ci; about a minute the first time.");
  const code = await runNpm(["ci", "--include=dev", "--ignore-scripts"], options);
  const remedy = "Check that the npm registry can be reached, then run the same command again.";
  if (code !== 0) throw new SetupError(`npm ci ended with exit code ${code}; its messages are above. ${remedy}`);
}

/** The npm that started us, else the one on PATH. */
function runNpm(args, options) {
  const script = process.env.npm_execpath ?? "";
  if (script.endsWith("npm-cli.js")) return runStep(process.execPath, [script, ...args], options);
  // npm is a `.cmd` there, which only a shell can start.
  if (isWindows()) return runStep(["npm", ...args].join(" "), [], { ...options, shell: true });
  return runStep("npm", args, options);
}

async function compile(project, options) {
  const code = await runStep(process.execPath, ["node_modules/typescript/bin/tsc", "-b", project], options);
  if (code !== 0) throw new SetupError("tsc found errors; they are above.");
}

/** npm links only the commands whose files are there when it installs; in a fresh clone they are built afterwards. */
function linkCommand(root, name, path) {
  const [file, link] = [join(root, path), join(root, "node_modules/.bin", name)];
  if (!existsSync(file)) return;
  chmodSync(file, 0o755);
  if (isWindows() || existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), file), link);
}
