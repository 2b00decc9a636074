import { startEmulator } from "../support/emulator.js";
import { Stack } from "../support/stack.js";
import { declared, kinds, seed } from "./everyKind.js";

/* AVALA_READ_ONLY: creations, updates and deletions of every kind, none of which sends anything but a GET. */

jest.setTimeout(60_000);

it("only GET is sent, regardless of the steps; preview and refresh work", async () => {
  const emulator = await startEmulator({ seed });
  try {
    const program = declared("before", "member", "member");
    const changed = declared("after", "admin", "lead");
    const fresh = new Stack({ ...emulator.environment(), AVALA_READ_ONLY: "1" });
    fresh.parallel = true;
    const refused = async (run: Promise<unknown>): Promise<string[]> => {
      const ended = await run.then(
        () => undefined,
        (error: Error) => error,
      );
      return ended instanceof AggregateError ? (ended.errors as Error[]).map(({ message }) => message) : [];
    };
    const readOnly = expect.stringContaining("[AVALA_READ_ONLY]");
    const all = kinds.map(() => readOnly);

    expect(await refused(fresh.up(changed))).toEqual(all);
    // A roster records its completed steps: none.
    expect([...fresh.resources.keys()]).toEqual(["teamRoster"]);

    const stack = new Stack(emulator.environment());
    stack.parallel = true;
    await stack.up(program);
    await emulator.clearLog();
    stack.environment = { ...stack.environment, AVALA_READ_ONLY: "1" };
    const before = await emulator.state();
    const preview = await stack.preview(changed);
    expect(preview.steps.toSorted()).toEqual(kinds.map((kind) => `update ${kind}`).toSorted());
    expect((await stack.refresh()).steps.toSorted()).toEqual(kinds.map((kind) => `same ${kind}`).toSorted());
    expect(await refused(stack.up(changed))).toEqual(all);
    expect(await refused(stack.destroy())).toEqual(all);
    expect([...stack.resources.keys()].toSorted()).toEqual(kinds.toSorted());
    expect(await emulator.writes()).toEqual([]);
    expect(await emulator.emails()).toEqual([]);
    expect((await emulator.state()).organizations).toEqual(before.organizations);

    // The other direction: without the variable the same run changes them.
    stack.environment = emulator.environment();
    expect((await stack.up(changed)).steps.toSorted()).toEqual(kinds.map((kind) => `update ${kind}`).toSorted());
    expect((await emulator.writes()).length).toBeGreaterThanOrEqual(kinds.length);
  } finally {
    await emulator.close();
  }
});
