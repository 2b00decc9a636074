import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "../examples/support.js";

interface Started {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  readonly output: () => string;
}

function start(project: string, args: string[]): Started {
  const child = spawn(process.execPath, [join(project, "scripts/site.mjs"), ...args], { cwd: project, stdio: "pipe" });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  return { child, output: () => text };
}

/** Builds the site of a copy of the clone, and answers the exit code and what was written. */
export async function build(project: string): Promise<{ code: number | null; output: string }> {
  const { child, output } = start(project, []);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output() };
}

export interface Site {
  /** Of its first page. */
  readonly url: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** Builds the site of the clone, and serves it on a free port. */
export async function serveSite(): Promise<Site> {
  const { child, output } = start(root, ["--serve", "0"]);
  const closed = once(child, "close");
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.on("data", () => {
      const [, address] = /The site is at (\S+)\. /.exec(output()) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once("close", () => reject(new Error(output())));
  });
  const close = async () => {
    child.kill();
    await closed;
  };
  return { url, folder: join(root, ".work/site"), close };
}
