import { randomBytes } from "node:crypto";
import { closeSync, lstatSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { StartError } from "./errors.js";
import { isOwn } from "./privateFile.js";
import { mayRun, NO_START, ownMark, type ProcessMark } from "./processes.js";

interface Entry extends ProcessMark {
  path: string;
}

/**
 * Keeps a state file for one emulator. Each emulator has an entry beside the file, whose name is never used again: so a
 * left-over entry can be removed without a race. It is written before the others are read: of two that start at the same
 * time, at least one sees the other.
 */
export class StateLock {
  private readonly releaseAtExit = () => this.release();

  private constructor(private readonly path: string) {
    process.once("exit", this.releaseAtExit);
  }

  /** Throws StartError if another emulator uses the file, or may use it. */
  static take(file: string): StateLock {
    const { space, pid, started } = ownMark();
    const path = `${file}.lock.${space}.${pid}.${started}.${randomBytes(6).toString("hex")}`;
    closeSync(openSync(path, "wx", 0o600));
    const lock = new StateLock(path);
    try {
      lock.requireAlone(file);
      return lock;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  release(): void {
    process.removeListener("exit", this.releaseAtExit);
    rmSync(this.path, { force: true });
  }

  private requireAlone(file: string): void {
    for (const entry of entriesOf(file).filter(({ path }) => path !== this.path)) {
      if (!mayRun(entry)) rmSync(entry.path, { force: true });
      else throw new StartError(inUse(entry));
    }
  }
}

/** Entries of this user: no other user can use a private file. */
function entriesOf(file: string): Entry[] {
  return readdirSync(dirname(file)).flatMap((name) => {
    if (!name.startsWith(`${basename(file)}.lock.`)) return [];
    const [, space, pid, started] =
      /^\.lock\.([0-9a-f]{12})\.(\d+)\.(\d+)\.[0-9a-f]{12}$/.exec(name.slice(basename(file).length)) ?? [];
    const path = join(dirname(file), name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (space === undefined || started === undefined || stats === undefined || !isOwn(stats)) return [];
    return [{ path, space, pid: Number(pid), started }];
  });
}

export function inUse({ path, space, pid, started }: Entry): string {
  // Ids are used again: only the start time shows that it is still the same process.
  const doubt = started === NO_START ? `; if that process is not an emulator, remove ${path}` : "";
  if (space === ownMark().space) return `another emulator uses it, process ${pid}${doubt}`;
  return `an emulator in another container or on another machine may use it; if that one has ended, remove ${path}`;
}
