import { setTimeout as pause } from "node:timers/promises";

/** Longest time for which the service's answers are taken to lag behind a write, in milliseconds. */
const longestLagMs = 65_000;
const firstPauseMs = 1000;
const longestPauseMs = 16_000;

/** What users are told while a run waits. */
export function lagNote(seconds: number): string {
  return `Avala does not show a team that was created less than a minute ago. Its answers may lag behind, so the team is looked for again, for up to ${seconds} s.`;
}

/** Tells what is gone from what the service does not show yet: a run may read right after another one has written. */
export class Lag {
  readonly #now: () => number;
  readonly #onWait: (seconds: number) => void;
  #isTold = false;
  /** One for all who wait: they then ask together. */
  #pause: Promise<void> | undefined;

  /**
   * @param now the service's time, in milliseconds since 1970
   * @param onWait called once, before the first pause, with the longest time that it may take
   */
  constructor(now: () => number, onWait: (seconds: number) => void) {
    this.#now = now;
    this.#onWait = onWait;
  }

  /**
   * Looks until something is there, or until its absence is proven: no answer lags that long.
   * @param createdAt ISO 8601, by the service's clock
   * @param look asks anew where `again` is set
   */
  async isShown(createdAt: string | undefined, look: (again: boolean) => Promise<boolean>): Promise<boolean> {
    if (await look(false)) return true;
    for (let wait = firstPauseMs; this.#leftMs(createdAt) > 0; wait = Math.min(2 * wait, longestPauseMs)) {
      const left = this.#leftMs(createdAt);
      if (!this.#isTold) this.#onWait(Math.ceil(left / 1000));
      this.#isTold = true;
      await (this.#pause ??= pause(Math.min(wait, left)).finally(() => (this.#pause = undefined)));
      if (await look(true)) return true;
    }
    return false;
  }

  /** How long it may still take; a moment that is yet to come was told by another clock. */
  #leftMs(createdAt: string | undefined): number {
    const age = this.#now() - Date.parse(createdAt ?? "");
    return age < longestLagMs ? Math.min(longestLagMs, longestLagMs - age) : 0;
  }
}
