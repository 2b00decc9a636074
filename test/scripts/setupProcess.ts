import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** The start script's modules are plain ES modules, which run in a Node process of their own. */
export const scripts = pathToFileURL(resolve(__dirname, "../../scripts")).href;

export interface Started {
  child: ChildProcess;
  /** Resolves when a line of stdout or stderr holds the text; rejects when the process ends without it. */
  said(text: string): Promise<void>;
  ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Starts `code` as an ES module with `scripts/` as the base of its imports (`import … from SCRIPTS + "/lock.mjs"`). */
export function start(code: string, env: Record<string, string | undefined> = {}): Started {
  const text = code.replaceAll("SCRIPTS/", `${scripts}/`);
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (output.stdout += String(data)));
  child.stderr.on("data", (data) => (output.stderr += String(data)));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) => {
    child.once("close", (exitCode) => done({ code: exitCode, ...output }));
  });
  const said = (wanted: string) =>
    new Promise<void>((done, fail) => {
      const look = () => (output.stdout + output.stderr).includes(wanted) && done();
      look();
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.once("close", () => fail(new Error(`ended without saying "${wanted}": ${JSON.stringify(output)}`)));
    });
  return { child, said, ended };
}

/** A folder that is removed by `removeFolders`. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "setup-")));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Writes a file and the folders above it. */
export function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Writes an executable shell script. */
export function putProgram(file: string, script: string): void {
  put(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}
