import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator/src/index.js";
import { type CommandLine, explain, HELP, parseCommandLine, serverOptions } from "../../emulator/src/commandLine.js";
import { documents, read, root, under } from "../examples/support.js";
import { acme } from "./service.js";

jest.setTimeout(60_000);

const program = join(root, "emulator/dist/main.js");
let folder: string;
const children = new Set<ChildProcess>();
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "avala-command-"))));
afterEach(async () => {
  for (const child of children) await end(child, "SIGKILL");
  rmSync(folder, { recursive: true });
});

function launch(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (chunk: string) => (output[name] += chunk));
  return { child, output };
}

/** Exit code or signal. */
async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<unknown> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
  const closed = once(child, "close");
  if (signal) child.kill(signal);
  const [code, by] = (await closed) as [number | null, string | null];
  return code ?? by;
}

/** Starts it on a free port, and returns what it has printed up to its last line. */
async function start(...args: string[]) {
  const { child, output } = launch(["--port", "0", ...args]);
  while (!output.stdout.endsWith("AVALA_ALLOW_INSECURE_BASE_URL=1\n")) {
    const [event] = await Promise.race([once(child.stdout, "data"), once(child, "close").then(() => ["closed"])]);
    if (event === "closed") throw new Error(output.stderr);
  }
  const url = /^export AVALA_BASE_URL=(.+)$/m.exec(output.stdout)![1]!;
  return { child, output, url, port: new URL(url).port };
}

async function refused(...args: string[]): Promise<string> {
  const { child, output } = launch(args);
  expect(await end(child)).toBe(1);
  expect(output.stdout).toBe("");
  return output.stderr;
}

/** The same in this process: what it would print. Names of files are those in the folder. */
async function refusedHere(args: readonly string[]): Promise<string> {
  const words = args.map((word) =>
    existsSync(join(folder, word)) || word.endsWith(".json") ? join(folder, word) : word,
  );
  const isInMemory = !words.some((word) => word === "--state" || word.startsWith("--memory"));
  let line: CommandLine | undefined;
  try {
    line = parseCommandLine([...words, ...(isInMemory ? ["--memory"] : [])]);
    await (await startEmulator(serverOptions(line!))).close();
    return "It has started.";
  } catch (error) {
    return explain(error, line);
  }
}

const headers = { "x-avala-api-key": "avk_local", "content-type": "application/json" };
async function organizations(url: string, init: RequestInit = {}) {
  return (await (await fetch(`${url}/organizations/`, { headers, ...init })).json()) as { count: number };
}

const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));

describe("a start", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("prints where it is and what to export, and ends at %s", async (signal) => {
    const { child, output, url, port } = await start();
    expect(output.stdout).toBe(`Avala emulator
  Page   http://127.0.0.1:${port}/
  API    http://127.0.0.1:${port}/api/v1
  State  .avala/emulator.json

export AVALA_BASE_URL=http://127.0.0.1:${port}/api/v1
export AVALA_API_KEY=avk_local
export AVALA_ALLOW_INSECURE_BASE_URL=1
`);
    expect((await organizations(url)).count).toBe(0);
    expect((await fetch(new URL("/", url))).status).toBe(200);
    expect(await end(child, signal)).toBe(0);
    expect(output.stderr).toBe("");
    expect(readdirSync(join(folder, ".avala")).toSorted()).toEqual([".gitignore", "emulator.json"]);
  });

  it("continues with the state of the last one, also if that was killed, and says what had no effect", async () => {
    write("seed.json", acme());
    const first = await start("--seed", "seed.json");
    await organizations(first.url, { method: "POST", body: JSON.stringify({ name: "B" }) });
    expect(await end(first.child, "SIGKILL")).toBe("SIGKILL");
    const second = await start("--seed", "seed.json");
    expect(second.output.stdout).toContain("  State  .avala/emulator.json (continued, so --seed had no effect)\n");
    expect((await organizations(second.url)).count).toBe(2);
    await end(second.child, "SIGTERM");
    const third = await start();
    expect(third.output.stdout).toContain("  State  .avala/emulator.json (continued)\n");
    await end(third.child, "SIGTERM");
  });

  it("leaves nothing with --memory, and keeps the file of --state", async () => {
    const first = await start("--memory");
    expect(first.output.stdout).toContain("  State  in memory, until it stops\n");
    await organizations(first.url, { method: "POST", body: JSON.stringify({ name: "B" }) });
    await end(first.child, "SIGTERM");
    expect(readdirSync(folder)).toEqual([]);
    const second = await start("--state", "mine/state.json");
    await end(second.child, "SIGTERM");
    expect((statSync(join(folder, "mine/state.json")).mode & 0o777).toString(8)).toBe("600");
    expect(existsSync(join(folder, ".avala"))).toBe(false);
  });

  it("takes seed, profile and keys", async () => {
    write("seed.json", acme());
    write("profile.json", { version: 1, settings: { currentUser: 403 } });
    const key = "avk_x=x@example.com:organizations.read";
    const { url } = await start("--memory", "--seed", "seed.json", "--profile", "profile.json", "--key", key);
    expect((await organizations(url)).count).toBe(1);
    expect((await fetch(`${url}/users/me/`, { headers })).status).toBe(403);
    const scoped = { headers: { ...headers, "x-avala-api-key": "avk_x" } };
    expect((await organizations(url, scoped)).count).toBe(0);
    const created = await fetch(`${url}/organizations/`, { ...scoped, method: "POST", body: '{"name":"B"}' });
    expect(created.status).toBe(403);
  });

  it("does not name a key that the state has revoked", async () => {
    write("seed.json", {
      people: [{ email: "a@example.com" }],
      keys: [{ key: "avk_local", email: "a@example.com", revoked: true }],
    });
    const { output } = await start("--memory", "--seed", "seed.json");
    expect(output.stdout).toContain("\n# The state has revoked avk_local: set AVALA_API_KEY to another key.\n");
    expect(output.stdout).not.toContain("export AVALA_API_KEY");
  });

  it.each([
    ["0.0.0.0", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.1", false],
  ])("listens on %s, for programs that call %s, and says whether others reach it", async (host, name, isOpen) => {
    const { output, url } = await start("--memory", "--host", host);
    expect(new URL(url).hostname).toBe(name);
    expect(output.stdout.includes(`because of --host ${host}`)).toBe(isOpen);
    expect((await organizations(url)).count).toBe(0);
  });

  it("prints its options for --help", async () => {
    const { child, output } = launch(["--help"]);
    expect(await end(child)).toBe(0);
    expect(output).toEqual({ stdout: `${HELP}\n`, stderr: "" });
  });
});

describe("a start that fails", () => {
  let other: Emulator;
  beforeAll(async () => (other = await startEmulator()));
  afterAll(() => other.close());
  const kept = { "state.json": { avalaEmulatorState: 1, state: { people: [{ email: 1 }] } } };

  it.each<[what: string, args: () => string[], message: string | RegExp, files?: Record<string, unknown>]>([
    ["a port that is not a number", () => ["--port", "many"], '--port takes a number from 0 to 65535, not "many".'],
    ["a port above all ports", () => ["--port", "65536"], '--port takes a number from 0 to 65535, not "65536".'],
    ["a negative port", () => ["--port=-1"], '--port takes a number from 0 to 65535, not "-1".'],
    [
      "a port with control characters",
      () => ["--port", "1\n\u001b[31m"],
      '--port takes a number from 0 to 65535, not "1\\n\\u001b[31m".',
    ],
    ["an empty port", () => ["--port="], "The option --port needs a value. avala-emulator --help lists the options."],
    [
      "an option without its value",
      () => ["--seed"],
      "The option --seed needs a value. avala-emulator --help lists the options.",
    ],
    [
      "an option in place of a value",
      () => ["--state", "--memory"],
      "The option --state needs a value. avala-emulator --help lists the options.",
    ],
    [
      "an unknown option",
      () => ["--colour", "red"],
      "The option --colour is unknown. avala-emulator --help lists the options.",
    ],
    [
      "an unknown short option",
      () => ["-p", "1"],
      "The option -p is unknown. avala-emulator --help lists the options.",
    ],
    [
      "an unknown option with the name of a method",
      () => ["--toString"],
      "The option --toString is unknown. avala-emulator --help lists the options.",
    ],
    ["an argument", () => ["start"], 'The argument "start" is not an option. avala-emulator --help lists the options.'],
    [
      "a value for a flag",
      () => ["--memory=yes"],
      "The option --memory takes no value. avala-emulator --help lists the options.",
    ],
    [
      "two states",
      () => ["--memory", "--state", "x"],
      "--memory and --state contradict each other: leave one of them out.",
    ],
    ["a host name", () => ["--host", "example.com"], '--host takes 127.0.0.1, ::1, 0.0.0.0, ::, not "example.com".'],
    [
      "a key without an email",
      () => ["--key", "avk_x"],
      "--key takes KEY=email or KEY=email:scope,scope: a key is missing.",
    ],
    [
      "an email without a key",
      () => ["--key", "=a@example.com"],
      "--key takes KEY=email or KEY=email:scope,scope: a key is missing.",
    ],
    [
      "a key with a wrong email",
      () => ["--key", "avk_x=ann"],
      "--key is refused: 1: email: Enter a valid email address.",
    ],
    [
      "a key with an unknown scope",
      () => ["--key", "avk_x=x@example.com:organizations.raed"],
      /^--key is refused: 1: .*This is not a scope of the service\.$/,
    ],
    [
      "a key twice",
      () => ["--key", "a=a@example.com", "--key", "a=b@example.com"],
      "--key is given twice for one key: leave one of them out.",
    ],
    [
      "a seed that does not exist",
      () => ["--seed", "none.json"],
      "The file none.json of --seed cannot be read: it does not exist.",
    ],
    ["a seed that is a folder", () => ["--seed", "."], /^The file .+ of --seed cannot be read: it is a folder\.$/],
    [
      "a seed that is not JSON",
      () => ["--seed", program],
      /^The file .*main\.js of --seed cannot be read: it is not JSON \(Unexpected token '#'\)\.$/,
    ],
    [
      "a seed of another form",
      () => ["--seed", "x.json"],
      /^The file x\.json of --seed is refused: people\[0\]\.email: This field is required; people\[1\]: .*\. Correct it; the README of the emulator describes its format\.$/,
      { "x.json": { people: [{}, 1] } },
    ],
    [
      "a seed with many faults",
      () => ["--seed", "x.json"],
      /people\[4\]: .*; and 95 more\. Correct it; /,
      { "x.json": { people: Array(100).fill(1) } },
    ],
    [
      "a seed that contradicts itself",
      () => ["--seed", "x.json"],
      /^The file x\.json of --seed is refused: keys\[0\]\.email: b@example\.com is not in people\. /,
      { "x.json": { keys: [{ key: "k", email: "b@example.com" }] } },
    ],
    [
      "a faulty seed beside a state",
      () => ["--state", "state.json", "--seed", "x.json"],
      /^The file x\.json of --seed is refused: /,
      { "x.json": 5, "state.json": { avalaEmulatorState: 1, state: {} } },
    ],
    [
      "a profile that does not exist",
      () => ["--profile", "none.json"],
      "The file none.json of --profile cannot be read: it does not exist.",
    ],
    [
      "a profile of another kind",
      () => ["--profile", "x.json"],
      /^The file x\.json of --profile is refused: version: expected 1, not "0\.1\.0"; /,
      { "x.json": { version: "0.1.0" } },
    ],
    [
      "a profile with an unknown setting",
      () => ["--profile", "x.json"],
      /^The file x\.json of --profile is refused: settings: Unrecognized key: "pageSize"\. /,
      { "x.json": { version: 1, settings: { pageSize: 3 } } },
    ],
    [
      "a damaged state",
      () => ["--state", "state.json"],
      /^The state file state\.json cannot be used: people\[0\]\.email: .*\. Start with another file \(--state\), or without one \(--memory\)\.$/,
      kept,
    ],
    [
      "a foreign state",
      () => ["--state", "x.json"],
      "The state file x.json cannot be used: it is not a state that an emulator has written. Start with another file (--state), or without one (--memory).",
      { "x.json": {} },
    ],
    [
      "a taken port",
      () => ["--port", String(other.port)],
      /^Port \d+ of 127\.0\.0\.1 is taken, perhaps by another emulator\. Stop that program, or start with --port 0, which takes a free port\.$/,
    ],
  ])("because of %s says what happened, why and what to do, in one line", async (_, args, message, files = {}) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    const line = await refusedHere(args());
    const text = line.replace("avala-emulator: ", "").replaceAll(`${folder}/`, "");
    expect(line).toMatch(/^avala-emulator: /);
    const isExpected = typeof message === "string" ? text === message : message.test(text);
    expect({ text, isExpected }).toEqual({ text, isExpected: true });
    expect(text).not.toMatch(/avk_|\p{Cc}|Usage| at .*:\d+/u);
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(files).toSorted());
  });

  it.each([
    ["an option", () => ["--port", "many"], '--port takes a number from 0 to 65535, not "many".'],
    ["a file", () => ["--seed", "none.json"], "The file none.json of --seed cannot be read: it does not exist."],
    [
      "a port",
      () => ["--port", String(other.port)],
      `Port PORT of 127.0.0.1 is taken, perhaps by another emulator. Stop that program, or start with --port 0, which takes a free port.`,
    ],
  ])("because of %s prints that line alone on stderr, and ends with 1", async (_, args, message) => {
    expect(await refused(...args())).toBe(`avala-emulator: ${message.replace("PORT", String(other.port))}\n`);
  });

  it("because others start on the same state at the same time leaves at most one of them", async () => {
    const starts = await Promise.allSettled([start(), start(), start()]);
    const reasons = starts.flatMap((begun) => (begun.status === "rejected" ? [String(begun.reason)] : []));
    expect(reasons.length).toBeGreaterThanOrEqual(2);
    expect(reasons.filter((reason) => !reason.includes("another emulator uses it, process "))).toEqual([]);
  });

  it("because another emulator uses the state names its process, and that one goes on", async () => {
    const { child, url } = await start();
    expect(await refused("--port", "0")).toBe(
      `avala-emulator: The state file .avala/emulator.json cannot be used: another emulator uses it, process ${child.pid}. Start with another file (--state), or without one (--memory).\n`,
    );
    await organizations(url, { method: "POST", body: JSON.stringify({ name: "B" }) });
    expect(readFileSync(join(folder, ".avala/emulator.json"), "utf8")).toContain('"name":"B"');
  });

  it("because the state cannot be created says so", async () => {
    mkdirSync(join(folder, ".avala/emulator.json"), { recursive: true });
    expect(await refused()).toContain("cannot be used: it is not a file.");
  });
});

describe("every documented command line", () => {
  const files = [...documents, ...under(".github", ".yml"), ...under("examples", ".yml"), "emulator/Containerfile"];
  /** The words behind the command, up to a comment, a quote, or another command. */
  const commandLines = files.flatMap((file) =>
    [...read(file).matchAll(/(?:npx (?:--no -- )?avala-emulator|npm run emulator(?: --)?)((?: +[^\s`#|&;)"]+)*)/g)].map(
      ([text, args]) => ({ file, text, args: args!.trim().split(/ +/).filter(Boolean) }),
    ),
  );

  it("is found", () => {
    expect(commandLines.map(({ file }) => file)).toEqual(expect.arrayContaining(["README.md", "emulator/README.md"]));
  });

  it.each(commandLines)("$file: $text", ({ args }) => {
    expect(() => parseCommandLine(args.filter((word) => word !== "--"))).not.toThrow();
  });
});
