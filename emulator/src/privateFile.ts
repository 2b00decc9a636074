import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { StartError } from "./errors.js";
import { requireSize } from "./jsonFile.js";
import { CAREFUL, HAS_USERS, userId } from "./platform.js";

export function isOwn({ uid }: Stats): boolean {
  const user = userId();
  return user === undefined || uid === user;
}

/**
 * Creates a folder for a private file if it does not exist, closed to other users and ignored by git. Refuses a folder
 * in which another user could exchange the file: of another user, writable for others, or a link.
 */
export function requirePrivateFolder(folder: string): void {
  const created = createFolder(folder);
  if (created !== undefined) writeFileSync(join(created, ".gitignore"), "*\n", { flag: "wx" });
  const fault = folderFault(lstatSync(folder));
  if (fault !== undefined) throw new StartError(`its folder ${fault}`);
}

/**
 * Creates a folder and its parents, and returns the first that did not exist. Node.js does not return from creating them
 * itself below a folder such as /proc, in which nothing can be created.
 */
function createFolder(folder: string): string | undefined {
  const create = () => mkdirSync(folder, { mode: 0o700 });
  try {
    create();
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return undefined;
    const first = code === "ENOENT" && dirname(folder) !== folder ? createFolder(dirname(folder)) : undefined;
    if (first === undefined) throw error;
    create();
    return first;
  }
}

function folderFault(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return "is a link";
  if (!stats.isDirectory()) return "is a file";
  if (!HAS_USERS) return undefined;
  // In a folder such as /tmp only the owner of a file can rename it or remove it.
  const sticky = (stats.mode & 0o1000) !== 0;
  if (!isOwn(stats) && !(stats.uid === 0 && sticky)) return "belongs to another user";
  return (stats.mode & 0o022) === 0 || sticky ? undefined : "can be changed by other users";
}

/** The text of a file of this user; `undefined` if it does not exist. Refuses links, and whatever is not a file. */
export function readOwnFile(file: string): string | undefined {
  const descriptor = openCarefully(file);
  if (descriptor === undefined) return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new StartError("it is not a file");
    if (!isOwn(stats)) throw new StartError("it belongs to another user");
    requireSize(stats);
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

function openCarefully(file: string): number | undefined {
  try {
    return openSync(file, constants.O_RDONLY | CAREFUL);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    // A socket, and a device without a driver.
    if (code === "ENXIO" || code === "ENODEV") throw new StartError("it is not a file", { cause: error });
    if (code === "ELOOP" || code === "EMLINK") throw new StartError("it is a link", { cause: error });
    throw error;
  }
}
