import type { Log } from "../runtime/log.js";

/** One request, or the few that belong together. */
export type Step = () => Promise<unknown>;

/** Requests under way at once: the client's limiter sets the pace. */
const atOnce = 8;
const progressEvery = 30_000;

/**
 * Takes steps until they are done or the time of a slice is over, and answers how many are left. What is under way
 * always comes to its end. The first failure stops the rest and is thrown.
 * @param what for the progress that is logged: "team Core"
 */
export async function runWithinBudget(
  log: Log,
  what: string,
  steps: readonly Step[],
  seconds: number,
): Promise<number> {
  const end = Date.now() + seconds * 1000;
  let [next, done] = [0, 0];
  const progress = setInterval(() => log.info(`${what}: ${done} of ${steps.length} changes made.`), progressEvery);
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    while (next < steps.length && failure === undefined && Date.now() < end) {
      try {
        await steps[next++]!();
        done += 1;
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, steps.length) }, worker));
  } finally {
    clearInterval(progress);
  }
  if (failure) throw failure.error;
  return steps.length - done;
}
