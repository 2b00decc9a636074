import type { Option } from "../command.js";
import { quoted } from "../../provider/core/text.js";
import { StackError, UsageError } from "../errors.js";
import { inputText, sourceName } from "../input.js";
import { managedIn } from "./managed.js";
import { exportedState, isInProject, parse, type StackTarget } from "./run.js";
import { propertiesOf, rowsOf } from "./values.js";

/** The option of commands that take a state from a file. */
export const stateFile = {
  type: "string",
  value: "<file>",
  description: "Read the output of pulumi stack export from a file, or from stdin (-).",
} as const satisfies Option;

interface Asked extends StackTarget {
  options: StackTarget["options"] & { state: string | undefined };
}

/** Called where secrets stay encrypted, with the reason; without it, that is an error. */
type OnSealed = (reason: string) => void;

/**
 * The state that a command is to look at: from the file that was given, else the project's; undefined where there is
 * neither.
 * @param secrets whether the project's stack is to show its secrets, where resources of ours hold some
 */
export async function findState(
  asked: Asked,
  { secrets = false, onSealed }: { secrets?: boolean; onSealed?: OnSealed } = {},
): Promise<unknown> {
  const { state } = asked.options;
  if (state !== undefined) return stateIn(state);
  if (!isInProject(asked)) return undefined;
  return secrets ? openedState(asked, undefined, onSealed) : exportedState(asked);
}

/** An earlier state, with its secrets: a version of the project's stack, or a file. */
export async function stateOf(asked: StackTarget, fileOrVersion: string, onSealed?: OnSealed): Promise<unknown> {
  if (!/^\d+$/.test(fileOrVersion)) return stateIn(fileOrVersion);
  if (!isInProject(asked)) throw noState();
  return openedState(asked, fileOrVersion, onSealed);
}

/** Decrypts only if there is something of ours to decrypt: not everybody who may read a state may do that. */
async function openedState(asked: StackTarget, version: string | undefined, onSealed?: OnSealed): Promise<unknown> {
  const of = version === undefined ? {} : { version };
  const exported = await exportedState(asked, of);
  if (!managedIn(exported).some(({ sealed }) => sealed.length > 0)) return exported;
  try {
    return await exportedState(asked, { ...of, secrets: true });
  } catch (error) {
    if (onSealed === undefined || !(error instanceof StackError)) throw error;
    onSealed(error.what);
    return exported;
  }
}

/** The output of `pulumi stack export`, or a file in which a backend other than Pulumi Cloud keeps a state. */
async function stateIn(file: string): Promise<unknown> {
  const document = parse(await inputText(file), sourceName(file));
  const { latest } = propertiesOf(propertiesOf(document)["checkpoint"]);
  return latest === undefined ? document : { version: 3, deployment: latest };
}

/** Stack and project that a state is of, for messages; undefined if it has no resources. */
export function stackIn(state: unknown): string | undefined {
  const [first] = rowsOf(propertiesOf(propertiesOf(state)["deployment"])["resources"]);
  const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(String(first?.["urn"])) ?? [];
  return stack === undefined ? undefined : `stack ${quoted(stack)} of project ${quoted(project!)}`;
}

/** @param more what else may be given, for people */
export function noState(more?: string): UsageError {
  const ways = ["--cwd <folder>", "--state <file>", ...(more === undefined ? [] : [more])];
  return new UsageError(
    "No Pulumi project in this folder or its parents.",
    `Change to the folder of a project, or pass ${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}.`,
  );
}
