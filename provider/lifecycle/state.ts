import { addressKey, comparable, flagsOf, inputsWhere, type ResourceSchema } from "../schema/index.js";
import { momentOf } from "../core/time.js";
import { replaceHidden } from "../core/text.js";
import { AvalaError } from "../core/errors.js";
import { hiddenIn, hiddenProperties } from "../policy/hiddenState.js";
import { isUnknown } from "../core/unknown.js";
import { clearedIn, type Properties } from "./inputs.js";

/**
 * Version of what this release writes into state; raised where a handler of before could not tell what is meant. Handlers
 * read the states of all earlier ones.
 */
const stateVersion = 1;

export function isUnfinished(state: Properties): boolean {
  return hiddenIn(state).isUnfinished;
}

/** Whether properties are outputs that a handler has written, and not what a program passed to `get`. */
export function isRecorded(properties: Properties): boolean {
  return hiddenIn(properties).version !== undefined;
}

/** A later release may mean something else by the same words: a guess could mail or remove somebody. */
export function requireReadable({ kind }: ResourceSchema, state: Properties): void {
  const { version } = hiddenIn(state);
  if (version === undefined || (typeof version === "number" && version <= stateVersion)) return;
  throw new StateVersionError(
    `The state of this ${kind} was written by a newer version of pulumi-avala, which this one cannot read. Nothing was sent, and the state is as it was.`,
    "Run: npm install pulumi-avala@latest",
  );
}

class StateVersionError extends AvalaError {
  readonly code = "AVALA_STATE_VERSION";
}

/** What a program declared, as state echoes it. */
export function declaredInputs(schema: ResourceSchema, state: Properties): Properties {
  const { serverDefaults } = hiddenIn(state);
  return pick(
    state,
    Object.keys(schema.inputs).filter((name) => !serverDefaults.includes(name)),
  );
}

/**
 * The state after a write: the declaration, what the service chose, and what was computed. Inputs that were emptied
 * because they left the program are not managed any more, so they are not recorded.
 */
export function recordedState(
  schema: ResourceSchema,
  inputs: Properties,
  outputs: Properties,
  shown: Properties = {},
): Properties {
  const emptied = clearedIn(inputs);
  const declared = pick(
    inputs,
    Object.keys(schema.inputs).filter((name) => !emptied.includes(name)),
  );
  return withServerDefaults(schema, declared, shown, { ...outputs, ...pick(inputs, [addressKey]) });
}

/** The state after a look: what is declared as the service shows it, and the inputs that go with it. */
export function observedState(
  schema: ResourceSchema,
  before: Properties,
  shown: Properties,
  outputs: Properties,
): { props: Properties; inputs?: Properties } {
  if (!isRecorded(before)) {
    // Of what the service shows, counts and the caller's role would differ at each look (read-only-fields).
    const read = { ...pick(shown, Object.keys(schema.inputs)), ...outputs };
    return { props: defined({ ...harmless(read), ...hiddenProperties({ version: stateVersion }) }) };
  }
  const declared = declaredInputs(schema, before);
  const observed = Object.fromEntries(
    Object.entries(declared).map(([name, value]) => [name, shownValue(schema, name, shown, value)]),
  );
  const address = pick(before, [addressKey]);
  return {
    props: withServerDefaults(schema, observed, shown, { ...outputs, ...address }),
    inputs: { ...observed, ...address },
  };
}

function withServerDefaults(
  schema: ResourceSchema,
  declared: Properties,
  shown: Properties,
  outputs: Properties,
): Properties {
  const serverDefaults = inputsWhere(schema, (flags) => flags.serverDefault === true).filter(
    (name) => declared[name] === undefined && shown[name] !== undefined,
  );
  return defined({
    ...declared,
    ...harmless({ ...pick(shown, serverDefaults), ...outputs }),
    ...hiddenProperties({ serverDefaults, version: stateVersion }),
  });
}

/** Outputs with times in the spelling that state has already, where they are the same moment: another spelling is not a change. */
export function withRecordedTimes(before: Properties, outputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, isSameMoment(before[name], value) ? before[name] : value]),
  );
}

function isSameMoment(one: unknown, other: unknown): boolean {
  if (typeof one !== "string" || typeof other !== "string") return false;
  const moment = momentOf(one);
  return moment !== undefined && moment === momentOf(other);
}

/** A value as observed, in the spelling of the declaration where the two count as the same. */
function shownValue(schema: ResourceSchema, name: string, shown: Properties, recorded: unknown): unknown {
  const field = schema.inputs[name]!;
  const { clientOnly: local, identity, writeOnly, emptyValue: clear } = flagsOf(field);
  const value = shown[name];
  if (local || identity || writeOnly || value === undefined) return recorded;
  if (comparable(field, value) === comparable(field, recorded)) return recorded;
  return value === null && clear !== undefined ? "" : harmlessValue(value);
}

/**
 * What the service answers, as state can hold it. The engine shows the values of state as they are, on the user's
 * terminal, and takes its own signs for unknown values for what they say: it then refuses to read the resource at all.
 */
export function harmless(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, harmlessValue(value)]));
}

/** Line ends and tabs steer nothing, and joiners shape words. */
const kept = /(\r?\n|[\t\u200c\u200d])/;

function harmlessValue(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (isUnknown(value)) return `${escaped(value[0]!)}${value.slice(1)}`;
  const parts = value.split(kept);
  return parts.map((part, at) => (at % 2 === 0 ? replaceHidden(part, escaped) : part)).join("");
}

/** As in a JavaScript text: nothing is lost, and nothing looks like something else. */
function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/** Of some properties, those that are there: the host cannot carry `undefined`, and what is null is not there. */
function pick(properties: Properties, names: readonly string[]): Properties {
  const picked: Properties = {};
  for (const name of names) {
    const value = properties[name];
    if (value !== undefined && value !== null) picked[name] = value;
  }
  return picked;
}

function defined(properties: Properties): Properties {
  return pick(properties, Object.keys(properties));
}
