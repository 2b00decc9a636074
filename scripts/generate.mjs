// Writes provider/generated/<key>.ts and docs/reference/resources/<key>.md from the one declaration of each resource.
// With --check it writes nothing and fails where a file is stale.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

/** A module of ours, compiled on the spot: what is generated must not depend on a build that needs it. */
function loadSource(...path) {
  const ts = require("typescript");
  const cache = new Map();
  const load = (file) => {
    if (cache.has(file)) return cache.get(file).exports;
    const module = { exports: {} };
    cache.set(file, module);
    const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const requireFrom = (name) => {
      const path = name.startsWith(".") ? join(dirname(file), name.replace(/\.js$/, ".ts")) : name;
      return path.endsWith(".ts") ? load(path) : require(path);
    };
    const names = { exports: module.exports, require: requireFrom, module, __dirname: dirname(file), __filename: file };
    new Function(...Object.keys(names), outputText)(...Object.values(names));
    return module.exports;
  };
  return load(join(root, ...path));
}

const { z } = require("zod");
const { resources, flagsOf, isOptional } = loadSource("provider", "schema", "index.ts");
const reach = loadSource("test", "engine", "operations.ts");
const person = loadSource("test", "lifecycle", "person", "table.ts");
const { promises } = loadSource("test", "reliability.ts");

function plainType(schema, side = "input") {
  const { type } = flagsOf(schema);
  if (type) return type[side];
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (json.enum) return json.enum.map((value) => JSON.stringify(value)).join(" | ");
  return { string: "string", boolean: "boolean", number: "number", integer: "number" }[json.type] ?? "string";
}

function defaultOf(schema) {
  const { default: value } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return value === undefined ? undefined : `\`${JSON.stringify(value)}\``;
}

/** What a user needs to know about a field, one sentence each. */
function sentences(schema) {
  const flags = flagsOf(schema);
  const list = [flags.description];
  if (flags.known)
    list.push(`Known values: ${flags.known.map((value) => `\`${value}\``).join(", ")}; more may be added.`);
  const absent = flags.defaultText ?? defaultOf(schema);
  if (absent) list.push(`Default: ${absent.replace(/\.$/, "")}.`);
  if (flags.replaces) list.push(`Changing this replaces the resource ${flags.replaces}.`);
  if (flags.emptyValue !== undefined) list.push("Removing it from the program empties it.");
  if (flags.note) list.push(flags.note);
  return list;
}

function comment(lines, indent = "  ") {
  const text = lines.map((line) => `${indent} * ${line}`).join("\n");
  return `${indent}/**\n${text}\n${indent} */`;
}

function members(fields, print) {
  return Object.entries(fields)
    .map(([name, schema]) => `${comment(sentences(schema))}\n  ${print(name, schema)}`)
    .join("\n");
}

function argsType(schema) {
  const { reference } = flagsOf(schema);
  const plain = plainType(schema);
  const input = `pulumi.Input<${plain}${isOptional(schema) ? " | undefined" : ""}>`;
  return reference ? `${reference} | ${input}` : input;
}

function typesOf(resource) {
  const { kind, inputs, outputs } = resource;
  const references = [...new Set(Object.values(inputs).map((schema) => flagsOf(schema).reference))].filter(Boolean);
  const imports = references.map(
    (name) => `import type { ${name} } from "../resources/${name[0].toLowerCase()}${name.slice(1)}.js";`,
  );
  const all = { ...inputs, ...outputs };
  const optional = (schema) => (isOptional(schema) ? "?" : "");
  const isServerDefault = (schema) => flagsOf(schema).serverDefault === true;
  const output = (schema) =>
    `pulumi.Output<${plainType(schema, "output")}${isOptional(schema) && !isServerDefault(schema) ? " | undefined" : ""}>`;
  return `// Written by \`npm run generate\` from provider/schema/${resource.key}.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
${imports.join("\n")}${imports.length ? "\n" : ""}
/** Inputs of ${article(kind)}. */
export interface ${kind}Args {
${members(inputs, (name, schema) => `${name}${optional(schema)}: ${argsType(schema)};`)}
}

/** Optional properties for \`${kind}.get\`, in addition to the id. */
export interface ${kind}State {
${members(all, (name, schema) => `${name}?: pulumi.Input<${plainType(schema)} | undefined>;`)}
}

/** Outputs of ${article(kind)}: all inputs, and values that Avala returns. */
export interface ${kind}Outputs {
${members(all, (name, schema) => `readonly ${name}: ${output(schema)};`)}
}
`;
}

function article(kind) {
  return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function documentationOf(resource) {
  const { kind, key, inputs, outputs } = resource;
  const type = (schema) => {
    const { reference, type: own } = flagsOf(schema);
    if (own) return `\`${own.output}\``;
    const plain = plainType(schema)
      .split(" | ")
      .map((part) => `\`${part}\``)
      .join(" or ");
    return reference ? `\`${reference}\` or ${plain}` : plain;
  };
  const row = (name, schema, required) =>
    `| \`${name}\`${required ? " \\*" : ""} | ${cell(type(schema))} | ${cell(sentences(schema).join(" "))} |`;
  const rows = (fields, mark) => Object.entries(fields).map(([name, schema]) => row(name, schema, mark(schema)));
  return `<!-- Written by \`npm run generate\` from provider/schema/${key}.ts; edit that. -->

# ${kind}

${resource.description}

Type \`pulumi-nodejs:dynamic/avala:${kind}\`, id ${resource.id}.

## Inputs

Required inputs are marked \\*.

| input | type | meaning |
| --- | --- | --- |
${rows(inputs, (schema) => !isOptional(schema)).join("\n")}

## Outputs

All inputs, and:

| output | type | meaning |
| --- | --- | --- |
${rows(outputs, () => false).join("\n")}
`;
}

const COMMANDS = {
  preview: "preview",
  up: "up",
  refresh: "refresh",
  upAfterRefresh: "up after refresh",
  destroy: "destroy",
};

/** The page with the table of a person's situations. */
function personTable() {
  const { situations, declarations, table } = person;
  const heading = `| declared | ${Object.values(COMMANDS).join(" | ")} |\n| ---${" | ---".repeat(5)} |`;
  const sections = Object.entries(situations).map(([situation, description]) => {
    const rows = Object.entries(table[situation]).map(([declaration, row]) => {
      const cells = Object.keys(COMMANDS).map((command) => row[command].split("; ").join("<br>"));
      return `| ${declarations[declaration]} | ${cells.join(" | ")} |`;
    });
    return `## ${description.replace(/\.$/, "")}\n\n${heading}\n${rows.join("\n")}\n`;
  });
  const cells = Object.keys(situations).length * Object.keys(declarations).length * Object.keys(COMMANDS).length;
  return `<!-- Written by \`npm run generate\` from test/lifecycle/person/table.ts; edit that. -->

# Person table

Every situation of a person, with every declaration and every command: ${cells} cells. The tests in \`test/lifecycle/person\` run all
of them on the real host process against the emulator. Each cell lists, line by line:

- the steps of the engine (\`create\`, \`update\`, \`same\`, \`delete\`; two if two resources are declared);
- the requests that change Avala, in this order: \`invite\`, \`cancel\`, \`set role\`, \`remove\` (from the organization), \`add to
  team\`, \`remove from team\`; none if none is listed;
- the number of emails; none if none is listed;
- \`state\`: the recorded status;
- \`Avala\`: the person's access in Avala afterwards;
- \`reads\`: the lists that are read, each once;
- \`warns\` or \`says\`, if the run logs a warning or a message; or the [code](../reference/errors.md) of the error that ends it.

Preview and up run first. If something has changed since the last run, refresh and the up after it start from the same state as that
preview, as if up had not been run; otherwise they follow the up. Destroy runs last. A preview after each up is empty. The key
is the owner's; \`onExpiry\`, \`resend\` and \`onDestroy\` are not set; and nobody else's access ever changes.

${sections.join("\n")}`;
}

/** The page with what uses each operation. */
function operationsTable() {
  const kind = (name) =>
    /^[A-Z]/.test(name)
      ? `[${name}](../reference/resources/${name[0].toLowerCase()}${name.slice(1)}.md)`
      : name.startsWith("get")
        ? `[${name}](../reference/functions.md)`
        : `[npx pulumi-avala ${name}](../reference/commands.md)`;
  const rows = Object.entries(reach.operations).map(([id, through]) => {
    const ways = Object.keys(through).map(kind).join("<br>");
    const proofs = Object.values(through)
      .map((step) => reach.steps[step])
      .join("<br>");
    return `| ${id} | ${ways} | ${proofs} |`;
  });
  return `<!-- Written by \`npm run generate\` from test/engine/operations.ts; edit that. -->

# Operations

API coverage: the organizations API has ${rows.length} operations, and a resource, a function or a command uses each. The last column is
the step of \`test/engine/operations.test.ts\` that tests it with the real engine or the built command line, and compares the
emulator's log of calls.

| operation | used by | tested in the step |
| --- | --- | --- |
${rows.join("\n")}
`;
}

/** The page with each guarantee and its tests. */
function reliability() {
  const sections = promises.map(({ promise, tests }) => {
    const lines = tests.map(({ where, how, cases }) => {
      const count = cases ? ` **${cases[0].toLocaleString("en")} ${cases[1]}.**` : "";
      return `- [\`test/${where}\`](../../test/${where}): ${how}.${count}`;
    });
    return `## ${promise}\n\n${lines.join("\n")}\n`;
  });
  return `<!-- Written by \`npm run generate\` from test/reliability.ts; edit that. -->

# Reliability

The guarantees of the provider, and the tests of each. All tests run in \`npm test\` with the built provider: on the real
Pulumi engine (\`e2e\`, \`examples\`), on the real process that the engine starts for dynamic resources (\`host\`, \`lifecycle\`), or
on a single part (\`client\`, \`unit\`). The service is the [emulator](../../emulator/README.md), over real sockets; it shares no
code with the provider. Requests and emails are compared exactly with the emulator's log and its list of emails.

Numbers of cases are counted from the data of the tests.

${sections.join("\n")}
## What the tests do not show

The tests do not run against Avala itself, so they do not show that Avala behaves as documented; see
[limits](../../README.md#limits) and the [contract](contract.md).
`;
}

/** The rooms of the package, the lines of each, and which room imports which, as dependency-cruiser sees it. */
function architecture() {
  const cruiser = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const collapse = "^(?:provider/[^/]+|cli)";
  const options = ["provider", "cli", "--collapse", collapse, "--output-type", "json"];
  const { stdout } = spawnSync(process.execPath, [cruiser, ...options], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const rooms = JSON.parse(stdout)
    .modules.filter(({ source }) => isRoom(source))
    .toSorted((one, other) => one.source.localeCompare(other.source));
  const lines = new Map(rooms.map(({ source }) => [source, linesIn(join(root, source))]));
  const all = [...lines.values()].reduce((sum, count) => sum + count, 0);
  const name = (room) => room.replace(/^provider\//, "").replace(".ts", "");
  const arrows = rooms.flatMap(({ source, dependencies }) =>
    [...new Set(dependencies.map(({ resolved }) => resolved).filter(isRoom))]
      .toSorted()
      .map((target) => `  ${name(source)} --> ${name(target)}`),
  );
  const parts = readdirSync(join(root, "cli"))
    .map((entry) => `cli/${entry}`)
    .filter((path) => !path.includes("."));
  for (const path of parts.toSorted()) lines.set(path, linesIn(join(root, path)));
  const rows = [...lines].map(
    ([room, count]) => `| \`${room}\` | ${Math.round(count / 100) * 100} | ${Math.round((100 * count) / all)} % |`,
  );
  return `<!-- Written by \`npm run generate\` from the sources; edit scripts/generate.mjs. -->

# Architecture

The package has two entries for Pulumi, \`index\` (programs) and \`plugin\` (the process that the engine starts for dynamic
resources), and the command line \`cli\`. An arrow means "imports". There are no circles of files; \`npm run check\` tries the
rules in \`.dependency-cruiser.cjs\`. Between \`generated\` and \`resources\`, one direction is types only.

\`\`\`mermaid
flowchart TD
${arrows.join("\n")}
\`\`\`

## Rooms

Lines of TypeScript, comments included, in hundreds; of the command line also those of its rooms.

| Room | Lines | Share |
| --- | --- | --- |
${rows.join("\n")}

## Flows

- A person's email: resource class → schema → handlers (\`check\`, \`create\`) → \`observe\` reads the lists of the snapshot →
  \`policy/person\` says which email is due → the snapshot's view invites → client.
- A preview in a pull request: \`cli/pulumi/preview\` reads its format → the model of \`review\` asks the same \`policy\` → report →
  output.
- A warning: \`log\` of the run → the engine's log service, the terminal of the command, or the list of a test.
`;
}

const isRoom = (path) => /^(?:provider\/[^/]+|cli)$/.test(path);

function linesIn(path) {
  if (path.endsWith(".ts")) return readFileSync(path, "utf8").split("\n").length - 1;
  const files = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.reduce((sum, file) => sum + readFileSync(join(path, file), "utf8").split("\n").length - 1, 0);
}

/** Every generated file and its text. */
export function generated() {
  const files = new Map();
  for (const resource of Object.values(resources)) {
    files.set(join(root, "provider", "generated", `${resource.key}.ts`), typesOf(resource));
    files.set(join(root, "docs", "reference", "resources", `${resource.key}.md`), documentationOf(resource));
  }
  files.set(join(root, "docs", "internals", "person.md"), personTable());
  files.set(join(root, "docs", "internals", "operations.md"), operationsTable());
  files.set(join(root, "docs", "internals", "reliability.md"), reliability());
  files.set(join(root, "docs", "internals", "architecture.md"), architecture());
  return files;
}

/** Names of files that differ from the generated text, including files that are not generated any more. */
export function stale(files = generated()) {
  const names = [...files].filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
  // Only folders in which everything is generated.
  const folders = [join(root, "provider", "generated"), join(root, "docs", "reference", "resources")].filter(
    existsSync,
  );
  const extra = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return [...names.map(([file]) => file), ...extra.filter((file) => !files.has(file))].map((file) =>
    relative(root, file),
  );
}

function main() {
  const files = generated();
  if (process.argv.includes("--check")) {
    const names = stale(files);
    if (names.length === 0) return;
    console.error(`Stale: ${names.join(", ")}. Run: npm run generate`);
    process.exitCode = 1;
    return;
  }
  for (const [file, text] of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) main();
