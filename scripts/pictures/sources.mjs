import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../project.mjs";
import { KEY, PROGRAM, RECORDED, STORY } from "./story.mjs";
import { COLUMNS } from "./terminal.mjs";

const recorded = (name) => join(RECORDED, name);
const json = (name) => JSON.parse(readFileSync(recorded(name), "utf8"));
const [STATE, PREVIEW] = [recorded("state.json"), recorded("preview.json")];

/**
 * The pictures, by name: what each is made from today. `page` is HTML, `comment` Markdown, and `screen` what a terminal
 * shows. A command reads what was recorded: the state and the preview from files, Avala from an
 * emulator with the recorded content.
 */
export const SOURCES = {
  "access-matrix": {
    kind: "page",
    read: () => output(["access", "acme-robotics", "--live", "--state", STATE, "--html"], { avala: "avala.json" }),
  },
  "review-page": { kind: "page", read: () => output(["review", PREVIEW, "--html"]) },
  "review-comment": { kind: "comment", read: () => output(["review", PREVIEW, "--markdown"]) },
  "review-terminal": {
    kind: "screen",
    read: () => screen("review preview.json", ["review", PREVIEW]),
  },
  "drift-matrix": {
    kind: "page",
    read: () => output(["drift", "--state", STATE, "--html"], { avala: "changedByHand.json" }),
  },
  "status-terminal": {
    kind: "screen",
    read: () => screen("status", ["status", "--state", STATE], { avala: "avala.json" }),
  },
  "import-terminal": {
    kind: "screen",
    read: () => {
      const args = ["import", "acme-robotics", "--out", "acme"];
      return screen(args.join(" "), args, { avala: "avala.json", inProgram: false });
    },
  },
  "emulator-page": { kind: "page", read: emulatorPage },
  quickstart: { kind: "screen", read: async () => readFileSync(recorded("quickstart.txt"), "utf8") },
};

export const digestOf = (text) => createHash("sha256").update(text).digest("hex");

/** The names and sources of all pictures. */
export function readSources() {
  return Promise.all(Object.entries(SOURCES).map(async ([name, { read }]) => [name, await read()]));
}

async function screen(typed, args, where) {
  const printed = await output(args, { ...where, env: { PICTURES_COLUMNS: `${COLUMNS}`, FORCE_COLOR: "1" } });
  return `\u001b[1m$ npx pulumi-avala ${typed}\u001b[22m\n${printed}`;
}

/** What a command of the command line prints, at the time of the story, with the recorded content of Avala. */
async function output(args, { avala, inProgram = true, env } = {}) {
  const emulator = avala === undefined ? undefined : await emulatorWith(avala);
  const folder = mkdtempSync(join(tmpdir(), "pictures-"));
  try {
    return await run(args, inProgram ? PROGRAM : folder, { ...connection(emulator), ...env });
  } finally {
    rmSync(folder, { recursive: true });
    await emulator?.close();
  }
}

async function run(args, cwd, env) {
  const node = ["--require", join(PROJECT, "scripts/pictures/preload.cjs"), join(PROJECT, "dist/cli.js"), ...args];
  const child = spawn(process.execPath, node, {
    cwd,
    env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, PICTURES_NOW: STORY.today, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  const [code] = await once(child, "close");
  // 2 is a finding, such as drift.
  if (code !== 0 && code !== 2) throw new Error(`pulumi-avala ${args.join(" ")} ended with exit code ${code}.`);
  return printed;
}

const connection = (emulator) =>
  emulator && { AVALA_API_KEY: KEY, AVALA_BASE_URL: emulator.url, AVALA_ALLOW_INSECURE_BASE_URL: "1" };

/** The recorded content has moved its clock from the start of the story to today. */
const atStart = (content) => ({ seed: json(content), now: () => Date.parse(STORY.start) });

async function emulatorWith(content) {
  const { startEmulator } = await import("avala-emulator");
  return startEmulator(atStart(content));
}

/** Without a socket, so that the address on the page is the documented one. */
async function emulatorPage() {
  const { createEmulator } = await import("avala-emulator");
  const response = await createEmulator(atStart("avala.json")).fetch(new Request("http://127.0.0.1:8787/"));
  // Its version is a new one in each start; the page shows it to nobody.
  return (await response.text()).replace(/ data-version="[^"]*"/, "");
}
