import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

jest.setTimeout(60_000);

const root = join(__dirname, "../..");

async function refuses(url: string): Promise<boolean> {
  return fetch(`${url}/organizations/`).then(
    () => false,
    () => true,
  );
}

it("npm run emulator ends when npm is ended, although npm's shell passes no signal on", async () => {
  const npm = spawn("npm", ["run", "--silent", "emulator", "--", "--port", "0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = (await once(npm.stdout.setEncoding("utf8"), "data")) as [string];
  const url = line.trim().split(" ").at(-1)!;
  expect(await refuses(url)).toBe(false);
  npm.kill("SIGTERM");
  await once(npm, "exit");
  for (let tries = 0; tries < 100 && !(await refuses(url)); tries++) await new Promise((done) => setTimeout(done, 100));
  expect(await refuses(url)).toBe(true);
});
