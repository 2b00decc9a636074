// Writes provider/generated/<key>.ts and docs/reference/resources/<key>.md from the one declaration of each resource, the
// schemas with which editors complete files (*.schema.json), the examples and links in the comments that editors show, and
// the marked parts of pages in docs. With --check it writes nothing and fails where a file is stale.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editorSchemas } from "./editorSchemas.mjs";
import { comments } from "./generate/comments.mjs";
import { sentences } from "./generate/fields.mjs";
import * as internals from "./generate/internals.mjs";
import { pageWith, pageWithFiles } from "./generate/pages.mjs";
import { resourcePage } from "./generate/resourcePages.mjs";
import { rules, schemas, sections, z } from "./generate/sources.mjs";
import { typesOf } from "./generate/types.mjs";
import { PROJECT } from "./project.mjs";

const [TYPES, RESOURCES] = ["provider/generated", "docs/reference/resources"];

const internal = (name, ...contents) => pageWith(`docs/internals/${name}.md`, contents);

/** Every generated file, and every file with a generated part, with its text. */
function generated() {
  const all = Object.values(schemas.resources);
  return new Map([
    ...all.map((resource) => [`${TYPES}/${resource.key}.ts`, typesOf(resource)]),
    ...all.map((resource) => [`${RESOURCES}/${resource.key}.md`, resourcePage(resource)]),
    ...Object.entries(editorSchemas(z, schemas, rules, sentences)).map(([file, schema]) => [
      file,
      `${JSON.stringify(schema, undefined, 2)}\n`,
    ]),
    ...comments(),
    ...["functions", "people"].map((name) => pageWithFiles(`docs/reference/${name}.md`)),
    internal("person", internals.personTables().join("\n\n")),
    internal("operations", internals.operationsTable()),
    internal("reliability", internals.guarantees().join("\n\n")),
    internal("architecture", internals.importArrows()),
    internal("contract", internals.statementCounts(), ...sections.map(internals.statementTable)),
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
