import { execFileSync, spawn } from "node:child_process";
import { chmodSync, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { read } from "./support.js";

/* What the log of a job shows of a review or rehearsal while it is running. */

/** The lines of a workflow that run the command, with how they keep its exit code. */
const commandsIn = (file: string): string[] =>
  [...read(file).matchAll(/^ *code=0\n[^]*?\|\| code=\$\?\n/gm)]
    .map(([lines]) => lines)
    .filter((lines) => lines.includes('"${report[@]}"'));

const files = [
  ".github/workflows/access-review.yml",
  ".github/workflows/access-apply.yml",
  "examples/gitlab-ci/.gitlab-ci.yml",
];
const cells = files.flatMap((file) => commandsIn(file).map((lines, at) => [file, at + 1, lines] as const));

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "messages-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("are those of two files for GitHub, and two of a file for GitLab", () => {
  expect(cells.map(([file]) => file)).toEqual([files[0], files[1], files[2], files[2]]);
});

/** How runners start bash: GitHub's with `pipefail`, another perhaps without. */
const shells = [["-eo", "pipefail"], ["-e"]];

it.each(cells.flatMap((cell) => [0, 1, 2].flatMap((code) => shells.map((shell) => [...cell, code, shell] as const))))(
  "bug: %s (%i) showed messages after the end only: a command that waits has its messages in the log, masked",
  async (_, __, lines, code, shell) => {
    const fifo = join(folder, "go-on");
    execFileSync("mkfifo", [fifo]);
    // It ends only after its message has been read in the log.
    const npx = `#!/bin/sh\necho "Running for ada@example.com." >&2\nread -r line < "${fifo}"\necho report\necho "$line" >&2\nexit ${code}\n`;
    writeFileSync(join(folder, "npx"), npx);
    chmodSync(join(folder, "npx"), 0o755);
    const script = `set -f\nreport=(rehearse)\nbinding=()\n${lines}\necho "code $code"\n`;
    const env = { PATH: `${folder}:${process.env["PATH"]}`, FOLDER: folder, work: folder, MASK: "", LIMITS: "" };
    const child = spawn("bash", [...shell, "-c", script], { env, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          log += text;
          if (log.includes("Running for ***@example.com.\n")) resolve();
        });
      }
      child.once("close", () => resolve());
    });
    const isRunning = child.exitCode === null;
    if (isRunning) createWriteStream(fifo).end("Ended for zoe@example.com.\n");
    expect([isRunning, await ended]).toEqual([true, 0]);
    expect(log).toContain(`code ${code}\n`);
    expect(log).toContain("Ended for ***@example.com.\n");
    expect(log).not.toMatch(/ada@|zoe@/);
    const report = lines.includes("people.md") ? readFileSync(join(folder, "people.md"), "utf8") : log;
    expect(report).toContain("report\n");
  },
);
