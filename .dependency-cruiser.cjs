/** What every command of the command line needs. */
const COMMAND = ["command.ts", "errors.ts", "output"];

/**
 * What each room may import besides itself: rooms of the provider (`ours`), rooms of the command line (`cli`), files
 * of other rooms (`others`), packages (`packages`), rooms of the provider and packages for types only (`oursTypes`, `types`), and Node's own modules unless
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
  "cli/errors.ts": { ours: ["core"] },
  "cli/output": { ours: ["core"], cli: ["errors.ts"], packages: ["hono"] },
  "cli/command.ts": { cli: ["output"] },
  "cli/input.ts": { ours: ["core"], cli: ["errors.ts"] },
  "cli/help.ts": { ours: ["core"], cli: ["command.ts", "output"] },
  "cli/commandLine.ts": {
    ours: ["core", "schema"],
    cli: ["command.ts", "errors.ts", "help.ts"],
    packages: ["commander"],
  },
  "cli/pulumi": {
    ours: ["core", "schema", "policy", "lifecycle"],
    cli: ["command.ts", "errors.ts", "input.ts", "output"],
  },
  "cli/session.ts": {
    ours: ["core", "client", "snapshot", "lifecycle"],
    cli: ["command.ts", "output", "pulumi"],
  },
  "cli/membership": {
    ours: ["core", "schema", "policy", "client", "snapshot"],
    cli: ["errors.ts", "output", "pulumi", "session.ts"],
  },
  "cli/actions": { ours: ["core", "client", "snapshot"], cli: [...COMMAND, "membership", "session.ts"] },
  "cli/access": {
    ours: ["core", "schema", "policy", "client", "snapshot"],
    cli: [...COMMAND, "membership", "pulumi", "session.ts"],
  },
  "cli/status": { ours: ["core", "snapshot"], cli: [...COMMAND, "membership", "pulumi", "session.ts"] },
  "cli/drift": {
    ours: ["core", "schema", "policy", "client", "snapshot", "lifecycle"],
    cli: [...COMMAND, "membership", "pulumi", "session.ts"],
    packages: ["hono"],
  },
  "cli/import": {
    ours: ["core", "schema", "client", "snapshot", "lifecycle"],
    cli: [...COMMAND, "input.ts", "pulumi", "session.ts"],
  },
  "cli/review": {
    ours: ["core", "schema", "policy", "client"],
    cli: [...COMMAND, "input.ts", "membership", "pulumi"],
    packages: ["hono"],
  },
  "cli/rehearse": {
    ours: ["core", "schema", "policy", "client", "snapshot", "lifecycle"],
    cli: [...COMMAND, "membership", "probe", "pulumi", "review", "session.ts"],
    others: ["emulator/src/index.ts"],
  },
  "cli/probe": {
    ours: ["core", "client", "lifecycle"],
    cli: [...COMMAND, "input.ts", "session.ts"],
    packages: ["zod"],
  },
  "cli/doctor": {
    ours: ["core", "client", "snapshot", "lifecycle"],
    cli: [...COMMAND, "commandLine.ts", "probe", "pulumi", "session.ts"],
  },
  "cli/completion": { cli: COMMAND },
  "cli/commands.ts": {
    cli: [
      "command.ts",
      "access",
      "actions",
      "completion",
      "doctor",
      "drift",
      "import",
      "probe",
      "rehearse",
      "review",
      "status",
    ],
  },
  "cli/main.ts": { ours: ["core"], cli: [...COMMAND, "commandLine.ts", "commands.ts"] },
  "emulator/src": { packages: ["hono", "@hono/node-server", "@hono/zod-openapi", "zod"] },
};

/** Files that need a package more than their room does: the engine's log service, and the parser of YAML. */
const EXCEPTIONS = {
  "provider/lifecycle/runtime/engineLog.ts": ["@pulumi/pulumi", "@grpc/grpc-js"],
  "provider/core/dataFile.ts": ["yaml"],
  "cli/access/peopleFiles.ts": ["yaml"],
};

const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const any = (paths) => (paths.length === 0 ? "^(?!)" : `^(?:${paths.join("|")})`);
const folderOf = (room) => escape(room) + (room.endsWith(".ts") ? "$" : "/");
const ownRoom = (name) => folderOf(`provider/${name}`);
const packageOf = (name) => `node_modules/(?:@types/)?${escape(name)}/`;
const MANIFEST = "package\\.json$";

function rulesOf([room, { ours = [], cli = [], others = [], oursTypes = [], packages = [], types = [], node = true }]) {
  const exceptions = Object.entries(EXCEPTIONS).filter(([file]) => file.startsWith(`${room}/`));
  const open = [
    folderOf(room),
    ...ours.map(ownRoom),
    ...cli.map((name) => folderOf(`cli/${name}`)),
    ...others.map(folderOf),
    ...packages.map(packageOf),
    MANIFEST,
  ];
  const forTypes = [...oursTypes.map(ownRoom), ...types.map(packageOf)];
  const from = { path: `^${folderOf(room)}` };
  return [
    {
      name: `${room}-imports`,
      comment: `May import ${[...ours, ...cli, ...others, ...packages].join(", ") || "nothing else"}${forTypes.length > 0 ? `; types of ${[...oursTypes, ...types].join(", ")}` : ""}.`,
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
