import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { separator } from "../platform.mjs";
import { formatElapsed, PROJECT, SetupError } from "../project.mjs";
import { runStep } from "../run.mjs";

/** Settings of the `npm run` that has started us would make npm work in the clone instead of the folder it is called in. */
const OF_THE_CALLER =
  /^(?:npm_(?:package_|lifecycle_|config_(?:local_)?prefix|command|node_)|INIT_CWD$|NODE_ENV$|AVALA_)/i;

export function plainEnvironment(env = process.env) {
  const isOurs = (folder) => folder.startsWith(join(PROJECT, "node_modules"));
  const kept = Object.entries(env).filter(([name]) => !OF_THE_CALLER.test(name));
  const path = (env.PATH ?? "").split(separator).filter((folder) => !isOurs(folder));
  return { ...Object.fromEntries(kept), PATH: path.join(separator) };
}

/** The last commit, in a new folder; changes that are not committed are not in it. */
export async function cloneOfHead(folder) {
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", PROJECT, folder], { stdio: "inherit" });
  return folder;
}

/** Two clones in folders of different depth, because a path that gets into a file must make a difference. */
export async function buildTwice(folder, print) {
  const changed = execFileSync("git", ["status", "--porcelain"], { cwd: PROJECT, encoding: "utf8" }).trim();
  if (changed !== "") print(`Not committed, and therefore not in it:\n${changed}\n`);
  const built = [];
  for (const name of ["one", "second/of/two"]) {
    const started = Date.now();
    const clone = await cloneOfHead(join(folder, name));
    const packed = join(folder, "packed", `${built.length}`);
    await mustPass(clone, ["run", "pack", "--", "--to", packed], "npm run pack in a fresh clone");
    built.push({ clone, packed });
    print(`clone, npm ci, build and pack: ${formatElapsed(Date.now() - started)}`);
  }
  return built;
}

async function mustPass(folder, args, what) {
  const lines = [];
  const code = await npmIn(folder, args, (line) => lines.push(line));
  if (code !== 0) throw new SetupError(`${what} ended with ${code}:\n${lines.slice(-40).join("\n")}`);
}

/** Runs a command in a folder, each line of its output to `onLine`; answers its exit code. */
export function stepIn(folder, command, args, onLine, { env = plainEnvironment() } = {}) {
  return runStep(command, args, { cwd: folder, env, onLine });
}

/** npm as a script for Node, so that it runs with the Node that is asked for, on every platform. */
export function npmIn(folder, args, onLine, { env = plainEnvironment(), node = process.execPath } = {}) {
  return stepIn(folder, node, [npmScript("npm-cli.js"), ...args], onLine, { env: plainEnvironment(env) });
}

export function npmScript(name) {
  const beside = [process.env.npm_execpath, join(dirname(process.execPath), "../lib/node_modules/npm/bin/npm-cli.js")];
  const found = beside.find((file) => file?.endsWith("npm-cli.js") && existsSync(file));
  if (found === undefined) throw new SetupError("npm was not found: start this with `npm run release:check`.");
  return join(dirname(found), name);
}
