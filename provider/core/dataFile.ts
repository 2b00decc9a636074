import { extname } from "node:path";
import type { DocumentOptions, ParseOptions, SchemaOptions } from "yaml";
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
  // `JSON.parse` uses the last of two equal keys, so a second list of people would hide the first.
  const { errors } = yaml().parseDocument(text, { ...options, prettyErrors: false });
  const twice = errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice) throw new Error(`${positionOf(text, twice.pos[0])}: ${twice.message}`);
  return content;
}

function parseYaml(text: string): unknown {
  const { LineCounter, parseDocument } = yaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { ...options, lineCounter, prettyErrors: false });
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    // The library's own message speaks of its functions.
    const reason = error.code === "MULTIPLE_DOCS" ? "expected a single document" : error.message;
    throw new Error(`line ${line}, column ${col}: ${reason}`);
  }
  // Aliases become references to one object, however many there are.
  return document.toJS({ maxAliasCount: -1 }) as unknown;
}

/** Loaded only to read a file. */
const yaml = () => require("yaml") as typeof import("yaml");

/** In the schema that knows texts, lists and mappings alone, one more value: nothing. */
const options: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: "failsafe",
  uniqueKeys: true,
  stringKeys: true,
  customTags: (tags) => [
    { tag: "tag:yaml.org,2002:null", default: true, test: /^(?:~|null)?$/i, resolve: () => new (yaml().Scalar)(null) },
    ...tags,
  ],
};

function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** Why a text could not be parsed, without the surrounding lines. */
function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 200);
}
