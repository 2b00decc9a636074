// A declared field, in the words and types of users.
import { schemas, z } from "./sources.mjs";

const { flagsOf } = schemas;
const jsonSchema = (schema) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

export const quotedUnion = (values) => values.map((value) => JSON.stringify(value)).join(" | ");

export function plainType(schema, side = "input") {
  const { type } = flagsOf(schema);
  if (type) return type[side];
  const json = jsonSchema(schema);
  if (json.enum) return quotedUnion(json.enum);
  return { string: "string", boolean: "boolean", number: "number", integer: "number" }[json.type] ?? "string";
}

/** What a user needs to know about a field, one sentence each. */
export function sentences(schema) {
  const flags = flagsOf(schema);
  const { default: value } = jsonSchema(schema);
  const absent = flags.defaultText ?? (value === undefined ? undefined : `\`${JSON.stringify(value)}\``);
  return [
    flags.description,
    flags.known && `Known values: ${flags.known.map((known) => `\`${known}\``).join(", ")}; more may be added.`,
    absent && `Default: ${absent.replace(/\.$/, "")}.`,
    flags.replaces && `Changing this replaces the resource ${flags.replaces}.`,
    flags.emptyValue !== undefined && "Removing it from the program empties it.",
    flags.note,
  ].filter(Boolean);
}

/** A type as a cell of a table shows it. */
export function shownType(schema) {
  const { reference, type } = flagsOf(schema);
  if (type) return `\`${type.output}\``;
  const parts = [reference ?? [], plainType(schema).split(" | ")].flat();
  return parts.map((part) => `\`${part}\``).join(" or ");
}
