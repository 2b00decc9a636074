import { readBounded, readBoundedStream } from "../provider/core/bounded.js";
import { decodedText } from "../provider/core/encoding.js";
import { printable, quoted } from "../provider/core/text.js";
import { StackError } from "./errors.js";

/** Bytes of a state, a preview or a review; those of a hundred thousand resources are smaller. */
export const largestInput = 256 * 1024 * 1024;

/**
 * The text of a file that was given, or of stdin (`-`).
 * @param fix what to do where it cannot be read
 */
export async function inputText(file: string, fix = "Check the path."): Promise<string> {
  try {
    const bytes = file === "-" ? await readBoundedStream(process.stdin, largestInput) : readBounded(file, largestInput);
    return textIn(bytes, file);
  } catch (error) {
    if (error instanceof StackError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EFBIG") {
      throw new StackError(
        `${sourceName(file)} is larger than ${largestInput / 1024 / 1024} MiB.`,
        "Pass a different file.",
      );
    }
    throw new StackError(`${sourceName(file)} cannot be read (${printable(code)}).`, fix);
  }
}

function textIn(bytes: Buffer, file: string): string {
  try {
    return decodedText(bytes);
  } catch (error) {
    throw new StackError(`${sourceName(file)} cannot be read: ${(error as Error).message}.`, "Write the file again.");
  }
}

/** What was given, for messages. */
export function sourceName(file: string): string {
  return file === "-" ? "stdin" : quoted(file, 200);
}
