import { createRequire } from "node:module";
import { extname } from "node:path";
import { printable } from "./text.js";
import { readBounded } from "./bounded.js";

/** Longer than any real path. */
const pathLength = 1024;
/** In bytes; a hundred thousand people need about ten million. */
const largestDataFile = 16 * 1024 * 1024;

/**
 * The content of a YAML or JSON file. In YAML, every value is a text, a list, a mapping or null: no dates, no numbers,
 * no objects.
 * @throws Error with a message that begins with the file's path, if there is no such content
 */
export function readDataFile(path: string): unknown {
  const extension = extname(path).toLowerCase();
  const parse = parsers[extension];
  const name = printable(path, pathLength);
  if (!parse) throw new Error(`${name} must end in ${Object.keys(parsers).join(", ")}`);
  const bytes = contentOf(path, name);
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error(`${name} is not valid ${extension === ".json" ? "JSON" : "YAML"}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

const parsers: Record<string, ((text: string) => unknown) | undefined> = {
  ".yaml": parseYaml,
  ".yml": parseYaml,
  ".json": parseJson,
};

function contentOf(path: string, name: string): Buffer {
  try {
    return readBounded(path, largestDataFile);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EFBIG")
      throw new Error(`${name} is larger than ${largestDataFile / 1024 / 1024} MiB`, { cause: error });
    const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw new Error(`${name} ${why}; relative paths start at ${printable(process.cwd(), pathLength)}`, {
      cause: error,
    });
  }
}

function parseJson(text: string): unknown {
  const content: unknown = JSON.parse(text);
  // `JSON.parse` uses the last of two equal keys, so a second list of people would hide the first. YAML, which contains
  // JSON, refuses them.
  parseYaml(text);
  return content;
}

function parseYaml(text: string): unknown {
  // The SDK's own copy, loaded only to read a file.
  const yaml = createRequire(require.resolve("@pulumi/pulumi/package.json"))("js-yaml") as Yaml;
  const nothing = new yaml.Type("tag:yaml.org,2002:null", {
    kind: "scalar",
    resolve: (scalar) => scalar === null || ["", "~", "null"].includes(scalar.toLowerCase()),
    construct: () => null,
  });
  const schema = new yaml.Schema({ implicit: [nothing], explicit: yaml.FAILSAFE_SCHEMA.explicit });
  return yaml.load(text, { schema });
}

/** The common part of js-yaml 3 and 4. */
interface Yaml {
  Type: new (
    tag: string,
    options: { kind: "scalar"; resolve: (scalar: string | null) => boolean; construct: () => unknown },
  ) => object;
  Schema: new (definition: { implicit: object[]; explicit: object[] }) => object;
  FAILSAFE_SCHEMA: { explicit: object[] };
  load(text: string, options: { schema: object }): unknown;
}

/** The reason why a text could not be parsed, without the surrounding lines that js-yaml's own message shows. */
function reasonOf(error: unknown): string {
  const { message, reason, mark } = error as Error & { reason?: string; mark?: { line: number; column: number } };
  const where = mark ? `line ${mark.line + 1}, column ${mark.column + 1}: ` : "";
  return printable(`${where}${reason ?? message}`, 200);
}
