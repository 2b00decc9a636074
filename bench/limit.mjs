import { Contender } from "./contenders.mjs";
import { OPERATIONS } from "./operations.mjs";
import { countsOf } from "./shapes.mjs";

const [FIRST_UP] = OPERATIONS;
/** How many windows the calls of a first up fill, about: of a second so many that the engine itself is faster. */
const WINDOWS = { perSecond: 8, perMinute: 2 };
/** Reads that depend on how a run goes. */
const SPARE_CALLS = 2;
const MILLISECONDS = { perSecond: 1000, perMinute: 60_000 };

/**
 * The pace of a first up under a limit that its calls exceed: the burst is free, and after it R calls a window is what
 * the service allows. A sliding window gives back the calls of the burst at once, so the time for the rest is counted in
 * whole windows.
 *
 * @param kind the window that limits: `perSecond` or `perMinute`
 */
export async function measureLimit(kind, { engine, shape, size }) {
  const counts = countsOf(shape, size);
  const limit = Math.ceil((counts.pages + FIRST_UP.writes(counts) + SPARE_CALLS) / WINDOWS[kind]);
  // Checkpoints would hold the engine up for longer than the limit holds up the provider.
  const contender = await Contender.open("provider", { engine, shape, size: { ...size, checkpoints: false } });
  try {
    const made = await contender.callsUnder({ [kind]: limit }, FIRST_UP);
    const times = made.map(({ at }) => at).toSorted((a, b) => a - b);
    const windows = Math.ceil((times.length - limit) / limit);
    return {
      shape,
      size: size.name,
      window: kind,
      limit,
      calls: times.length,
      refused: made.filter(({ status }) => status === 429).length,
      seconds: (times.at(-1) - times[limit - 1]) / 1000,
      allowedSeconds: (windows * MILLISECONDS[kind]) / 1000,
      /** From the first call to the last, the burst included. */
      totalSeconds: (times.at(-1) - times[0]) / 1000,
    };
  } finally {
    await contender.close();
  }
}
