import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { buildSync } from "esbuild";
import { StackError } from "../../../cli/errors.js";
import { exportedState, previewed, type StackTarget } from "../../../cli/pulumi/run.js";
import { readConfiguration } from "../../../cli/rehearse/configuration.js";
import { processName } from "../../../provider/core/processes.js";
import { withSandbox, type Copied } from "../../../cli/rehearse/sandbox.js";
import { ownerKey, startEmulator, type TestEmulator } from "../../support/emulator.js";
import { copyOf } from "../../support/rehearsal.js";
import { sealed, secret } from "../../support/exported.js";
import {
  descendantsOf,
  Project,
  ref,
  runningProcesses,
  type Declared,
  type ResourceState,
} from "../../support/pulumi.js";
import { filesIn, SecretSearch } from "../../support/secrets.js";

const secrets = {
  configuration: "configured-secret",
  nested: "nested-secret",
  state: "Secret Team",
  output: "output-secret",
};
const names = ["organization/net/prod", "base"];

let emulator: TestEmulator;
let copy: Awaited<ReturnType<typeof copyOf>>;
let project: Project;
let target: StackTarget;
let copied: Copied;
/** What programs see goes here. */
let outside: string;
/** For temporary files of commands. */
let temporary: string;
/** A program that runs an update in a sandbox. */
let driver: string;

const acme: Declared = { kind: "Organization", name: "acme", args: { name: "Acme" } };
const team = (name: string, value: unknown): Declared => ({
  kind: "Team",
  name,
  args: { organization: ref("acme"), name: value },
});

beforeAll(async () => {
  outside = mkdtempSync(join(tmpdir(), "sandboxes-"));
  temporary = join(outside, "a b%20c#d?e");
  mkdirSync(temporary);
  driver = join(outside, "sandbox.cjs");
  buildSync({
    entryPoints: [require.resolve("../../support/programs/sandbox.ts")],
    bundle: true,
    platform: "node",
    outfile: driver,
  });
  emulator = await startEmulator();
  // Both the service and its copy.
  const baseUrl = emulator.environment()["AVALA_BASE_URL"]!;
  copy = await copyOf({ [baseUrl]: { url: baseUrl } });
  await emulator.addKey(copy.keyFor(baseUrl, ownerKey), "owner@example.com");
  project = await Project.open(emulator.environment(), {
    "Pulumi.yaml": [
      "name: e2e",
      "runtime: nodejs",
      // Another backend than the one in the environment, which wins.
      "backend: {url: file:///nonexistent}",
      "config:",
      "  count: {type: integer, default: 5}",
      "  flag: {type: boolean, default: true}",
      "  list: {type: array, items: {type: string}, default: [a, b]}",
    ].join("\n"),
    "index.js": 'module.exports = require("../../../test/support/programs/sandboxed.js");\n',
  });
  await configure();
  await refer();
  project.declare([acme, team("hidden", { $secret: secrets.state })]);
  await project.expectOk(["up", "--yes", "--skip-preview"]);
  addPendingOperation();
  project.declare([acme, team("hidden", { $secret: secrets.state }), team("core", "Core")]);
  const environment = project.environment({
    REFERENCES: names.join(" "),
    SEEN: seenFile("real"),
    OTHER_SETTING: "kept",
  });
  target = { options: { cwd: project.folder, stack: "test" }, environment };
  copied = {
    preview: JSON.parse(await previewed(target)),
    state: await exportedState(target, { secrets: true }),
    config: await readConfiguration(target),
    rehearsalUrl: copy.url,
  };
  // From here on the stack's own file and its provider of secrets are of no use.
  appendFileSync(join(project.folder, "Pulumi.test.yaml"), "secretsprovider: awskms://alias/none\n");
  const plugin = join(project.folder, "home/plugins/resource-other-v1.0.0");
  mkdirSync(plugin, { recursive: true });
  writeFileSync(join(plugin, "pulumi-resource-other"), "");
}, 120_000);

afterAll(async () => {
  project.close();
  await copy.close();
  await emulator.close();
  rmSync(outside, { recursive: true, force: true });
});

/** Folders of sandboxes: those of commands, or of this process. */
const sandboxes = (root = temporary, owner = "") =>
  readdirSync(root)
    .filter((name) => name.startsWith("pulumi-avala-rehearsal-") && name.includes(`-${owner}`))
    .map((name) => join(root, name));
const ownSandboxes = () => sandboxes(tmpdir(), `${processName()}-`);
const seenFile = (name: string) => join(outside, `seen-${name}.json`);
const seen = (name: string) => JSON.parse(readFileSync(seenFile(name), "utf8")) as Record<string, unknown>;

async function configure(): Promise<void> {
  const set = (...args: string[]) => project.expectOk(["config", "set-all", ...args]);
  const plain = (key: string, value: string) => ["--plaintext", `${key}=${value}`];
  const hidden = (key: string, value: string) => ["--secret", `${key}=${value}`];
  await set(
    ...plain("plain", 'two\nlines, "quoted" \u0085 \u{1F600}'),
    ...hidden("hidden", secrets.configuration),
    ...hidden("number", "12"),
    ...hidden("json", '{"a":1}'),
    ...plain("other:key", "value"),
  );
  await set(
    "--path",
    ...plain("object.number", "12345678901234567890"),
    ...plain("object.list[0]", "true"),
    ...hidden("mixed.hidden", secrets.nested),
    ...hidden("mixed.flag", "true"),
    ...plain("mixed.number", "17"),
    ...plain("mixed.plain", 'a "text": with \\ and \u0085'),
  );
}

/** Two stacks that programs refer to: one of another project, one of this one. */
async function refer(): Promise<void> {
  const outputs = { plain: "p", list: [1, "b"], token: secret(secrets.output), nested: { deep: secret({ a: 1 }) } };
  for (const [at, name] of names.entries()) {
    const [stack, of] = name.split("/").toReversed() as [string, string | undefined];
    const folder = of === undefined ? project.folder : join(project.folder, of);
    if (of !== undefined) mkdirSync(folder);
    if (of !== undefined) writeFileSync(join(folder, "Pulumi.yaml"), `name: ${of}\nruntime: nodejs\n`);
    const urn = `urn:pulumi:${stack}::${of ?? "e2e"}::pulumi:pulumi:Stack::${of ?? "e2e"}-${stack}`;
    const resources = [{ urn, type: "pulumi:pulumi:Stack", custom: false, outputs: { ...outputs, at } }];
    const common = ["--stack", stack, "--cwd", folder, "--non-interactive"];
    const cli = (...args: string[]) => project.exec("pulumi", [...args, ...common]);
    await cli("stack", "init", "--no-select");
    const empty = JSON.parse((await cli("stack", "export")).stdout) as { deployment: object };
    const file = join(outside, `${stack}.json`);
    writeFileSync(file, JSON.stringify({ ...empty, deployment: { ...empty.deployment, resources } }));
    expect(await cli("stack", "import", "--file", file)).toMatchObject({ code: 0 });
  }
}

function addPendingOperation(): void {
  const state = JSON.parse(project.stateText()) as {
    checkpoint: { latest: { resources: object[]; pending_operations: object[] } };
  };
  const { latest } = state.checkpoint;
  latest.pending_operations = [
    {
      type: "creating",
      resource: { ...latest.resources.at(-1), urn: "urn:pulumi:test::e2e::pulumi-nodejs:dynamic/avala:Team::pending" },
    },
  ];
  project.writeState(JSON.stringify(state));
}

/** Everything that must stay as it is: project and backend, and the CLI's home apart from its logs of reads. */
function contents(): Record<string, string> {
  const files = filesIn(project.folder).filter((file) => !/^(home\/logs|tmp)\//.test(file));
  return Object.fromEntries(files.map((file) => [file, hashOf(join(project.folder, file))]));
}

const hashOf = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

test("shows the program what it sees in the real stack, and changes nothing outside of its folder", async () => {
  const before = contents();
  const elsewhere = mkdtempSync(join(outside, "elsewhere-"));
  // Settings that lead out of the folder, or that change how the CLI stores and prints.
  const environment = {
    ...target.environment,
    SEEN: seenFile("copy"),
    PULUMI_CONFIG_PASSPHRASE_FILE: join(elsewhere, "passphrase"),
    PULUMI_CREDENTIALS_PATH: elsewhere,
    PULUMI_DIY_BACKEND_GZIP: "true",
    PULUMI_DIY_BACKEND_LEGACY_LAYOUT: "true",
    PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true",
    PULUMI_STACK: "other",
    TEMP: elsewhere,
    TMP: elsewhere,
    TMPDIR: elsewhere,
    XDG_RUNTIME_DIR: elsewhere,
  };
  const lines: string[] = [];
  const all = { ...copied, onProgress: (line: string) => lines.push(line) };
  const { outcome, left, state, found, logs } = await withSandbox({ ...target, environment }, all, async (sandbox) => ({
    outcome: await sandbox.up(),
    left: (await sandbox.preview()) as { changeSummary: object },
    state: (await sandbox.exported()) as { deployment: { resources: ResourceState[] } },
    found: new SecretSearch(secrets).inFolder(ownSandboxes()[0]!),
    logs: readdirSync(join(ownSandboxes()[0]!, "home/logs")),
  }));

  expect(outcome).toEqual({ code: 0, errors: [], warnings: [expect.stringContaining("1 pending operations")] });
  expect(lines).toEqual(["create Team core"]);
  const environmentOfReal = seen("real")["environment"] as object;
  expect(seen("copy")).toEqual({
    ...seen("real"),
    environment: { ...environmentOfReal, AVALA_REHEARSAL: copy.url },
  });
  expect(seen("copy")["config"]).toMatchObject({
    "e2e:hidden": { value: secrets.configuration, secret: true },
    "e2e:object": { value: expect.stringMatching(/"list":\[true\]/), secret: false },
    "e2e:mixed": { value: expect.stringContaining(secrets.nested), secret: true },
    "e2e:plain": { value: 'two\nlines, "quoted" \u0085 \u{1F600}', secret: false },
  });
  expect(left.changeSummary).toEqual({ same: 4 });
  expect(state.deployment.resources.map(({ urn }) => urn)).toEqual(
    expect.arrayContaining((copied.state as typeof state).deployment.resources.map(({ urn }) => urn)),
  );
  expect(found).toEqual([]);
  expect(logs).not.toEqual([]);
  expect(contents()).toEqual(before);
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(ownSandboxes()).toEqual([]);
}, 60_000);

test("reports resources that fail, and what the CLI itself refuses", async () => {
  await emulator.api("POST", "/organizations/acme/teams/", { name: "Taken" });
  const taking = { ...team("taken", "Taken"), options: { dependsOn: ref("first") } };
  project.declare([acme, team("hidden", { $secret: secrets.state }), team("first", "First"), taking]);
  const config = { "e2e:count": { value: "many" } };
  // The backend keeps each state that it writes.
  const keeping = { ...target, environment: { ...target.environment, PULUMI_DIY_BACKEND_RETAIN_CHECKPOINTS: "true" } };
  const { failed, state, written } = await withSandbox(keeping, copied, async (sandbox) => ({
    failed: await sandbox.up(),
    state: (await sandbox.exported()) as { deployment: { resources: ResourceState[] } },
    written: filesIn(join(ownSandboxes()[0]!, "state/.pulumi/stacks/e2e")).filter((file) => /\.\d+$/.test(file)),
  }));
  const refused = await withSandbox(target, { ...copied, config }, (sandbox) => sandbox.up());
  const taken = expect.stringContaining('A team named "Taken" exists already') as string;
  const errors = [
    { name: "taken", message: taken },
    { name: "", message: "update failed" },
  ];
  expect(failed).toEqual({ code: 1, errors, warnings: [expect.stringContaining("pending operations")] });
  // What was done before the failure is recorded, although the state is written at the end alone.
  expect(state.deployment.resources.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2))).toContain("first");
  expect(written).toHaveLength(1);
  const message = expect.stringContaining("key 'count' must be of type 'integer'") as string;
  expect(refused).toEqual({ code: 1, errors: [{ name: "", message }], warnings: [] });
}, 60_000);

test("refuses a state whose secrets are encrypted, and leaves no folder", async () => {
  const row = { urn: "urn:pulumi:test::e2e::a:b:C::x", type: "a:b:C", outputs: { token: sealed() } };
  const state = { version: 3, deployment: { resources: [row] } };
  await expect(withSandbox(target, { ...copied, state }, (sandbox) => sandbox.up())).rejects.toThrow(StackError);
  expect(ownSandboxes()).toEqual([]);
});

it.each([
  ["is not there, if neither state nor preview contains its package", false],
  ["is there, if the state contains a provider of its package", true],
])("a plugin of another package %s", async (_, isUsed) => {
  const type = "pulumi:providers:other";
  const provider = { urn: `urn:pulumi:test::e2e::${type}::default`, type, custom: true, id: "1" };
  const deployment = { resources: isUsed ? [provider] : [] };
  const plugins = () => Promise.resolve(readdirSync(join(ownSandboxes()[0]!, "home/plugins")));
  const found = await withSandbox(target, { ...copied, state: { version: 3, deployment } }, plugins);
  expect(found).toEqual(isUsed ? ["resource-other-v1.0.0"] : []);
});

describe("at its end", () => {
  interface End {
    end: string;
    work: "none" | "up" | "fail" | "wait";
    /** What happens while it works. */
    act?: (command: ChildProcess) => void;
    code: number | null;
    left?: number;
  }
  const signalTo = (signal: NodeJS.Signals) => (command: ChildProcess) => void command.kill(signal);
  const interrupt = ({ pid }: ChildProcess) => void process.kill(-pid!, "SIGINT");
  // Runs of the engine are slow: they are there where they make a difference.
  const ends: End[] = [
    { end: "success", work: "none", code: 0 },
    { end: "an error of the work", work: "fail", code: 1 },
    { end: "SIGINT while no engine runs", work: "wait", act: signalTo("SIGINT"), code: 130 },
    { end: "SIGHUP while no engine runs", work: "wait", act: signalTo("SIGHUP"), code: 129 },
    { end: "Ctrl-C in a terminal", work: "up", act: interrupt, code: 130 },
    { end: "SIGTERM", work: "up", act: signalTo("SIGTERM"), code: 143 },
    { end: "process.exit", work: "up", act: signalTo("SIGUSR2"), code: 3 },
    { end: "SIGKILL", work: "up", act: signalTo("SIGKILL"), code: null, left: 1 },
    { end: "success after SIGKILL", work: "none", code: 0 },
  ];

  beforeAll(() => project.declare([acme, team("hidden", { $secret: secrets.state })]));

  test.each(ends)(
    "by $end, folders and processes that are left",
    async ({ work, act, code, left = 0 }) => {
      const hold = join(outside, "hold");
      rmSync(hold, { force: true });
      writeFileSync(join(outside, "input.json"), JSON.stringify({ cwd: project.folder, copied, work }));
      const command = spawn(process.execPath, [driver, join(outside, "input.json")], {
        env: { ...target.environment, TMPDIR: temporary, SEEN: "", HOLD: hold },
        stdio: ["ignore", "pipe", "inherit"],
        detached: true,
      });
      const ended = once(command, "exit") as Promise<[number | null]>;
      await once(command.stdout!, "data");
      const waits = () => existsSync(hold) || command.exitCode !== null;
      if (work === "up") while (!waits()) await pause(50);
      const started = descendantsOf(command.pid!, runningProcesses());
      act?.(command);
      const [exitCode] = await ended;
      const running = new Set(runningProcesses().map(({ pid }) => pid));
      const alive = started.filter(({ pid }) => running.has(pid));
      // Nothing can end them with a command that is killed.
      for (const { pid } of alive) process.kill(pid, "SIGKILL");
      const ends = { code: exitCode, folders: sandboxes().length, processes: left === 0 ? alive : [] };
      expect(ends).toEqual({ code, folders: left, processes: [] });
    },
    60_000,
  );
});
