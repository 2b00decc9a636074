import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./lock.mjs";
import { startProgress } from "./progress.mjs";
import { PROJECT, say } from "./project.mjs";
import { runStep } from "./run.mjs";

/** The oldest CLI that works: import files with inputs and outputs of dynamic resources came with it. */
export const MINIMUM_CLI_VERSION = "3.254.0";

/** The CLI that set-up fetches or builds. `sdk/v3` and `pkg/v3` in pulumiCli/cli/go.mod are at this version too. */
export const CLI_VERSION = "3.259.0";

/** The last release of the Go SDK that holds the Node language host; see pulumiCli/languageHost/go.mod. */
export const LANGUAGE_HOST_VERSION = "3.68.0";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const PROBE_DEADLINE_MS = 30 * SECOND;
const DOWNLOAD_STALL_MS = 45 * SECOND;
const DOWNLOAD_DEADLINE_MS = 20 * MINUTE;
const BUILD_DEADLINE_MS = 60 * MINUTE;
const GIB = 1024 ** 3;
const MINIMUM_FREE_BYTES = 0.5 * GIB;
const BUILD_FREE_BYTES = 4 * GIB;
const exe = process.platform === "win32" ? ".exe" : "";
const MODULES = fileURLToPath(new URL("pulumiCli", import.meta.url));

/** No Pulumi CLI could be set up: the message says what was tried and the ways out. */
export class PulumiSetupError extends Error {
  code = "PULUMI_SETUP_FAILED";
}

/** One way to get a CLI did not work; the next is tried. */
export class Unavailable extends Error {}

/**
 * Finds or sets up a Pulumi CLI together with its Node language host: on PATH, from an earlier set-up, as the official
 * release, or built from Go modules.
 *
 * @returns `command` (absolute path), `version` (without v), `env` (see `pulumiEnvironment`) and `source`: `path`,
 *   `earlier`, `release` or `build`. `download` and `build` stand in for the two ways to fill a set-up folder.
 */
export async function ensurePulumi({ log = say, root = PROJECT, env = process.env, download, build } = {}) {
  const context = { log, root, env, attempts: [] };
  const found =
    (await attempt(context, "on PATH", () => findOnPath(context))) ??
    (await attempt(context, "earlier set-up", () => findEarlier(context))) ??
    (await setUp(context, { download, build }));
  return { ...found, env: pulumiEnvironment(found, { root, env }) };
}

/**
 * The environment in which the project runs a CLI found by `ensurePulumi`: state, home and temporary files inside the
 * clone, nothing fetched behind one's back. Variables that are already set win. The passphrase default applies only to
 * the project's own state, never to a backend somebody chose.
 */
export function pulumiEnvironment(found, { root = PROJECT, env = process.env } = {}) {
  const work = join(root, ".work");
  const [state, temporary] = [join(work, "state"), join(work, "tmp")];
  for (const folder of [state, temporary]) mkdirSync(folder, { recursive: true });
  const defaults = {
    PULUMI_HOME: join(work, "pulumiHome"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_CREDENTIAL_STORE: "plaintext",
  };
  const ownState = env.PULUMI_BACKEND_URL === undefined || env.PULUMI_BACKEND_URL === defaults.PULUMI_BACKEND_URL;
  if (ownState && env.PULUMI_CONFIG_PASSPHRASE_FILE === undefined) defaults.PULUMI_CONFIG_PASSPHRASE = "local";
  return {
    ...defaults,
    ...env,
    PATH: searchPath(found, root, env),
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
  };
}

/** A CLI from PATH stays where PATH has it: its folder in front could hide the Node that runs now behind another. */
function searchPath(found, root, env) {
  const path = env.PATH ?? "";
  const node = onPath("node", path);
  const first = [
    found.source === "path" ? undefined : dirname(found.command),
    join(root, "node_modules/.bin"),
    join(root, "node_modules/@pulumi/pulumi"),
    node && realpathSync(node) === realpathSync(process.execPath) ? undefined : dirname(process.execPath),
  ].filter((folder) => folder !== undefined);
  return [...new Set([...first, ...path.split(delimiter)])].filter(Boolean).join(delimiter);
}

async function attempt(context, what, action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Unavailable) && error.code !== "ENOSPC") throw error;
    context.attempts.push(`${what}: ${error.message}`);
    return undefined;
  }
}

async function findOnPath(context) {
  const command = onPath("pulumi", context.env.PATH ?? "");
  if (!command) throw new Unavailable("no pulumi.");
  // What we start ourselves has our own set-up on PATH, and must find it as we did: in front of everything else there.
  if (command.startsWith(join(setUpFolder(context), sep))) throw new Unavailable("that of an earlier set-up.");
  const version = await cliVersion(command, context);
  if (!isAtLeast(version, MINIMUM_CLI_VERSION)) {
    throw new Unavailable(`${command} is version ${version}, older than ${MINIMUM_CLI_VERSION}.`);
  }
  const beside = join(dirname(realpathSync(command)), `pulumi-language-nodejs${exe}`);
  if (!isExecutable(beside) && !onPath("pulumi-language-nodejs", context.env.PATH)) {
    throw new Unavailable(`${command} has no pulumi-language-nodejs beside it or on PATH.`);
  }
  return { command, version, source: "path" };
}

const setUpFolder = ({ root }) => join(root, ".pulumi-cli");
const cliIn = (folder) => join(folder, "bin", `pulumi${exe}`);
const languageHostIn = (folder) => join(folder, "bin", `pulumi-language-nodejs${exe}`);

/** A finished set-up was renamed to its place after both programs ran; running again finds one made on another system. */
async function findEarlier(context) {
  const folder = join(setUpFolder(context), CLI_VERSION);
  if (!isExecutable(cliIn(folder)) || !isExecutable(languageHostIn(folder))) throw new Unavailable("none.");
  return { command: cliIn(folder), version: await cliVersion(cliIn(folder), context), source: "earlier" };
}

async function setUp(context, { download = downloadRelease, build = buildFromModules }) {
  const home = setUpFolder(context);
  return withLock(join(home, "lock"), { doing: "setting up the Pulumi CLI", log: context.log }, async () => {
    const meanwhile = await attempt({ attempts: [] }, "", () => findEarlier(context));
    if (meanwhile) return meanwhile;
    clearPartial(home);
    const found =
      (await attempt(context, `release ${CLI_VERSION}`, () => make(context, "release", download))) ??
      (await attempt(context, "build from Go modules", () => make(context, "build", build)));
    if (!found) throw new PulumiSetupError(explain(context.attempts));
    context.log(`Pulumi CLI ${found.version} is ready in ${found.command}.`);
    return found;
  });
}

/** What a killed set-up left: never looked at, only removed. */
function clearPartial(home) {
  for (const name of readdirSync(home)) {
    if (name.startsWith("partial-")) rmSync(join(home, name), { recursive: true, force: true });
  }
}

/** Lets `fill` put bin/ into a temporary folder, runs what is there, and only then renames it to its place. */
async function make(context, source, fill) {
  const home = setUpFolder(context);
  const partial = join(home, `partial-${process.pid}-${source}`);
  const folder = join(partial, "root");
  const temporary = join(partial, "tmp");
  for (const path of [join(folder, "bin"), temporary]) mkdirSync(path, { recursive: true });
  try {
    requireSpace(home, MINIMUM_FREE_BYTES);
    await fill({ ...context, folder, temporary });
    addDynamicPlugin(context.root, folder);
    await verify(folder, context);
    const place = join(home, CLI_VERSION);
    rmSync(place, { recursive: true, force: true });
    renameSync(folder, place);
    return { command: cliIn(place), version: CLI_VERSION, source };
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The engine warns on every run about a dynamic plugin that it finds on PATH but not beside itself. */
function addDynamicPlugin(root, folder) {
  for (const name of ["pulumi-resource-pulumi-nodejs", "pulumi-resource-pulumi-nodejs.cmd"]) {
    copyFileSync(join(root, "node_modules/@pulumi/pulumi", name), join(folder, "bin", name));
  }
}

async function verify(folder, context) {
  const version = await cliVersion(cliIn(folder), context);
  if (version !== CLI_VERSION) throw new Unavailable(`the CLI says it is version ${version}, not ${CLI_VERSION}.`);
  await languageHostStarts(languageHostIn(folder), context);
}

/** Version of a CLI as it tells it, without the leading v. */
async function cliVersion(command, { root, env }) {
  const output = [];
  const home = env.PULUMI_HOME ?? join(root, ".work/pulumiHome");
  const code = await runQuietly(command, ["version"], {
    env: { ...env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    onLine: (line) => output.push(line),
    signal: AbortSignal.timeout(PROBE_DEADLINE_MS),
  });
  const version = output.map((line) => /^v?(\d+\.\d+\.\d+\S*)$/.exec(line.trim())?.[1]).find(Boolean);
  if (code !== 0 || !version) throw new Unavailable(`\`${command} version\` ended with ${code} and told no version.`);
  return version;
}

async function runQuietly(command, args, options) {
  try {
    return await runStep(command, args, options);
  } catch (error) {
    if (error.code === undefined) throw error;
    throw new Unavailable(`${command} cannot be run (${error.code}).`);
  }
}

/** A language host that works prints the port it listens on and goes on running until it is told to end. */
async function languageHostStarts(command, { env }) {
  const seen = new AbortController();
  const signal = AbortSignal.any([seen.signal, AbortSignal.timeout(PROBE_DEADLINE_MS)]);
  const onLine = (line) => /^\d+$/.test(line) && seen.abort();
  await runQuietly(command, ["127.0.0.1:1"], { env, onLine, signal });
  if (!seen.signal.aborted) throw new Unavailable("the Node language host does not start.");
}

async function downloadRelease({ log, env, folder, temporary }) {
  log(`Fetching the Pulumi CLI ${CLI_VERSION} (about 200 MB, once).`);
  const script = fileURLToPath(new URL("installRelease.mjs", import.meta.url));
  const stop = new AbortController();
  const progress = startProgress("fetching", { log });
  const watch = watchDownload(dirname(folder), progress, stop);
  let last = "";
  // The installer takes its target for installed when the folder is there.
  rmSync(folder, { recursive: true, force: true });
  try {
    const code = await runQuietly(process.execPath, [script, CLI_VERSION, folder], {
      env: { ...env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      ownGroup: true,
      onLine: (line) => (last = line || last),
      signal: stop.signal,
    });
    if (stop.signal.aborted) throw new Unavailable(stop.signal.reason);
    if (code !== 0) throw new Unavailable(last || `the installer ended with exit code ${code}.`);
  } finally {
    clearInterval(watch);
    progress.stop();
  }
}

/** Ends a download that has brought nothing for a while, however long a slow one may take. */
function watchDownload(folder, progress, stop) {
  const started = Date.now();
  let [bytes, grewAt] = [0, started];
  return setInterval(() => {
    const size = sizeOf(folder);
    const now = Date.now();
    if (size > bytes) [bytes, grewAt] = [size, now];
    progress.update(`${Math.round(size / 1e6)} MB`);
    if (now - grewAt > DOWNLOAD_STALL_MS) stop.abort(`nothing arrived for ${DOWNLOAD_STALL_MS / SECOND} s.`);
    if (now - started > DOWNLOAD_DEADLINE_MS) stop.abort(`not done after ${DOWNLOAD_DEADLINE_MS / MINUTE} minutes.`);
  }, SECOND);
}

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    try {
      bytes += entry.isDirectory() ? sizeOf(path) : statSync(path).size;
    } catch (error) {
      // The installer removes its temporary files while we look.
      if (error.code !== "ENOENT") throw error;
    }
  }
  return bytes;
}

async function buildFromModules(context) {
  const { env, log, folder } = context;
  const go = onPath("go", env.PATH ?? "");
  if (!go) throw new Unavailable("go is not on PATH.");
  const goEnv = await goEnvironment(go, context);
  requireSpace(goEnv.GOCACHE, BUILD_FREE_BYTES);
  requireSpace(goEnv.GOMODCACHE, BUILD_FREE_BYTES);
  log(
    `Building the Pulumi CLI ${CLI_VERSION} from Go modules, once: about 5 minutes on 2 cores (here ` +
      `${availableParallelism()}), and up to 4 GB in Go's caches.`,
  );
  await goBuild(go, context, {
    module: "languageHost",
    command: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: LANGUAGE_HOST_VERSION,
    output: languageHostIn(folder),
  });
  await goBuild(go, context, {
    module: "cli",
    command: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: CLI_VERSION,
    output: cliIn(folder),
  });
}

async function goEnvironment(go, { env }) {
  const output = [];
  const code = await runQuietly(go, ["env", "-json", "GOCACHE", "GOMODCACHE"], {
    cwd: MODULES,
    env,
    onLine: (line) => output.push(line),
  });
  if (code !== 0) throw new Unavailable(`go env failed: ${output.at(-1) ?? `exit code ${code}`}`);
  return JSON.parse(output.join("\n"));
}

async function goBuild(go, { env, log, temporary }, { module, command, version, output }) {
  const progress = startProgress(`building ${command.split("/").at(-1)}`, { log });
  const deadline = AbortSignal.timeout(BUILD_DEADLINE_MS);
  const recent = [];
  let packages = 0;
  const onLine = (line) => {
    if (!line.startsWith("go: downloading ")) packages++;
    progress.update(`${packages} packages, ${line.replace(/^go: /, "")}`);
    recent.splice(0, Math.max(0, recent.length - 7));
    recent.push(line);
  };
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const args = ["build", "-v", "-trimpath", "-buildvcs=false", "-tags", "osusergo,grpcnotrace", "-ldflags", flags];
  const { GOOS: _os, GOARCH: _arch, ...rest } = env;
  try {
    const code = await runQuietly(go, [...args, "-o", output, command], {
      cwd: join(MODULES, module),
      env: {
        ...rest,
        CGO_ENABLED: "0",
        GO111MODULE: "on",
        GOWORK: "off",
        GOFLAGS: `${env.GOFLAGS ?? ""} -mod=readonly`.trim(),
        GOTMPDIR: temporary,
      },
      ownGroup: true,
      onLine,
      signal: deadline,
    });
    if (deadline.aborted) throw new Unavailable(`not done after ${BUILD_DEADLINE_MS / MINUTE} minutes.`);
    if (code !== 0) throw new Unavailable(`go build ended with exit code ${code}:\n    ${recent.join("\n    ")}`);
  } finally {
    progress.stop();
  }
}

function requireSpace(folder, bytes) {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const inGib = (value) => (value / GIB).toFixed(1);
  throw new Unavailable(`only ${inGib(free)} GiB free in ${there}; ${inGib(bytes)} GiB are needed.`);
}

function explain(attempts) {
  return [
    "No Pulumi CLI could be set up (PULUMI_SETUP_FAILED). What was tried:",
    ...attempts.map((line) => `  - ${line}`),
    "Any one of these helps; then run the same command again:",
    `  - install the Pulumi CLI ${MINIMUM_CLI_VERSION} or newer (https://www.pulumi.com/docs/install/), so that pulumi and ` +
      "pulumi-language-nodejs are on PATH;",
    "  - let this machine reach get.pulumi.com, from where the release is fetched (curl or wget, and tar, are needed);",
    "  - install Go 1.25 or newer (https://go.dev/dl/) with 4 GiB of free disk and a Go module proxy it can reach " +
      "(GOPROXY), so that the CLI is built from source.",
  ].join("\n");
}

/** Compares release versions; a pre-release counts as older than its release. */
export function isAtLeast(version, minimum) {
  const parse = (text) => {
    const [, numbers, pre] = /^v?(\d+\.\d+\.\d+)(-[^+]+)?/.exec(text) ?? [];
    return numbers && { numbers: numbers.split(".").map(Number), pre };
  };
  const [a, b] = [parse(version), parse(minimum)];
  if (!a || !b) return false;
  const at = a.numbers.findIndex((value, index) => value !== b.numbers[index]);
  return at === -1 ? !a.pre || Boolean(b.pre) : a.numbers[at] > b.numbers[at];
}

/** First executable of this name on a search path. */
function onPath(name, path) {
  const names = exe ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = path.split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((file) => join(folder, file))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
