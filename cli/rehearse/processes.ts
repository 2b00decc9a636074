import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { hasSignals, treeKiller } from "../../provider/core/platform.js";
import { isRunning, processName } from "../../provider/core/processes.js";
import { StackError } from "../errors.js";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the CLI in an environment of its own, and leaves no process behind: when the signal is aborted, the engine
 * cancels its run; what then still runs is killed.
 */
export class Processes {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal;
  readonly #patienceMs: number;
  readonly #running = new Map<ChildProcess, Promise<Ended>>();

  /** @param patienceMs how long the engine may take to cancel its run */
  constructor(environment: NodeJS.ProcessEnv, signal: AbortSignal, patienceMs = 10_000) {
    this.#environment = environment;
    this.#signal = signal;
    this.#patienceMs = patienceMs;
  }

  /**
   * Runs the CLI to its end.
   * @param onLine takes the lines of stdout, which are not kept then
   * @throws the reason of the signal, if it is aborted
   */
  async run(args: readonly string[], onLine?: (line: string) => void): Promise<Ended> {
    this.#signal.throwIfAborted();
    // A process group of its own: Ctrl-C in a terminal reaches this process alone, and a second one kills no engine.
    const child = spawn("pulumi", args, {
      env: this.#environment,
      detached: hasSignals(),
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = outputOf(child, onLine);
    this.#running.set(child, ended);
    const stop = () => this.#stop(child);
    this.#signal.addEventListener("abort", stop);
    try {
      const outcome = await ended;
      this.#signal.throwIfAborted();
      return outcome;
    } finally {
      this.#signal.removeEventListener("abort", stop);
      this.#running.delete(child);
    }
  }

  /** Waits until everything that was started has ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  /** Kills everything that runs. */
  kill(): void {
    for (const { pid } of this.#running.keys()) if (pid !== undefined && !killTree(pid)) killAll(withDescendants(pid));
  }

  #stop(child: ChildProcess): void {
    // Of a copy nothing is lost when the engine cannot be asked to cancel its run.
    if (child.pid === undefined || killTree(child.pid)) return;
    const names = withDescendants(child.pid);
    child.kill("SIGINT");
    const timer = setTimeout(() => killAll([...names, ...withDescendants(child.pid!)]), this.#patienceMs);
    // The engine may leave the host of the program running.
    child.once("exit", () => {
      clearTimeout(timer);
      killAll(names);
    });
  }
}

async function outputOf(child: ChildProcess, onLine?: (line: string) => void): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  child.stdout!.setEncoding("utf8");
  if (onLine === undefined) child.stdout!.on("data", (text: string) => (stdout += text));
  else createInterface({ input: child.stdout!, crlfDelay: Infinity }).on("line", onLine);
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  try {
    const [code] = (await once(child, "close")) as [number | null];
    return { code: code ?? 1, stdout, stderr };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new StackError(
      `The Pulumi CLI ${missing ? "is not on the PATH" : "cannot be started"}.`,
      "Install it, and run the command again.",
    );
  }
}

/** Names of a process and of everything that it has started. */
function withDescendants(pid: number): string[] {
  const parents = processTable();
  const found = [pid];
  for (const parent of found) found.push(...parents.filter((row) => row.parent === parent).map((row) => row.pid));
  return found.map((one) => processName(one));
}

function processTable(): { pid: number; parent: number }[] {
  try {
    const text = execFileSync("ps", ["-A", "-o", "pid=,ppid="], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return text
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, parent = 0]) => ({ pid, parent }));
  } catch {
    // Small containers have no ps: the process itself is ended, and others end when they miss it.
    return [];
  }
}

/** Kills a process and everything that it has started, where the system has a command that does so. */
function killTree(pid: number): boolean {
  const command = treeKiller(pid);
  if (command === undefined) return false;
  try {
    execFileSync(...command, { stdio: "ignore" });
  } catch {
    // It has ended meanwhile.
  }
  return true;
}

function killAll(names: readonly string[]): void {
  for (const name of new Set(names)) {
    if (!isRunning(name)) continue;
    try {
      process.kill(Number.parseInt(name, 10), "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
