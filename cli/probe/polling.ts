import { setTimeout as sleep } from "node:timers/promises";

/** Time, as the writes of a probe use it. Tests replace it. */
export interface Time {
  /** Milliseconds by a monotonic clock. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const realTime: Time = {
  now: () => performance.now(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
};

/** Waits before each look, in milliseconds: about ten seconds in all, with short steps first. */
export const WAITS = [0, 300, 300, 500, 500, 500, 1000, 1000, 2000, 2000, 2000];

/** How long a write took until a read showed it: longer than `moreThan`, and at most `atMost` milliseconds. */
export interface Lag {
  moreThan: number;
  atMost: number;
}

/**
 * Looks until there is something to see.
 * @param since when the write was answered
 * @param look whether it is there
 * @returns `undefined` if it did not appear within about ten seconds
 */
export async function lagUntil(
  time: Time,
  since: number,
  look: () => Promise<boolean>,
  signal?: AbortSignal,
): Promise<Lag | undefined> {
  let moreThan = 0;
  for (const [at, ms] of WAITS.entries()) {
    if (ms > 0) await time.wait(ms, signal);
    signal?.throwIfAborted();
    const before = time.now();
    if (await look()) return at === 0 ? { moreThan: 0, atMost: 0 } : { moreThan, atMost: time.now() - since };
    moreThan = before - since;
  }
  return undefined;
}

/** The roundest number of milliseconds that a lag may be. */
export function roundLag({ moreThan, atMost }: Lag): number {
  if (atMost === 0) return 0;
  for (const unit of [1000, 500, 250, 100, 50, 10]) {
    const candidate = (Math.floor(moreThan / unit) + 1) * unit;
    if (candidate <= atMost) return candidate;
  }
  return Math.ceil(atMost);
}
