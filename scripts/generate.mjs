// Writes provider/generated/<key>.ts and docs/reference/resources/<key>.md from the one declaration of each resource.
// With --check it writes nothing and fails where a file is stale.
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
    const requireFrom = (name) =>
      name.startsWith(".") ? load(join(dirname(file), name.replace(/\.js$/, ".ts"))) : require(name);
    const names = { exports: module.exports, require: requireFrom, module, __dirname: dirname(file), __filename: file };
    new Function(...Object.keys(names), outputText)(...Object.values(names));
    return module.exports;
  };
  return load(join(root, ...path));
}

const { z } = require("zod");
const { resources, flagsOf, isOptional } = loadSource("provider", "schema", "index.ts");
const reach = loadSource("test", "e2e", "operations.ts");
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

/** What a user needs to know of a field, a sentence each. */
function sentences(schema) {
  const flags = flagsOf(schema);
  const list = [flags.description];
  if (flags.known)
    list.push(`Known values: ${flags.known.map((value) => `\`${value}\``).join(", ")}; others may come.`);
  const absent = flags.absent ?? defaultOf(schema);
  if (absent) list.push(`Default: ${absent.replace(/\.$/, "")}.`);
  if (flags.replaces) list.push(`Changing this replaces the resource ${flags.replaces}.`);
  if (flags.clear !== undefined) list.push("Removing it from the program empties it.");
  if (flags.fact) list.push(flags.fact);
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
  const chosen = (schema) => flagsOf(schema).chosen === true;
  const output = (schema) =>
    `pulumi.Output<${plainType(schema, "output")}${isOptional(schema) && !chosen(schema) ? " | undefined" : ""}>`;
  return `// Written by \`npm run generate\` from provider/schema/${resource.key}.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
${imports.join("\n")}${imports.length ? "\n" : ""}
/** What a program declares of ${article(kind)}. */
export interface ${kind}Args {
${members(inputs, (name, schema) => `${name}${optional(schema)}: ${argsType(schema)};`)}
}

/** What \`${kind}.get\` may be given beside the id. */
export interface ${kind}State {
${members(all, (name, schema) => `${name}?: pulumi.Input<${plainType(schema)} | undefined>;`)}
}

/** What ${article(kind)} offers to the rest of a program. */
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

/** The table of everything that can become of a person, for readers. */
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

# What becomes of a person

Every situation a person can be in, under every declaration, at every command: ${cells} cells, all of them run by the tests in
\`test/lifecycle/person\` on the real host process against the emulator. Each cell says, line by line:

- the steps that the engine takes (\`create\`, \`update\`, \`same\`, \`delete\`; two where two resources are declared);
- what is sent to Avala, in this order: \`invite\`, \`cancel\`, \`set role\`, \`remove\` (from the organization), \`grant\`,
  \`take out\` (of the team); nothing where nothing is named;
- how many mails go out; none where none is named;
- \`state\`: the status that is recorded;
- \`Avala\`: what Avala holds of the person afterwards;
- \`reads\`: the lists that are read, each once;
- \`warns\` or \`says\`, where the run tells something; or the [code](../reference/errors.md) of the error that ends it.

Preview and up come first. Where something has happened since the last run, refresh and the up after it begin where that
preview began, as if it had not been run; else they follow the up. Destroy comes last. A preview after each up is empty. The key
is the owner's, nothing is said of \`onExpiry\`, \`resend\` or \`onDestroy\`, and nobody else is ever touched.

${sections.join("\n")}`;
}

/** What reaches each operation, for readers. */
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
  return `<!-- Written by \`npm run generate\` from test/e2e/operations.ts; edit that. -->

# Operations

The organizations API has ${rows.length} operations. Each is reached by a resource, a function or a command. The last column names the
step of \`test/e2e/operations.test.ts\` that proves it, with the real engine or the built command line against the emulator's log of
calls.

| operation | reached by | proved where |
| --- | --- | --- |
${rows.join("\n")}
`;
}

/** What is promised and how it is tested, for readers. */
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

What is promised, and the tests that hold it. All of them run in \`npm test\`, with the provider as it is built: on the real
Pulumi engine (\`e2e\`, \`examples\`), on the real process that the engine starts for dynamic resources (\`host\`, \`lifecycle\`), or
on the part in question (\`client\`, \`unit\`). The service is the [emulator](../../emulator/README.md), over real sockets; it shares no
code with the provider. Requests and mails are compared exactly, by the emulator's log and mailbox.

Numbers of cases are counted from the data that the tests run.

${sections.join("\n")}
## What tests cannot show

That Avala's own service does what its documentation says; see [limits](../../README.md#limits).
`;
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
  return files;
}

/** Names of files that differ from what they should be, those that nothing generates any more included. */
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
