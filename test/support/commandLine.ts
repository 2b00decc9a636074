import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pty from "@lydell/node-pty";

/** The built command line. */
export const program = resolve(__dirname, "../../dist/cli.js");

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Outside of any Pulumi project, which TMPDIR is not when npm test has set it to a folder of the clone. */
const outside = process.platform === "win32" ? tmpdir() : "/tmp";

/** A folder without a Pulumi project, in which the command line is run. */
export class Desk {
  readonly folder = mkdtempSync(join(outside, "cli-"));
  /** Its environment, in addition to PATH. */
  environment: Record<string, string> = {};

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs it in pipes, to its end. */
  async run(
    args: string[],
    { stdin = "", env = {} }: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [program, ...args], { cwd: this.folder, env: this.#env(env), stdio: "pipe" });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => undefined).end(stdin);
    const [code] = (await once(child, "close")) as [number | null];
    return { code, stdout, stderr };
  }

  /** Runs it and reads JSON from stdout. */
  async json<T = Record<string, unknown>>(args: string[], options?: Parameters<Desk["run"]>[1]): Promise<T> {
    const { code, stdout, stderr } = await this.run([...args, "--json"], options);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /**
   * Runs it at a terminal, to its end.
   * @param answer is called once the question is shown; its result is typed
   */
  async atTerminal(args: string[], answer: () => Promise<string> | string, env: Record<string, string> = {}) {
    const terminal = pty.spawn(process.execPath, [program, ...args], {
      cwd: this.folder,
      env: this.#env({ TERM: "xterm", ...env }),
      cols: 300,
    });
    let screen = "";
    let asked = false;
    const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
    terminal.onData((text) => {
      screen += text;
      if (asked || !/Type the .*: $/.test(screen)) return;
      asked = true;
      void Promise.resolve(answer()).then((typed) => terminal.write(typed));
    });
    return { code: await ended, screen, asked };
  }

  #env(more: Record<string, string>): Record<string, string> {
    return { PATH: process.env["PATH"]!, ...this.environment, ...more };
  }
}
