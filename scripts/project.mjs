import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the clone. */
export const PROJECT = resolve(fileURLToPath(import.meta.url), "../..");

/** The ignored folder for everything a run may leave behind: state, locks, temporary files. */
export const WORK = join(PROJECT, ".work");

/** Says one line to the person at the terminal; never on stdout, which belongs to the command that was asked for. */
export const say = (line) => process.stderr.write(`${line}\n`);
