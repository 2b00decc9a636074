import type { Seed } from "../../emulator/src/index.js";
import { acme } from "../lifecycle/support.js";
import { Desk } from "../support/commandLine.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { unreliable } from "../support/unreliable.js";

/** Matches characters that move a terminal's cursor or color its text. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
export const escapes = /[\u001b\u009b]/;

/** An emulator, a proxy on which answers get lost, and a desk, for the tests of a file. */
export function office(seed: () => Seed = acme) {
  let emulator: TestEmulator;
  let between: Awaited<ReturnType<typeof unreliable>>;
  let desk: Desk;
  jest.setTimeout(60_000);
  beforeAll(async () => {
    emulator = await startEmulator();
    between = await unreliable(emulator.url);
    desk = new Desk();
  });
  beforeEach(async () => {
    await emulator.reset(seed());
    between.expect();
    desk.environment = { ...emulator.environment(), AVALA_BASE_URL: between.url };
  });
  afterAll(async () => {
    desk.close();
    await between.close();
    await emulator.close();
  });
  return {
    get emulator() {
      return emulator;
    },
    get desk() {
      return desk;
    },
    get between() {
      return between;
    },
    /** The people of the only organization, as "owner@example.com owner". */
    async members(): Promise<string[]> {
      const { members } = (await emulator.state()).organizations[0]!;
      return members.map(({ email, role }) => `${email} ${role}`).toSorted();
    },
    emails: async () => (await emulator.emails()).map(({ kind, to }) => `${kind} ${to}`),
  };
}
