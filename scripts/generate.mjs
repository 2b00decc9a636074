// Writes provider/generated/<key>.ts and docs/reference/resources/<key>.md from the one declaration of each resource, the
// schemas with which editors complete files (*.schema.json), and the marked parts of pages in docs/internals. With --check it writes nothing and fails where a file is stale.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { editorSchemas } from "./editorSchemas.mjs";
import { PROJECT } from "./project.mjs";

// Our sources are compiled on the spot: what is generated must not depend on a build that needs it.
const require = createRequire(import.meta.url);
const compilerOptions = { module: "commonjs", ignoreDeprecations: "6.0" };
require("ts-node").register({ swc: true, experimentalResolver: true, skipProject: true, compilerOptions });
const { z } = require("zod");
const schemas = require("../provider/schema/index.ts");
const rules = require("../cli/drift/rules.ts");
const { operations, steps } = require("../test/engine/operations.ts");
const person = require("../test/lifecycle/person/table.ts");
const { promises } = require("../test/reliability.ts");
const { sections } = require("../cli/probe/statement.ts");
const { statements } = require("../cli/probe/statements/index.ts");

const { resources, flagsOf, isOptional } = schemas;
const COMMANDS = ["preview", "up", "refresh", "upAfterRefresh", "destroy"];
const [TYPES, RESOURCES] = ["provider/generated", "docs/reference/resources"];

const article = (kind) => `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
const lowerFirst = (kind) => kind[0].toLowerCase() + kind.slice(1);
const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const table = (titles, rows) =>
  [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const jsonSchema = (schema) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });

const quotedUnion = (values) => values.map((value) => JSON.stringify(value)).join(" | ");

function plainType(schema, side = "input") {
  const { type } = flagsOf(schema);
  if (type) return type[side];
  const json = jsonSchema(schema);
  if (json.enum) return quotedUnion(json.enum);
  return { string: "string", boolean: "boolean", number: "number", integer: "number" }[json.type] ?? "string";
}

/** What a user needs to know about a field, one sentence each. */
function sentences(schema) {
  const flags = flagsOf(schema);
  const { default: value } = jsonSchema(schema);
  const absent = flags.defaultText ?? (value === undefined ? undefined : `\`${JSON.stringify(value)}\``);
  return [
    flags.description,
    flags.known && `Known values: ${flags.known.map((known) => `\`${known}\``).join(", ")}; more may be added.`,
    absent && `Default: ${absent.replace(/\.$/, "")}.`,
    flags.replaces && `Changing this replaces the resource ${flags.replaces}.`,
    flags.emptyValue !== undefined && "Removing it from the program empties it.",
    flags.note,
  ].filter(Boolean);
}

/** The members of an interface, each below its comment. */
function members(fields, print) {
  const comment = (schema) => ["  /**", ...sentences(schema).map((line) => `   * ${line}`), "   */"].join("\n");
  return Object.entries(fields)
    .map(([name, schema]) => `${comment(schema)}\n  ${print(name, schema)}`)
    .join("\n");
}

/** @param isSet whether an input that may be left out is set */
function argsType(schema, isSet = false) {
  const { reference, known, type } = flagsOf(schema);
  // Editors complete the known values of an open set, and the compiler accepts any other.
  const plain = known && !type ? `${quotedUnion(known)} | (string & {})` : plainType(schema);
  const input = `pulumi.Input<${plain}${isOptional(schema) && !isSet ? " | undefined" : ""}>`;
  return reference ? `${reference} | ${input}` : input;
}

/** The inputs; of two that exclude each other, one. */
function argsOf({ kind, inputs, exactlyOne = [] }) {
  const field = (name, schema) => `${name}${isOptional(schema) ? "?" : ""}: ${argsType(schema)};`;
  const common = Object.fromEntries(Object.entries(inputs).filter(([name]) => !exactlyOne.includes(name)));
  if (exactlyOne.length === 0) {
    return `/** Inputs of ${article(kind)}. */
export interface ${kind}Args {
${members(common, field)}
}`;
  }
  const nameOf = (one) => `${kind}By${one[0].toUpperCase()}${one.slice(1)}`;
  const way = (one) => {
    const [other] = exactlyOne.filter((name) => name !== one);
    return `/** The person of ${article(kind)}, by \`${one}\`. */
export interface ${nameOf(one)} {
${members({ [one]: inputs[one] }, (name, schema) => `${name}: ${argsType(schema, true)};`)}
  ${other}?: undefined;
}`;
  };
  const names = exactlyOne.map((name) => `\`${name}\``);
  const ways = exactlyOne.map(nameOf).join(" | ");
  const fits = `export type ${kind}Args = ${kind}CommonArgs & (${ways});`.length <= 120;
  return `/** Inputs of ${article(kind)}, except ${names.join(" and ")}. */
export interface ${kind}CommonArgs {
${members(common, field)}
}

${exactlyOne.map(way).join("\n\n")}

/** Inputs of ${article(kind)}: with either ${names.join(" or ")}. */
export type ${kind}Args = ${kind}CommonArgs &${fits ? " " : "\n  "}(${ways});`;
}

function outputType(schema) {
  const mayBeAbsent = isOptional(schema) && flagsOf(schema).serverDefault !== true;
  return `pulumi.Output<${plainType(schema, "output")}${mayBeAbsent ? " | undefined" : ""}>`;
}

function typesOf(resource) {
  const { key, kind, inputs, outputs } = resource;
  const references = new Set(Object.values(inputs).flatMap((schema) => flagsOf(schema).reference ?? []));
  const importOf = (name) => `import type { ${name} } from "../resources/${lowerFirst(name)}.js";\n`;
  const all = { ...inputs, ...outputs };
  return `// Written by \`npm run generate\` from provider/schema/${key}.ts; edit that.
import type * as pulumi from "@pulumi/pulumi";
${[...references].map(importOf).join("")}
${argsOf(resource)}

/** Optional properties for \`${kind}.get\`, in addition to the id. */
export interface ${kind}State {
${members(all, (name, schema) => `${name}?: pulumi.Input<${plainType(schema)} | undefined>;`)}
}

/** Outputs of ${article(kind)}: all inputs, and values that Avala returns. */
export interface ${kind}Outputs {
${members(all, (name, schema) => `readonly ${name}: ${outputType(schema)};`)}
}
`;
}

/** A type as a cell of a table shows it. */
function shownType(schema) {
  const { reference, type } = flagsOf(schema);
  if (type) return `\`${type.output}\``;
  const parts = [reference ?? [], plainType(schema).split(" | ")].flat();
  return parts.map((part) => `\`${part}\``).join(" or ");
}

function documentationOf({ key, kind, id, description, inputs, outputs }) {
  const fieldTable = (title, fields, mark = () => "") => {
    const row = ([name, schema]) => [`\`${name}\`${mark(schema)}`, shownType(schema), sentences(schema).join(" ")];
    return table(
      [title, "type", "meaning"],
      Object.entries(fields).map((field) => row(field).map(cell)),
    );
  };
  return `<!-- Written by \`npm run generate\` from provider/schema/${key}.ts; edit that. -->

# ${kind}

${description}

Type \`pulumi-nodejs:dynamic/avala:${kind}\`, id ${id}.

## Inputs

Required inputs are marked \\*.

${fieldTable("input", inputs, (schema) => (isOptional(schema) ? "" : " \\*"))}

## Outputs

All inputs, and:

${fieldTable("output", outputs)}
`;
}

/** A person's situations, a table for each. */
function personTables() {
  const titles = COMMANDS.map((command) => (command === "upAfterRefresh" ? "up after refresh" : command));
  return Object.entries(person.situations).map(([situation, description]) => {
    const rows = Object.entries(person.table[situation]).map(([declaration, row]) => {
      const cells = COMMANDS.map((command) => row[command].replaceAll("; ", "<br>"));
      return [person.declarations[declaration], ...cells];
    });
    return `## ${description.replace(/\.$/, "")}\n\n${table(["declared", ...titles], rows)}`;
  });
}

/** Each operation of the API, with what uses it. */
function operationsTable() {
  const kind = (name) => {
    if (/^[A-Z]/.test(name)) return `[${name}](../reference/resources/${lowerFirst(name)}.md)`;
    if (name.startsWith("get")) return `[${name}](../reference/functions.md)`;
    return `[npx pulumi-avala ${name}](../reference/commands.md)`;
  };
  const rows = Object.entries(operations).map(([id, through]) => {
    const proofs = Object.values(through).map((step) => steps[step]);
    return [id, Object.keys(through).map(kind).join("<br>"), proofs.join("<br>")];
  });
  return table(["operation", "used by", "tested in the step"], rows);
}

/** Each guarantee and its tests. */
function guarantees() {
  return promises.map(({ promise, tests }) => {
    const lines = tests.map(({ where, how, cases }) => {
      const count = cases ? ` **${cases[0].toLocaleString("en")} ${cases[1]}.**` : "";
      return `- [\`test/${where}\`](../../test/${where}): ${how}.${count}`;
    });
    return `## ${promise}\n\n${lines.join("\n")}`;
  });
}

const probedBy = { reads: "reading", writes: "writing", emails: "an email" };
const howTheProviderCopes = { yes: "works", refuses: "ends with an error", no: "is wrong" };
const upperFirst = (text) => text[0].toUpperCase() + text.slice(1);
const needsOf = ({ probe }) => ("never" in probe ? undefined : probe.needs);

/** How many statements there are, and how they are probed. */
function statementCounts() {
  const count = (needs) => statements.filter((statement) => needsOf(statement) === needs).length;
  const probed = Object.entries(probedBy).map(([needs, how]) => `${count(needs)} are probed by ${how}`);
  const assumed = statements.filter(({ basis }) => basis === "assumed").length;
  return `${statements.length} statements, of which ${assumed} are assumed: ${probed.join(", ")}, and ${count(undefined)} not at all.`;
}

/** The statements of a section. */
function statementTable(section) {
  const titles = ["statement", "what Avala does", "basis", "what the provider does", "probed by", "where it differs"];
  const rows = statements
    .filter((statement) => statement.section === section)
    .map(({ name, claim, basis, source, provider, probe, copes, test }) => [
      `\`${name}\``,
      claim,
      `${basis}<br>${upperFirst(source)}`,
      provider,
      "never" in probe ? `not at all: ${probe.never.replace(/\.$/, "")}` : probedBy[probe.needs],
      `${howTheProviderCopes[copes]}<br>[${test.replace(/^test\/|\.test\.ts$/g, "")}](../../${test})`,
    ]);
  return table(
    titles,
    rows.map((row) => row.map(cell)),
  );
}

/** Which room of the package imports which, and which room of the command line. */
const importArrows = () =>
  [
    arrowsAmong("^(?:provider/[^/]+|cli)"),
    "Inside of the command line, `main.ts` and `commands.ts` left out:",
    arrowsAmong("^cli/(?!main|commands\\.)[^/]+"),
  ].join("\n\n");

function arrowsAmong(rooms) {
  const options = ["--include-only", rooms, "--collapse", rooms, "--output-type", "mermaid"];
  const args = ["node_modules/.bin/depcruise", "provider", "cli", ...options];
  const lines = execFileSync(process.execPath, args, { cwd: PROJECT, encoding: "utf8" }).trim().split("\n");
  const arrows = lines.filter((line) => line.includes("-->"));
  // The order of imports in a file must not change the page.
  return ["```mermaid", ...lines.slice(0, -arrows.length), ...arrows.toSorted(), "```"].join("\n");
}

/** A page that is written by hand but for the parts between two marks each. */
function page(name, ...contents) {
  const file = `docs/internals/${name}.md`;
  const [first, ...rest] = readFileSync(join(PROJECT, file), "utf8").split(
    /(?<=<!-- begin: .*-->\n)[^]*?(?=<!-- end -->)/,
  );
  if (rest.length !== contents.length) {
    throw new Error(
      `${file} has the marks <!-- begin: … --> and <!-- end --> ${rest.length} times, not ${contents.length}.`,
    );
  }
  return [file, first + rest.map((text, at) => `\n${contents[at]}\n\n${text}`).join("")];
}

/** Every generated file, and every page with a generated part, with its text. */
function generated() {
  const all = Object.values(resources);
  return new Map([
    ...all.map((resource) => [`${TYPES}/${resource.key}.ts`, typesOf(resource)]),
    ...all.map((resource) => [`${RESOURCES}/${resource.key}.md`, documentationOf(resource)]),
    ...Object.entries(editorSchemas(z, schemas, rules, sentences)).map(([file, schema]) => [
      file,
      `${JSON.stringify(schema, undefined, 2)}\n`,
    ]),
    page("person", personTables().join("\n\n")),
    page("operations", operationsTable()),
    page("reliability", guarantees().join("\n\n")),
    page("architecture", importArrows()),
    page("contract", statementCounts(), ...sections.map(statementTable)),
  ]);
}

/** Files that differ from the generated text, including files that are not generated any more. */
function stale(files) {
  const namesIn = (folder) => readdirSync(join(PROJECT, folder)).map((name) => `${folder}/${name}`);
  const there = new Set([...files.keys(), ...namesIn(TYPES), ...namesIn(RESOURCES)]);
  const textOf = (file) => existsSync(join(PROJECT, file)) && readFileSync(join(PROJECT, file), "utf8");
  return [...there].filter((file) => textOf(file) !== files.get(file));
}

const files = generated();
if (!process.argv.includes("--check")) {
  for (const [file, text] of files) writeFileSync(join(PROJECT, file), text);
}
const names = stale(files);
if (names.length > 0) {
  console.error(`Stale: ${names.join(", ")}. Run \`npm run generate\`; delete what is not generated any more.`);
  process.exitCode = 1;
}
