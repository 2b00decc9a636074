import { setTimeout as pause } from "node:timers/promises";
import { momentOf } from "../core/time.js";

/** The longest time by which the service's responses may lag behind a write, in milliseconds. */
const longestLagMs = 65_000;
const firstPauseMs = 1000;
const longestPauseMs = 16_000;

/** The message for users while a run waits. */
export function lagNote(seconds: number): string {
  return `Avala does not show a team that may have been created less than a minute ago. Its lists may be outdated, so the lookup is repeated for up to ${seconds} s.`;
}

/** Times in milliseconds, and pauses. */
export interface Clock {
  /** The service's time since 1970. */
  now(): number;
  /** Elapsed time by a monotonic clock. */
  elapsed(): number;
  pause(ms: number): Promise<void>;
}

/** @param now the service's time, in milliseconds since 1970 */
export const clockOf = (now: () => number): Clock => ({ now, elapsed: () => performance.now(), pause });

/**
 * Distinguishes a deleted object from one that the service does not show yet: a run may read just after a different run
 * has written.
 */
export class Lag {
  readonly #clock: Clock;
  readonly #onWait: (seconds: number) => void;
  #isReported = false;
  /** One pause for all waiting reads, which then share a request. */
  #pause: Promise<void> | undefined;

  /** @param onWait called once, before the first pause, with the longest time of the wait */
  constructor(clock: Clock, onWait: (seconds: number) => void) {
    this.#clock = clock;
    this.#onWait = onWait;
  }

  /**
   * Reads until the object is there, or until its absence is proven because no response lags that long.
   * @param createdAt ISO 8601, by the service's clock; an invalid time counts as now
   * @param look sends a new request if `again` is true
   */
  async isShown(createdAt: string, look: (again: boolean) => Promise<boolean>): Promise<boolean> {
    if (await look(false)) return true;
    const left = this.#timeFrom(createdAt);
    for (let wait = firstPauseMs; left() > 0; wait = Math.min(2 * wait, longestPauseMs)) {
      if (!this.#isReported) this.#onWait(Math.ceil(left() / 1000));
      this.#isReported = true;
      const ms = Math.min(wait, left());
      await (this.#pause ??= this.#clock.pause(ms).finally(() => (this.#pause = undefined)));
      if (await look(true)) return true;
    }
    return false;
  }

  /** The remaining time of the wait: at most the lag by local time, because the service's clock may jump. */
  #timeFrom(createdAt: string): () => number {
    const { now, elapsed } = this.#clock;
    const [first, start] = [now(), elapsed()];
    const end = Math.min(momentOf(createdAt) ?? first, first) + longestLagMs;
    return () => Math.min(end - now(), longestLagMs - (elapsed() - start));
  }
}
