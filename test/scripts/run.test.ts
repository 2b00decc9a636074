import { start } from "./setupProcess";

/** Runs a Node program through run() and tells the exit code that it answered. */
const running = (program: string, options: string) =>
  start(`import { run } from "SCRIPTS/run.mjs";
    const code = await run(process.execPath, ["-e", ${JSON.stringify(program)}], ${options});
    console.log("code " + code);`);

const WAITING = `setInterval(() => {}, 1000); console.log("up " + process.pid);`;
const GRACEFUL = `process.on("SIGTERM", () => { console.log("leaving"); process.exit(7); }); ${WAITING}`;

it.each(["{}", "{ ownGroup: true }", "{ onLine: console.log }"])(
  "passes a signal on and answers the child's exit code: %s",
  async (options) => {
    const parent = running(GRACEFUL, options);
    await parent.said("up ");
    parent.child.kill("SIGTERM");
    expect((await parent.ended).stdout).toContain("leaving\ncode 7\n");
  },
);

it("answers 128 + n for a child that a signal ended", async () => {
  const parent = running(WAITING, "{}");
  await parent.said("up ");
  parent.child.kill("SIGTERM");
  expect((await parent.ended).stdout).toContain("code 143\n");
});

it("passes an interrupt on once, although npm repeats it: a second one makes the engine drop steps in flight", async () => {
  const counting = `let n = 0; process.on("SIGINT", () => console.log("interrupt " + ++n));
    process.on("SIGTERM", () => process.exit(n)); ${WAITING}`;
  const parent = start(
    `import { run } from "SCRIPTS/run.mjs";
    Date.now = () => 0;
    const onLine = (line) => {
      console.log(line);
      process.emit("SIGINT", "SIGINT");
      if (line.startsWith("interrupt")) process.emit("SIGTERM", "SIGTERM");
    };
    console.log("code " + await run(process.execPath, ["-e", process.env.PROGRAM], { onLine }));`,
    { PROGRAM: counting },
  );
  expect((await parent.ended).stdout).toMatch(/^up \d+\ninterrupt 1\ncode 1\n$/);
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

it("kills the descendants of a child with a group of its own", async () => {
  const program = `require("node:child_process").spawn(process.execPath, ["-e", process.env.DESCENDANT], { stdio: "inherit" });`;
  const parent = start(
    `import { run } from "SCRIPTS/run.mjs";
    const stop = new AbortController();
    const onLine = (line) => { console.log(line); stop.abort(); };
    console.log("code " + await run(process.execPath, ["-e", process.env.PROGRAM], { onLine, signal: stop.signal }));`,
    { DESCENDANT: WAITING, PROGRAM: program },
  );
  // The descendant holds the pipe: without its death, run() would not come to its end.
  expect((await parent.ended).stdout).toMatch(/^up \d+\ncode 137\n$/);
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("ends the process on %s while no child runs, with the exit handlers", async (signal, code) => {
  const idle = start(`import "SCRIPTS/run.mjs";
    process.on("exit", () => console.log("cleaned up")); console.log("idle"); setInterval(() => {}, 1000);`);
  await idle.said("idle");
  idle.child.kill(signal);
  expect(await idle.ended).toMatchObject({ code, stdout: "idle\ncleaned up\n" });
});
