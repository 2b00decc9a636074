import { start } from "./setupProcess";

/** Runs a Node program through run() and tells the exit code that it answered. */
const running = (program: string, options: string) =>
  start(`import { run } from "SCRIPTS/run.mjs";
    const code = await run(process.execPath, ["-e", ${JSON.stringify(program)}], ${options});
    console.log("code " + code);`);

const WAITING = `setInterval(() => {}, 1000); console.log("up " + process.pid);`;
const GRACEFUL = `process.on("SIGTERM", () => { console.log("leaving"); process.exit(7); }); ${WAITING}`;

it.each(["{}", "{ ownGroup: true }"])("passes a signal on and answers the child's exit code: %s", async (options) => {
  const parent = running(GRACEFUL, options);
  await parent.said("up ");
  parent.child.kill("SIGTERM");
  expect((await parent.ended).stdout).toContain("leaving\ncode 7\n");
});

it("answers 128 + n for a child that a signal ended", async () => {
  const parent = running(WAITING, "{}");
  await parent.said("up ");
  parent.child.kill("SIGTERM");
  expect((await parent.ended).stdout).toContain("code 143\n");
});

it("starts nothing further once a step of the preparation was interrupted", async () => {
  const parent = start(`import { Interrupted, run, runStep } from "SCRIPTS/run.mjs";
    const interrupted = (error) => { if (error instanceof Interrupted) console.log("exit " + error.exitCode); };
    await runStep(process.execPath, ["-e", ${JSON.stringify(WAITING)}]).catch(interrupted);
    await run(process.execPath, ["-e", "console.log('further')"]).catch(interrupted);`);
  await parent.said("up ");
  parent.child.kill("SIGINT");
  const { stdout } = await parent.ended;
  expect(stdout).toMatch(/exit 130\nexit 130\n$/);
  expect(stdout).not.toContain("further");
});

it("ends the descendants of a child with a group of its own", async () => {
  const descendant = `process.on("SIGTERM", () => { console.log("descendant told"); process.exit(); }); ${WAITING}`;
  const program = `require("node:child_process").spawn(process.execPath, ["-e", process.env.DESCENDANT], { stdio: "inherit" });`;
  const parent = start(
    `import { run } from "SCRIPTS/run.mjs";
    const stop = new AbortController();
    const onLine = (line) => { console.log(line); stop.abort(); };
    console.log("code " + await run(process.execPath, ["-e", process.env.PROGRAM],
      { ownGroup: true, onLine, signal: stop.signal }));`,
    { DESCENDANT: descendant, PROGRAM: program },
  );
  expect((await parent.ended).stdout).toMatch(/^up \d+\ndescendant told\ncode 143\n$/);
});

it("leaves signals alone while no child runs", async () => {
  const parent = start(`import { run } from "SCRIPTS/run.mjs";
    await run(process.execPath, ["-e", ""]);
    console.log(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => process.listenerCount(signal)).join());`);
  expect((await parent.ended).stdout).toBe("0,0,0\n");
});
