import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { createHash } from "node:crypto";

/**
 * A process as its files are named after it: its id, and when it was started, as ids are given again. Where the system does
 * not tell the start (only Linux does, without starting a program), the id alone.
 */
export function processName(pid = process.pid): string {
  const started = startOf(pid);
  return started === undefined ? `${pid}` : `${pid}.${started}`;
}

/** Whether a process of this name runs; the name of one part of a process ends in a number of its own ("12.345-1"). */
export function isRunning(name: string): boolean {
  const [, pid, started] = /^(\d+)(?:\.(\d+))?(?:-\d+)?$/.exec(name) ?? [];
  if (pid === undefined || !isAlive(Number(pid))) return false;
  return started === undefined || (startOf(Number(pid)) ?? started) === started;
}

/** Names the processes that know each other by their ids: containers may share a folder, and have processes of their own. */
export function processSpace(): string {
  return createHash("sha256").update(`${hostname()} ${namespace()}`).digest("hex").slice(0, 12);
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Field 22 of `/proc/<pid>/stat`; the second, a name in brackets, may hold anything. */
function startOf(pid: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
