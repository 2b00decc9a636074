import { comparable, flagsOf, inputsWhere, wireValue, type ResourceSchema } from "../../schema/index.js";
import type { Properties } from "../inputs.js";
import { sends, type Target } from "../lifecycle.js";

/** The declared fields that go over the wire, in the wire's values. */
export function wireInputs(schema: ResourceSchema, inputs: Properties, names = Object.keys(inputs)): Properties {
  const sent = inputsWhere(schema, ({ clientOnly: local, identity }) => !local && !identity);
  return Object.fromEntries(
    sent
      .filter((name) => names.includes(name) && inputs[name] !== undefined)
      .map((name) => [name, wireValue(schema.inputs[name]!, inputs[name])]),
  );
}

/** The declared fields in which the service differs, in the wire's values: what sync has to send, and nothing else. */
export function delta(schema: ResourceSchema, target: Target, shown: Properties): Properties {
  const { inputs, state } = target;
  const differing = Object.keys(inputs).filter((name) => {
    const field = schema.inputs[name];
    if (!field || !sends(target, name)) return false;
    // What is never read back is compared with what was sent last.
    const there = flagsOf(field).writeOnly ? state[name] : shown[name];
    return comparable(field, there) !== comparable(field, inputs[name]);
  });
  return wireInputs(schema, inputs, differing);
}
