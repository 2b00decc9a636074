import { lstatSync } from "node:fs";
import { join } from "node:path";
import {
  appendPrivately,
  isOwnFolder,
  makePrivateFolder,
  privateEntries,
  privateRoot,
  readPrivately,
  removeFile,
  removeIfEmpty,
  removeLeftover,
  requirePrivateFolder,
  sizeOf,
} from "./privateFolder.js";
import { isRunning, processName, processSpace } from "./processes.js";

export interface JournalOptions {
  /** The user's private folder, if it is not the default one. */
  root?: string | undefined;
  /**
   * The name of this process in the journal, as `processName` returns it; by default that of the operating system's
   * process.
   */
  process?: string | undefined;
  /** The file's name, if it is not the process's name; the file then remains after the process has ended. */
  file?: string | undefined;
  /** Calls an action when the process ends; by default, the operating system's process. */
  atEnd?: ((action: () => void) => void) | undefined;
}

/**
 * Lines that the processes of one run write for each other: the program, and a host process for each provider. They
 * share a folder named after the engine's address, in the private folder of their user. The file of a host process
 * counts as long as the process runs.
 */
export class ProcessJournal {
  readonly #root: string;
  /** Folder of the run. */
  readonly folder: string;
  readonly #own: string;
  readonly #file: string;
  readonly #isKept: boolean;
  readonly #atEnd: (action: () => void) => void;
  readonly #read = new Map<string, { size: number; lines: string[] }>();
  #isOpen = false;

  /** @param what topic of the lines: part of the folder's name */
  constructor(
    what: string,
    engine: string,
    { root = privateRoot(), process: name = processName(), file, atEnd }: JournalOptions = {},
  ) {
    this.#root = root;
    this.folder = join(root, `${what}${engine.replaceAll(/[^\w.-]/g, "_")}-${processSpace()}`);
    this.#own = name;
    this.#atEnd = atEnd ?? ((action) => void process.once("exit", action));
    this.#file = join(this.folder, file ?? this.#own);
    this.#isKept = file !== undefined;
    sweep(root);
  }

  /** Creates the file, and replaces a file that an earlier process of the same name has left behind. */
  open(): void {
    if (this.#isOpen) return;
    makePrivateFolder(this.#root);
    makePrivateFolder(this.folder);
    removeFile(this.#file);
    if (!this.#isKept) this.#atEnd(() => removeLeftover(this.#file));
    this.#isOpen = true;
  }

  append(lines: readonly string[]): void {
    this.open();
    requirePrivateFolder(this.#root);
    requirePrivateFolder(this.folder);
    appendPrivately(this.#file, `${lines.join("\n")}\n`);
  }

  /** The lines of each of the other host processes; the same array again if there are no new lines. */
  others(): string[][] {
    const names = this.#entries().filter((name) => name !== this.#own && isRunning(name));
    return names.map((name) => this.#linesIn(join(this.folder, name)));
  }

  /** The content of the files with this prefix, including those of processes that have ended. */
  filesOf(prefix: string): string[][] {
    const names = this.#entries().filter((name) => name.startsWith(prefix));
    return names.map((name) => linesIn(join(this.folder, name)));
  }

  #entries(): string[] {
    return privateEntries(this.#root).length === 0 ? [] : privateEntries(this.folder);
  }

  /** Files only grow. */
  #linesIn(file: string): string[] {
    const size = sizeOf(file);
    const read = this.#read.get(file);
    if (read?.size === size) return read.lines;
    const lines = linesIn(file);
    this.#read.set(file, { size, lines });
    return lines;
  }
}

/** No content if the process has ended since the folder was listed. */
function linesIn(file: string): string[] {
  return (readPrivately(file) ?? "").split("\n").filter(Boolean);
}

/** A newer folder may belong to a process that has not written its file yet. */
const sweepAfterMs = 60_000;
/** It cannot be determined here whether processes of a different namespace still run. */
const sweepOthersAfterMs = 7 * 24 * 3_600_000;
const ownFile = /^(?:program-)?\d+(?:\.\d+)?(?:-run|-\d+)?$/;

/** Removes what killed processes have left behind: their files, then the folder if it is empty. */
function sweep(root: string): void {
  for (const name of privateEntries(root)) {
    const folder = join(root, name);
    if (!isOwnFolder(folder)) continue;
    const age = Date.now() - (lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (!(age > (name.endsWith(`-${processSpace()}`) ? sweepAfterMs : sweepOthersAfterMs))) continue;
    const files = privateEntries(folder);
    if (files.some((file) => isOfLiving(folder, file))) continue;
    for (const file of files) if (ownFile.test(file)) removeLeftover(join(folder, file));
    removeIfEmpty(folder);
  }
}

/** A file named after its process, or one whose first line names the processes that it belongs to. */
function isOfLiving(folder: string, file: string): boolean {
  if (isRunning(file)) return true;
  const [, ...processes] = file.startsWith("program-") ? (linesIn(join(folder, file))[0] ?? "").split(" ") : [];
  return processes.some(isRunning);
}
