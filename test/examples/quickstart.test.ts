import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./support.js";

jest.setTimeout(240_000);

/** Starts the story without a terminal, with a key and a stack of the caller that it must not touch. */
function start(...args: string[]) {
  const env = { ...process.env, AVALA_API_KEY: "avk_of_the_caller", PULUMI_BACKEND_URL: "https://127.0.0.1:1" };
  const child = spawn(process.execPath, [join(root, "scripts/quickstart.mjs"), ...args], { cwd: root, env });
  const story = { child, text: "", ended: once(child, "close") as Promise<[number | null, string | null]> };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (story.text += text));
  return story;
}

type Story = ReturnType<typeof start>;

/** Waits until the story has printed it, or has ended. */
async function said(story: Story, words: string): Promise<void> {
  while (!story.text.includes(words) && story.child.exitCode === null) await once(story.child.stdout, "data");
}

/** Presses a button of the page that the story has named, as a browser without scripts does. */
async function press(story: Story, button: string): Promise<number> {
  const page = /open\s+(http:\S+\/)\s+in a browser/.exec(story.text)![1]!;
  const html = await (await fetch(page)).text();
  const form = html.split("<form").find((rest) => rest.includes(`aria-label="${button}"`))!;
  const headers = { origin: new URL(page).origin, "sec-fetch-site": "same-origin" };
  const action = new URL(/action="([^"]+)"/.exec(form)![1]!, page);
  return (await fetch(action, { method: "POST", headers, redirect: "manual" })).status;
}

/** The files that the run leaves in its folder. */
function left(pid: number): string[] {
  const folder = join(root, ".work/quickstart");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(`${pid}`)) : [];
}

/** The port that the emulator of the story listened on. */
const portIn = (text: string) => /http:\/\/127\.0\.0\.1:(\d+)\//.exec(text)?.[1];

async function answers(port: string | undefined): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/_emulator/settings`).then(
    () => true,
    () => false,
  );
}

describe("npm run quickstart -- --pause", () => {
  it("waits until Ada's invitation is accepted on the page, and then adds her to the team", async () => {
    const story = start("--pause");
    await said(story, "The story then goes on by itself");
    expect(await press(story, "Accept ada@example.com")).toBe(303);
    expect(await story.ended).toEqual([0, null]);
    const step = /^3\. Ada accepts her invitation$[^]*?^4\./m.exec(story.text)?.[0];
    expect(step).toContain("people: ada active, grace waiting");
    expect(story.text).toMatch(/^Done in .*, and 2 mails\.$/m);
    expect(left(story.child.pid!)).toEqual([]);
    expect(await answers(portIn(story.text))).toBe(false);
  });

  it("says so when there is nothing left to accept", async () => {
    const story = start("--pause");
    await said(story, "The story then goes on by itself");
    expect(await press(story, "Decline ada@example.com")).toBe(303);
    expect(await story.ended).toEqual([1, null]);
    expect(story.text).toContain("the invitation is over, and Ada has not accepted it.");
    expect(await answers(portIn(story.text))).toBe(false);
    rmSync(join(root, ".work/quickstart", `${story.child.pid}.log`));
  });

  it("is explained by --help; unknown arguments are refused", async () => {
    const help = start("--help");
    expect(await help.ended).toEqual([0, null]);
    expect(help.text).toContain("--pause");
    const wrong = start("--paws");
    expect(await wrong.ended).toEqual([2, null]);
    expect(wrong.text).toContain("--paws");
    expect(wrong.text).toContain("Usage: npm run quickstart [-- --pause]");
  });
});

describe("npm run quickstart", () => {
  it("runs to its end and leaves nothing behind", async () => {
    const story = start();
    expect(await story.ended).toEqual([0, null]);
    const headings = [...story.text.matchAll(/^\d\. (.*)$/gm)].map(([, title]) => title);
    expect(headings).toEqual([
      "Declare an organization, two teams and two people",
      "Ask again: nothing is left to do",
      "Ada accepts her invitation",
      "Change the program",
      "Somebody changes things behind the program's back",
      "Take it all away",
    ]);
    expect(story.text).toMatch(/^Done in .*, and 2 mails\.$/m);
    expect(story.text).not.toContain("\u001b");
    expect(story.text).not.toContain("avk_");
    expect(left(story.child.pid!)).toEqual([]);
    expect(await answers(portIn(story.text))).toBe(false);
  });

  it.each([
    ["before pulumi runs", "It listens on", []],
    ["while pulumi runs", "and their places in the teams wait", []],
    ["in the middle of the story", "2. Ask again", []],
    ["while it waits for Ada", "The story then goes on by itself", ["--pause"]],
  ])("ends in good order when it is interrupted %s", async (_when, words, args) => {
    const story = start(...args);
    await said(story, words);
    story.child.kill("SIGINT");
    expect(await story.ended).toEqual([130, null]);
    expect(story.text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(story.text).not.toContain("Done in");
    expect(left(story.child.pid!)).toEqual([]);
    expect(await answers(portIn(story.text))).toBe(false);
  });
});
