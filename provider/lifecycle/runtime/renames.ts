import type { Claims } from "./claims.js";

/** Longest wait for a different step of the run, which the engine may have cancelled. */
const longestWaitMs = 60_000;
/** Longest wait for declarations that the engine has not checked yet: they may depend on the waiting one. */
const longestCheckMs = 5_000;
const pollMs = 50;

interface Rename {
  kind: string;
  /** Names that the resource had before, according to its inputs and its state. */
  names: Set<string>;
  done: Promise<void>;
  finish: () => void;
}

/**
 * Names that move from one resource to another in one run: the first resource must be renamed before the second one is
 * created with its name. The engine takes both steps at the same time, in any order.
 */
export class Renames {
  /** By address of the renamed resource; finished renames too. */
  readonly #renames = new Map<string, Rename>();

  /** Records that a check or diff has found a changed name. */
  announce(address: string, kind: string, name: unknown): void {
    if (address === "" || typeof name !== "string") return;
    const rename = this.#renames.get(address) ?? pendingRename(kind);
    this.#renames.set(address, rename);
    rename.names.add(name);
  }

  /** Ends the wait for a rename: its step has succeeded or failed, or is not taken. */
  finish(address: string): void {
    this.#renames.get(address)?.finish();
  }

  /**
   * Whether a resource of this kind is renamed from this name in this run. Resolves when the rename has succeeded or
   * failed.
   * @param claims used to find declarations that the engine has not checked yet
   */
  async wait(kind: string, name: string, claims: Claims): Promise<boolean> {
    const giving = () => [...this.#renames.values()].filter((rename) => rename.kind === kind && rename.names.has(name));
    const until = Date.now() + longestCheckMs;
    while (giving().length === 0 && hasUnchecked(kind, claims) && Date.now() < until) await sleep(pollMs);
    const found = giving();
    await Promise.race([Promise.all(found.map(({ done }) => done)), sleep(longestWaitMs)]);
    return found.length > 0;
  }
}

function pendingRename(kind: string): Rename {
  let finish = () => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  return { kind, names: new Set(), done, finish };
}

function hasUnchecked(kind: string, claims: Claims): boolean {
  const { program } = claims;
  return program !== undefined && claims.uncheckedNotes(program).some((note) => note.kind === kind);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
