import { accessSync, constants, copyFileSync, mkdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import { answered, archiveOf, receive, recordedChecksum } from "./checksums.mjs";
import { withLock } from "./lock.mjs";
import { backendUrl, environmentOf, executable, releaseOf, renameUnused, tarOf } from "./platform.mjs";
import { formatElapsed, PROJECT, say, SetupError } from "./project.mjs";
import { Interrupted, runStep } from "./run.mjs";

/** The oldest CLI that works: import files with inputs and outputs of dynamic resources came with it. */
export const MINIMUM_CLI_VERSION = "3.254.0";

/** The CLI that set-up fetches or builds. `sdk/v3` and `pkg/v3` in pulumiCli/cli/go.mod are at this version too. */
export const CLI_VERSION = "3.259.0";

/** The last release of the Go SDK that holds the Node language host; see pulumiCli/languageHost/go.mod. */
export const LANGUAGE_HOST_VERSION = "3.68.0";

export const RELEASES = "https://get.pulumi.com/releases/sdk";
const PROBE_DEADLINE_MS = 30_000;
const DOWNLOAD_STALL_MS = 45_000;
const STILL_AT_IT_MS = 30_000;
const OUTPUT_SHOWN = 8;

/**
 * Finds or sets up a Pulumi CLI together with its Node language host: on PATH, from an earlier set-up, as the official
 * release, or built from Go modules.
 *
 * @returns `command` (absolute path), `version` (without v), `env` (see `pulumiEnvironment`) and `source`: `path`,
 *   `earlier`, `release` or `build`. `download` and `build` stand in for the two ways to fill a set-up folder.
 */
export async function ensurePulumi({ log = say, root = PROJECT, env = process.env, ...ways } = {}) {
  const context = { log, root, env: environmentOf(env), attempts: [] };
  const found =
    (await attempt(context, "on PATH", findOnPath)) ??
    (await attempt(context, "earlier set-up", findEarlier)) ??
    (await setUp(context, ways));
  return { ...found, env: pulumiEnvironment(found, context) };
}

async function setUp(context, { download = downloadRelease, build = buildFromModules }) {
  const options = { doing: "setting up the Pulumi CLI", log: context.log };
  const locked = async () =>
    (await attempt({ ...context, attempts: [] }, "earlier set-up", findEarlier)) ??
    (await attempt(context, `release ${CLI_VERSION}`, () => make(context, "release", download))) ??
    (await attempt(context, "build from Go modules", () => make(context, "build", build))) ??
    giveUp(context);
  return withLock(join(context.root, ".work/locks/pulumi"), options, locked);
}

/** One way to get a CLI; after any failure but an interrupt the next is tried. */
async function attempt(context, what, way) {
  try {
    return await way(context);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    context.attempts.push(`${what}: ${error.cause?.message || error.message}`);
    return undefined;
  }
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
    PULUMI_BACKEND_URL: backendUrl(state),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_CREDENTIAL_STORE: "plaintext",
  };
  const ownState = env.PULUMI_BACKEND_URL === undefined || env.PULUMI_BACKEND_URL === defaults.PULUMI_BACKEND_URL;
  if (ownState && env.PULUMI_CONFIG_PASSPHRASE_FILE === undefined) defaults.PULUMI_CONFIG_PASSPHRASE = "local";
  const fixed = { PATH: searchPath(found, root, env), TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  return { ...defaults, ...env, ...fixed };
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
  ];
  return [...new Set([...first, ...path.split(delimiter)])].filter(Boolean).join(delimiter);
}

async function findOnPath(context) {
  const command = onPath("pulumi", context.env.PATH);
  if (!command) throw new Error("no pulumi.");
  // What we start ourselves has our own set-up on PATH, and must find it as we did: in front of everything else there.
  if (command.startsWith(setUpFolder(context) + sep)) throw new Error("that of an earlier set-up.");
  const version = await cliVersion(command, context);
  if (!isAtLeast(version, MINIMUM_CLI_VERSION)) {
    throw new Error(`${command} is version ${version}, older than ${MINIMUM_CLI_VERSION}.`);
  }
  const beside = join(dirname(realpathSync(command)), executable("pulumi-language-nodejs"));
  if (!isExecutable(beside) && !onPath("pulumi-language-nodejs", context.env.PATH)) {
    throw new Error(`${command} has no pulumi-language-nodejs beside it or on PATH.`);
  }
  return { command, version, source: "path" };
}

const setUpFolder = ({ root }) => join(root, ".pulumi-cli");

/** The CLI of a finished set-up, after it has run: the folder may be from another system. */
async function findEarlier(context, folder = join(setUpFolder(context), CLI_VERSION)) {
  const [command, languageHost] = programsIn(folder);
  if (![command, languageHost].every(isExecutable)) throw new Error("no CLI with a language host.");
  const version = await cliVersion(command, context);
  if (version !== CLI_VERSION) throw new Error(`the CLI says it is version ${version}, not ${CLI_VERSION}.`);
  return { command, version, source: "earlier" };
}

const programsIn = (folder) =>
  ["pulumi", "pulumi-language-nodejs"].map((name) => join(folder, "bin", executable(name)));

/** Lets `fill` put bin/ into a temporary folder, runs what is there, and only then renames it to its place. */
async function make(context, source, fill) {
  const [partial, place] = ["partial", CLI_VERSION].map((name) => join(setUpFolder(context), name));
  const [folder, temporary] = [join(partial, "root"), join(partial, "tmp")];
  // What a killed set-up has left.
  rmSync(partial, { recursive: true, force: true });
  for (const path of [join(folder, "bin"), temporary]) mkdirSync(path, { recursive: true });
  const started = Date.now();
  const timer = setInterval(() => context.log(`  ${formatElapsed(Date.now() - started)} minutes`), STILL_AT_IT_MS);
  try {
    await fill({ ...context, folder, temporary });
    // The engine warns on every run about a dynamic plugin that it finds on PATH but not beside itself.
    for (const name of ["pulumi-resource-pulumi-nodejs", "pulumi-resource-pulumi-nodejs.cmd"]) {
      copyFileSync(join(context.root, "node_modules/@pulumi/pulumi", name), join(folder, "bin", name));
    }
    await findEarlier(context, folder);
    rmSync(place, { recursive: true, force: true });
    renameUnused(folder, place);
  } finally {
    clearInterval(timer);
    rmSync(partial, { recursive: true, force: true });
  }
  context.log(`Pulumi CLI ${CLI_VERSION} is ready in ${place}.`);
  return { command: programsIn(place)[0], version: CLI_VERSION, source };
}

/** Version of a CLI as it tells it, without the leading v. */
async function cliVersion(command, { root, env }) {
  const output = [];
  const code = await runStep(command, ["version"], {
    env: { PULUMI_HOME: join(root, ".work/pulumiHome"), ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    onLine: (line) => output.push(line),
    signal: AbortSignal.timeout(PROBE_DEADLINE_MS),
  });
  const version = output.map((line) => /^v?(\d+\.\d+\.\d+\S*)$/.exec(line.trim())?.[1]).find(Boolean);
  if (code !== 0 || !version) throw new Error(`\`${command} version\` ended with ${code} and told no version.`);
  return version;
}

/**
 * Fetches the release from `releases` through the proxy of the environment, if there is one. Nothing is unpacked that has
 * not the checksum of the repository. Needs tar.
 */
export async function downloadRelease({ log, env, folder, temporary }, releases = RELEASES, checksums = undefined) {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const name = archiveOf(CLI_VERSION, releaseOf());
  const checksum = recordedChecksum(name, checksums);
  const url = `${releases}/${name}`;
  const archive = join(temporary, "archive");
  log(`Fetching the Pulumi CLI ${CLI_VERSION} (about 200 MB, once) from ${url}.`);
  const dispatcher = new EnvHttpProxyAgent({ bodyTimeout: DOWNLOAD_STALL_MS });
  await receive(await answered((address) => fetch(address, { dispatcher }), url), checksum, archive);
  await runTool(tarOf(env), ["-xf", archive, "-C", temporary], { env });
  const [nested, flat] = ["pulumi/bin", "pulumi"].map((path) => join(temporary, path));
  rmSync(join(folder, "bin"), { recursive: true });
  renameUnused(isExecutable(join(nested, executable("pulumi"))) ? nested : flat, join(folder, "bin"));
}

async function buildFromModules({ env, log, folder, temporary }) {
  const go = onPath("go", env.PATH);
  if (!go) throw new Error("go is not on PATH.");
  log(`Building the Pulumi CLI ${CLI_VERSION} from Go modules: about 5 minutes and 4 GB in Go's caches, once.`);
  const own = { GO111MODULE: "on", GOWORK: "off", GOFLAGS: `${env.GOFLAGS ?? ""} -mod=readonly`, GOTMPDIR: temporary };
  // An empty GOOS or GOARCH means this machine.
  const goEnv = { ...env, ...own, CGO_ENABLED: "0", GOOS: "", GOARCH: "" };
  const [cli, languageHost] = programsIn(folder);
  const programs = [
    ["languageHost", "sdk/v3/nodejs/cmd/pulumi-language-nodejs", LANGUAGE_HOST_VERSION, languageHost],
    ["cli", "pkg/v3/cmd/pulumi", CLI_VERSION, cli],
  ];
  for (const [module, program, version, output] of programs) {
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
    const args = ["build", "-trimpath", "-buildvcs=false", "-tags", "osusergo,grpcnotrace", "-ldflags", flags];
    const options = { cwd: join(import.meta.dirname, "pulumiCli", module), env: goEnv };
    await runTool(go, [...args, "-o", output, `github.com/pulumi/pulumi/${program}`], options);
  }
}

/** Runs a program that has to succeed; the error holds its last lines. */
async function runTool(command, args, options) {
  const lines = [];
  const code = await runStep(command, args, { ...options, onLine: (line) => lines.push(line) });
  if (code === 0) return;
  const last = lines.slice(-OUTPUT_SHOWN).map((line) => `\n    ${line}`);
  throw new Error(`${command} ${args[0]} ended with exit code ${code}:${last.join("")}`);
}

function giveUp({ attempts }) {
  const code = "PULUMI_SETUP_FAILED";
  throw new SetupError(`No Pulumi CLI could be set up (${code}). What was tried:
${attempts.map((line) => `  - ${line}`).join("\n")}
Do one of the following, then run the same command again:
  - install the Pulumi CLI ${MINIMUM_CLI_VERSION} or newer (https://www.pulumi.com/docs/install/), with pulumi-language-nodejs on PATH;
  - let this machine reach get.pulumi.com, directly or by HTTPS_PROXY, to fetch the release, and install tar;
  - install Go 1.25 or newer (https://go.dev/dl/), with 4 GB of free disk and a module proxy it can reach (GOPROXY).`);
}

/** Compares a version with a release; a pre-release counts as older than its release. */
export function isAtLeast(version, minimum) {
  const [, release, preRelease] = /^v?(\d+\.\d+\.\d+)(-[^+]+)?/.exec(version) ?? [];
  if (release === undefined) return false;
  const order = release.localeCompare(minimum, "en", { numeric: true });
  return preRelease ? order > 0 : order >= 0;
}

/** First executable of this name on a search path. */
function onPath(name, path = "") {
  const folders = path.split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, executable(name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
