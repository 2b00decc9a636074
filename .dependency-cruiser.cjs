/**
 * What each room may import besides itself: rooms of the provider (`ours`), files of other rooms (`others`), packages
 * (`packages`), rooms of the provider and packages for types only (`oursTypes`, `types`), and Node's own modules unless
 * `node` is false. What is not named here is refused.
 */
const ROOMS = {
  "provider/index.ts": { ours: ["resources", "components", "functions", "schema", "core", "generated"] },
  "provider/plugin.ts": { ours: ["lifecycle"] },
  "provider/core": { packages: [] },
  "provider/schema": { ours: ["core"], packages: ["zod"], node: false },
  "provider/policy": { ours: ["core", "schema"], node: false },
  "provider/client": { ours: ["core"], packages: ["undici", "zod"] },
  "provider/snapshot": { ours: ["core", "client"] },
  "provider/lifecycle": { ours: ["core", "schema", "policy", "client", "snapshot"] },
  "provider/resources": { ours: ["core", "schema", "generated"], packages: ["@pulumi/pulumi"] },
  "provider/components": { ours: ["core", "resources", "schema", "generated"], packages: ["@pulumi/pulumi"] },
  "provider/functions": {
    ours: ["core", "schema", "client", "snapshot"],
    oursTypes: ["resources"],
    packages: ["@pulumi/pulumi"],
    types: ["zod"],
  },
  "provider/generated": { ours: ["schema"], oursTypes: ["resources"], types: ["@pulumi/pulumi"] },
  cli: {
    ours: ["core", "schema", "policy", "client", "snapshot", "lifecycle"],
    others: ["emulator/src/index.ts"],
    packages: ["commander", "hono", "zod"],
  },
  "emulator/src": { packages: ["hono", "@hono/node-server", "@hono/zod-openapi", "zod"] },
};

/** Files that need a package more than their room does: the engine's log service, and the parser of YAML. */
const EXCEPTIONS = {
  "provider/lifecycle/runtime/engineLog.ts": ["@pulumi/pulumi", "@grpc/grpc-js"],
  "provider/core/dataFile.ts": ["yaml"],
};

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const any = (paths) => (paths.length === 0 ? "^(?!)" : `^(?:${paths.join("|")})`);
const folderOf = (room) => escape(room) + (room.endsWith(".ts") ? "$" : "/");
const ownRoom = (name) => folderOf(`provider/${name}`);
const packageOf = (name) => `node_modules/(?:@types/)?${escape(name)}/`;
const MANIFEST = "package\\.json$";

function rulesOf([room, { ours = [], others = [], oursTypes = [], packages = [], types = [], node = true }]) {
  const exceptions = Object.entries(EXCEPTIONS).filter(([file]) => file.startsWith(`${room}/`));
  const open = [folderOf(room), ...ours.map(ownRoom), ...others.map(folderOf), ...packages.map(packageOf), MANIFEST];
  const forTypes = [...oursTypes.map(ownRoom), ...types.map(packageOf)];
  const from = { path: `^${folderOf(room)}` };
  return [
    {
      name: `${room}-imports`,
      comment: `May import ${[...ours, ...others, ...packages].join(", ") || "nothing else"}${forTypes.length > 0 ? `; types of ${[...oursTypes, ...types].join(", ")}` : ""}.`,
      severity: "error",
      from: { ...from, pathNot: exceptions.map(([file]) => `^${escape(file)}$`) },
      to: { pathNot: any([...open, ...forTypes]), dependencyTypesNot: ["core"] },
    },
    ...(forTypes.length === 0
      ? []
      : [
          {
            name: `${room}-types`,
            severity: "error",
            from,
            to: { path: any(forTypes), dependencyTypesNot: ["type-only"] },
          },
        ]),
    ...exceptions.map(([file, more]) => ({
      name: `${file}-imports`,
      severity: "error",
      from: { path: `^${escape(file)}$` },
      to: { pathNot: any([...open, ...forTypes, ...more.map(packageOf)]), dependencyTypesNot: ["core"] },
    })),
    ...(node ? [] : [{ name: `${room}-node`, severity: "error", from, to: { dependencyTypes: ["core"] } }]),
  ];
}

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "not-resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-room",
      comment: "A file that belongs to no room has no rule.",
      severity: "error",
      from: { path: "^(?:provider|cli|emulator)/", pathNot: any(Object.keys(ROOMS).map(folderOf)) },
      to: {},
    },
    ...Object.entries(ROOMS).flatMap(rulesOf),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "require", "node", "default"],
    },
  },
};
