import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { npmCommand, prepare, temporaryFolder } from "./prepare.mjs";
import { formatElapsed } from "./progress.mjs";
import { PROJECT } from "./project.mjs";
import { Interrupted, run } from "./run.mjs";

const MAXIMUM_AT_ONCE = 4;
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";

/** Runs all static checks, prints one line for each and the output of those that failed; 1 if any failed, else 0. */
export async function check({ log }) {
  const built = await step("types and bundles (build)", (onLine) => prepare({ log: onLine, onLine }));
  report(built, log);
  const results = await inParallel(steps(), (result) => report(result, log));
  const failed = [built, ...results].filter((result) => !result.ok);
  log(
    failed.length === 0
      ? "All checks passed."
      : `Failed: ${failed.map(({ name }) => name).join("; ")}. Their output is above.`,
  );
  return failed.length === 0 ? 0 : 1;
}

function steps() {
  const tool = (...args) => command(process.execPath, args);
  const bin = (name, ...args) => tool(`node_modules/.bin/${name}`, ...args);
  const generator = existsSync(join(PROJECT, "scripts/generate.mjs"));
  return [
    ["types: tests", bin("tsc", "-p", "test")],
    ...examples().map((folder) => [`types: ${folder}`, bin("tsc", "-p", folder, "--noEmit")]),
    ["lint", bin("oxlint", "--deny-warnings")],
    ["format", bin("oxfmt", "--check")],
    ...(generator ? [["generated files", tool("scripts/generate.mjs", "--check")]] : []),
    ["import arrows", bin("depcruise", "provider", "cli", "emulator/src")],
    workflows(),
    ["package: pulumi-avala", checkPackage(".")],
    ["package: avala-emulator", checkPackage("emulator")],
  ];
}

/** actionlint is a Go program: `go run` fetches and builds it once. Where there is no Go, the step says so and checks nothing. */
function workflows() {
  const folders = [".github/workflows", "examples/github-actions/.github/workflows"];
  const files = folders.flatMap((folder) => readdirSync(join(PROJECT, folder)).map((name) => `${folder}/${name}`));
  if (spawnSync("go", ["version"]).status !== 0) return ["workflows: not checked, Go is not installed", async () => {}];
  return ["workflows", command("go", ["run", ACTIONLINT, ...files])];
}

function examples() {
  return readdirSync(join(PROJECT, "examples"))
    .map((name) => `examples/${name}`)
    .filter((folder) => existsSync(join(PROJECT, folder, "tsconfig.json")));
}

const command = (file, args) => async (onLine) => {
  const code = await run(file, args, { cwd: PROJECT, onLine });
  if (code !== 0) throw new StepFailed();
};

/** A step whose output tells what is wrong. */
class StepFailed extends Error {}

/** What would be published: publint for package.json, attw for how the types resolve (the packages are CommonJS only). */
const checkPackage = (folder) => async (onLine) => {
  const target = join(temporaryFolder(), `pack-${process.pid}-${folder === "." ? "root" : folder}`);
  mkdirSync(target, { recursive: true });
  try {
    const npm = npmCommand();
    await command(npm.command, [...npm.args, "pack", `./${folder}`, "--silent", "--pack-destination", target])(onLine);
    const tarball = join(target, readdirSync(target)[0]);
    await command(process.execPath, ["node_modules/.bin/publint", "run", tarball, "--strict"])(onLine);
    await command(process.execPath, ["node_modules/.bin/attw", tarball, "--profile", "node16", "--no-emoji"])(onLine);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
};

async function step(name, action) {
  const started = Date.now();
  const lines = [];
  let ok = true;
  try {
    await action((line) => lines.push(line));
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    ok = false;
    if (!(error instanceof StepFailed)) lines.push(error.message);
  }
  return { name, ok, lines, elapsed: formatElapsed(Date.now() - started) };
}

function report({ name, ok, lines, elapsed }, log) {
  log(`${ok ? "ok    " : "FAILED"}  ${name} (${elapsed})`);
  if (!ok) for (const line of lines) log(`        ${line}`);
}

/** A few at once, reported in the order of the list. */
async function inParallel(list, onResult) {
  const limit = Math.min(MAXIMUM_AT_ONCE, availableParallelism());
  const results = [];
  let next = 0;
  let reported = 0;
  const worker = async () => {
    while (next < list.length) {
      const index = next++;
      results[index] = await step(...list[index]);
      while (results[reported]) onResult(results[reported++]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
