import { createHash } from "node:crypto";
import { ProcessJournal } from "./journal.js";
import { isRunning, processName } from "./processes.js";

/**
 * What the program of a run declares, written by its own process and read by the host processes. The engine may delete
 * before it has checked what the program declares (`deleteBeforeReplace`), or without checking it at all (`--target`,
 * `--exclude`): then only the program knows which people are still declared. Names and addresses are hashed.
 */

/** A digest, so that readers of the file cannot see the name. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

const prefix = "program-";

/** One statement about a declaration; each value is hashed. */
export type Said =
  /** Kind of resource, not hashed. */
  | "declares"
  /** An earlier address of the resource: an alias. */
  | "alias"
  /** A person, by uid or email address in normal form. */
  | "who"
  /** The organization or team, as the program names it. */
  | "scope"
  /** The same, by the address of the resource that the program passes. */
  | "in"
  /** The object that an Organization or Team adopts. */
  | "adopt"
  /** The resource's own id. */
  | "id";

/** The journal of a program. Lines of one tick are written together, before any of them can have reached the engine. */
export class ProgramJournal {
  readonly #journal: ProcessJournal;
  #lines: string[] = [];

  /** @param engine address of the engine that runs the program */
  constructor(engine: string, root?: string) {
    this.#journal = new ProcessJournal("", engine, { root, file: `${prefix}${processName()}` });
    this.#journal.open();
    this.#write(`process ${processName()} ${processName(process.ppid)}`);
    if (!isLanguageHostProcess()) return;
    this.#write("ends");
    const finish = () => this.#finish();
    process.once("beforeExit", finish).once("exit", finish);
  }

  /** @param value hashed, except a kind */
  say(address: string, said: Said, value: string): void {
    this.#write(`${said} ${digestOf(address)} ${said === "declares" ? value : digestOf(value)}`);
  }

  #write(line: string): void {
    if (this.#lines.length === 0) queueMicrotask(() => this.#flush());
    this.#lines.push(line);
  }

  #flush(): void {
    const lines = this.#lines;
    this.#lines = [];
    if (lines.length > 0) this.#journal.append(lines);
  }

  /** Everything is declared: the event loop is empty, and nothing waits for the engine. */
  #finish(): void {
    if (this.#lines.includes("finished")) return;
    this.#lines.push("finished");
    this.#flush();
  }
}

/** An inline program of the Automation API runs in its caller's process, which continues afterwards. */
export function isLanguageHostProcess(): boolean {
  return /[\\/]cmd[\\/]run([\\/]index\.js)?$/.test(process.argv[1] ?? "");
}

/** The statements of a program about one declaration so far; digests, except the kind. */
export interface Note {
  address: string;
  kind: string;
  /** Addresses of the resource: its own, and aliases. */
  addresses: Set<string>;
  who: Set<string>;
  scope?: string;
  in?: string;
  adopt?: string;
  id?: string;
}

export interface ProgramNotes {
  /** By digest of the address. */
  notes: ReadonlyMap<string, Note>;
  /** The program may still declare more. */
  isRunning: boolean;
}

/** The notes of the program that the engine runs; `undefined` in a preview, and if no program runs. */
export function readProgramNotes(journal: ProcessJournal): ProgramNotes | undefined {
  const files = journal.filesOf(prefix).filter(belongsToThisRun);
  if (files.length === 0) return undefined;
  const notes = new Map<string, Note>();
  for (const line of files.flat()) take(notes, line);
  return { notes, isRunning: files.some((lines) => lines.includes("ends") && !lines.includes("finished")) };
}

/**
 * An earlier run may have had the same address: its processes have ended. The language host lives as long as the run.
 */
function belongsToThisRun(lines: readonly string[]): boolean {
  const [, ...processes] = (lines[0] ?? "").split(" ");
  return processes.some(isRunning);
}

function take(notes: Map<string, Note>, line: string): void {
  const [said, address, value] = line.split(" ") as [Said | "process", string | undefined, string | undefined];
  if (address === undefined || value === undefined || said === "process") return;
  const note = notes.get(address) ?? { address, kind: "", addresses: new Set([address]), who: new Set() };
  notes.set(address, note);
  if (said === "declares") note.kind = value;
  else if (said === "alias") note.addresses.add(value);
  else if (said === "who") note.who.add(value);
  else if (said === "scope" || said === "in" || said === "adopt" || said === "id") note[said] = value;
}
