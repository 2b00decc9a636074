import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryVariable } from "../../provider/core/platform.js";
import { isOwnFolder } from "../../provider/core/privateFolder.js";
import { isRunning, processName, processSpace } from "../../provider/core/processes.js";
import { printable, quoted } from "../../provider/core/text.js";
import { StackError } from "../errors.js";

/**
 * The folder of a rehearsal, among the temporary files of its user. Its name contains the name of the process: after a
 * command that was killed, the next one knows whose folder it was.
 */

const prefix = "pulumi-avala-rehearsal-";
const namePattern = /^([0-9a-f]{12})-(\d+(?:\.\d+)?)-\w{6}$/;
/** Whether processes of a different namespace run cannot be seen from here. */
const sweepOthersAfterMs = 7 * 24 * 3_600_000;

/** Makes a folder that only this user can use, and removes those of commands that were killed. */
export function makeFolder(root = tmpdir()): string {
  try {
    sweep(root);
    return mkdtempSync(join(root, `${prefix}${processSpace()}-${processName()}-`));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StackError(
      `No folder for the rehearsal can be made in ${quoted(root, 200)} (${printable(code ?? "")}).`,
      `Set ${temporaryVariable()} to a folder that this user can write into.`,
    );
  }
}

/** Links in the folder are removed, and not what they lead to. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

function sweep(root: string): void {
  for (const name of readdirSync(root)) {
    if (!isAbandoned(root, name)) continue;
    try {
      removeFolder(join(root, name));
    } catch {
      // Something still writes there: the next command tries again.
    }
  }
}

function isAbandoned(root: string, name: string): boolean {
  if (!name.startsWith(prefix)) return false;
  const [, space, owner] = namePattern.exec(name.slice(prefix.length)) ?? [];
  const folder = join(root, name);
  if (owner === undefined || !isOwnFolder(folder)) return false;
  if (space === processSpace()) return !isRunning(owner);
  const { mtimeMs = Infinity } = lstatSync(folder, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs > sweepOthersAfterMs;
}
