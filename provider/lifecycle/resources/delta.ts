import { comparable, flagsOf, inputsWhere, wireValue, type ResourceSchema } from "../../schema/index.js";
import type { Properties } from "../inputs.js";
import { sends, type Target } from "../lifecycle.js";

/** The declared fields that are sent to the service, with the values of requests. */
export function wireInputs(schema: ResourceSchema, inputs: Properties, names = Object.keys(inputs)): Properties {
  const sent = inputsWhere(schema, ({ clientOnly: local, identity }) => !local && !identity);
  return Object.fromEntries(
    sent
      .filter((name) => names.includes(name) && inputs[name] !== undefined)
      .map((name) => [name, wireValue(schema.inputs[name]!, inputs[name])]),
  );
}

/**
 * The declared fields that differ from the service, with the values of requests: exactly the fields that `sync` sends.
 */
export function delta(schema: ResourceSchema, target: Target, shown: Properties): Properties {
  const { inputs, state } = target;
  const differing = Object.keys(inputs).filter((name) => {
    const field = schema.inputs[name];
    if (!field || !sends(target, name)) return false;
    // A field that is never read back is compared with the value that was sent last.
    const there = flagsOf(field).writeOnly ? state[name] : shown[name];
    return comparable(field, there) !== comparable(field, inputs[name]);
  });
  return wireInputs(schema, inputs, differing);
}
