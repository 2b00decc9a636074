import { readdirSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { readBounded } from "../../provider/core/bounded.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { parseUrn } from "../pulumi/urn.js";

/** A place in a file. */
interface Place {
  file: string;
  line: number;
}

/** The component that reads people from a file. */
const component = "avala:index:People";
const largest = 16 * 1024 * 1024;
/** Data files of one folder; a folder with more is not one of a program. */
const mostFiles = 50;
const notPeople = /^(?:package(?:-lock)?|tsconfig.*|import|preview|\..*|Pulumi.*)\.(?:json|ya?ml)$/i;

/**
 * Where people are listed: the data files in the folder of a project, and in that of its program. No state records which
 * file a program reads, so only a person whom exactly one place lists has one.
 */
export class PeopleFiles {
  static readonly none = new PeopleFiles(new Map());
  readonly #places: ReadonlyMap<string, Place[]>;

  constructor(places: ReadonlyMap<string, Place[]>) {
    this.#places = places;
  }

  /** @param folder of the Pulumi project */
  static in(folder: string): PeopleFiles {
    const places = new Map<string, Place[]>();
    for (const path of dataFiles(folder)) {
      for (const [who, line] of peopleIn(path)) {
        const place = { file: relative(folder, path), line };
        places.set(who, [...(places.get(who) ?? []), place]);
      }
    }
    return new PeopleFiles(places);
  }

  /** The only place of a person whom a People component declares. */
  placeOf(urn: string, who: string | undefined): Place | undefined {
    if (who === undefined || !parseUrn(urn).types.includes(component)) return undefined;
    const places = this.#places.get(who);
    return places?.length === 1 ? places[0] : undefined;
  }
}

function dataFiles(folder: string): string[] {
  const folders = new Set([folder, programFolder(folder)]);
  return [...folders].flatMap((one) => {
    const names = entriesOf(one).filter((name) => /\.(?:ya?ml|json)$/i.test(name) && !notPeople.test(name));
    return names.length > mostFiles ? [] : names.toSorted().map((name) => join(one, name));
  });
}

/** The folder of `main`, which is the program's working directory. */
function programFolder(folder: string): string {
  const project = ["Pulumi.yaml", "Pulumi.yml"].map((name) => documentOf(join(folder, name))).find((one) => one);
  const main = project && yaml().isMap(project.contents) ? project.get("main") : undefined;
  if (typeof main !== "string") return folder;
  return join(folder, extname(main) === "" ? main : dirname(main));
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The people of a list, or of `people` in a mapping, with their lines. A file that is something else has none. */
function peopleIn(path: string): [who: string, line: number][] {
  const lines = new (yaml().LineCounter)();
  const document = documentOf(path, lines);
  if (document === undefined || document.errors.length > 0) return [];
  const { isMap, isSeq, isScalar } = yaml();
  const top = document.contents as Node | null;
  const list = isMap(top) ? (top as YAMLMap).get("people", true) : top;
  if (!isSeq(list)) return [];
  return (list as YAMLSeq).items.flatMap((entry): [string, number][] => {
    if (!isMap(entry)) return [];
    const pairs = entry.items as Pair<Scalar, unknown>[];
    const named = pairs.find(({ key, value }) => ["email", "user"].includes(String(key.value)) && isScalar(value));
    if (named === undefined) return [];
    const { value, range } = named.value as Scalar;
    const text = String(value);
    return [[canonicalUid(text) ?? normalizeEmail(text), lines.linePos(range![0]).line]];
  });
}

function documentOf(path: string, lineCounter?: import("yaml").LineCounter): Document.Parsed | undefined {
  try {
    const text = readBounded(path, largest).toString("utf8");
    return yaml().parseDocument(text, {
      schema: "failsafe",
      uniqueKeys: false,
      logLevel: "silent",
      ...(lineCounter && { lineCounter }),
    });
  } catch {
    return undefined;
  }
}

/** Loaded only to read a file. */
const yaml = () => require("yaml") as typeof import("yaml");
