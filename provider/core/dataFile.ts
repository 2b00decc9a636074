import { extname } from "node:path";
import type { Document, DocumentOptions, ParseOptions, Scalar, SchemaOptions } from "yaml";
import { printable } from "./text.js";
import { readBounded } from "./bounded.js";

/** Longer than any real path. */
const pathLength = 1024;
/** In bytes; a hundred thousand people need about ten million. */
const largestDataFile = 16 * 1024 * 1024;
/** One for each person of the largest roster. */
const mostAliases = 10_000;

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
  refuseSameKeys(documentOf(text), text);
  return content;
}

function parseYaml(text: string): unknown {
  const document = documentOf(text);
  const [error] = [...document.errors, ...document.warnings];
  // The library's own message about several documents speaks of its functions.
  if (error)
    throw faultAt(text, error.pos[0], error.code === "MULTIPLE_DOCS" ? "expected a single document" : error.message);
  refuseSameKeys(document, text);
  refuseManyAliases(document);
  return document.toJS({ maxAliasCount: -1 }) as unknown;
}

function documentOf(text: string): Document.Parsed {
  return yaml().parseDocument(text, { ...options, prettyErrors: false });
}

/** Loaded only to read a file. */
const yaml = () => require("yaml") as typeof import("yaml");

/** In the schema that knows texts, lists and mappings alone, one more value: nothing. */
const options: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: "failsafe",
  // The library compares each key with all before it.
  uniqueKeys: false,
  stringKeys: true,
  customTags: (tags) => [
    { tag: "tag:yaml.org,2002:null", default: true, test: /^(?:~|null)?$/i, resolve: () => new (yaml().Scalar)(null) },
    ...tags,
  ],
};

function refuseSameKeys(document: Document.Parsed, text: string): void {
  yaml().visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const { value, range } = key as Scalar.Parsed;
        if (seen.has(value)) throw faultAt(text, range[0], "Map keys must be unique");
        seen.add(value);
      }
    },
  });
}

/** The library looks for what an alias means among all anchors and aliases before it. */
function refuseManyAliases(document: Document.Parsed): void {
  let count = 0;
  yaml().visit(document, {
    Alias() {
      if (++count > mostAliases) throw new Error(`it contains more than ${mostAliases} aliases`);
    },
  });
}

function faultAt(text: string, offset: number, reason: string): Error {
  const before = text.slice(0, offset).split("\n");
  return new Error(`line ${before.length}, column ${before.at(-1)!.length + 1}: ${reason}`);
}

/** Why a text could not be parsed, without the surrounding lines. */
function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 200);
}
