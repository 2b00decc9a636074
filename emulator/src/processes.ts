import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process as other processes can recognise it: ids are reused, and mean nothing on another machine. */
export interface ProcessMark {
  /** The machine or container whose processes have ids of their own. */
  space: string;
  pid: number;
  /** When it started, as Linux shows it; elsewhere NO_START. */
  started: string;
}

export const NO_START = "0";

export function ownMark(): ProcessMark {
  return { space: ownSpace(), pid: process.pid, started: statOf(process.pid)?.started ?? NO_START };
}

/** Whether the process may still run: one of another machine or container counts as running. */
export function mayRun({ space, pid, started }: ProcessMark): boolean {
  if (space !== ownSpace()) return true;
  if (!exists(pid)) return false;
  const stat = statOf(pid);
  return stat === undefined || (!stat.ended && stat.started === started);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The state and the start time of `/proc/<pid>/stat`; a name in brackets before them may contain any text. */
function statOf(pid: number): { ended: boolean; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    // Z: it has ended, and its parent has not asked for its exit code.
    return { ended: fields[0] === "Z" || fields[0] === "X", started: fields[19] ?? NO_START };
  } catch {
    return undefined;
  }
}

function ownSpace(): string {
  let namespace = "";
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has it.
  }
  return createHash("sha256").update(`${hostname()} ${namespace}`).digest("hex").slice(0, 12);
}
