import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StackError } from "../../../cli/errors.js";
import { readConfiguration, valuesOf } from "../../../cli/rehearse/configuration.js";
import { Events } from "../../../cli/rehearse/events.js";
import { makeFolder } from "../../../cli/rehearse/folder.js";
import { Processes } from "../../../cli/rehearse/processes.js";
import { referencedStacks } from "../../../cli/rehearse/references.js";
import { isRunning, processName, processSpace } from "../../../provider/core/processes.js";
import { secret } from "../../support/exported.js";
import { runningProcesses } from "../../support/pulumi.js";

let folder: string;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "parts-"))));
/** An error that says why. */
const refused = (text: string): unknown =>
  expect.objectContaining({ code: "AVALA_STACK", message: expect.stringContaining(text) as string });

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** In place of the CLI: prints the answer to its arguments, up to the first option that every call has; others fail. */
function fakeCli(answers: Record<string, unknown>) {
  const calls = join(folder, "calls");
  const program = `#!${process.execPath}
    const call = process.argv.slice(2).join(" ").split(" --non-interactive")[0];
    require("node:fs").appendFileSync(${JSON.stringify(calls)}, call + "\\n");
    const answer = ${JSON.stringify(answers)}[call];
    if (answer === undefined) console.error("error: refused");
    else console.log(JSON.stringify(answer));
    process.exitCode = answer === undefined ? 1 : 0;`;
  writeFileSync(join(folder, "pulumi"), program, { mode: 0o755 });
  return {
    target: { options: { cwd: folder, stack: "dev" }, environment: { PATH: folder } },
    calls: () => readFileSync(calls, "utf8").trim().split("\n"),
  };
}

describe("the folders of killed commands", () => {
  const prefix = "pulumi-avala-rehearsal-";
  // Larger than the id of any process.
  const dead = "4999999.1";
  const old = Date.now() / 1000 - 8 * 24 * 3600;

  test.each([
    { what: "of a dead process", name: `${processSpace()}-${dead}-abcdef`, stays: false },
    { what: "of this process", name: `${processSpace()}-${processName()}-abcdef`, stays: true },
    { what: "of a process of another container", name: `0123456789ab-${dead}-abcdef`, stays: true },
    { what: "of another container, a week old", name: `0123456789ab-${dead}-abcdef`, age: old, stays: false },
    { what: "without a process in the name", name: "abcdef", stays: true },
    { what: "that others can read", name: `${processSpace()}-${dead}-abcdef`, mode: 0o755, stays: true },
    { what: "behind a link", name: `${processSpace()}-${dead}-abcdef`, link: true, stays: true },
  ])("$what: stays $stays", ({ name, age, mode = 0o700, link = false, stays }) => {
    const root = join(folder, "tmp");
    const [path, other] = [join(root, prefix + name), join(folder, "other")];
    mkdirSync(root);
    for (const place of [other, ...(link ? [] : [path])]) mkdirSync(place, { mode: 0o700 });
    writeFileSync(join(other, "kept"), "");
    if (link) symlinkSync(other, path);
    else {
      symlinkSync(other, join(path, "plugins"));
      chmodSync(path, mode);
      if (age !== undefined) utimesSync(path, age, age);
    }
    const own = makeFolder(root);
    expect(existsSync(path)).toBe(stays);
    expect(readdirSync(other)).toEqual(["kept"]);
    expect(own.startsWith(join(root, `${prefix}${processSpace()}-${processName()}-`))).toBe(true);
  });
});

test("a folder that cannot be made is an error that says where", () => {
  expect(() => makeFolder(join(folder, "missing"))).toThrow(/missing.*ENOENT.*TMPDIR/s);
});

describe("environments of Pulumi ESC", () => {
  const config = {
    "app:plain": { value: "x", secret: false },
    "app:object": { value: '{"a":1}', objectValue: { a: 1 }, secret: true },
  };
  const values = { "config --json --show-secrets --stack dev": config };
  const [file, cloud] = [{ url: "file:///state" }, { url: "https://app.pulumi.com/acme" }];
  const list = "config env ls --json --stack dev";

  test.each([
    ["a backend without environments", { ...values, "whoami --json": file }, config],
    ["Pulumi Cloud, none", { ...values, "whoami --json": cloud, [list]: [] }, config],
    ["Pulumi Cloud, one", { ...values, "whoami --json": cloud, [list]: ["acme/dev"] }, refused("imports environments")],
    [
      "Pulumi Cloud, values in the file",
      { ...values, "whoami --json": cloud, [list]: ["yaml"] },
      refused("imports environments"),
    ],
    ["Pulumi Cloud, no answer", { ...values, "whoami --json": cloud }, refused("config env ls failed")],
    ["an unknown backend", { ...values, "whoami --json": {} }, refused("config env ls failed")],
    ["no backend", values, refused("whoami failed")],
  ])("%s", async (_, answers, expected) => {
    const { target } = fakeCli(answers);
    expect(await readConfiguration(target).catch((error: unknown) => error)).toEqual(expected);
  });

  test("the values of a configuration by key", () => {
    expect([...valuesOf(config)]).toEqual([
      ["app:plain", "x"],
      ["app:object", '{"a":1}'],
    ]);
  });
});

describe("references to other stacks", () => {
  const own = { project: "app", stack: "dev" };
  const reference = (name: unknown) => ({ type: "pulumi:pulumi:StackReference", inputs: { name } });
  const outputs = { token: secret("t"), plain: "p" };
  const stack = { urn: "urn:pulumi:prod::net::pulumi:pulumi:Stack::net-prod", type: "pulumi:pulumi:Stack", outputs };
  const resources = [stack, { urn: "urn:pulumi:prod::net::a:b:C::x", type: "a:b:C", outputs: { hidden: secret("h") } }];
  const answer = { version: 3, deployment: { manifest: { version: "v3" }, resources } };
  const exported = (name: string) => `stack export --show-secrets --stack ${name}`;
  const copied = { version: 3, deployment: { manifest: { version: "v3" }, resources: [{ ...stack, custom: false }] } };

  interface Case {
    what: string;
    declared?: unknown[];
    recorded?: unknown[];
    read: string[];
    found: unknown;
  }
  const copyOf = (project: string, stack: string) => ({ project, stack, state: copied });
  const cases: Case[] = [
    { what: "none", read: [], found: [] },
    {
      what: "complete name",
      declared: ["organization/net/prod"],
      read: ["organization/net/prod"],
      found: [copyOf("net", "prod")],
    },
    { what: "name of the stack", declared: ["prod"], read: ["prod"], found: [copyOf("app", "prod")] },
    {
      what: "without project",
      declared: ["organization/prod"],
      read: ["organization/prod"],
      found: [copyOf("app", "prod")],
    },
    { what: "the stack itself", declared: ["organization/app/dev", "dev"], read: [], found: [] },
    {
      what: "twice",
      declared: ["organization/net/prod"],
      recorded: ["organization/net/prod"],
      read: ["organization/net/prod"],
      found: [copyOf("net", "prod")],
    },
    {
      what: "two spellings",
      declared: ["prod", "organization/app/prod"],
      read: ["prod"],
      found: [copyOf("app", "prod")],
    },
    {
      what: "name not known yet",
      declared: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", secret("x")],
      read: [],
      found: [],
    },
    { what: "another organization", declared: ["acme/net/prod"], read: [], found: refused("file backend") },
    { what: "another organization, in the state alone", recorded: ["acme/net/prod"], read: [], found: [] },
    { what: "no answer", declared: ["gone"], read: ["gone"], found: refused("stack export failed") },
    { what: "no answer, in the state alone", recorded: ["gone"], read: ["gone"], found: [] },
  ];

  test.each(cases)("$what", async ({ declared = [], recorded = [], read, found }) => {
    const known = ["organization/net/prod", "prod", "organization/prod"];
    const cli = fakeCli({ "": "", ...Object.fromEntries(known.map((name) => [exported(name), answer])) });
    writeFileSync(join(folder, "calls"), "");
    const preview = { steps: declared.map((name) => ({ op: "read", newState: reference(name) })) };
    const state = { deployment: { resources: recorded.map(reference) } };
    const result = await referencedStacks(cli.target, own, { preview, state }).catch((error: unknown) => error);
    expect(result).toEqual(found);
    expect(cli.calls().filter(Boolean)).toEqual(read.map(exported));
  });
});

describe("processes that do not end", () => {
  /** A CLI that a signal does not end, and that has started another program. */
  async function stubborn(patienceMs: number) {
    const started = join(folder, "started");
    const program = `#!${process.execPath}
      process.on("SIGINT", () => console.log("cancelling"));
      const wait = "setInterval(() => undefined, 1000)";
      const child = require("node:child_process").spawn(process.execPath, ["-e", wait], { detached: true, stdio: "ignore" });
      require("node:fs").writeFileSync(${JSON.stringify(`${started}.new`)}, process.pid + " " + child.pid);
      require("node:fs").renameSync(${JSON.stringify(`${started}.new`)}, ${JSON.stringify(started)});
      setInterval(() => undefined, 1000);`;
    writeFileSync(join(folder, "pulumi"), program, { mode: 0o755 });
    const controller = new AbortController();
    const processes = new Processes({ PATH: `${folder}:${process.env["PATH"]}` }, controller.signal, patienceMs);
    const lines: string[] = [];
    const run = processes.run([], (line) => lines.push(line)).catch((error: unknown) => error);
    while (!existsSync(started)) await pause(20);
    const names = readFileSync(started, "utf8")
      .split(" ")
      .map((pid) => processName(Number(pid)));
    return { controller, processes, run, names, lines };
  }

  test("are killed after a while, with all that they have started", async () => {
    const { controller, processes, run, names } = await stubborn(1);
    controller.abort(new Error("stop"));
    expect(await run).toEqual(new Error("stop"));
    await processes.ended();
    await gone(names);
  });

  test("are killed at once by a second signal", async () => {
    const { controller, processes, run, names, lines } = await stubborn(3_600_000);
    controller.abort(new Error("stop"));
    while (lines.length === 0) await pause(20);
    processes.kill();
    expect(await run).toEqual(new Error("stop"));
    await gone(names);
  });

  test("nothing is started after a signal", async () => {
    const controller = new AbortController();
    controller.abort(new Error("stop"));
    await expect(new Processes({ PATH: "" }, controller.signal).run([])).rejects.toThrow("stop");
  });

  test("a missing CLI is an error", async () => {
    await expect(new Processes({ PATH: folder }, new AbortController().signal).run([])).rejects.toThrow(StackError);
  });

  /** A killed process exists until its parent has asked for its end. */
  async function gone(names: readonly string[]): Promise<void> {
    const alive = () => {
      const pids = new Set(runningProcesses().map(({ pid }) => pid));
      return names.filter((name) => isRunning(name) && pids.has(Number.parseInt(name, 10)));
    };
    while (alive().length > 0) await pause(20);
    expect(alive()).toEqual([]);
  }
});

test("what is read from the events of a run", () => {
  const steps: string[] = [];
  const events = new Events((text) => steps.push(text));
  const urn = "urn:pulumi:dev::app::pulumi-nodejs:dynamic/avala:Team::core::a";
  const step = (op: string) => ({ resourcePreEvent: { metadata: { op, urn } } });
  const said = (severity: string, message: string, more = {}) => ({ diagnosticEvent: { severity, message, ...more } });
  const rows = [
    step("same"),
    step("read"),
    step("create"),
    step("delete-replaced"),
    said("debug", "debug"),
    said("info", "info"),
    said("warning", "careful\n"),
    said("warning", "careful\n"),
    said("error", "failed\n", { urn }),
    said("error", "failed\n", { urn }),
    said("error", "of the program\n"),
    { summaryEvent: {} },
    [],
    null,
  ];
  for (const row of rows) events.take(JSON.stringify(row));
  events.take('{"diagnosticEvent":{"severity":"err');
  events.take("");
  expect(steps).toEqual(["create Team core::a", "delete-replaced Team core::a"]);
  expect(events.warnings).toEqual(["careful"]);
  expect(events.errors).toEqual([
    { name: "core::a", message: "failed" },
    { name: "", message: "of the program" },
  ]);
});
