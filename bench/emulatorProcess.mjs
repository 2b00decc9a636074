import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROJECT } from "../scripts/project.mjs";

/**
 * Starts the emulator as a process of its own, on a free port; it ends with this process at the latest.
 *
 * @param args options of the emulator beside the port
 * @param onError is given what it prints on stderr
 * @returns `url` of the API, and `stop()`, which resolves when it has ended
 */
export async function launchEmulator({ args = [], onError }) {
  // Away from the terminal's process group: Ctrl-C must reach pulumi alone, which needs the service to come to an end.
  const child = spawn(process.execPath, [join(PROJECT, "emulator/dist/main.js"), "--port", "0", "--memory", ...args], {
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const kill = () => child.kill();
  process.once("exit", kill);
  child.stderr.on("data", onError);
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const [, found] = /^export AVALA_BASE_URL=(.+)$/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("error", reject);
    ended.then(() => reject(new Error("the emulator does not start.")));
  });
  const stop = () => {
    process.removeListener("exit", kill);
    child.kill();
    return ended;
  };
  return { url, stop };
}
