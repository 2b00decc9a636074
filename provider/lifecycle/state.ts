import { addressKey, comparable, flagsOf, inputsWhere, type ResourceSchema } from "../schema/index.js";
import { momentOf } from "../core/time.js";
import { replaceHidden } from "../core/text.js";
import { AvalaError } from "../core/errors.js";
import { hiddenIn, hiddenProperties } from "../policy/hiddenState.js";
import { isUnknown } from "../core/unknown.js";
import { clearedIn, type Properties } from "./inputs.js";

/**
 * Version of the state's format that this release writes. It is raised when older handlers would misunderstand the
 * state. Handlers read the states of all earlier versions.
 */
const stateVersion = 1;

export function isUnfinished(state: Properties): boolean {
  return hiddenIn(state).isUnfinished;
}

/** Whether properties are outputs that a handler has written, not arguments that a program passes to `get`. */
export function isRecorded(properties: Properties): boolean {
  return hiddenIn(properties).version !== undefined;
}

/** A newer version may use the same properties with a different meaning: a guess could invite or remove a person. */
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

/** The declared inputs, as the state contains them. */
export function declaredInputs(schema: ResourceSchema, state: Properties): Properties {
  const { serverDefaults } = hiddenIn(state);
  return pick(
    state,
    Object.keys(schema.inputs).filter((name) => !serverDefaults.includes(name)),
  );
}

/**
 * The state after a write: the declared inputs, the values that the service chose, and the outputs. Inputs that were
 * emptied because they were removed from the program are not managed any more, so they are not recorded.
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

/** The state after a read: the declared inputs as the service shows them, and the outputs. */
export function observedState(
  schema: ResourceSchema,
  before: Properties,
  shown: Properties,
  outputs: Properties,
): { props: Properties; inputs?: Properties } {
  if (!isRecorded(before)) {
    // Only inputs and outputs: counts and the caller's role would differ at each read (read-only-fields).
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

/**
 * Outputs in which a time keeps its recorded spelling if the moment is the same: a different spelling is not a change.
 */
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

/** An observed value; in the recorded spelling, if the two values count as equal. */
function shownValue(schema: ResourceSchema, name: string, shown: Properties, recorded: unknown): unknown {
  const field = schema.inputs[name]!;
  const { clientOnly: local, identity, writeOnly, emptyValue: clear } = flagsOf(field);
  const value = shown[name];
  if (local || identity || writeOnly || value === undefined) return recorded;
  if (comparable(field, value) === comparable(field, recorded)) return recorded;
  return value === null && clear !== undefined ? "" : harmlessValue(value);
}

/**
 * Values of the service in a form that is safe in the state: hidden characters are escaped, because the engine prints
 * values of the state to the terminal as they are. A text that equals the engine's mark of an unknown value is escaped
 * too: with it in the state, the engine refuses to read the resource.
 */
export function harmless(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, harmlessValue(value)]));
}

/** Characters that are not escaped: line ends and tabs do not control a terminal, and joiners are part of words. */
const kept = /(\r?\n|[\t\u200c\u200d])/;

function harmlessValue(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (isUnknown(value)) return `${escaped(value[0]!)}${value.slice(1)}`;
  const parts = value.split(kept);
  return parts.map((part, at) => (at % 2 === 0 ? replaceHidden(part, escaped) : part)).join("");
}

/** The escape of JavaScript texts: it is unambiguous, and the original can be restored from it. */
function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/** The named properties that have a value: the host cannot transport `undefined`, and null counts as no value. */
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
