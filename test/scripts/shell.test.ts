import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

jest.setTimeout(60_000);

const root = join(__dirname, "../..");

async function refuses(url: string): Promise<boolean> {
  return fetch(`${url}/organizations/`).then(
    () => false,
    () => true,
  );
}

/** What the emulator prints for programs. */
async function urlIn(stream: Readable): Promise<string> {
  for await (const line of createInterface({ input: stream })) {
    const [, url] = /^export AVALA_BASE_URL=(.+)$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("The emulator has not started.");
}

it("npm run emulator ends when npm is ended, although npm's shell passes no signal on", async () => {
  const npm = spawn("npm", ["run", "--silent", "emulator", "--", "--port", "0", "--memory"], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await urlIn(npm.stdout);
  expect(await refuses(url)).toBe(false);
  npm.kill("SIGTERM");
  await once(npm, "exit");
  for (let tries = 0; tries < 100 && !(await refuses(url)); tries++) await new Promise((done) => setTimeout(done, 100));
  expect(await refuses(url)).toBe(true);
});
