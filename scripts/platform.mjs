import { readFileSync, renameSync } from "node:fs";
import { join, win32 } from "node:path";
import { pathToFileURL } from "node:url";

/** What differs between operating systems. Decisions take the platform as an argument, so that tests show those of others. */

export const isWindows = (platform = process.platform) => platform === "win32";

/** The file of a program. Node starts no `.cmd` without a shell, so that programs in such files are not found. */
export const executable = (name, platform) => (isWindows(platform) ? `${name}.exe` : name);

/**
 * Variables by the names that programs use. Windows spells some differently (`Path`), and finds them in any spelling; a
 * copy of the environment does not.
 */
export function environmentOf(env, platform) {
  if (!isWindows(platform)) return env;
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name.toUpperCase(), value]));
}

/**
 * A folder as the address of a Pulumi backend. Characters that have a meaning in URLs are escaped. On Windows the CLI
 * expects the drive where URLs have the host.
 */
export function backendUrl(folder, platform) {
  const windows = isWindows(platform);
  const { href } = pathToFileURL(folder, { windows });
  return windows ? href.replace(/^file:\/\/\/(?=[a-z]:)/i, "file://") : href;
}

/** What stands between the folders of PATH. */
export const separator = isWindows() ? ";" : ":";

/** The name of a Node binary's package: the system and the processor. */
export const nodePackage = () => `node-${isWindows() ? "win" : process.platform}-${process.arch}`;

/** A process can have a group of its own, whose processes get each signal; on Windows, a signal kills one process. */
export const hasProcessGroups = (platform) => !isWindows(platform);

/** The name of the operating system in the names of Pulumi's releases, and the ending of the archive. */
export function releaseOf(platform = process.platform, arch = process.arch) {
  return isWindows(platform) ? `windows-${arch}.zip` : `${platform}-${arch}.tar.gz`;
}

/** The tar that unpacks a release: on Windows its own, which reads zip files; that of Git, which may be on PATH, does not. */
export function tarOf(env, platform) {
  return isWindows(platform) ? win32.join(env.SYSTEMROOT ?? "C:\\Windows", "System32", "tar.exe") : "tar";
}

const PAUSES_MS = [10, 30, 60, 100, 200, 200, 400, 1000, 2000];
const IN_USE = ["EACCES", "EBUSY", "EPERM"];

/** Renames; on Windows, tries again while a process, such as a virus scanner, has something in it open. */
export function renameUnused(from, to, platform, move = renameSync) {
  for (const pause of isWindows(platform) ? PAUSES_MS : []) {
    try {
      return move(from, to);
    } catch (error) {
      if (!IN_USE.includes(error.code)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
  return move(from, to);
}

/** The JavaScript file of a package's command: `node_modules/.bin` holds shell scripts on Windows. */
export function commandFile(root, name, packageName = name) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}
