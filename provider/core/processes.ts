import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { createHash } from "node:crypto";
import { statFile } from "./platform.js";

/**
 * The name of a process in file names: its id and its start time, because ids are reused. If the system does not show
 * the start time (only Linux does, without starting a program), only the id.
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

/** Names the namespace of the process ids: containers may share a folder, but have separate processes. */
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

/** Field 22 of `/proc/<pid>/stat`; the second, a name in brackets, may contain any text. */
function startOf(pid: number): string | undefined {
  const file = statFile(pid);
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, "utf8");
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
