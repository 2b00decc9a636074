import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type Stats,
} from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { carefulFlags, isInUse, temporaryVariable, userId as user } from "./platform.js";

/**
 * Private folders and files of this user, in folders into which other users of the machine may write too. Everything is
 * checked before each use: an object that a different user has created there is an error; it is never used, never
 * removed, and never waited for. Windows has no user ids and no modes that could be checked: there, the folder is as
 * private as the folder for temporary files, which by default only its user, administrators and the system can open.
 */

/** A file or folder in a shared place may have been created by a different user. */
export class NotPrivateError extends Error {
  readonly code = "AVALA_CONFIG";

  constructor(path: string, what: string) {
    super(
      `${JSON.stringify(path)} is not ${what} of this user alone, so it is not known what other processes of this run declare. Remove it, or set XDG_RUNTIME_DIR or ${temporaryVariable()} to a folder that only this user can write into.`,
    );
  }
}

/** The folder that the processes of this user share: in `$XDG_RUNTIME_DIR` if it is private, or else below `TMPDIR`. */
export function privateRoot(): string {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  if (runtime && isAbsolute(runtime) && isOwnFolder(runtime)) return join(runtime, "pulumi-avala");
  return join(tmpdir(), user === undefined ? "pulumi-avala" : `pulumi-avala-${user}`);
}

/** Creates a folder if it does not exist, and refuses one into which others may write. Its parent must exist. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  requirePrivateFolder(folder);
}

/** Names in a folder; none if it does not exist. Refuses a folder into which others may write. */
export function privateEntries(folder: string): string[] {
  const stats = statsOf(folder);
  // A different process of this user may remove it at any time.
  if (stats === undefined) return [];
  if (!isPrivate(stats)) throw notAFolder(folder);
  return ifThere(() => readdirSync(folder)) ?? [];
}

/** Appends to a file in a private folder; creates the file if it does not exist. */
export function appendPrivately(file: string, text: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const descriptor = openPrivately(file, O_WRONLY | O_APPEND | O_CREAT);
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file in a private folder; `undefined` if it does not exist. */
export function readPrivately(file: string): string | undefined {
  return ifThere(() => {
    const descriptor = openPrivately(file, constants.O_RDONLY);
    try {
      return readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Size of a file in a private folder, in bytes; 0 if it does not exist. */
export function sizeOf(file: string): number {
  return statsOf(file)?.size ?? 0;
}

/** Removes a file, if it exists. A link is removed, not its target; a folder stays. */
export function removeFile(file: string): void {
  if (statsOf(file)?.isDirectory()) return;
  ifThere(() => unlinkSync(file));
}

/** The same for a file that nobody reads any more: one that is in use stays, for the next time. */
export function removeLeftover(file: string): void {
  try {
    removeFile(file);
  } catch (error) {
    if (!isInUse(error)) throw error;
  }
}

/** Removes a folder if it is empty and not in use. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].some((code) => hasCode(error, code)) && !isInUse(error)) throw error;
  }
}

function openPrivately(file: string, flags: number): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, flags | carefulFlags, 0o600);
  } catch (error) {
    // A link; a pipe that nobody reads; a folder.
    if (["ELOOP", "EMLINK", "ENXIO", "EISDIR"].some((code) => hasCode(error, code))) throw notAFile(file);
    throw error;
  }
  const stats = fstatSync(descriptor);
  if (stats.isFile() && isOwn(stats)) return descriptor;
  closeSync(descriptor);
  throw notAFile(file);
}

function notAFile(file: string): NotPrivateError {
  return new NotPrivateError(file, "a file");
}

/** Refuses a folder into which others may write, and anything that is not a folder. */
export function requirePrivateFolder(folder: string): void {
  if (!isOwnFolder(folder)) throw notAFolder(folder);
}

function notAFolder(folder: string): NotPrivateError {
  return new NotPrivateError(folder, "a folder");
}

/** Whether something is a folder that only this user can use. A link to a folder is not one. */
export function isOwnFolder(folder: string): boolean {
  const stats = statsOf(folder);
  return stats !== undefined && isPrivate(stats);
}

/** Of a link itself, not of its target; `undefined` if nothing exists. */
function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function isPrivate(stats: Stats): boolean {
  return stats.isDirectory() && isOwn(stats) && (user === undefined || (stats.mode & 0o077) === 0);
}

function isOwn({ uid }: Stats): boolean {
  return user === undefined || uid === user;
}

function ifThere<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
