import * as fc from "fast-check";
import type { Settings } from "../../../emulator/src/index.js";
import { acts } from "./acts.js";
import { commands, plainUp } from "./commands.js";
import { changes, declarations } from "./edits.js";
import { orders } from "./orders.js";
import { settle } from "./settle.js";
import { stories } from "./stories.js";
import { Dice, World, type Circumstances, type Deployments, type Move, type Plan } from "./world.js";

/** A move as fast-check generates it. Its description is known once it has been made. */
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

/** Settings that the contract leaves open, each with a value other than the default. */
const deployments: Partial<Settings>[] = [
  { maxPageSize: 2 },
  { writeBody: "minimal" },
  { lists: "array" },
  { nextHost: "127.0.0.1:9" },
  { organizationDelete: "soft" },
  { organizationDelete: "refuse" },
  { slugFollowsName: true },
  { lowercaseEmails: true },
  { expiredInvitations: "hidden" },
  { teamCreatorJoins: true },
  { voidStatus: 200 },
  { hiddenIs: 403 },
];

/** The service's answer about the API key's user. */
const currentUser = fc.constantFrom("full", "full", "full", "full", "withoutUid", 403, 404, "html");

/** Settings that stop runs halfway, until they are changed or time has passed: few of them at once. */
const troubles: Partial<Settings>[] = [
  { hideEmails: true },
  { readLagMs: 60_000 },
  { seats: 7 },
  { invitesPerMinute: 5 },
];
const settings = fc
  .tuple(fc.subarray(deployments), fc.subarray(troubles, { maxLength: 2 }), fc.record({ currentUser }))
  .map((chosen): Partial<Settings> => Object.assign({}, ...chosen.flat()));

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  settings,
  key: fc.constantFrom("owner", "admin"),
  parallel: fc.boolean(),
  maxRemovals: fc.constantFrom(undefined, undefined, 1, 2),
  secondAdmin: fc.boolean(),
  twin: fc.constantFrom(false, false, true),
});

/** Some declarations, an up, and then any moves. Shrinking removes moves that a failure does not need. */
const beginning = fc.commands([steps(declarations)], { maxCommands: 12, size: "max", disableReplayLog: true });
const everything = (maxCommands: number) =>
  fc.commands([declarations, changes, changes, acts, acts, commands, commands, orders].map(steps), {
    maxCommands,
    size: "max",
    disableReplayLog: true,
  });
const tales = fc.commands([steps(stories)], { maxCommands: 10, size: "max", disableReplayLog: true });
const firstUp = fc.commands([fc.constant(new Step(plainUp, [0]))], {
  maxCommands: 1,
  size: "max",
  disableReplayLog: true,
});
const script = fc.noBias(fc.tuple(circumstances, beginning, firstUp, everything(20), tales, everything(10)));

/** The tried seeds. */
export interface Explored {
  /** Runs of the program, each in a host process of its own, or several. */
  runs: number;
  /** The shortest script that was found to break a promise, with the promise. */
  failure: string | undefined;
}

/** Tries the script of a seed to its end; one that breaks a promise is made shorter for as long as there is time. */
export async function explore(emulators: Deployments, seed: number, shrinkMs: number): Promise<Explored> {
  let runs = 0;
  let end = Infinity;
  const property = fc.asyncProperty(script, async ([chosen, ...parts]) => {
    // Scripts that are not tried any more count as passed: the shortest so far is the result.
    if (Date.now() > end) return;
    const world = await World.open(emulators, chosen);
    world.script.push(JSON.stringify(chosen));
    try {
      for (const part of parts) await fc.asyncModelRun(() => ({ model: world, real: {} }), part);
      world.script.push("settle");
      await settle(world);
    } catch (error) {
      end = Math.min(end, Date.now() + shrinkMs);
      throw new Error([`${(error as Error).message}`, ...world.script].join("\n  "), { cause: error });
    } finally {
      runs += world.runs;
    }
  });
  const { failed, errorInstance, numShrinks } = await fc.check(property, { seed, numRuns: 1 });
  if (!failed) return { runs, failure: undefined };
  const { message, cause } = errorInstance as Error;
  const where = cause instanceof Error && cause.name !== "Broken" ? `\n${cause.stack}` : "";
  return { runs, failure: `Seed ${seed}, after ${numShrinks} shrinks:\n${message}${where}` };
}
