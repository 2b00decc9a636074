import { extname } from "node:path";
import type { Document, DocumentOptions, Node, Pair, ParseOptions, Scalar, SchemaOptions } from "yaml";
import { readBounded } from "./bounded.js";
import { tableOf, TableError } from "./csv.js";
import { decodedText } from "./encoding.js";
import { jsonFaultIn } from "./json.js";
import { printable } from "./text.js";

/** Longer than any real path. */
const pathLength = 1024;
/** In bytes; a hundred thousand people need about ten million. */
const largestDataFile = 16 * 1024 * 1024;
/** One for each person of the largest roster. */
const mostAliases = 10_000;

/**
 * The position of a part of the content in its file, such as `line 3, column 5`; if the part does not exist, the
 * position of the nearest part above it. Undefined for content that was not read from a file.
 * @param path keys of mappings and indexes of lists; of a table, the indexes of row and column, and row -1 is the
 * header
 * @param of the value, or the key of the last mapping
 */
export type Place = (path: readonly PropertyKey[], of?: "key" | "value") => string | undefined;

/** The content of a file, and the positions of its parts. */
export interface DataFile {
  content: unknown;
  place: Place;
}

/**
 * The content of a YAML or JSON file. In YAML, every value is a text, a list, a mapping or null: no dates, no numbers,
 * no objects.
 * @throws Error with a message that begins with the file's path, if the file cannot be read or is not valid
 */
export function readDataFile(path: string): unknown {
  return openDataFile(path).content;
}

/**
 * The same, with the positions of the parts.
 * @param more `.csv`: the content of such a file is a Table
 */
export function openDataFile(path: string, more: readonly ".csv"[] = []): DataFile {
  const extension = extname(path).toLowerCase();
  const allowed = [...Object.keys(parsers).filter((one) => one !== ".csv"), ...more];
  const name = printable(path, pathLength);
  if (!allowed.includes(extension)) throw new Error(`${name} must end in ${allowed.join(", ")}`);
  const bytes = contentOf(path, name);
  try {
    return parsers[extension]!(decodedText(bytes));
  } catch (error) {
    throw new Error(`${name} is not valid ${formats[extension] ?? "YAML"}: ${reasonOf(error)}`, { cause: error });
  }
}

const parsers: Record<string, ((text: string) => DataFile) | undefined> = {
  ".yaml": parseYaml,
  ".yml": parseYaml,
  ".json": parseJson,
  ".csv": parseCsv,
};
const formats: Record<string, string | undefined> = { ".json": "JSON", ".csv": "CSV" };

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

function parseJson(text: string): DataFile {
  const content = jsonOf(text);
  const document = documentOf(text);
  // `JSON.parse` uses the last of two equal keys, so a second list of people would hide the first.
  refuseSameKeys(document, text);
  return { content, place: placesIn(document, text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The engine's message has a position in some cases only.
    const fault = jsonFaultIn(text);
    throw fault === undefined ? error : faultAt(text, fault.offset, fault.reason);
  }
}

function parseYaml(text: string): DataFile {
  const document = documentOf(text);
  const [error] = [...document.errors, ...document.warnings];
  // The library's own message about several documents names functions of the library.
  if (error)
    throw faultAt(text, error.pos[0], error.code === "MULTIPLE_DOCS" ? "expected a single document" : error.message);
  refuseSameKeys(document, text);
  refuseManyAliases(document);
  return { content: document.toJS({ maxAliasCount: -1 }) as unknown, place: placesIn(document, text) };
}

function parseCsv(text: string): DataFile {
  try {
    const table = tableOf(text);
    const at = positionsIn(text);
    const cellAt = ([row = -1, column = 0]: readonly number[]) => {
      const cells = row < 0 ? table.header : table.rows[row];
      return cells?.[column] ?? cells?.[0];
    };
    return { content: table, place: (path) => at(cellAt(path as readonly number[])?.offset ?? 0) };
  } catch (error) {
    throw error instanceof TableError ? faultAt(text, error.offset, error.message) : error;
  }
}

function documentOf(text: string): Document.Parsed {
  return yaml().parseDocument(text, { ...options, prettyErrors: false });
}

/** Loaded only to read a file. */
const yaml = () => require("yaml") as typeof import("yaml");

/** The schema that has only texts, lists and mappings, extended by null. */
const options: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: "failsafe",
  // The library compares each key with all keys before it; `refuseSameKeys` is faster.
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

/** Limits the time of reading: to resolve an alias, the library searches all anchors and aliases before it. */
function refuseManyAliases(document: Document.Parsed): void {
  let count = 0;
  yaml().visit(document, {
    Alias() {
      if (++count > mostAliases) throw new Error(`it contains more than ${mostAliases} aliases`);
    },
  });
}

function placesIn(document: Document.Parsed, text: string): Place {
  const at = positionsIn(text);
  return (path, of = "value") => {
    let inner: unknown = document.contents;
    let offset = offsetOf(inner) ?? 0;
    for (const [depth, step] of path.entries()) {
      const parts = partsAt(resolved(inner, document), step);
      if (parts === undefined) break;
      const wanted = depth === path.length - 1 && of === "key" ? parts.key : parts.value;
      offset = offsetOf(wanted) ?? offsetOf(parts.key) ?? offset;
      inner = parts.value;
    }
    return at(offset);
  };
}

function partsAt(node: unknown, step: PropertyKey): { key: unknown; value: unknown } | undefined {
  const { isMap, isSeq } = yaml();
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { key: value, value };
  }
  if (!isMap(node)) return undefined;
  return (node.items as Pair[]).find(({ key }) => (key as Scalar).value === String(step));
}

function resolved(node: unknown, document: Document.Parsed): unknown {
  return yaml().isAlias(node) ? node.resolve(document) : node;
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

/** Lines and columns of offsets. The lines are counted once, when a position is needed. */
function positionsIn(text: string): (offset: number) => string {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ 0: end, index }) => index + end.length)];
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return `line ${low + 1}, column ${offset - starts[low]! + 1}`;
  };
}

function faultAt(text: string, offset: number, reason: string): Error {
  return new Error(`${positionsIn(text)(offset)}: ${reason}`);
}

/** Why a text could not be parsed, without the surrounding lines. */
function reasonOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 200);
}
