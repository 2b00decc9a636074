import { open, rename, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isInUse } from "../../provider/core/platform.js";
import { printable, quoted } from "../../provider/core/text.js";
import { StackError } from "../errors.js";

/**
 * Writes a result to the file that an option names.
 * @throws StackError if it cannot be written
 */
export async function writeOutput(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch(cannotWrite(file));
}

/** The same for a file that only its user may read, also if it exists already. */
export async function writePrivateOutput(file: string, text: string): Promise<void> {
  await writePrivate(file, text).catch(cannotWrite(file));
}

async function writePrivate(file: string, text: string): Promise<void> {
  const opened = await open(file, "w", 0o600);
  try {
    await opened.chmod(0o600);
    await opened.writeFile(text);
  } finally {
    await opened.close();
  }
}

/** A second in all, as long as a virus scanner may look at a new file. */
const pausesMs = [10, 30, 60, 100, 200, 200, 400];

/**
 * Renames a file onto another. Tries again while one of them is in use.
 * @param move renames
 */
export async function replaceFile(
  from: string,
  to: string,
  platform?: NodeJS.Platform,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  for (const pause of pausesMs) {
    try {
      return await move(from, to);
    } catch (error) {
      if (!isInUse(error, platform)) throw error;
      await delay(pause);
    }
  }
  return move(from, to);
}

export const cannotWrite = (file: string) => (error: NodeJS.ErrnoException) => {
  throw new StackError(`${quoted(file, 200)} cannot be written (${printable(error.code ?? "")}).`, "Check the path.");
};
