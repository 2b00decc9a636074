import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { backendUrl, isWindows, nodePackage, separator } from "../platform.mjs";
import { PROJECT, WORK } from "../project.mjs";
import { ensurePulumi } from "../pulumi.mjs";
import { run } from "../run.mjs";
import { npmIn, plainEnvironment, stepIn } from "./clones.mjs";

/** A version that the oldest supported Node can run. */
const PNPM = "10.34.8";
const CACHE = join(WORK, "node");
const EMULATOR_DEADLINE_MS = 30_000;
const windows = isWindows();

/**
 * Creates a project from the template, in an empty folder, with the packed packages, and runs it on the packed emulator: up,
 * a preview without changes, destroy. For each Node and each package manager.
 */
export async function newcomers({ tarballs, folder, majors, managers, print, fail }) {
  print("\n## An empty folder, with each Node and package manager\n");
  const pulumi = await ensurePulumi();
  for (const major of majors) {
    const node = await nodeOf(major, fail);
    if (node === undefined) continue;
    for (const manager of managers) await newcomer({ tarballs, folder, node, manager, pulumi, print, fail, major });
  }
}

async function newcomer({ tarballs, folder, node, manager, pulumi, print, fail, major }) {
  const name = `${manager} on Node ${major}`;
  const project = join(folder, `${manager}-${major}`);
  mkdirSync(project);
  const env = environment({ node, project, pulumi, state: join(folder, `state-${manager}-${major}`) });
  const lines = [];
  const step = async (what, action) => {
    const code = await action((line) => lines.push(line));
    if (code !== 0) throw new Error(`${what} ended with ${code}:\n${lines.slice(-25).join("\n")}`);
  };
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const emulator = new AbortController();
  try {
    await step("the installation", (onLine) => create({ project, env, tarballs, node, manager, pulumi, onLine }));
    const installed = seconds();
    Object.assign(env, await startEmulator({ project, env, node, signal: emulator.signal }));
    const engine = (...args) =>
      step(`pulumi ${args[0]}`, (onLine) =>
        stepIn(project, pulumi.command, [...args, "--non-interactive"], onLine, { env }),
      );
    await engine("stack", "init", "dev");
    await engine("config", "set", "organization", "Acme Robotics");
    await engine("up", "--yes", "--skip-preview");
    const up = seconds();
    await engine("preview", "--expect-no-changes");
    await engine("state", "unprotect", "--all", "--yes");
    await engine("destroy", "--yes", "--skip-preview");
    print(
      `${name}: installed after ${installed}, up finished after ${up}, preview without changes, destroyed after ${seconds()}`,
    );
  } catch (error) {
    if (error.exitCode !== undefined) throw error;
    fail(`${name}: ${error.message}`);
  } finally {
    emulator.abort();
  }
}

/** As the documents say for the time before the first release: the template, then the tarballs. */
async function create({ project, env, tarballs: [provider, emulator], node, manager, pulumi, onLine }) {
  const template = join(PROJECT, "templates/organization");
  const made = ["new", template, "--yes", "--generate-only", "--force", "--name", "newcomer", "--non-interactive"];
  const code = await stepIn(project, pulumi.command, made, onLine, { env });
  if (code !== 0) return code;
  // pnpm asks the registry for a dependency that package.json has already, unless the file comes with its name.
  const named = [`pulumi-avala@file:${provider}`, `avala-emulator@file:${emulator}`];
  if (manager === "npm")
    return npmIn(project, ["install", "--no-audit", "--no-fund", provider, emulator], onLine, { env, node });
  return stepIn(project, node, [await pnpmScript(), "add", ...named], onLine, { env });
}

/** Starts the packed emulator on a free port and answers the settings that it prints. */
async function startEmulator({ project, env, node, signal }) {
  const settings = {};
  let ready;
  const complete = new Promise((resolve) => (ready = resolve));
  const onLine = (line) => {
    const [, key, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (key) settings[key] = value;
    if (key === "AVALA_ALLOW_INSECURE_BASE_URL") ready(true);
  };
  const args = [join(project, "node_modules/avala-emulator/dist/main.js"), "--memory", "--port", "0"];
  const ended = run(node, args, { cwd: project, env, onLine, signal }).then(() => false);
  const late = new Promise((resolve) => setTimeout(resolve, EMULATOR_DEADLINE_MS, false).unref());
  if (!(await Promise.race([complete, ended, late]))) throw new Error("the emulator of the package did not start");
  return settings;
}

/** Nothing of the clone is on PATH but the Pulumi CLI. */
function environment({ node, project, pulumi, state }) {
  mkdirSync(state);
  const plain = plainEnvironment(pulumi.env);
  const path = [dirname(node), join(project, "node_modules/@pulumi/pulumi"), dirname(pulumi.command), plain.PATH];
  return {
    ...plain,
    PATH: path.join(separator),
    PULUMI_BACKEND_URL: backendUrl(state),
    PULUMI_CONFIG_PASSPHRASE: "local",
  };
}

/** The path of a Node of this major version: the one that runs, or a package of npm in a cache of the clone. */
async function nodeOf(major, fail) {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const name = nodePackage();
  const file = join(CACHE, major, "node_modules", name, windows ? "bin/node.exe" : "bin/node");
  if (existsSync(file)) return file;
  const lines = await installed(join(CACHE, major), `${name}@${major}`);
  if (existsSync(file)) return file;
  fail(
    `Node ${major}: npm has no package ${name}@${major} for this platform (--node leaves it out):\n${lines.slice(-5).join("\n")}`,
  );
  return undefined;
}

async function pnpmScript() {
  const folder = join(CACHE, `pnpm-${PNPM}`);
  const file = join(folder, "node_modules/pnpm/bin/pnpm.cjs");
  if (!existsSync(file)) await installed(folder, `pnpm@${PNPM}`);
  return file;
}

async function installed(folder, what) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  const lines = [];
  await npmIn(folder, ["install", "--no-audit", "--no-fund", "--ignore-scripts", what], (line) => lines.push(line));
  return lines;
}
