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

/**
 * Folders and files that are for this user alone, in places where others of the machine may write too. Everything is looked
 * at before each use: what another user has put there is an error, never taken for ours, never removed, never waited for.
 */

/** Windows knows no numbers of users; its folder for temporary files is the user's own. */
const user = process.getuid?.();
/** Neither follows a link nor waits for the other end of a pipe; both are 0 where the system does not know them. */
const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Something in a shared place is not what only this user can have put there. */
export class NotPrivateError extends Error {
  readonly code = "AVALA_CONFIG";

  constructor(path: string, what: string) {
    super(
      `${JSON.stringify(path)} is not ${what} of this user alone, so what other processes of this run declare cannot be known. Remove it, or set XDG_RUNTIME_DIR or TMPDIR to a folder that only this user can write into.`,
    );
  }
}

/** Where the processes of this user find each other: `$XDG_RUNTIME_DIR`, where it is the user's own, else below `TMPDIR`. */
export function privateRoot(): string {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  if (runtime && isAbsolute(runtime) && isOwnFolder(runtime)) return join(runtime, "pulumi-avala");
  return join(tmpdir(), user === undefined ? "pulumi-avala" : `pulumi-avala-${user}`);
}

/** Makes a folder, where it is not there, and refuses one that others may write into. The one above it has to exist. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  }
  requirePrivateFolder(folder);
}

/** Names in a folder; none where it is not there. Refuses a folder that others may write into. */
export function privateEntries(folder: string): string[] {
  const stats = statsOf(folder);
  // Another process of this user may remove it at any moment.
  if (stats === undefined) return [];
  if (!isPrivate(stats)) throw notAFolder(folder);
  return ifThere(() => readdirSync(folder)) ?? [];
}

/** Appends to a file in a private folder; makes it where it is not there. */
export function appendPrivately(file: string, text: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const descriptor = openPrivately(file, O_WRONLY | O_APPEND | O_CREAT);
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file in a private folder; `undefined` where it is not there. */
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

/** Size of a file in a private folder, in bytes; 0 where it is not there. */
export function sizeOf(file: string): number {
  return statsOf(file)?.size ?? 0;
}

/** Removes a file, where it is there. A link is removed, not what it leads to; a folder stays. */
export function removeFile(file: string): void {
  if (statsOf(file)?.isDirectory()) return;
  ifThere(() => unlinkSync(file));
}

/** Removes a folder if it is empty. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].some((code) => hasCode(error, code))) throw error;
  }
}

function openPrivately(file: string, flags: number): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, flags | careful, 0o600);
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

/** Refuses a folder that others may write into, and what is no folder. */
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

/** Of a link, not of what it leads to; `undefined` where nothing is. */
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
