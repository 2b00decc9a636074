/**
 * One program of many examples of the pages: it runs the files that examples.json lists, unchanged. What several of them
 * declare, such as the organization, is declared once.
 */
const { readFileSync } = require("node:fs");
const { isDeepStrictEqual } = require("node:util");
const vm = require("node:vm");
const pulumi = require("@pulumi/pulumi");
const { transformSync } = require("@swc/core");
const avala = require("pulumi-avala");

const declared = new Map();

/** The resource of this name, if an example before has declared it; a later one may leave out inputs. */
function earlier(key, args) {
  const found = declared.get(key);
  if (!found) return undefined;
  const differing = Object.keys(args).filter((name) => !isDeepStrictEqual(found.args[name], args[name]));
  if (differing.length > 0) throw new Error(`${key} is declared twice, with a different ${differing.join(", ")}.`);
  return found.resource;
}

/** A class whose constructor returns the resource that is declared already. */
const once = (Class) =>
  new Proxy(Class, {
    construct(_, [name, args = {}, options]) {
      const key = `${Class.name} ${name}`;
      const resource = earlier(key, args);
      if (resource) return resource;
      // An explicit provider has the default base URL unless it sets one; here that is the emulator's.
      const at = { baseUrl: process.env.AVALA_BASE_URL, allowInsecureBaseUrl: true };
      const made = new Class(name, Class === avala.Provider ? { ...at, ...args } : args, options);
      declared.set(key, { args, resource: made });
      return made;
    },
  });

const isClass = (value) => typeof value === "function" && value.prototype instanceof pulumi.Resource;
const shared = Object.fromEntries(
  Object.entries(avala).map(([name, value]) => [name, isClass(value) ? once(value) : value]),
);

/** Runs a file and returns its exports. */
function run(path) {
  const options = { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } };
  const { code } = transformSync(readFileSync(path, "utf8"), options);
  const exported = {};
  const load = (name) => (name === "pulumi-avala" ? shared : require(name));
  vm.compileFunction(code, ["require", "exports"], { filename: path })(load, exported);
  return { ...exported };
}

module.exports = Object.fromEntries(
  Object.entries(JSON.parse(readFileSync("examples.json", "utf8"))).map(([name, path]) => [name, run(path)]),
);
