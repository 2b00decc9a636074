/** Longest wait for another step of the run; the engine may have given it up. */
const longestWaitMs = 60_000;

interface Rename {
  done: Promise<void>;
  finish: () => void;
}

/**
 * Names that are handed on in one run: what is renamed gives its name up before anything else of that name is made. The
 * engine takes both steps at the same time.
 */
export class Renames {
  readonly #pending = new Map<string, Rename>();

  /** A diff has shown another name. */
  announce(id: string): void {
    if (this.#pending.has(id)) return;
    let finish = () => {};
    const done = new Promise<void>((resolve) => (finish = resolve));
    this.#pending.set(id, { done, finish });
  }

  /** The step is over, however it ended. */
  finish(id: string): void {
    this.#pending.get(id)?.finish();
  }

  /** Whether the name is given up in this run; resolves once that is over. */
  async wait(id: string): Promise<boolean> {
    const rename = this.#pending.get(id);
    if (!rename) return false;
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, longestWaitMs).unref());
    await Promise.race([rename.done, timeout]);
    return true;
  }
}
