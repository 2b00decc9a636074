import { constants } from "node:fs";
import { rename } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** What differs between operating systems. Decisions take the platform as an argument, so that tests show those of others. */

/** Id of the user; Windows has none. */
export const userId = (): number | undefined => process.getuid?.();

/** Folders have owners and modes. */
export const HAS_USERS = process.getuid !== undefined;

/** Neither follows a link nor waits for the other end of a pipe; Windows has no such flags. */
export const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A second in all, as long as a virus scanner may look at a new file. */
const PAUSES_MS = [10, 30, 60, 100, 200, 200, 400];
const IN_USE = ["EACCES", "EBUSY", "EPERM"];

/**
 * Renames a file onto another. On Windows, tries again while a process has one of them open.
 * @param move renames
 */
export async function replaceFile(
  from: string,
  to: string,
  platform: NodeJS.Platform = process.platform,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  for (const pause of platform === "win32" ? PAUSES_MS : []) {
    try {
      return await move(from, to);
    } catch (error) {
      if (!IN_USE.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
      await delay(pause);
    }
  }
  return move(from, to);
}

/** The line that sets an environment variable in a shell: PowerShell on Windows, which has no `export`, else a POSIX shell. */
export function settingLine(name: string, value: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === "win32") return `$env:${name} = "${value}"`;
  return `export ${name}=${/^[\w:/.[\]-]+$/.test(value) ? value : `'${value}'`}`;
}
