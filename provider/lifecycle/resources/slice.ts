import type { Log } from "../runtime/log.js";

/** One request, or the few that belong together. */
export type Step = () => Promise<unknown>;

/** Number of requests at the same time; the client's limiter controls the rate. */
const atOnce = 8;
const progressEvery = 30_000;

/**
 * Takes steps until all are done or the time is over, and returns the number of steps that are left. Steps that have
 * started are always completed. After the first failure no further step starts, and the failure is thrown.
 * @param what name for the progress in the log: "team Core"
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
