import { setTimeout as pause } from "node:timers/promises";
import { momentOf } from "../core/time.js";

/** Longest time for which the service's answers are taken to lag behind a write, in milliseconds. */
const longestLagMs = 65_000;
const firstPauseMs = 1000;
const longestPauseMs = 16_000;

/** What users are told while a run waits. */
export function lagNote(seconds: number): string {
  return `Avala does not show a team that may have been created less than a minute ago. Its answers may lag behind, so the team is looked for again, for up to ${seconds} s.`;
}

/** Times in milliseconds, and waiting. */
export interface Clock {
  /** The service's time, since 1970. */
  now(): number;
  /** Time that has gone by here, whatever clocks are set to. */
  elapsed(): number;
  pause(ms: number): Promise<void>;
}

/** @param now the service's time, in milliseconds since 1970 */
export const clockOf = (now: () => number): Clock => ({ now, elapsed: () => performance.now(), pause });

/** Tells what is gone from what the service does not show yet: a run may read right after another one has written. */
export class Lag {
  readonly #clock: Clock;
  readonly #onWait: (seconds: number) => void;
  #isTold = false;
  /** One for all who wait: they then ask together. */
  #pause: Promise<void> | undefined;

  /** @param onWait called once, before the first pause, with the longest time that it may take */
  constructor(clock: Clock, onWait: (seconds: number) => void) {
    this.#clock = clock;
    this.#onWait = onWait;
  }

  /**
   * Looks until something is there, or until its absence is proven: no answer lags that long.
   * @param createdAt ISO 8601, by the service's clock; what cannot be read counts as just now
   * @param look asks anew where `again` is set
   */
  async isShown(createdAt: string, look: (again: boolean) => Promise<boolean>): Promise<boolean> {
    if (await look(false)) return true;
    const left = this.#timeFrom(createdAt);
    for (let wait = firstPauseMs; left() > 0; wait = Math.min(2 * wait, longestPauseMs)) {
      if (!this.#isTold) this.#onWait(Math.ceil(left() / 1000));
      this.#isTold = true;
      const ms = Math.min(wait, left());
      await (this.#pause ??= this.#clock.pause(ms).finally(() => (this.#pause = undefined)));
      if (await look(true)) return true;
    }
    return false;
  }

  /** How long it may still take: never longer than the lag by the time here, as the service's clock may jump. */
  #timeFrom(createdAt: string): () => number {
    const { now, elapsed } = this.#clock;
    const [first, start] = [now(), elapsed()];
    const end = Math.min(momentOf(createdAt) ?? first, first) + longestLagMs;
    return () => Math.min(end - now(), longestLagMs - (elapsed() - start));
  }
}
