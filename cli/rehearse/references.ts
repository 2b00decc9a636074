import { quoted } from "../../provider/core/text.js";
import { StackError } from "../errors.js";
import { exportedState, type StackTarget } from "../pulumi/run.js";
import { propertiesOf, rowsOf, textOf, type Properties } from "../pulumi/values.js";
import type { StackName } from "./backend.js";

/** A stack whose outputs the program reads, and a state that contains nothing but these outputs. */
export interface Referenced extends StackName {
  state: unknown;
}

const referenceType = "pulumi:pulumi:StackReference";
const stackType = "pulumi:pulumi:Stack";

/**
 * The stacks that program and state refer to, with the outputs that they have now.
 * @param own the rehearsed stack
 * @throws StackError if a reference cannot be copied
 */
export async function referencedStacks(
  stackTarget: StackTarget,
  own: StackName,
  { state, preview }: { state: unknown; preview: unknown },
): Promise<Referenced[]> {
  const declared = namesIn(rowsOf(propertiesOf(preview)["steps"]).map(({ newState }) => propertiesOf(newState)));
  const recorded = namesIn(rowsOf(propertiesOf(propertiesOf(state)["deployment"])["resources"]));
  const found = new Map<string, Referenced>();
  for (const name of new Set([...declared, ...recorded])) {
    const named = stackNameOf(name, own.project);
    if (named === undefined && declared.has(name)) throw notCopied(name);
    if (named === undefined) continue;
    const key = `${named.project}/${named.stack}`;
    if (found.has(key) || key === `${own.project}/${own.stack}`) continue;
    const copied = await outputsOf(stackTarget, name, declared.has(name));
    if (copied !== undefined) found.set(key, { ...named, state: copied });
  }
  return [...found.values()];
}

/** Names in references; one that is not known before the run cannot be read now, and the run says so. */
function namesIn(resources: readonly Properties[]): Set<string> {
  const references = resources.filter(({ type }) => type === referenceType);
  return new Set(references.flatMap(({ inputs }) => textOf(propertiesOf(inputs)["name"]) ?? []));
}

/** A file backend knows `<stack>`, `organization/<stack>` and `organization/<project>/<stack>`. */
function stackNameOf(name: string, project: string): StackName | undefined {
  const parts = name.split("/");
  const [organization, ...rest] = parts.length === 1 ? ["organization", ...parts] : parts;
  const [stack, ofProject = project] = rest.toReversed();
  return organization === "organization" && rest.length <= 2 && stack ? { project: ofProject, stack } : undefined;
}

function notCopied(name: string): StackError {
  return new StackError(
    `The program refers to the stack ${quoted(name, 200)}. A rehearsal runs in a file backend, where the organization of every stack is named "organization", so this reference cannot be copied.`,
    "Use pulumi-avala review, or pass the values of that stack as stack configuration.",
  );
}

/**
 * @param isDeclared whether the program reads the stack; otherwise only the state names it, and it may exist no more
 */
async function outputsOf(stackTarget: StackTarget, stack: string, isDeclared: boolean): Promise<unknown> {
  const target = { ...stackTarget, options: { ...stackTarget.options, stack } };
  try {
    const { deployment, ...format } = propertiesOf(await exportedState(target, { secrets: true }));
    const { manifest, resources } = propertiesOf(deployment);
    const root = rowsOf(resources).find(({ type }) => type === stackType);
    const kept =
      root === undefined ? [] : [{ urn: root["urn"], type: stackType, custom: false, outputs: root["outputs"] }];
    return { ...format, deployment: { manifest, resources: kept } };
  } catch (error) {
    if (!isDeclared && error instanceof StackError) return undefined;
    throw error;
  }
}
