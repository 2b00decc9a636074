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

/** What the SDK loads at its start and uses only to serialize functions or to compile TypeScript. */
const onDemand = new Set(["typescript", "@npmcli/arborist", "normalize-package-data"]);

/** Loads these when the first of their properties is read. */
function loadOnDemand() {
  const Module = require("node:module");
  const load = Module._load;
  Module._load = function (request, parent, isMain) {
    const isLater = onDemand.has(request) && parent?.filename?.startsWith(sdk);
    if (!isLater) return load.call(this, request, parent, isMain);
    const get = (_, key) => {
      // So that the helper of compiled imports copies no properties.
      if (key === "__esModule") return true;
      const loaded = load.call(this, request, parent, isMain);
      return key === "default" ? loaded : loaded[key];
    };
    return new Proxy({}, { get });
  };
}

const [name] = Object.entries(programs).find(([, path]) => process.argv[1] === path) ?? [];
if (name !== undefined) {
  // The SDK sets it when it has loaded a part of itself; V8 takes nothing that was compiled with other flags.
  require("node:v8").setFlagsFromString("--allow-natives-syntax");
  loadOnDemand();
  // As the option `typescript: false` of the project, which the language host that the clone builds does not know.
  if (name === "run" && existsSync("index.js")) process.env["PULUMI_NODEJS_TYPESCRIPT"] = "false";
  const { keepCompiled } = require("./compileCache.cjs");
  const folders = [join(root, "dist"), join(root, "node_modules")];
  keepCompiled(join(root, ".work/compileCache", `${process.version}-${process.arch}`, name), folders);
}
