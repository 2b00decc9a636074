import { readFileSync, statSync } from "node:fs";
import { StartError } from "./errors.js";

/** Bytes; a hundred thousand people take less. */
const LARGEST_FILE = 256 * 1024 * 1024;

export function requireSize({ size }: { size: number }): void {
  if (size > LARGEST_FILE) throw new StartError(`it is larger than ${LARGEST_FILE / 1024 / 1024} MiB`);
}

/** The content of a JSON file; a failure says why in one line, see `reasonOf`. */
export function readJsonFile(file: string): unknown {
  requireSize(statSync(file));
  return parseJson(readFileSync(file, "utf8"));
}

/** Throws StartError: where and why, without a part of the text, which may contain keys. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StartError(`it is not JSON (${faultOf(text, (error as Error).message)})`, { cause: error });
  }
}

/** Node.js shows the surroundings of a fault in quotes, or its position. */
function faultOf(text: string, message: string): string {
  if (text.trim() === "") return "it is empty";
  const what = message.replace(/,? (?:\.{3})?"[^]*$/, "").replace(/(?: in| after)? JSON at position [^]*$/, "");
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return what;
  const before = text.slice(0, Number(position)).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: ${what}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is not a folder",
  EACCES: "this user has no permission",
  EPERM: "this user has no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

/** Why a file cannot be read or written. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && REASONS[code]) || message;
}
