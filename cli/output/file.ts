import { writeFile } from "node:fs/promises";
import { printable, quoted } from "../../provider/core/text.js";
import { StackError } from "../errors.js";

/**
 * Writes a result to the file that an option names.
 * @throws StackError if it cannot be written
 */
export async function writeOutput(file: string, text: string, mode?: number): Promise<void> {
  await writeFile(file, text, mode === undefined ? {} : { mode }).catch(cannotWrite(file));
}

export const cannotWrite = (file: string) => (error: NodeJS.ErrnoException) => {
  throw new StackError(`${quoted(file, 200)} cannot be written (${printable(error.code ?? "")}).`, "Check the path.");
};
