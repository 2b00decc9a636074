// The page of a resource: docs/reference/resources.
import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { PROJECT } from "../project.mjs";
import { sentences, shownType } from "./fields.mjs";
import { dataOf, EXAMPLES, examplesOf, exampleText, shownFile } from "./pages.mjs";
import { seeAlso } from "./seeAlso.mjs";
import { costs, errors, schemas } from "./sources.mjs";
import { article, cell, fence, table } from "./text.mjs";

const { isOptional } = schemas;
const FOLDER = "docs/reference/resources";
const LIFECYCLE = "docs/internals/lifecycle.md";

const rowsOf = (rows) => rows.map((row) => row.map(cell));
const codeLink = (code) => `[${code}](../errors.md#${code.toLowerCase()})`;
/** A list for a sentence: "one, two and three". */
const listed = (items) => items.join(", ").replace(/, ([^,]*)$/, " and $1");
/** A link of another page, as the page of a resource needs it. */
const linkFrom = (page) => (link) =>
  link.startsWith("#")
    ? posix.relative(FOLDER, page) + link
    : posix.relative(FOLDER, posix.normalize(posix.join(dirname(page), link)));
const fromDocs = linkFrom("docs/README.md");

function examples(key) {
  const programs = examplesOf(key).map((name) => shownFile(`${EXAMPLES}/${key}/${name}`));
  const data = dataOf(key).map((name) => `\`${name}\`:\n\n${shownFile(`${EXAMPLES}/${key}/${name}`)}`);
  return `## Examples\n\n${[...programs, ...data].join("\n\n")}`;
}

function fieldTable(title, fields, mark = () => "") {
  const rows = fields.map(([name, schema]) => [
    `\`${name}\`${mark(schema)}`,
    shownType(schema),
    sentences(schema).join(" "),
  ]);
  return table([title, "type", "meaning"], rowsOf(rows));
}

function inputs(resource) {
  const all = Object.entries(resource.inputs);
  const isRequired = ([, schema]) => !isOptional(schema);
  const inOrder = [...all.filter(isRequired), ...all.filter((field) => !isRequired(field))];
  const either = resource.exactlyOne?.map((name) => `\`${name}\``).join(" or ");
  const marked = `Required inputs are marked \\*.${either ? ` Of ${either}, exactly one is required.` : ""}`;
  return `## Inputs\n\n${marked}\n\n${fieldTable("input", inOrder, (schema) => (isOptional(schema) ? "" : " \\*"))}`;
}

const outputs = (resource) =>
  `## Outputs\n\nAll inputs, and:\n\n${fieldTable("output", Object.entries(resource.outputs))}`;

const get = ({ key, kind, id }) => `## Get

\`${kind}.get(name, id)\` reads an existing object without managing it. The id is ${id}. Needs \`@pulumi/pulumi\` 3.268
or newer.

${shownFile(`${EXAMPLES}/${key}/get.ts`)}`;

function importing({ key, kind, id }) {
  const adopt = exampleText(`${key}/adopt`);
  const adoption =
    adopt &&
    `With \`adopt\`, \`pulumi up\` takes over an existing object instead of creating one:\n\n${fence("ts", adopt)}\n\n`;
  return `## Import

${adoption ?? ""}To import what the program declares and Avala already has, without sending any change:

${fence("sh", "pulumi preview --import-file import.json\nnpx pulumi-avala import --fill import.json --run")}

The second command completes the file with ids, inputs and outputs, and runs \`pulumi import\`; see
[import](../commands.md#an-existing-program). For the first example it writes this entry, of type
\`pulumi-nodejs:dynamic/avala:${kind}\` and with the id ${id}:

${shownFile(`${EXAMPLES}/${key}/import.json`)}`;
}

/** "listTeams, createTeam"; what is sent several times has its number. */
function requests(names) {
  const count = (name) => names.filter((other) => other === name).length;
  const shown = [...new Set(names)].map((name) => `${name}${count(name) > 1 ? ` (${count(name)})` : ""}`);
  return shown.join(", ") || "none";
}

function cost({ key, kind }) {
  const rows = costs[key].map(({ when, operations, emails }) => [when, requests(operations), String(emails)]);
  return `## Requests and emails

Requests that the step of ${article(kind)} sends, by [operation](../../internals/operations.md). Reads are shared: each list is
read once in a run, however many resources need it, with one request per 100 rows. A preview of a step without pending
people sends none.

${table(["step", "requests", "emails"], rowsOf(rows))}`;
}

function errorTables({ key, kind }) {
  const rows = (list) => rowsOf(list.map(({ code, when }) => [codeLink(code), when]));
  return `## Errors

Errors of ${article(kind)}:

${table(["code", "when"], rows(errors.ofKind[key]))}

Errors of every resource, in addition to ${listed(errors.ofRuns.map(codeLink))}:

${table(["code", "when"], rows(errors.ofEveryKind))}`;
}

/** The parts of the lifecycle's page about what ends a resource. */
function notes({ kind }) {
  const page = readFileSync(join(PROJECT, LIFECYCLE), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith(`${kind}\n`));
  const bullets = section.split(/^(?=- \*\*|\| )/m).filter((text) => /^- \*\*(?:Replace|Delete)/.test(text));
  const adapted = bullets
    .map((text) => text.trimEnd())
    .join("\n")
    .replaceAll(/\]\(([^):]+)\)/g, (_, link) => `](${linkFrom(LIFECYCLE)(link)})`);
  const all = `${linkFrom(LIFECYCLE)(`#${kind.toLowerCase()}`)}`;
  return `## Replacement and deletion\n\n${adapted}\n\nAll steps: [lifecycle](${all}).`;
}

function related({ key }) {
  const links = seeAlso[key].map(([text, path]) => `- [${text}](${fromDocs(path)})`);
  return `## See also\n\n${links.join("\n")}`;
}

export function resourcePage(resource) {
  const { key, kind, description } = resource;
  const sections = [
    examples(key),
    inputs(resource),
    outputs(resource),
    get(resource),
    importing(resource),
    cost(resource),
    errorTables(resource),
    notes(resource),
    related(resource),
  ];
  return `<!-- Written by \`npm run generate\` from provider/schema/${key}.ts, examples/reference/${key} and test/lifecycle/{costs,errors}.ts; edit those. -->

# ${kind}

${description}

${sections.join("\n\n")}
`;
}
