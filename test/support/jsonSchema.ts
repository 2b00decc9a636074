/** What a JSON Schema says, in the keywords that ours use; any other keyword is an error. */
type Schema = Readonly<Record<string, unknown>>;
type Keyword = (wanted: never, value: unknown, schema: Schema, root: Schema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const types: Record<string, (value: unknown) => boolean> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

const keywords: Record<string, Keyword> = {
  $schema: () => true,
  $id: () => true,
  title: () => true,
  description: () => true,
  definitions: () => true,
  // A note for readers; the pattern beside it decides.
  format: (_, __, { pattern }) => pattern !== undefined,
  type: (wanted: string | string[], value) => [wanted].flat().some((name) => types[name]!(value)),
  enum: (wanted: unknown[], value) => wanted.includes(value),
  anyOf: (wanted: Schema[], value, _, root) => wanted.some((one) => fits(one, value, root)),
  oneOf: (wanted: Schema[], value, _, root) => wanted.filter((one) => fits(one, value, root)).length === 1,
  $ref: (wanted: string, value, _, root) => {
    const target = wanted
      .split("/")
      .slice(1)
      .reduce<unknown>((at, key) => (at as Schema)[key], root);
    return fits(target as Schema, value, root);
  },
  required: (wanted: string[], value) => !isObject(value) || wanted.every((name) => Object.hasOwn(value, name)),
  properties: (wanted: Record<string, Schema>, value, _, root) =>
    !isObject(value) ||
    Object.entries(wanted).every(([name, one]) => !Object.hasOwn(value, name) || fits(one, value[name], root)),
  additionalProperties: (wanted: Schema | false, value, { properties = {} }, root) =>
    !isObject(value) ||
    Object.keys(value)
      .filter((name) => !Object.hasOwn(properties as object, name))
      .every((name) => wanted !== false && fits(wanted, value[name], root)),
  items: (wanted: Schema, value, _, root) => !Array.isArray(value) || value.every((one) => fits(wanted, one, root)),
  minItems: (wanted: number, value) => !Array.isArray(value) || value.length >= wanted,
  uniqueItems: (_, value) => !Array.isArray(value) || new Set(value).size === value.length,
  minimum: (wanted: number, value) => typeof value !== "number" || value >= wanted,
  maximum: (wanted: number, value) => typeof value !== "number" || value <= wanted,
  minLength: (wanted: number, value) => typeof value !== "string" || value.length >= wanted,
  maxLength: (wanted: number, value) => typeof value !== "string" || value.length <= wanted,
  pattern: (wanted: string, value) => typeof value !== "string" || new RegExp(wanted, "u").test(value),
};

/** Whether a value is valid by a schema. */
export function fits(schema: Schema, value: unknown, root = schema): boolean {
  return Object.entries(schema).every(([name, wanted]) => {
    const keyword = keywords[name];
    if (!keyword) throw new Error(`unknown keyword ${name}`);
    return keyword(wanted as never, value, schema, root);
  });
}
