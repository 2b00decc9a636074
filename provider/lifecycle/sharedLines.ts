import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../snapshot/index.js";

/**
 * Lines that the host processes of one run tell each other: an explicit provider is a process of its own. They share a
 * folder named after the engine's address, one file each, which counts as long as its process lives.
 */
export class SharedLines {
  readonly #folder: string;
  readonly #file: string;
  #open = false;

  /** @param what the lines are about: part of the folder's name */
  constructor(what: string, engine: string, root = tmpdir()) {
    this.#folder = join(root, `pulumi-avala-${what}${engine.replaceAll(/[^\w.-]/g, "_")}`);
    this.#file = join(this.#folder, `${process.pid}`);
    sweep(root);
  }

  append(lines: readonly string[]): void {
    if (!this.#open) this.#begin();
    appendFileSync(this.#file, `${lines.join("\n")}\n`, { mode: 0o600 });
  }

  /** What each of the other processes has told. */
  others(): string[][] {
    return others(this.#folder).map(linesIn);
  }

  #begin(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { uid } = statSync(this.#folder);
    if (process.getuid && uid !== process.getuid()) {
      throw new ConfigError(`${this.#folder} belongs to another user.`, "Set TMPDIR to a folder of your own.");
    }
    rmSync(this.#file, { force: true });
    process.once("exit", () => rmSync(this.#file, { force: true }));
    this.#open = true;
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
      if (readdirSync(folder).every((pid) => !isAlive(Number(pid)))) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or swept by another process at the same time.
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
