import { readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the clone. */
export const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");

/** The ignored folder for everything a run may leave behind: state, locks, temporary files. */
export const WORK = join(PROJECT, ".work");

/** The files of a folder and its folders, as sorted paths from there with forward slashes. */
export function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}

/** Says one line to the person at the terminal; never on stdout, which belongs to the command that was asked for. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** The clone could not be set up: the message says what was tried and what to do. It is all that is printed. */
export class SetupError extends Error {}

/** Minutes and seconds, as `2:05`. */
export function formatElapsed(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Whether another process has this id; what has our own id was left by an earlier process. */
export function isAlive(pid) {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
