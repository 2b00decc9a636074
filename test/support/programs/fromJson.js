/**
 * A program whose declarations are data: it declares what program.json in its own folder lists, in that order.
 * `{ "$ref": "acme" }` stands for the resource declared under that name, `{ "$ref": "acme", "property": "uid" }` for
 * one of its outputs, `{ "$secret": value }` for a secret.
 */
const { readFileSync } = require("node:fs");
const pulumi = require("@pulumi/pulumi");
const avala = require("pulumi-avala");

const declared = {};

function resolved(value) {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  if ("$secret" in value) return pulumi.secret(value.$secret);
  if ("$ref" in value) {
    const resource = declared[value.$ref];
    if (!resource) throw new Error(`program.json: nothing is declared under the name ${value.$ref} so far`);
    return value.property === undefined ? resource : resource[value.property];
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item)]));
}

function declare({ kind, name, key = name, args = {}, options = {}, get }) {
  const given = resolved(options);
  if (kind === "Component") return [key, new pulumi.ComponentResource("test:index:Box", name, {}, given)];
  if (get !== undefined) return [key, avala[kind].get(name, resolved(get), undefined, given)];
  return [key, new avala[kind](name, resolved(args), given)];
}

const { resources, exported = {} } = JSON.parse(readFileSync("program.json", "utf8"));
for (const entry of resources) {
  const [key, resource] = declare(entry);
  declared[key] = resource;
}

module.exports = resolved(exported);
