import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolders, start, temporaryFolder } from "./setupProcess";

afterEach(removeFolders);

/** A process that takes the lock, says so, and then runs `inside`. */
const holder = (folder: string, inside = "") => `
  import { withLock } from "SCRIPTS/lock.mjs";
  import { existsSync, rmSync, writeFileSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  const until = async (file) => { while (!existsSync(file)) await sleep(10); };
  await withLock(${JSON.stringify(join(folder, "lock"))}, { doing: "testing", log: console.log }, async () => {
    console.log("inside");
    ${inside}
  });
  console.log("done");`;

it("lets a second process wait, says so in one line, and then lets it in", async () => {
  const folder = temporaryFolder();
  const go = join(folder, "go");
  const first = start(holder(folder, `await until(${JSON.stringify(go)});`));
  await first.said("inside");
  const second = start(holder(folder));
  const waiting = `Waiting for process ${first.child.pid}, which is testing.`;
  await second.said(waiting);
  writeFileSync(go, "");
  expect((await first.ended).stdout).toBe("inside\ndone\n");
  const { code, stdout } = await second.ended;
  expect([code, stdout.split("\n")]).toEqual([0, [expect.stringContaining(waiting), "inside", "done", ""]]);
});

it.each([
  ["was killed", `console.log("killed"); process.kill(process.pid, "SIGKILL"); await until("never");`],
  ["ended in the middle of its work", "process.exit(3);"],
  ["failed", `throw new Error("failed");`],
])("is free again after its owner %s", async (_, inside) => {
  const folder = temporaryFolder();
  await start(holder(folder, inside)).ended;
  expect(await start(holder(folder)).ended).toMatchObject({ code: 0, stdout: "inside\ndone\n" });
});

it("never lets two in, even when many find the same dead owner", async () => {
  const folder = temporaryFolder();
  await start(holder(folder, "process.exit(3);")).ended;
  const dead = start("");
  await dead.ended;
  symlinkSync(`${dead.child.pid}`, join(folder, "lock/7"));
  const alone = JSON.stringify(join(folder, "alone"));
  // Creating the file fails, and with it the process, while another one is inside.
  const inside = `writeFileSync(${alone}, "", { flag: "wx" }); await sleep(20); rmSync(${alone});`;
  const all = await Promise.all(Array.from({ length: 6 }, () => start(holder(folder, inside)).ended));
  expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(all.map(() => [0, ""]));
  expect(readdirSync(join(folder, "lock"))).toHaveLength(2);
});
