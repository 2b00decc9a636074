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

/** A mapping with an unknown part is unknown as a whole, because its parts are joined to one text. */
function holdsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(isUnknown);
}

/** Names of the inputs that `check` has emptied because they were removed from the program. */
export function clearedIn(inputs: Properties): readonly string[] {
  return hiddenIn(inputs).cleared;
}

/**
 * Validates the inputs of a program and converts them to normal form. Unknown values are valid. A field that was
 * removed from the program is set to its `emptyValue`, if it has one, so that the preview shows the change.
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

/** Names of the inputs, without identities, in which a declaration differs from the state. */
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
