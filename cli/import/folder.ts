import { existsSync } from "node:fs";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { printable, quoted } from "../../provider/core/text.js";
import { readBounded } from "../../provider/core/bounded.js";
import { readDataFile } from "../../provider/core/dataFile.js";
import { decodedText } from "../../provider/core/encoding.js";
import { projectFileIn } from "../pulumi/run.js";
import { RefusedError, StackError } from "../errors.js";
import { largestInput } from "../input.js";
import { replaceFile } from "../output/file.js";
import type { Style } from "./program.js";

/** What an earlier import wrote into a folder. Kept beside it, and meant to be committed. */
export interface ImportRecord {
  version: 1;
  /** Uid. */
  organization: string;
  style: Style;
  /** Logical names by uid: a slug that moves renames nothing. */
  names: Record<string, string>;
  /** SHA-256 of each file as it was written, line ends aside. */
  files: Record<string, string>;
}

/** A file to be written. */
export interface File {
  name: string;
  text: string;
  /** Belongs to the user from then on: another version of this package, which would write it otherwise, leaves it. */
  once?: boolean;
  /** If the user has one already, it stays as it is. */
  kept?: boolean;
  /** May be read by its owner alone. */
  secret?: boolean;
}

const recordPattern = /^\.avala-import(?:\.[\w-]+)?\.json$/;

/** A folder, as far as imports into it are concerned. */
export interface Folder {
  path: string;
  /** The record of the organization's earlier import, and the name of its file. */
  earlier: { name: string; record: ImportRecord } | undefined;
  /** A Pulumi project, or the import of another organization, is here already. */
  isTaken: boolean;
}

/** What a folder holds of an organization. */
export async function openFolder(path: string, organization: string): Promise<Folder> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw unreadable(path, error);
  });
  const records = await Promise.all(
    names
      .filter((name) => recordPattern.test(name))
      .map(async (name) => ({ name, record: await recordIn(path, name) })),
  );
  const earlier = records.find(({ record }) => record.organization === organization);
  const project = projectFileIn(path);
  // In a project of its own, only what an import has written is a program.
  if (project !== undefined && earlier?.name !== ".avala-import.json") requireNode(project);
  return { path, earlier, isTaken: records.length > 0 || project !== undefined };
}

/** Only a program of Node.js can use the program that is written. */
function requireNode(project: string): void {
  const runtime = runtimeIn(project);
  if (runtime === "nodejs") return;
  const shown = runtime === undefined ? "with an unknown runtime" : `with the runtime ${quoted(runtime, 40)}`;
  throw new RefusedError(
    `${quoted(project, 200)} is a Pulumi project ${shown}, and import writes a TypeScript program. Nothing was written.`,
    "Import into a folder of its own with --out, such as --out avala, as a project beside this one.",
  );
}

function runtimeIn(project: string): string | undefined {
  try {
    const { runtime } = readDataFile(project) as { runtime?: string | { name?: string } };
    return typeof runtime === "object" ? runtime.name : runtime;
  } catch {
    return undefined;
  }
}

async function recordIn(path: string, name: string): Promise<ImportRecord> {
  const text = textIn(join(path, name));
  try {
    const { version, organization, style, names, files } = JSON.parse(text) as ImportRecord;
    const isKnown = version === 1 && ["edges", "roster"].includes(style) && typeof organization === "string";
    // Names become names of files.
    const areNames = Object.values(names).every((name) => /^[\w-]{1,100}$/.test(name));
    const areHashes = Object.values(files).every((hash) => typeof hash === "string");
    if (isKnown && areNames && areHashes) return { version, organization, style, names, files };
  } catch {
    // Reported below.
  }
  throw new RefusedError(
    `${name} is not a valid record of an earlier import. Nothing was written.`,
    "Restore it from version control, or import into a different folder with --out.",
  );
}

/**
 * Writes files that nobody has edited since they were written, all or none; those that are as they would be written
 * stay untouched.
 * @returns names of those written
 */
export async function writeFiles(
  { path, earlier }: Folder,
  files: readonly File[],
  recordName: string,
  record: Omit<ImportRecord, "version" | "files">,
): Promise<string[]> {
  const judged = files.map((file) => judge(path, file, earlier?.record.files[file.name]));
  const conflicts = judged.filter(({ verdict }) => verdict === "conflict").map(({ file }) => file.name);
  if (conflicts.length > 0) {
    throw new RefusedError(
      `Nothing was written: ${conflicts.map((name) => quoted(name, 120)).join(", ")} in ${quoted(path, 200)} would change, but ${conflicts.length === 1 ? "was" : "were"} edited, or not written by this command.`,
      "Import into a different folder with --out, and compare.",
    );
  }
  const changed = judged.filter(({ verdict }) => verdict === "write").map(({ file }) => file);
  const hash = ({ name, text, once }: File) => (once ? earlier?.record.files[name] : undefined) ?? hashOf(text);
  const hashes = Object.fromEntries(files.map((file) => [file.name, hash(file)]));
  const recordText = `${JSON.stringify({ version: 1, ...record, files: hashes } satisfies ImportRecord, undefined, 2)}\n`;
  const last = judge(path, { name: recordName, text: recordText }, undefined);
  // The record goes last: a run that ends before leaves files that the next one finds as it would write them.
  await replaceAll(path, last.verdict === "same" ? changed : [...changed, last.file]);
  return changed.map(({ name }) => name);
}

/** @param before hash of what was written before */
function judge(path: string, file: File, before: string | undefined) {
  const now = existsSync(join(path, file.name)) ? textIn(join(path, file.name)) : undefined;
  const stays = file.kept || (file.once && before !== undefined);
  if (stays && now !== undefined) return { file, verdict: "same" } as const;
  const [old, wanted] = [now === undefined ? undefined : hashOf(now), hashOf(file.text)];
  if (old === undefined || (old === before && old !== wanted)) return { file, verdict: "write" } as const;
  // Edited, and there is nothing new to write: the edits stay.
  return { file, verdict: old === wanted || wanted === before ? "same" : "conflict" } as const;
}

/** Replaces files, none of them half written; what cannot all be made replaces nothing. */
export async function replaceAll(path: string, files: readonly File[]): Promise<void> {
  // Not to be guessed, and never opened where something is: it may be a link to a file of somebody else.
  const temporary = files.map(({ name }) => join(path, `.${name}.${randomUUID()}.tmp`));
  try {
    await mkdir(path, { recursive: true });
    await Promise.all(
      files.map(({ text, secret }, at) =>
        writeFile(temporary[at]!, text, { flag: "wx", ...(secret && { mode: 0o600 }) }),
      ),
    );
    for (const [at, { name }] of files.entries()) await replaceFile(temporary[at]!, join(path, name));
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  } finally {
    await Promise.all(temporary.map((name) => rm(name, { force: true })));
  }
}

/** Version control may change the ends of lines. */
function hashOf(text: string): string {
  return createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
}

/** What an earlier import wrote, or somebody else: no larger than what is written. */
export function textIn(path: string): string {
  try {
    return decoded(readBounded(path, largestInput));
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

/** Text in another encoding is something else than what was written. */
function decoded(bytes: Buffer): string {
  try {
    return decodedText(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}

function unreadable(path: string, { code }: NodeJS.ErrnoException): StackError {
  return new StackError(
    `${quoted(path, 200)} cannot be read or written (${printable(code ?? "")}).`,
    "Check the path and its permissions.",
  );
}
