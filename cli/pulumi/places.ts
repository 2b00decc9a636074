import { readdirSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { normalizeEmail } from "../../provider/core/address.js";
import { readBounded } from "../../provider/core/bounded.js";
import { Table } from "../../provider/core/csv.js";
import { openDataFile, readDataFile } from "../../provider/core/dataFile.js";
import { decodedText } from "../../provider/core/encoding.js";
import { canonicalUid } from "../../provider/core/identity.js";
import { printable } from "../../provider/core/text.js";
import { propertiesOf, rowsOf } from "./values.js";

/** A line of a file. The path is relative to the folder of the project. */
export interface Place {
  file: string;
  line: number;
}

export const placeText = ({ file, line }: Place): string => `${printable(file, 200)}:${line}`;

/** A data file that lists people, or the people of teams. */
export interface ListFile {
  file: string;
  format: "yaml" | "json" | "csv";
  /** Lines of people, by address or uid. */
  people: ReadonlyMap<string, () => number>;
  /** The same of each team, by its key. */
  teams: ReadonlyMap<string, ReadonlyMap<string, () => number>>;
  /** Of a table: its columns, and what is between them. */
  columns: readonly string[];
  delimiter: string;
}

/** In a folder with more data files than a program has, none is looked into. */
const mostFiles = 50;
const mostFolders = 20;
const largest = 16 * 1024 * 1024;
const notPeople = /^(?:package(?:-lock)?|tsconfig.*|import|preview|\..*|Pulumi.*)\.(?:json|ya?ml)$/i;

/**
 * Where people and resources are declared. No state records which file a program reads, so the data files of the project
 * are looked into; where the program declares a resource, the engine has recorded.
 */
export class Places {
  private constructor(
    readonly files: readonly ListFile[],
    private readonly positions: ReadonlyMap<string, Place>,
    private readonly hasFolder: boolean,
  ) {}

  static readonly none = new Places([], new Map(), false);

  /** @param folder of the Pulumi project; undefined where there is none */
  static in(folder: string | undefined, state: unknown): Places {
    const files = folder === undefined ? [] : dataFiles(folder);
    const rows = rowsOf(propertiesOf(propertiesOf(state)["deployment"])["resources"]);
    const positions = rows.flatMap(({ urn, sourcePosition }): [string, Place][] => {
      const place = positionOf(sourcePosition, folder);
      return place && typeof urn === "string" ? [[urn, place]] : [];
    });
    return new Places(
      files.flatMap((path) => listIn(path, relative(folder!, path)) ?? []),
      new Map(positions),
      folder !== undefined,
    );
  }

  /** The line of the program that declares a resource, as the last run has recorded it. */
  inProgram(urn: string): Place | undefined {
    return this.positions.get(urn);
  }

  /** The only file that lists exactly these people; else the only one that lists them among others, else any of them. */
  fileOf(people: readonly string[]): ListFile | undefined {
    const some = this.files.filter((file) => people.some((who) => file.people.has(who)));
    const all = some.filter((file) => people.every((who) => file.people.has(who)));
    const exact = all.filter((file) => file.people.size === people.length);
    return only([exact, all, some].find(({ length }) => length > 0) ?? []);
  }

  /** Whether the program itself has to contain a list of these people. */
  isInProgram(people: readonly string[]): boolean {
    return this.hasFolder && !this.files.some((file) => people.some((who) => file.people.has(who)));
  }

  /** Every line that lists a person. */
  ofPerson(who: string): Place[] {
    return this.files.flatMap((one) => placeIn(one, one.people.get(who)) ?? []);
  }

  /** The only file that lists the people of a team, by the key of the team. */
  rosterFileOf(key: string): ListFile | undefined {
    return only(this.files.filter(({ teams }) => teams.has(key)));
  }
}

export function placeIn({ file }: ListFile, line: (() => number) | undefined): Place | undefined {
  return line && { file, line: line() };
}

const only = <T>(all: readonly T[]): T | undefined => (all.length === 1 ? all[0] : undefined);

/** `project:///index.ts#12,3`, or a URL of a file; a package is not the program. */
function positionOf(position: unknown, folder: string | undefined): Place | undefined {
  const [, scheme, path, line] =
    (typeof position === "string" && /^(project|file):\/\/(\/[^#]*)#(\d+)/.exec(position)) || [];
  if (path === undefined || path.split("/").includes("node_modules")) return undefined;
  try {
    const file =
      scheme === "project" ? decodeURIComponent(path.slice(1)) : within(folder, fileURLToPath(`file://${path}`));
    return file === undefined || file === "" ? undefined : { file, line: Number(line) };
  } catch {
    return undefined;
  }
}

function within(folder: string | undefined, path: string): string | undefined {
  if (folder === undefined) return undefined;
  const inside = relative(folder, path);
  return isAbsolute(inside) || inside.split(sep)[0] === ".." ? undefined : inside;
}

/** Those of the project, of its program, and of the folders beside them. */
function dataFiles(folder: string): string[] {
  const folders = [...new Set([folder, programFolder(folder)])];
  return [...new Set(folders.flatMap((one) => [one, ...foldersIn(one)]))].flatMap((one) => {
    const names = namesIn(one, "isFile").filter((name) => /\.(?:ya?ml|json|csv)$/i.test(name) && !notPeople.test(name));
    return names.length > mostFiles ? [] : names.map((name) => join(one, name));
  });
}

function foldersIn(folder: string): string[] {
  const names = namesIn(folder, "isDirectory").filter((name) => !/^\.|^node_modules$/.test(name));
  return names.length > mostFolders ? [] : names.map((name) => join(folder, name));
}

function namesIn(folder: string, kind: "isFile" | "isDirectory"): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry[kind]() ? entry.name : [])).toSorted();
  } catch {
    return [];
  }
}

/** The folder of `main`, which is the program's working directory. */
function programFolder(folder: string): string {
  const project = ["Pulumi.yaml", "Pulumi.yml"].map((name) => orNothing(() => readDataFile(join(folder, name))));
  const { main } = propertiesOf(project.find((one) => one !== undefined));
  return typeof main === "string" ? resolve(folder, extname(main) === "" ? main : dirname(main)) : folder;
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The lists of a file; undefined for a file that is something else. */
function listIn(path: string, file: string): ListFile | undefined {
  const opened = orNothing(() => openDataFile(path, [".csv"]));
  if (opened === undefined) return undefined;
  const { content } = opened;
  const line = (keys: readonly PropertyKey[], of?: "key") => () => lineIn(opened.place(keys, of));
  const found = {
    file,
    people: new Map<string, () => number>(),
    teams: new Map(),
    columns: [] as string[],
    delimiter: ",",
  };
  if (content instanceof Table) {
    const columns = content.header.map(({ text }) => text.toLowerCase());
    for (const [row, cells] of content.rows.entries()) {
      for (const column of columns.keys()) {
        const who = cells[column]?.text;
        if (who && isName(columns[column])) found.people.set(normal(who), line([row, column]));
      }
    }
    return found.people.size === 0
      ? undefined
      : { ...found, format: "csv", columns, delimiter: delimiterIn(path, content) };
  }
  const format = extname(path).toLowerCase() === ".json" ? "json" : "yaml";
  const [list, before] = Array.isArray(content) ? [content, []] : [propertiesOf(content)["people"], ["people"]];
  if (Array.isArray(list)) {
    for (const [index, entry] of list.entries()) {
      const named = Object.entries(propertiesOf(entry)).find(
        ([key, value]) => isName(key) && typeof value === "string",
      );
      if (named) found.people.set(normal(named[1] as string), line([...before, index, named[0]]));
    }
    return { ...found, format };
  }
  for (const [key, team] of Object.entries(propertiesOf(content))) {
    const { members } = propertiesOf(team);
    if (typeof members !== "object" || members === null) continue;
    const lines = Object.keys(members).map((who) => [normal(who), line([key, "members", who], "key")] as const);
    found.teams.set(key, new Map(lines));
  }
  return found.teams.size === 0 ? undefined : { ...found, format };
}

const isName = (key: string | undefined): boolean => key === "email" || key === "user";
const normal = (who: string): string => canonicalUid(who) ?? normalizeEmail(who);
const lineIn = (place: string | undefined): number => Number(/^line (\d+)/.exec(place ?? "")?.[1] ?? 1);

/** What stands before the second column of a table. */
function delimiterIn(path: string, { header }: Table): string {
  const text = orNothing(() => decodedText(readBounded(path, largest))) ?? "";
  const before = header[1] === undefined ? "" : text.slice(0, header[1].offset);
  return /([,;\t]|[^\s"\w])[\s"]*$/.exec(before)?.[1] ?? ",";
}
