import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./support.js";

jest.setTimeout(240_000);

/** Starts the story away from a terminal, with a key and a stack of the caller's that it must not touch. */
function start() {
  const env = { ...process.env, AVALA_API_KEY: "avk_of_the_caller", PULUMI_BACKEND_URL: "https://127.0.0.1:1" };
  const child = spawn(process.execPath, [join(root, "scripts/quickstart.mjs")], { cwd: root, env });
  const story = { child, text: "", ended: once(child, "close") as Promise<[number | null, string | null]> };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (story.text += text));
  return story;
}

/** What the run leaves in its folder. */
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

describe("npm run quickstart", () => {
  it("tells the story to its end and leaves nothing behind", async () => {
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
    ["before pulumi runs", "It listens on"],
    ["while pulumi runs", "and their places in the teams wait"],
    ["in the middle of the story", "2. Ask again"],
  ])("ends in good order when it is interrupted %s", async (_when, said) => {
    const story = start();
    while (!story.text.includes(said) && story.child.exitCode === null) await once(story.child.stdout, "data");
    story.child.kill("SIGINT");
    expect(await story.ended).toEqual([130, null]);
    expect(story.text).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect(story.text).not.toContain("Done in");
    expect(left(story.child.pid!)).toEqual([]);
    expect(await answers(portIn(story.text))).toBe(false);
  });
});
