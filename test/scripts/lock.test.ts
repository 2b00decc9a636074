import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { put, removeFolders, start, temporaryFolder } from "./setupProcess";

afterEach(removeFolders);

/** A process that takes the lock, says so, and then runs `inside`. */
const holder = (folder: string, inside: string) => `
  import { withLock } from "SCRIPTS/lock.mjs";
  import { existsSync, rmSync, writeFileSync } from "node:fs";
  import { setTimeout as sleep } from "node:timers/promises";
  const until = async (file) => { while (!existsSync(file)) await sleep(10); };
  await withLock(${JSON.stringify(folder)}, { doing: "testing", log: console.log }, async () => {
    console.log("inside");
    ${inside}
  });
  console.log("done");`;

it("lets a second process wait, says so in one line, and then lets it in", async () => {
  const folder = temporaryFolder();
  const go = join(folder, "go");
  const first = start(holder(folder, `await until(${JSON.stringify(go)});`));
  await first.said("inside");
  const second = start(holder(folder, ""));
  await second.said(`Waiting for process ${first.child.pid}, which is testing.`);
  writeFileSync(go, "");
  expect((await first.ended).stdout).toBe("inside\ndone\n");
  const { code, stdout } = await second.ended;
  expect(code).toBe(0);
  expect(stdout).toBe(`Waiting for process ${first.child.pid}, which is testing.\ninside\ndone\n`);
});

it("is free again after its owner was killed", async () => {
  const folder = temporaryFolder();
  const first = start(holder(folder, `await until("never");`));
  await first.said("inside");
  first.child.kill("SIGKILL");
  await first.ended;
  const { code, stdout } = await start(holder(folder, "")).ended;
  expect(code).toBe(0);
  expect(stdout).toBe("inside\ndone\n");
});

it("is released when its owner ends in the middle of its work", async () => {
  const folder = temporaryFolder();
  await start(holder(folder, "process.exit(3);")).ended;
  expect((await start(holder(folder, "")).ended).stdout).toBe("inside\ndone\n");
});

it("never lets two in, even when many find the same stale lock", async () => {
  const folder = temporaryFolder();
  const dead = start("");
  await dead.ended;
  put(join(folder, "7"), JSON.stringify({ pid: dead.child.pid, host: (await import("node:os")).hostname() }));
  const alone = JSON.stringify(join(folder, "alone"));
  // Creating the file fails, and with it the process, while another one is inside.
  const inside = `writeFileSync(${alone}, "", { flag: "wx" }); await sleep(20); rmSync(${alone});`;
  const all = await Promise.all(Array.from({ length: 6 }, () => start(holder(folder, inside)).ended));
  expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(all.map(() => [0, ""]));
  expect(readdirSync(folder)).toHaveLength(1);
});

it("judges an owner on another machine by its heartbeat, not by its process number", async () => {
  const folder = temporaryFolder();
  const lock = join(folder, "1");
  put(lock, JSON.stringify({ pid: 1, host: "another-machine.example", doing: "building" }));
  const waiting = start(holder(folder, ""));
  await waiting.said("Waiting for process 1, which is building.");
  utimesSync(lock, new Date(0), new Date(0));
  expect((await waiting.ended).stdout).toContain("inside\ndone\n");
});
