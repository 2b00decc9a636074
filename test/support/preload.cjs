/**
 * Preloaded (`node --require`) into processes that tests start by the hundred, so that they start with less work: with
 * what V8 has compiled before, and without modules that they do not use. It applies to programs of this clone; packages that
 * tests install elsewhere start as at users.
 */
const { existsSync } = require("node:fs");
const { join, sep } = require("node:path");

const root = join(__dirname, "../..");
const sdk = join(root, "node_modules/@pulumi/pulumi") + sep;
const programs = {
  run: join(sdk, "cmd/run/index.js"),
  "dynamic-provider": join(sdk, "cmd/dynamic-provider/index.js"),
  "run-policy-pack": join(sdk, "cmd/run-policy-pack/index.js"),
};

/** What the SDK loads at its start and uses only to serialize functions, to compile TypeScript, or to run other programs. */
const onDemand = new Set(["typescript", "@npmcli/arborist", "normalize-package-data", "./automation"]);
/** Loads what exports traces, and uses it only with the option --tracing. */
const tracing = join(sdk, "cmd/run/tracing.js");

/** A module that is loaded when one of its properties is read. */
function loadedByProperty(load) {
  const get = (_, key) => {
    // So that the helper of compiled imports copies no properties.
    if (key === "__esModule") return true;
    const loaded = load();
    return key === "default" ? loaded : loaded[key];
  };
  return new Proxy({}, { get });
}

/** A module of functions and classes that is loaded when one of them is called. */
function loadedByCall(load) {
  const property = (key) =>
    new Proxy(function () {}, {
      apply: (_, self, args) => Reflect.apply(load()[key], self, args),
      construct: (_, args) => Reflect.construct(load()[key], args),
    });
  return new Proxy({}, { get: (_, key) => property(key) });
}

function loadOnDemand() {
  const Module = require("node:module");
  const load = Module._load;
  Module._load = function (request, parent, isMain) {
    const now = () => load.call(this, request, parent, isMain);
    const from = parent?.filename ?? "";
    if (!from.startsWith(sdk)) return now();
    // V8's debugger would follow every script, so that errors about functions name their files.
    if (from === programs.run && request.endsWith("/v8Hooks")) return { isInitializedAsync: async () => {} };
    if (from === tracing && request.startsWith("@opentelemetry/") && request !== "@opentelemetry/api") {
      return loadedByCall(now);
    }
    return onDemand.has(request) ? loadedByProperty(now) : now();
  };
}

const [name] = Object.entries(programs).find(([, path]) => process.argv[1] === path) ?? [];
if (name !== undefined) {
  loadOnDemand();
  // As the option `typescript: false` of the project, which the language host that the clone builds does not know.
  if (name === "run" && existsSync("index.js")) process.env["PULUMI_NODEJS_TYPESCRIPT"] = "false";
  const { keepCompiled } = require("./compileCache.cjs");
  const folders = [join(root, "dist"), join(root, "node_modules")];
  keepCompiled(join(root, ".work/compileCache", `${process.version}-${process.arch}`, name), folders);
}
