import { constants } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * What differs between operating systems, for provider and command line; nothing else asks for the platform. Every
 * decision takes it as an argument, so that tests on one system show those of the others.
 */

/** Id of the user; Windows has none. */
export const userId = process.getuid?.();

/** Neither follows a link nor waits for the other end of a pipe; Windows has no such flags, and both are 0 there. */
export const carefulFlags = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

type Platform = NodeJS.Platform;

export function isWindows(platform: Platform = process.platform): boolean {
  return platform === "win32";
}

/** The systems that the project has been made for, by the names that people know. */
const systems: Partial<Record<Platform, string>> = { linux: "Linux", darwin: "macOS", win32: "Windows" };

/** The name of the operating system; `undefined` of one that the project has not been made for. */
export function systemName(platform: Platform = process.platform): string | undefined {
  return systems[platform];
}

/** The variable that names the folder for temporary files. */
export function temporaryVariable(platform: Platform = process.platform): string {
  return isWindows(platform) ? "TEMP" : "TMPDIR";
}

/** The file of Linux that contains the start time of a process; other systems show it to programs of their own only. */
export function statFile(pid: number, platform: Platform = process.platform): string | undefined {
  return platform === "linux" ? `/proc/${pid}/stat` : undefined;
}

/**
 * An error of a file or folder that a process has open, such as a virus scanner for a moment. Elsewhere than on Windows,
 * what is open can be replaced and removed.
 */
export function isInUse(error: unknown, platform: Platform = process.platform): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return isWindows(platform) && ["EACCES", "EBUSY", "EPERM"].includes(code);
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables by the names that programs use. Windows spells some differently (`Path`), and finds them in any spelling; a
 * copy of the environment does not.
 */
export function environmentOf(environment: Environment, platform: Platform = process.platform): Environment {
  if (!isWindows(platform)) return environment;
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name.toUpperCase(), value]));
}

/** The file of a program. */
export function executable(name: string, platform: Platform = process.platform): string {
  return isWindows(platform) ? `${name}.exe` : name;
}

/**
 * A folder as the address of a Pulumi backend. Characters that have a meaning in URLs are escaped. On Windows the CLI
 * expects the drive where URLs have the host.
 */
export function backendUrl(folder: string, platform: Platform = process.platform): string {
  const windows = isWindows(platform);
  const { href } = pathToFileURL(folder, { windows });
  return windows ? href.replace(/^file:\/\/\/(?=[a-z]:)/i, "file://") : href;
}

/** Whether a process can be asked to end, and can have a group of its own; on Windows, every signal kills one process. */
export function hasSignals(platform: Platform = process.platform): boolean {
  return !isWindows(platform);
}

/**
 * The command that kills a process with everything that it has started, which only Windows has. It has no command that
 * lists processes quickly.
 */
export function treeKiller(pid: number, platform: Platform = process.platform): [string, string[]] | undefined {
  return isWindows(platform) ? ["taskkill", ["/pid", `${pid}`, "/t", "/f"]] : undefined;
}

/** The path is on a network share, such as `\\server\share`. `cmd`, which npm and Pulumi use, cannot start there. */
export function isNetworkPath(path: string, platform: Platform = process.platform): boolean {
  return isWindows(platform) && /^[\\/]{2}(?![.?][\\/](?!UNC[\\/]))/i.test(path);
}

/** Names that Windows keeps for devices, with any ending: a file of this name can be in no folder. */
export function isDeviceName(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(name);
}
