import { isUnknown, unknownText } from "../core/unknown.js";
import { hiddenIn, hiddenProperties } from "../policy/hiddenState.js";
import {
  addressKey,
  checkValue,
  comparable,
  flagsOf,
  inputsWhere,
  isOptional,
  unknownProperties,
  type Failure,
  type ResourceSchema,
} from "../schema/index.js";

export type Properties = Record<string, unknown>;

/** Of a mapping with a part that is not known yet, nothing is known: its parts go into one text. */
function holdsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(isUnknown);
}

/** Names of inputs that `check` empties because they have left the program. */
export function clearedIn(inputs: Properties): readonly string[] {
  return hiddenIn(inputs).cleared;
}

/**
 * Validates what a program declares and brings it into normal form. Unknown values pass. A field that has left the
 * program and has a value for "empty" is set to it, so that the preview shows it.
 */
export function checkInputs(
  resource: ResourceSchema,
  olds: Properties,
  news: Properties,
): { inputs: Properties; failures: Failure[] } {
  const inputs: Properties = {};
  const named = Object.keys(news).filter((name) => !name.startsWith("__") && news[name] !== undefined);
  const failures = unknownProperties(resource.kind, named, Object.keys(resource.inputs));
  const pending = new Set<string>();
  for (const [name, schema] of Object.entries(resource.inputs)) {
    const value = news[name] ?? undefined;
    if (holdsUnknown(value)) {
      inputs[name] = unknownText;
      pending.add(name);
      continue;
    }
    if (value === undefined && !isOptional(schema)) {
      failures.push({ property: name, reason: `${name} is missing: ${flagsOf(schema).description}` });
      continue;
    }
    const checked = checkValue(name, schema, value);
    failures.push(...checked.failures.map(({ property, reason }) => ({ property, reason })));
    if (checked.data !== undefined) inputs[name] = checked.data;
  }
  if (failures.length === 0) {
    for (const { property, reason } of resource.rules?.(inputs, pending) ?? []) {
      failures.push({ property, reason: `${property} ${reason}` });
    }
  }
  const address = typeof news[addressKey] === "string" ? { [addressKey]: news[addressKey] } : {};
  return { inputs: { ...inputs, ...cleared(resource, olds, news), ...address }, failures };
}

function cleared(resource: ResourceSchema, olds: Properties, news: Properties): Properties {
  const before = clearedIn(olds);
  const names = inputsWhere(resource, ({ emptyValue: clear }) => clear !== undefined).filter(
    (name) => (news[name] ?? undefined) === undefined && Boolean(olds[name]) && !before.includes(name),
  );
  if (names.length === 0) return {};
  return { ...Object.fromEntries(names.map((name) => [name, ""])), ...hiddenProperties({ cleared: names }) };
}

/** Names of the inputs, identities apart, in which a declaration differs from what state records. */
export function changedInputs(resource: ResourceSchema, recorded: Properties, inputs: Properties): string[] {
  const emptied = clearedIn(inputs);
  return inputsWhere(resource, ({ identity }) => identity === undefined).filter((name) => {
    const [old, now] = [recorded[name], inputs[name]];
    if (isUnknown(now)) return true;
    if (old === undefined && emptied.includes(name)) return false;
    if (old === undefined || now === undefined) return old !== now;
    const schema = resource.inputs[name]!;
    return comparable(schema, old) !== comparable(schema, now);
  });
}
