import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { hasProcessGroups } from "./platform.mjs";

/** npm repeats a signal that the terminal has sent to every process already. */
const REPEATED_WITHIN_MS = 300;

/** True where a terminal delivers Ctrl-C to every process of our group by itself. */
export const atTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);

/** A signal asked this process to end: nothing further may be started. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCodeOf(null, signal);
  }
}

const children = new Set();
let interruptedBy;
let lastSignal = { at: -Infinity };

/**
 * Runs a command to its end and returns its exit code (128 + n when signal n ended it).
 *
 * @param onLine is given each line of its stdout and stderr, which are then not shown
 * @param ownGroup gives it a process group (default: with `onLine`), so that it and its descendants end together and get
 *   each signal exactly once; not for a program that reads from a terminal. Without effect on Windows
 * @param signal an AbortSignal that kills it
 */
export async function run(command, args, { onLine, ownGroup: wanted = Boolean(onLine), signal, ...options } = {}) {
  if (interruptedBy) throw new Interrupted(interruptedBy);
  const stdio = onLine ? ["ignore", "pipe", "pipe"] : "inherit";
  const ownGroup = wanted && hasProcessGroups();
  const child = spawn(command, args, { stdio, detached: ownGroup, windowsHide: true, ...options });
  const entry = { child, ownGroup };
  children.add(entry);
  const kill = () => send(entry, "SIGKILL");
  signal?.addEventListener("abort", kill);
  if (onLine) for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, by) => resolve(exitCodeOf(code, by)));
    });
  } finally {
    children.delete(entry);
    signal?.removeEventListener("abort", kill);
  }
}

/** As `run`, for one step of several: a signal during it ends all of them. */
export async function runStep(command, args, options) {
  const code = await run(command, args, options);
  if (interruptedBy) throw new Interrupted(interruptedBy);
  return code;
}

function exitCodeOf(code, signal) {
  return signal ? 128 + (constants.signals[signal] ?? 0) : code;
}

function send({ child, ownGroup }, signal) {
  if (child.pid === undefined) return;
  try {
    if (ownGroup) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/**
 * Passes a signal on, once: a second interrupt makes the Pulumi engine drop the steps in flight. The child comes to its end
 * first; while none runs, this process ends at once.
 */
function onSignal(signal) {
  const now = Date.now();
  const repeated = signal === lastSignal.name && now - lastSignal.at < REPEATED_WITHIN_MS;
  lastSignal = { name: signal, at: now };
  interruptedBy ??= signal;
  if (children.size === 0) process.exit(exitCodeOf(null, signal));
  if (repeated) return;
  for (const entry of children) {
    const delivered = signal === "SIGINT" && atTerminal && !entry.ownGroup;
    if (!delivered) send(entry, signal);
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, onSignal);
process.on("exit", () => children.forEach((entry) => send(entry, "SIGTERM")));
