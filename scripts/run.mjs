import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";

const REPEAT_MS = 300;
const KILL_AFTER_MS = 3_000;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const windows = process.platform === "win32";

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
const handlers = new Map(SIGNALS.map((signal) => [signal, () => onSignal(signal)]));
const lastSeen = new Map();
let interruptedBy;

/**
 * Runs a command to its end and returns its exit code (128 + n when signal n ended it).
 *
 * - `stdio`: as in `spawn`, default `inherit`.
 * - `onLine(line)`: called for each line of its stdout and stderr, which are then not shown.
 * - `ownGroup`: a process group of its own, so that it and all its descendants end together and get each signal
 *   exactly once. Not for a program that reads from a terminal.
 * - `signal`: an AbortSignal that ends it.
 */
export async function run(command, args, { cwd, env, stdio = "inherit", onLine, ownGroup = false, signal } = {}) {
  if (interruptedBy) throw new Interrupted(interruptedBy);
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: onLine ? ["ignore", "pipe", "pipe"] : stdio,
    detached: ownGroup && !windows,
    windowsHide: true,
  });
  const entry = { child, ownGroup };
  add(entry);
  const stop = () => end(entry);
  signal?.addEventListener("abort", stop, { once: true });
  if (onLine) for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", onLine);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, by) => resolve(exitCodeOf(code, by)));
    });
  } finally {
    remove(entry);
    signal?.removeEventListener("abort", stop);
  }
}

/** As `run`, for a step of the preparation: an interrupt during it ends everything. */
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
    if (ownGroup && !windows) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function end(entry) {
  send(entry, "SIGTERM");
  const timer = setTimeout(() => send(entry, "SIGKILL"), KILL_AFTER_MS);
  entry.child.once("close", () => clearTimeout(timer));
}

/** Signals are ours only while a child runs: whoever imports this may have an opinion of its own on them. */
function add(entry) {
  if (children.size === 0) {
    for (const [signal, handler] of handlers) process.on(signal, handler);
    process.on("exit", endAll);
  }
  children.add(entry);
}

function remove(entry) {
  children.delete(entry);
  if (children.size > 0) return;
  for (const [signal, handler] of handlers) process.removeListener(signal, handler);
  process.removeListener("exit", endAll);
}

function endAll() {
  for (const entry of children) send(entry, "SIGTERM");
}

/**
 * Passes a signal on, once: npm repeats what the terminal has already sent to every process, and a second interrupt
 * makes the Pulumi engine drop the steps in flight.
 */
function onSignal(signal) {
  const now = Date.now();
  const repeated = now - (lastSeen.get(signal) ?? -Infinity) < REPEAT_MS;
  lastSeen.set(signal, now);
  interruptedBy ??= signal;
  if (repeated) return;
  for (const entry of children) {
    const delivered = signal === "SIGINT" && atTerminal && !entry.ownGroup;
    if (!delivered) send(entry, signal);
  }
}
