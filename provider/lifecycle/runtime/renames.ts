import type { Claims } from "./claims.js";

/** Longest wait for another step of the run; the engine may have given it up. */
const longestWaitMs = 60_000;
/** Longest wait for declarations that the engine has not checked yet: they may depend on the one that waits. */
const longestCheckMs = 5_000;
const pollMs = 50;

interface Rename {
  kind: string;
  /** Names that the resource has had until now, by its inputs and by its state. */
  names: Set<string>;
  done: Promise<void>;
  finish: () => void;
}

/**
 * Names that pass from one resource to another in one run: the renamed resource gives its name up before another of that
 * name is created. The engine takes both steps at the same time, in any order.
 */
export class Renames {
  /** By address of the renamed resource; those that have ended, too. */
  readonly #renames = new Map<string, Rename>();

  /** A check or a diff has shown another name than before. */
  announce(address: string, kind: string, name: unknown): void {
    if (address === "" || typeof name !== "string") return;
    const rename = this.#renames.get(address) ?? pendingRename(kind);
    this.#renames.set(address, rename);
    rename.names.add(name);
  }

  /** The resource is not renamed (any more): its step has ended, has failed, or is not taken. */
  finish(address: string): void {
    this.#renames.get(address)?.finish();
  }

  /**
   * Whether a resource of this kind gives up the name in this run; resolves once that has happened, or has failed.
   * @param claims tells which declarations the engine has not checked yet
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
