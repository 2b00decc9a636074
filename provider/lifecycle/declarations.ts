import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../snapshot/index.js";
import { engineAddress } from "./host.js";

/**
 * The identities that the declarations of this run hold. Moving a resource (renaming it, into a component, to another
 * provider) makes the engine create the new one and then delete the old one; that delete must not take away what the
 * new one has just converged on.
 */
export interface Declarations {
  hold(identities: readonly string[]): void;
  /** Those of these spellings of one thing that declarations of this run hold, in whichever host process. */
  held(identities: readonly string[]): string[];
}

/** One host process only, as outside the engine. */
export class OwnDeclarations implements Declarations {
  readonly #held = new Set<string>();

  hold(identities: readonly string[]): void {
    for (const identity of identities) this.#held.add(identity);
  }

  held(identities: readonly string[]): string[] {
    return identities.filter((identity) => this.#held.has(identity));
  }
}

/**
 * An explicit provider is a host process of its own. The processes of one run share a folder named after the engine's
 * address, one file each, which counts as long as its process lives. Identities are hashed: no address is written.
 */
export class SharedDeclarations implements Declarations {
  readonly #held = new Set<string>();
  readonly #folder: string;
  readonly #file: string;

  constructor(engine: string, root = tmpdir()) {
    this.#folder = join(root, `pulumi-avala-${engine.replaceAll(/[^\w.-]/g, "_")}`);
    this.#file = join(this.#folder, `${process.pid}`);
    sweep(root);
  }

  hold(identities: readonly string[]): void {
    const fresh = [...new Set(identities.map(digestOf))].filter((digest) => !this.#held.has(digest));
    if (fresh.length === 0) return;
    if (this.#held.size === 0) this.#open();
    for (const digest of fresh) this.#held.add(digest);
    appendFileSync(this.#file, `${fresh.join("\n")}\n`, { mode: 0o600 });
  }

  held(identities: readonly string[]): string[] {
    const files = [this.#held, ...others(this.#folder).map(heldIn)];
    return identities.filter((identity) => {
      const digest = digestOf(identity);
      return files.some((held) => held.has(digest));
    });
  }

  #open(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { uid } = statSync(this.#folder);
    if (process.getuid && uid !== process.getuid()) {
      throw new ConfigError(`${this.#folder} belongs to another user.`, "Set TMPDIR to a folder of your own.");
    }
    rmSync(this.#file, { force: true });
    process.once("exit", () => rmSync(this.#file, { force: true }));
  }
}

export function openDeclarations(): Declarations {
  const engine = engineAddress();
  return engine ? new SharedDeclarations(engine.text) : new OwnDeclarations();
}

function digestOf(identity: string): string {
  return createHash("sha256").update(identity).digest("hex").slice(0, 32);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function heldIn(file: string): Set<string> {
  try {
    return new Set(readFileSync(file, "utf8").split("\n"));
  } catch (error) {
    // Its process ended since the folder was listed.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Set();
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
