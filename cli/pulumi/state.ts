import type { Option } from "../command.js";
import { UsageError } from "../errors.js";
import { inputText, sourceName } from "../input.js";
import { managedIn } from "./managed.js";
import { exportedState, isInProject, parse, type StackTarget } from "./run.js";

/** The option of commands that take a state from a file. */
export const stateFile = {
  type: "string",
  value: "<file>",
  description: "Read the output of pulumi stack export from a file, or from stdin (-).",
} as const satisfies Option;

interface Asked extends StackTarget {
  options: StackTarget["options"] & { state: string | undefined };
}

/**
 * The state that a command is to look at: from the file that was given, else the project's; undefined where there is
 * neither.
 * @param secrets whether the project's stack is to show its secrets, where resources of ours hold some
 */
export async function findState(asked: Asked, { secrets = false } = {}): Promise<unknown> {
  const { state } = asked.options;
  if (state !== undefined) return parse(await inputText(state), sourceName(state));
  if (!isInProject(asked)) return undefined;
  const exported = await exportedState(asked);
  const isSealed = secrets && managedIn(exported).some(({ sealed }) => sealed.length > 0);
  return isSealed ? exportedState(asked, { secrets }) : exported;
}

/** An earlier state, with its secrets: a version of the project's stack, or a file. */
export async function stateOf(asked: StackTarget, fileOrVersion: string): Promise<unknown> {
  if (!/^\d+$/.test(fileOrVersion)) return parse(await inputText(fileOrVersion), sourceName(fileOrVersion));
  if (!isInProject(asked)) throw noState();
  return exportedState(asked, { secrets: true, version: fileOrVersion });
}

/** @param more what else may be given, for people */
export function noState(more?: string): UsageError {
  const ways = ["--cwd <folder>", "--state <file>", ...(more === undefined ? [] : [more])];
  return new UsageError(
    "No Pulumi project in this folder or its parents.",
    `Change to the folder of a project, or pass ${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}.`,
  );
}
