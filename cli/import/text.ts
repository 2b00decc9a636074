import { printable } from "../../provider/core/text.js";
import { jsonText } from "../output/terminal.js";

/** Text of the service in files that people read: in literals only, and without characters that hide or steer. */

const lineWidth = 120;

/** A text as a literal of TypeScript, in double quotes; of JSON and YAML as well. */
export function literal(text: string): string {
  return jsonText(text);
}

/** An object literal: on one line where there is room, else a property on each. */
export function objectLiteral(
  properties: readonly (readonly [name: string, expression: string])[],
  { indent = 0, around = 0 } = {},
): string {
  const parts = properties.map(([name, expression]) =>
    name === expression ? name : `${propertyName(name)}: ${expression}`,
  );
  if (parts.length === 0) return "{}";
  const line = `{ ${parts.join(", ")} }`;
  if (!line.includes("\n") && indent + around + line.length <= lineWidth) return line;
  const margin = " ".repeat(indent);
  return `{\n${parts.map((part) => `${margin}  ${part},\n`).join("")}${margin}}`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** Words that one reader of YAML or another takes for something else than text. */
const words = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);

/** A text as a scalar of YAML that every reader takes for the very same text. */
export function scalar(text: string): string {
  const plain = /^[A-Za-z][\w.@+-]*(?: [A-Za-z0-9_][\w.@+-]*)*$/.test(text) && text.length < lineWidth;
  return plain && !words.has(text.toLowerCase()) ? text : literal(text);
}

/** A comment behind a value: the name of a person, so that people who are listed by address or uid are recognised. */
export function nameComment(fullName: string | undefined): string {
  const shown = printable(fullName ?? "");
  return shown === "" ? "" : ` # ${shown}`;
}

/** The line with which editors find the schema of a file. @param folder of the package, from the file's folder */
export function schemaLine(
  schema: "people" | "teams" | "drift-ignore",
  folder = "./node_modules/pulumi-avala",
): string {
  return `# yaml-language-server: $schema=${folder}/${schema}.schema.json\n`;
}

/** A mapping of names to texts: on one line where there is room, else a line for each. */
export function mapping(entries: readonly (readonly [string, string])[], key: string, indent: number): string {
  const margin = " ".repeat(indent);
  const parts = entries.map(([name, value]) => `${scalar(name)}: ${scalar(value)}`);
  if (parts.length === 0) return `${margin}${key}: {}\n`;
  const line = `${margin}${key}: { ${parts.join(", ")} }`;
  if (line.length <= lineWidth) return `${line}\n`;
  return `${margin}${key}:\n${parts.map((part) => `${margin}  ${part}\n`).join("")}`;
}
