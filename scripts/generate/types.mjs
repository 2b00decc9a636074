// The types of a resource: provider/generated.
import { plainType, quotedUnion, sentences } from "./fields.mjs";
import { pageOf } from "./pages.mjs";
import { schemas } from "./sources.mjs";
import { article, lowerFirst } from "./text.mjs";

const { flagsOf, isOptional } = schemas;

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

/** A comment with the link to the page of the resource. */
const linked = (text, key) => `/**\n * ${text}\n * @see ${pageOf(`resources/${key}`)}\n */`;

/** The inputs; of two that exclude each other, one. */
function argsOf({ key, kind, inputs, exactlyOne = [] }) {
  const field = (name, schema) => `${name}${isOptional(schema) ? "?" : ""}: ${argsType(schema)};`;
  const common = Object.fromEntries(Object.entries(inputs).filter(([name]) => !exactlyOne.includes(name)));
  if (exactlyOne.length === 0) {
    return `${linked(`Inputs of ${article(kind)}.`, key)}
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

${linked(`Inputs of ${article(kind)}: with either ${names.join(" or ")}.`, key)}
export type ${kind}Args = ${kind}CommonArgs &${fits ? " " : "\n  "}(${ways});`;
}

function outputType(schema) {
  const mayBeAbsent = isOptional(schema) && flagsOf(schema).serverDefault !== true;
  return `pulumi.Output<${plainType(schema, "output")}${mayBeAbsent ? " | undefined" : ""}>`;
}

export function typesOf(resource) {
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
