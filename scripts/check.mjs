import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { commandFile } from "./platform.mjs";
import { formatElapsed, PROJECT, say, WORK } from "./project.mjs";
import { PACKAGES, tarballOf } from "./release/packages.mjs";
import { runStep } from "./run.mjs";

const AT_ONCE = Math.min(4, availableParallelism());
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const PACKED = join(WORK, "check");
const CONTAINER_FILE = "emulator/Containerfile";

/** Runs all static checks, prints one line for each and the output of those that failed; 1 if any failed, else 0. */
export async function check() {
  const failed = [];
  const take = async ([name, action]) => (await succeeds(name, action)) || failed.push(name);
  await take(["types and bundles (build)", command(process.execPath, "scripts/start.mjs", "build")]);
  await take(["packages", command(process.execPath, "scripts/start.mjs", "pack", "--to", PACKED)]);
  const waiting = checks();
  const worker = async () => {
    while (waiting.length > 0) await take(waiting.shift());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  say(failed.length === 0 ? "All checks passed." : `Failed: ${failed.join("; ")}. Their output is above.`);
  return failed.length === 0 ? 0 : 1;
}

/** Each check: its name, and what runs it and answers its exit code. */
function checks() {
  const packageOf = { tsc: "typescript", depcruise: "dependency-cruiser", attw: "@arethetypeswrong/cli" };
  const bin = (name, ...args) => command(process.execPath, commandFile(PROJECT, name, packageOf[name]), ...args);
  return [
    ["types: tests", bin("tsc", "-p", "test")],
    ...examples().map((folder) => [`types: ${folder}`, bin("tsc", "-p", folder, "--noEmit")]),
    ["lint", bin("oxlint", "--deny-warnings")],
    ["format", bin("oxfmt", "--check")],
    ["generated files", command(process.execPath, "scripts/generate.mjs", "--check")],
    ["imports", bin("depcruise", "provider", "cli", "emulator/src")],
    ["site", command(process.execPath, "scripts/site.mjs")],
    workflows(),
    workflowSecurity(),
    ["container file", containerFile],
    ...packages(bin),
  ];
}

/** What is published: publint for package.json, attw for how the types resolve (the packages are CommonJS only). */
function packages(bin) {
  return PACKAGES.flatMap(({ name }) => {
    const tarball = join(PACKED, tarballOf(PROJECT, name));
    return [
      [`package: ${name}`, bin("publint", "run", tarball, "--strict")],
      [`types of the package: ${name}`, bin("attw", tarball, "--profile", "node16", "--no-emoji")],
    ];
  });
}

function examples() {
  const folders = readdirSync(join(PROJECT, "examples")).map((name) => `examples/${name}`);
  return folders.filter((folder) => existsSync(join(PROJECT, folder, "tsconfig.json")));
}

/** actionlint is a Go program: `go run` fetches and builds it once. Where there is no Go, the name says so. */
function workflows() {
  const folders = [".github/workflows", "examples/github-actions/.github/workflows"];
  const files = folders.flatMap((folder) => readdirSync(join(PROJECT, folder)).map((name) => `${folder}/${name}`));
  if (spawnSync("go", ["version"]).status !== 0) return ["workflows: not checked, Go is not installed", () => 0];
  return ["workflows", command("go", "run", ACTIONLINT, ...files)];
}

/** zizmor is a Rust program, which `pip` or `pipx` installs. Where there is none, the name says so. */
function workflowSecurity() {
  if (spawnSync("zizmor", ["--version"]).status !== 0)
    return ["security of workflows: not checked, zizmor is not installed", () => 0];
  const options = ["--offline", "--no-progress", "--persona", "pedantic", "--config", ".github/zizmor.yml"];
  return ["security of workflows", command("zizmor", ...options, ".github", "examples/github-actions")];
}

/** The linter's own command succeeds with warnings. */
async function containerFile(onLine) {
  const { validate } = (await import("dockerfile-utils")).default;
  const problems = validate(readFileSync(join(PROJECT, CONTAINER_FILE), "utf8"));
  for (const { range, message } of problems) onLine(`${CONTAINER_FILE}:${range.start.line + 1}: ${message}`);
  return problems.length === 0 ? 0 : 1;
}

function command(file, ...args) {
  return (onLine) => runStep(file, args, { cwd: PROJECT, onLine });
}

async function succeeds(name, action) {
  const started = Date.now();
  const lines = [];
  const ok = (await action((line) => lines.push(line))) === 0;
  say(`${ok ? "ok    " : "FAILED"}  ${name} (${formatElapsed(Date.now() - started)})`);
  if (!ok) for (const line of lines) say(`        ${line}`);
  return ok;
}
