import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { explore } from "./explore.js";

/** Repeat one with MODEL_SEED. */
const { MODEL_SEED: chosen } = process.env;
const seeds = chosen === undefined ? [1, 2, 3, Date.now() % 2 ** 31] : [Number(chosen)];
const shrinkMs = 300_000;

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

describe("random programs, changed at random, with what other people do and calls that come to grief", () => {
  it.each(seeds)(
    "keep every promise: seed %d",
    async (seed) => {
      expect((await explore(emulator, seed, shrinkMs)).failure).toBeUndefined();
    },
    2 * shrinkMs,
  );
});
