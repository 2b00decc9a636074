import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Lines that the processes of one run write for each other: the program, and a host process for each provider. They
 * share a folder named after the engine's address. The file of a host counts as long as its process lives.
 */
export class ProcessJournal {
  readonly #folder: string;
  readonly #file: string;
  readonly #isKept: boolean;
  readonly #read = new Map<string, { size: number; lines: string[] }>();
  #open = false;

  /**
   * @param what the lines are about: part of the folder's name
   * @param name of this process's file; of a name that is not the process id, the file outlives the process
   */
  constructor(what: string, engine: string, root = tmpdir(), name = `${process.pid}`) {
    this.#folder = join(root, `pulumi-avala-${what}${engine.replaceAll(/[^\w.-]/g, "_")}`);
    this.#file = join(this.#folder, name);
    this.#isKept = name !== `${process.pid}`;
    sweep(root);
  }

  append(lines: readonly string[]): void {
    if (!this.#open) this.#begin();
    appendFileSync(this.#file, `${lines.join("\n")}\n`, { mode: 0o600 });
  }

  /** What each of the other host processes has written; the same array again where nothing is new. */
  others(): string[][] {
    return others(this.#folder).map((file) => this.#linesIn(file));
  }

  /** What is in the files whose name begins in this way, whether or not their processes live. */
  filesOf(prefix: string): string[][] {
    const names = entriesOf(this.#folder).filter((name) => name.startsWith(prefix));
    return names.map((name) => linesIn(join(this.#folder, name)));
  }

  /** Files only grow. */
  #linesIn(file: string): string[] {
    const size = sizeOf(file);
    const read = this.#read.get(file);
    if (read?.size === size) return read.lines;
    const lines = linesIn(file);
    this.#read.set(file, { size, lines });
    return lines;
  }

  #begin(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { uid } = statSync(this.#folder);
    if (process.getuid && uid !== process.getuid()) {
      throw new ForeignFolderError(this.#folder);
    }
    rmSync(this.#file, { force: true });
    if (!this.#isKept) process.once("exit", () => rmSync(this.#file, { force: true }));
    this.#open = true;
  }
}

/** The folder of a run belongs to somebody else. */
export class ForeignFolderError extends Error {
  constructor(readonly folder: string) {
    super(`${folder} belongs to another user. Set TMPDIR to a folder of your own.`);
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function linesIn(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    // Its process ended since the folder was listed.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Files of the other living processes in a run's folder. */
function others(folder: string): string[] {
  return entriesOf(folder)
    .filter((name) => name !== `${process.pid}` && isAlive(Number(name)))
    .map((name) => join(folder, name));
}

/** A folder this young may belong to a process that has not written its file yet. */
const sweepAfter = 60_000;

/** Removes what processes that were killed have left behind. */
function sweep(root: string): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith("pulumi-avala-"))) {
    try {
      const folder = join(root, name);
      if (Date.now() - statSync(folder).mtimeMs < sweepAfter) continue;
      if (readdirSync(folder).every((file) => !isOfLiving(folder, file)))
        rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or swept by another process at the same time.
    }
  }
}

/** A file named after its process, or one whose first line names the processes that it belongs to. */
function isOfLiving(folder: string, file: string): boolean {
  if (/^\d+$/.test(file)) return isAlive(Number(file));
  return (linesIn(join(folder, file))[0] ?? "").split(" ").some((pid) => isAlive(Number(pid)));
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
