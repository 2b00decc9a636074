import { Hosts, type Outcome, type Program, type Stack, type UpOptions } from "../../support/stack.js";

/** One story among many whose runs share host processes. */
export interface LogLine {
  readonly stack: Stack;
  readonly title: string;
}

type Command<Cell> = (cell: Cell) => Promise<Outcome> | undefined;
type End = Outcome | Error;

/** One run of each, one after the other in the same host processes; an error ends its own alone. */
export async function inOneRun<Cell extends LogLine>(
  cells: readonly Cell[],
  command: Command<Cell>,
): Promise<Map<Cell, End>> {
  return inOneProcess(cells, async () => {
    const ended = new Map<Cell, End>();
    for (const cell of cells) {
      const end = await command(cell)?.catch((error: Error) => error);
      if (end) ended.set(cell, end);
    }
    return ended;
  });
}

async function inOneProcess<Cell extends LogLine, T>(
  cells: readonly Cell[],
  run: (hosts: Hosts) => Promise<T>,
): Promise<T> {
  const hosts = await Hosts.start(cells[0]!.stack);
  for (const { stack } of cells) stack.shared = hosts;
  try {
    return await run(hosts);
  } finally {
    await hosts.close();
  }
}

/** How a cell is brought up. */
interface Update {
  program: Program;
  options: UpOptions;
}

/**
 * One update of all of them, as parts of one program: what any of them declares is said before the first step, and the
 * deletes of all come when all is declared, each after the other.
 */
export async function asOneProgram<Cell extends LogLine & { readonly run: Update }>(
  cells: readonly Cell[],
): Promise<Map<Cell, End>> {
  return inOneProcess(cells, async (hosts) => {
    const parts: { cell: Cell; end: Promise<End>; goOn: () => void }[] = [];
    for (const { stack, run } of cells) {
      stack.hasProgram = true;
      await stack.announce(run.program, hosts);
    }
    for (const cell of cells) parts.push({ cell, ...(await begun(cell)) });
    await hosts.program.end();
    const ended = new Map<Cell, End>();
    for (const { cell, end, goOn } of parts) {
      goOn();
      ended.set(cell, await end);
    }
    return ended;
  });
}

/** Its part of the program has ended, or has failed; its deletes wait until it goes on. */
async function begun({ stack, run: { program, options } }: LogLine & { readonly run: Update }) {
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

/** The same, of what is only the way to what is asked. */
export async function mustSucceed<Cell extends LogLine>(cells: readonly Cell[], command: Command<Cell>): Promise<void> {
  for (const [{ title }, end] of await inOneRun(cells, command)) {
    if (end instanceof Error) throw new Error(`${title}: ${end.message}`, { cause: end });
  }
}

export const errorOf = (end: End | undefined): Error | undefined => (end instanceof Error ? end : undefined);

/** Steps that change something. */
export function changesIn(end: End | undefined): string[] {
  if (end instanceof Error) return [end.message];
  return (end?.steps ?? []).filter((step) => !step.startsWith("same "));
}
