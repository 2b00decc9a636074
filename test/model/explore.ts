import * as fc from "fast-check";
import type { TestEmulator } from "../support/emulator.js";
import { acts } from "./acts.js";
import { commands, settle } from "./commands.js";
import { changes, declarations } from "./edits.js";
import { Dice, World, type Move, type Plan } from "./world.js";

/** A move as fast-check rolls it. What it comes to is told once it has been made. */
class Step implements fc.AsyncCommand<World, object> {
  #line = "";
  #plan: Plan | undefined;

  constructor(
    private readonly move: Move,
    private readonly rolled: readonly number[],
  ) {}

  check(world: Readonly<World>): boolean {
    this.#plan = this.move(world as World, new Dice(this.rolled));
    this.#line = this.#plan?.line ?? "";
    return this.#plan !== undefined;
  }

  async run(world: World): Promise<void> {
    world.script.push(this.#line);
    await this.#plan!.take();
    await world.look();
  }

  toString(): string {
    return this.#line;
  }
}

const rolled = fc.array(fc.nat(4_999), { minLength: 10, maxLength: 10 });
const steps = (moves: readonly Move[]) =>
  rolled.map((numbers) => new Step((world, dice) => dice.pick(moves)!(world, dice), numbers));

const settings = fc.record(
  {
    maxPageSize: fc.constant(2),
    writeBody: fc.constant("minimal" as const),
    lists: fc.constant("array" as const),
    organizationDelete: fc.constant("soft" as const),
    slugFollowsName: fc.constant(true),
    lowercaseEmails: fc.constant(true),
    expiredInvitations: fc.constant("hidden" as const),
    teamCreatorJoins: fc.constant(true),
    voidStatus: fc.constant(200 as const),
    hiddenIs: fc.constant(403 as const),
  },
  { requiredKeys: [] },
);

/** Some to begin with, and then everything. Shrinking takes away whatever a failure does not need. */
const beginning = fc.commands([steps(declarations)], { maxCommands: 12, size: "max", disableReplayLog: true });
const everything = fc.commands([declarations, changes, changes, acts, acts, commands, commands].map(steps), {
  maxCommands: 20,
  size: "max",
  disableReplayLog: true,
});
const script = fc.noBias(fc.tuple(settings, beginning, everything, everything));

/** What has been tried. */
export interface Explored {
  /** Runs of the program, each in a host process of its own, or several. */
  runs: number;
  /** The shortest script that was found to break a promise, with the promise. */
  failure: string | undefined;
}

/** Tries the script of a seed to its end; one that breaks a promise is made shorter for as long as there is time. */
export async function explore(emulator: TestEmulator, seed: number, shrinkMs: number): Promise<Explored> {
  let runs = 0;
  const property = fc.asyncProperty(script, async ([chosen, ...parts]) => {
    const world = await World.open(emulator, chosen);
    world.script.push(`a service with ${JSON.stringify(chosen)}`);
    try {
      for (const part of parts) await fc.asyncModelRun(() => ({ model: world, real: {} }), part);
      world.script.push("settle");
      await settle(world);
    } catch (error) {
      throw new Error([`${(error as Error).message}`, ...world.script].join("\n  "), { cause: error });
    } finally {
      runs += world.runs;
    }
  });
  const { failed, errorInstance, numShrinks } = await fc.check(property, {
    seed,
    numRuns: 1,
    plugins: [fc.interruptAfterTimeLimit(shrinkMs)],
  });
  if (!failed) return { runs, failure: undefined };
  const { message, cause } = errorInstance as Error;
  const where = cause instanceof Error && cause.name !== "Broken" ? `\n${cause.stack}` : "";
  return { runs, failure: `Seed ${seed}, after ${numShrinks} shrinks:\n${message}${where}` };
}
