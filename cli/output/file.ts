import { open, writeFile } from "node:fs/promises";
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

export const cannotWrite = (file: string) => (error: NodeJS.ErrnoException) => {
  throw new StackError(`${quoted(file, 200)} cannot be written (${printable(error.code ?? "")}).`, "Check the path.");
};
