import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** The Python of a virtual environment with the official SDK, or why there is none. */
export type Found = { python: string } | { reason: string };

const REQUIREMENTS = join(__dirname, "requirements.txt");
const FOLDER = resolve(__dirname, "../../.work/witness");
/** The oldest that the pinned packages support. */
const OLDEST = [3, 10] as const;
const NAMES = ["python3", "python"];
/** A registry that cannot be reached must not hold up the tests. */
const DEADLINE_MS = 180_000;
const PIP = (
  "-I -m pip --disable-pip-version-check --no-input --retries 1 --timeout 15 " +
  "install --quiet --require-hashes --only-binary :all:"
).split(" ");
const windows = process.platform === "win32";
const REMEDY = "Set AVALA_TEST_PYTHON to a Python that can install test/witness/requirements.txt, or unset it";

type Environment = Record<string, string | undefined>;
interface Places {
  requirements?: string;
  folder?: string;
}

/** A step of the set-up did not succeed; the message says which and why. */
class NotSetUp extends Error {}

/**
 * Finds Python and sets the official SDK up for it, once: AVALA_TEST_PYTHON, if set (an empty one means none; one that
 * cannot be set up fails the tests), otherwise the first on PATH.
 */
export function findSdk(
  env: Environment = process.env,
  { requirements = REQUIREMENTS, folder = FOLDER }: Places = {},
): Found {
  const chosen = env["AVALA_TEST_PYTHON"];
  const base = chosen ?? onPath(env["PATH"]);
  if (!base) return { reason: "no Python was found; install Python 3.10 or newer, or set AVALA_TEST_PYTHON" };
  try {
    return { python: environment(base, env, requirements, folder) };
  } catch (error) {
    if (!(error instanceof NotSetUp)) throw error;
    if (chosen !== undefined)
      throw new Error(`AVALA_TEST_PYTHON=${chosen}: ${error.message}. ${REMEDY}.`, { cause: error });
    return { reason: error.message };
  }
}

/**
 * An environment is filled under a name of its own and then renamed, so that one that is there is complete. Two test files
 * may do so at once; the second one's is dropped.
 */
function environment(base: string, env: Environment, requirements: string, folder: string): string {
  const run = (what: string, program: string, args: string[]) =>
    outputOf(`${base} could not ${what}`, program, args, env);
  const tell = "import sys; print(*sys.version_info[:2], sys.executable, sys.version)";
  const identity = run("tell its version", base, ["-I", "-c", tell]);
  const [major = 0, minor = 0] = identity.split(" ").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new NotSetUp(`${base} is Python ${major}.${minor}, older than ${OLDEST.join(".")}`);
  }
  const key = createHash("sha256").update(identity).update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const place = join(folder, key);
  if (existsSync(place)) return programIn(place);
  const partial = join(folder, `${key}.${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    run("make a virtual environment", base, ["-I", "-m", "venv", partial]);
    run("install the SDK", programIn(partial), [...PIP, "-r", requirements]);
    run("load the SDK", programIn(partial), ["-I", "-c", "import avala"]);
    moveTo(place, partial);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return programIn(place);
}

/** Unless another process was faster. */
function moveTo(place: string, partial: string): void {
  try {
    renameSync(partial, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  }
}

const programIn = (folder: string) => (windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python"));

/** Runs a step to its end and returns its stdout; `failed` begins the message of a failure. */
function outputOf(failed: string, program: string, args: string[], env: Environment): string {
  const options = { env: env as NodeJS.ProcessEnv, encoding: "utf8", timeout: DEADLINE_MS } as const;
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, options);
  if (status === 0) return stdout.trim();
  const said = `${stdout ?? ""}\n${stderr ?? ""}`.trim().split("\n").at(-1)?.trim();
  const why = error?.message || said || `it ended with ${signal ?? status}`;
  throw new NotSetUp(`${failed}: ${why.slice(0, 200)}`);
}

function onPath(path = ""): string | undefined {
  const folders = path.split(delimiter).filter(Boolean);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, windows ? `${name}.exe` : name)));
  return files.find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
