import { Hosts, type Outcome, type Program, type Stack, type UpOptions } from "../../support/stack.js";

/** A scenario whose runs share host processes with those of others. */
export interface Runnable {
  readonly stack: Stack;
  readonly title: string;
}

type Command<Scenario> = (scenario: Scenario) => Promise<Outcome> | undefined;
type End = Outcome | Error;

/** One run of each, in sequence in the same host processes; an error ends only its own run. */
export async function inOneRun<Scenario extends Runnable>(
  scenarios: readonly Scenario[],
  command: Command<Scenario>,
): Promise<Map<Scenario, End>> {
  return inOneProcess(scenarios, async () => {
    const ended = new Map<Scenario, End>();
    for (const scenario of scenarios) {
      const end = await command(scenario)?.catch((error: Error) => error);
      if (end) ended.set(scenario, end);
    }
    return ended;
  });
}

async function inOneProcess<Scenario extends Runnable, T>(
  scenarios: readonly Scenario[],
  run: (hosts: Hosts) => Promise<T>,
): Promise<T> {
  const hosts = await Hosts.start(scenarios[0]!.stack);
  for (const { stack } of scenarios) stack.shared = hosts;
  try {
    return await run(hosts);
  } finally {
    await hosts.close();
  }
}

/** The program of a scenario's update. */
interface Update {
  program: Program;
  options: UpOptions;
}

/**
 * One update of all of them, as parts of one program: all declarations are announced before the first step, and the deletes
 * of all run in sequence when everything is declared.
 */
export async function asOneProgram<Scenario extends Runnable & { readonly run: Update }>(
  scenarios: readonly Scenario[],
): Promise<Map<Scenario, End>> {
  return inOneProcess(scenarios, async (hosts) => {
    const parts: { scenario: Scenario; end: Promise<End>; goOn: () => void }[] = [];
    for (const { stack, run } of scenarios) {
      stack.hasProgram = true;
      await stack.announce(run.program, hosts);
    }
    for (const scenario of scenarios) parts.push({ scenario, ...(await begun(scenario)) });
    await hosts.program.end();
    const ended = new Map<Scenario, End>();
    for (const { scenario, end, goOn } of parts) {
      goOn();
      ended.set(scenario, await end);
    }
    return ended;
  });
}

/** Its part of the program has ended, or has failed; its deletes wait until it goes on. */
async function begun({ stack, run: { program, options } }: Runnable & { readonly run: Update }) {
  let goOn!: () => void;
  const going = new Promise<void>((resolve) => (goOn = resolve));
  let reached!: () => void;
  const waits = new Promise<void>((resolve) => (reached = resolve));
  const beforeDeletes = () => {
    reached();
    return going;
  };
  const end = stack.up(program, { ...options, beforeDeletes }).catch((error: Error): End => error);
  await Promise.race([waits, end]);
  return { end, goOn };
}

/** The same for preparations, which have to succeed. */
export async function mustSucceed<Scenario extends Runnable>(
  scenarios: readonly Scenario[],
  command: Command<Scenario>,
): Promise<void> {
  for (const [{ title }, end] of await inOneRun(scenarios, command)) {
    if (end instanceof Error) throw new Error(`${title}: ${end.message}`, { cause: end });
  }
}

export const errorOf = (end: End | undefined): Error | undefined => (end instanceof Error ? end : undefined);

/** Steps that change something. */
export function changesIn(end: End | undefined): string[] {
  if (end instanceof Error) return [end.message];
  return (end?.steps ?? []).filter((step) => !step.startsWith("same "));
}
