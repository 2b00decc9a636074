import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buttonsOf, send } from "../emulator/forms.js";
import { root } from "./support.js";

jest.setTimeout(240_000);

/** Those of a test that has failed would wait for Ada until somebody ends them. */
const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.exitCode === null && child.kill()));

/** Starts the quickstart away from a terminal, with a key and a stack of the caller's that it must not touch. */
function start(...args: string[]) {
  const env = { ...process.env, AVALA_API_KEY: "avk_of_the_caller", PULUMI_BACKEND_URL: "https://127.0.0.1:1" };
  const child = spawn(process.execPath, [join(root, "scripts/quickstart.mjs"), ...args], { cwd: root, env });
  started.push(child);
  const run = { child, text: "", ended: once(child, "close") as Promise<[number | null, string | null]> };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (run.text += text));
  return run;
}

type Run = ReturnType<typeof start>;

/** Waits until the quickstart has said it, or has ended. */
async function said(run: Run, words: string): Promise<void> {
  while (!run.text.includes(words) && run.child.exitCode === null) await once(run.child.stdout, "data");
}

/** Presses a button of the page that the quickstart has named, as a browser without scripts does. */
async function press(run: Run, button: string): Promise<number> {
  const page = /open\s+(http:\S+\/)\s+in a browser/.exec(run.text)![1]!;
  const html = await (await fetch(page)).text();
  const found = buttonsOf(html).find(({ name }) => name === button)!;
  return (await send(new URL(page).origin, found)).status;
}

/** What the run leaves in its folder. */
function left(pid: number): string[] {
  const folder = join(root, ".work/quickstart");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${pid}`)) : [];
}

/** The port that the emulator of the quickstart listened on. */
const portIn = (text: string) => /http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];

async function answers(port: string | undefined): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/_emulator/settings`).then(
    () => true,
    () => false,
  );
}

describe("npm run quickstart -- --pause", () => {
  it("waits until Ada's invitation is accepted on the page, and then adds her to the team", async () => {
    const run = start("--pause");
    await said(run, "The quickstart continues then");
    expect(await press(run, "Accept ada@example.com")).toBe(303);
    expect(await run.ended).toEqual([0, null]);
    const step = /^3\. Ada accepts her invitation$[^]*?^4\./m.exec(run.text)?.[0];
    expect(step).toContain("people: ada active, grace waiting");
    expect(run.text).toMatch(/^Done in [\d.]+ s\./m);
    expect(left(run.child.pid!)).toEqual([]);
    expect(await answers(portIn(run.text))).toBe(false);
  });

  it("says so when there is nothing left to accept", async () => {
    const run = start("--pause");
    await said(run, "The quickstart continues then");
    expect(await press(run, "Decline ada@example.com")).toBe(303);
    expect(await run.ended).toEqual([1, null]);
    expect(run.text).toContain("the invitation is over, and Ada has not accepted it.");
    expect(await answers(portIn(run.text))).toBe(false);
    const folder = join(root, ".work/quickstart", `${run.child.pid}`);
    expect(readFileSync(join(folder, "log.txt"), "utf8")).toContain("$ pulumi up");
    rmSync(folder, { recursive: true });
  });

  it("is explained by --help; what is not known is refused", async () => {
    const help = start("--help");
    expect(await help.ended).toEqual([0, null]);
    expect(help.text).toContain("--pause");
    const wrong = start("--paws");
    expect(await wrong.ended).toEqual([2, null]);
    expect(wrong.text).toContain("--paws");
    expect(wrong.text).toContain("Usage: npm run quickstart [-- --pause]");
  });
});

/** Whether the picture of the quickstart shows what it prints. */
function drawn(text: string) {
  const args = [join(root, "scripts/pictures.mjs"), "--check-quickstart"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: "utf8" });
  return { status, stderr };
}

describe("npm run quickstart", () => {
  it("takes all steps and leaves nothing behind", async () => {
    const run = start();
    expect(await run.ended).toEqual([0, null]);
    const headings = [...run.text.matchAll(/^\d\. (.*)$/gm)].map(([, title]) => title);
    expect(headings).toEqual([
      "Declare an organization, two teams and two people",
      "Preview again: nothing is left to do",
      "Ada accepts her invitation",
      "Change the program",
      "Somebody changes Avala by hand",
      "Destroy everything",
    ]);
    const emails = [...run.text.matchAll(/^ {3}API calls: .*, emails: (\d+), /gm)].map(([, count]) => count);
    expect(emails).toEqual(["2", "0", "0", "0", "0", "0"]);
    expect(run.text).toMatch(/^Done in [\d.]+ s\./m);
    expect(run.text).not.toContain("\u001b");
    expect(run.text).not.toContain("avk_");
    expect(drawn(run.text)).toEqual({ status: 0, stderr: "" });
    expect(left(run.child.pid!)).toEqual([]);
    expect(await answers(portIn(run.text))).toBe(false);
  });

  it.each([
    ["before pulumi runs", "It listens on", []],
    ["while pulumi runs", "their team memberships are pending", []],
    ["in the middle", "2. Preview again", []],
    ["while it waits for Ada", "The quickstart continues then", ["--pause"]],
  ])("ends cleanly when it is interrupted %s", async (_when, words, args) => {
    const run = start(...args);
    await said(run, words);
    run.child.kill("SIGINT");
    expect(await run.ended).toEqual([130, null]);
    expect(run.text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(run.text).not.toContain("Done in");
    expect(left(run.child.pid!)).toEqual([]);
    expect(await answers(portIn(run.text))).toBe(false);
  });
});
