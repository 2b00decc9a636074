import type { NotedStack } from "./noted.js";
import { Broken, type Observed } from "./observed.js";
import { serviceIsAsDeclared, staysSettled } from "./promises/convergence.js";
import { stateAgreesWithService } from "./promises/records.js";
import { fixFor } from "./expectedErrors.js";
import { preview, refresh, upWithRefresh } from "./runs.js";
import type { World } from "./world.js";

/**
 * Runs a stack until it is as declared. Every error says what to do, and is followed; no message occurs twice, so there are
 * as many runs as messages, and one without. Removals at the end of that run (a person who leaves the organization leaves
 * its teams) need one more refresh: hence the second. Then everything is settled.
 */
async function converge(world: World, stack: NotedStack): Promise<Observed> {
  const followed = new Set<string>();
  let successes = 0;
  for (;;) {
    const observed = await world.run(stack, upWithRefresh(stack));
    const { error, steps } = observed;
    if (error === undefined) {
      successes += 1;
      if (successes > 1) return observed;
      const quiet = steps.every((step) => !step.startsWith("delete ") && !step.startsWith("replace "));
      if (quiet) return world.run(stack, refresh(stack));
      // The key may have removed its own user, if the service does not say who that is: the next run has an error to follow.
      continue;
    }
    // A correction may allow an earlier message to occur again.
    const messages = [...new Set(error.message.split("\n"))].map((message) => ({
      message,
      follow: fixFor(world, stack, message),
    }));
    for (const { message, follow } of messages) {
      if (!follow || followed.has(message)) {
        throw new Broken("Following an error helps", `${followed.has(message) ? "again " : ""}${message}`);
      }
      followed.add(message);
      world.script.push(`  error: ${message.slice(0, 160)}`);
      await follow();
    }
    await world.look();
  }
}

/** Once nothing else happens: everything becomes as declared, and stays so, regardless of who runs the program. */
export async function settle(world: World): Promise<void> {
  const stacks = [...(world.colleagueUsed ? [world.colleague] : []), world.stack];
  for (const stack of stacks) await converge(world, stack);
  for (const stack of stacks.slice(0, -1)) await converge(world, stack);
  for (const stack of stacks) {
    const looked = await world.run(stack, upWithRefresh(stack));
    if (looked.error) throw new Broken("Settled stacks run without errors", looked.error.message);
    stateAgreesWithService(looked);
    serviceIsAsDeclared(looked);
    staysSettled(await world.run(stack, preview(stack)));
  }
}
