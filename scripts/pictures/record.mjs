import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendUrl } from "../platform.mjs";
import { PROJECT, WORK } from "../project.mjs";
import { ensurePulumi } from "../pulumi.mjs";
import { runStep } from "../run.mjs";
import { KEY, PEOPLE, RECORDED, seconds, STORY } from "./story.mjs";

const ADDED_LATER = "noor@example.com";

/**
 * Applies the program of the story to an emulator with the real engine, and writes what the pictures are made from: states of
 * the stack, contents of the emulator, and the preview of a proposed change.
 */
export async function record() {
  mkdirSync(join(WORK, "pictures"), { recursive: true });
  const folder = mkdtempSync(join(WORK, "pictures/run-"));
  const { startEmulator } = await import("avala-emulator");
  const seed = { people: PEOPLE, settings: { rateLimit: null } };
  const emulator = await startEmulator({ seed, now: () => Date.parse(STORY.start) });
  try {
    const files = await play(new Run(folder, emulator));
    write(files);
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The story, day by day; answers the files to keep. */
async function play(run) {
  const people = readFileSync(join(run.program, "people.yaml"), "utf8");
  await run.pulumi("stack", "init", "prod");
  run.declare(without(people, ADDED_LATER));
  await run.up();
  await run.acceptAll();
  await run.at(STORY.joined);
  await run.up();
  await run.at(STORY.invited);
  run.declare(people);
  await run.up();
  await run.at(STORY.today);
  const settled = { state: await run.state(), avala: run.avala() };
  run.declare(readFileSync(join(PROJECT, "scripts/pictures/proposal.yaml"), "utf8"));
  const preview = JSON.parse(await run.pulumi("preview", "--json", "--show-sames", "--show-replacement-steps"));
  await run.byHand();
  // What Avala holds comes first: ids are numbered in this order.
  return { avala: sorted(settled.avala), changedByHand: sorted(run.avala()), state: settled.state, preview };
}

/** One run of the story: a copy of the program, and what others do in Avala. */
class Run {
  #emulator;
  #folder;
  #now = STORY.start;

  constructor(folder, emulator) {
    this.#folder = folder;
    this.#emulator = emulator;
    this.program = join(folder, "program");
    this.avala = () => emulator.state();
    mkdirSync(join(folder, "state"));
    cpSync(join(PROJECT, "scripts/pictures/story"), this.program, { recursive: true });
  }

  declare(people) {
    writeFileSync(join(this.program, "people.yaml"), people);
  }

  /** One after the other: Avala's lists then have the same order in each run. */
  up() {
    return this.pulumi("up", "--yes", "--skip-preview", "--parallel", "1");
  }

  async at(time) {
    await this.#control("POST", "/clock", { advanceSeconds: seconds(time) - seconds(this.#now) });
    this.#now = time;
  }

  async acceptAll() {
    for (const { uid } of this.avala().organizations[0].invitations)
      await this.#control("POST", `/invitations/${uid}/accept`);
  }

  async state() {
    return JSON.parse(await this.pulumi("stack", "export"));
  }

  /** What somebody does in Avala's pages, past the program. */
  async byHand() {
    const { organizations, people } = this.avala();
    const [{ uid, slug, teams }] = organizations;
    const uidOf = (name) => people.find(({ email }) => email === `${name}@example.com`).uid;
    const team = (name) => `/organizations/${slug}/teams/${teams.find((one) => one.name === name).slug}/`;
    await this.#control("POST", `/organizations/${uid}/members`, { email: "eve@example.com", role: "admin" });
    await this.#api("POST", `${team("Research")}members/`, { user_uid: uidOf("eve"), role: "member" });
    await this.#api("PATCH", `${team("Labeling")}members/${uidOf("grace")}/role/`, { role: "member" });
    await this.#api("DELETE", `${team("Quality")}members/${uidOf("mia")}/`);
    await this.#api("PATCH", `/organizations/${slug}/members/${uidOf("lee")}/role/`, { role: "admin" });
    await this.#api("PATCH", team("Quality"), { name: "Quality assurance" });
  }

  async pulumi(...args) {
    const { command, env } = await ensurePulumi({ env: this.#environment() });
    const shown = [
      ...args,
      "--non-interactive",
      "--color",
      "never",
      ...(args[0] === "stack" ? [] : ["--stack", "prod"]),
    ];
    const lines = [];
    const onLine = (line) => lines.push(line);
    const code = await runStep(command, shown, { cwd: this.program, env, onLine });
    if (code === 0) return lines.join("\n");
    throw new Error(`pulumi ${args.join(" ")} ended with exit code ${code}:\n${lines.join("\n")}`);
  }

  /** Nothing of the caller's own Pulumi or Avala is passed on. */
  #environment() {
    const own = Object.entries(process.env).filter(([name]) => !/^(AVALA|PULUMI)_/i.test(name));
    return {
      ...Object.fromEntries(own),
      AVALA_API_KEY: KEY,
      AVALA_BASE_URL: this.#emulator.url,
      AVALA_ALLOW_INSECURE_BASE_URL: "1",
      PICTURES_NOW: this.#now,
      NODE_OPTIONS: `--require "${join(PROJECT, "scripts/pictures/preload.cjs")}"`,
      PULUMI_BACKEND_URL: backendUrl(join(this.#folder, "state")),
      PULUMI_CONFIG_PASSPHRASE: "pictures",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    };
  }

  #control(method, path, body) {
    return send(method, this.#emulator.controlUrl + path, body);
  }

  #api(method, path, body) {
    return send(method, this.#emulator.url + path, body);
  }
}

async function send(method, url, body) {
  const headers = { "x-avala-api-key": KEY, "content-type": "application/json" };
  const response = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).pathname} was answered ${response.status}: ${await response.text()}`);
}

/** The people file without the entry of one person, which is its last. */
const without = (people, email) => people.slice(0, people.indexOf(`- email: ${email}`));

/** What Avala holds in an order of its own: that in which it was created differs from run to run. */
export function sorted(value) {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
  const keyOf = ({ email, to, name, at }) => [email, to, name, at].join(" ");
  return value.map(sorted).toSorted((one, other) => keyOf(one).localeCompare(keyOf(other), "en"));
}

/** Of the engine: when it ran and how long, and lines of its own sources. */
const LEFT_OUT = new Set(["created", "modified", "secrets_providers", "stackTrace", "duration"]);
const UID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/** Writes the files; what differs from run to run is replaced: random ids and tokens, times of the engine. */
export function write(files) {
  const numbers = new Map();
  const numberOf = (text) => {
    if (!numbers.has(text)) numbers.set(text, String(numbers.size + 1).padStart(8, "0"));
    return numbers.get(text);
  };
  mkdirSync(RECORDED, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const text = JSON.stringify(steady(content, numberOf), undefined, 1);
    const withUids = text.replaceAll(UID, (uid) => `${numberOf(uid)}-0000-4000-8000-000000000000`);
    writeFileSync(join(RECORDED, `${name}.json`), `${withUids}\n`);
  }
}

function steady(value, numberOf, name = "") {
  if (name === "token") return `token-${numberOf(value)}`;
  if (name === "manifest") return { time: STORY.today };
  if (Array.isArray(value)) return value.map((item) => steady(item, numberOf));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, steady(item, numberOf, key)]));
}
