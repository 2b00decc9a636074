/**
 * A program whose declarations are data: `program.json` in its own folder lists them. `{ "$ref": "acme" }` stands for
 * the resource declared under that name.
 */
const { readFileSync } = require("node:fs");

/** @param make makes a resource of a kind, a name and arguments */
module.exports = (make) => {
  const declared = {};
  const resolved = (value) => (value?.$ref === undefined ? value : declared[value.$ref]);
  for (const { kind, name, args } of JSON.parse(readFileSync("program.json", "utf8"))) {
    const given = Object.fromEntries(Object.entries(args).map(([key, value]) => [key, resolved(value)]));
    declared[name] = make(kind, name, given);
  }
};
