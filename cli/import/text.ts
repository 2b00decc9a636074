import { lineWidth, literal } from "../output/peopleYaml.js";

/** Text of the service in files that people read: in literals only, and without characters that hide or steer. */

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

/** The line with which editors find the schema of a file. @param folder of the package, from the file's folder */
export function schemaLine(
  schema: "people" | "teams" | "drift-ignore",
  folder = "./node_modules/pulumi-avala",
): string {
  return `# yaml-language-server: $schema=${folder}/${schema}.schema.json\n`;
}
