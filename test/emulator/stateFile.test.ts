import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Emulator, StateFileError, startEmulator } from "../../emulator/src/index.js";
import { acme } from "./service.js";

const onLinux = process.platform === "linux";
/** `/proc/<pid>/stat` from the state on. */
const statOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "");
const startOf = (pid: number) => (onLinux ? statOf(pid).split(" ")[19]! : "0");
const endedProcess = () => spawnSync("true").pid;

let folder: string;
/** Does not exist at the beginning of a test, and neither does its folder. */
let stateFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "avala-state-"));
  stateFile = join(folder, ".avala/emulator.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

const headers = { "x-avala-api-key": "avk_local", "content-type": "application/json" };
async function api({ url }: Emulator, path: string, body: object) {
  const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.ok).toBe(true);
}
const control = ({ controlUrl }: Emulator, path: string, body: object = {}) =>
  fetch(controlUrl + path, { method: "POST", headers, body: JSON.stringify(body) });
const create = (emulator: Emulator, name: string) => api(emulator, "/organizations/", { name });
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
/** A folder changes for a moment, while an emulator looks for another one. */
const modified = (path: string) => (lstatSync(path).isDirectory() ? "" : lstatSync(path).mtimeMs);
/** An emulator that has ended, and its state. */
async function endedState() {
  const emulator = await startEmulator({ stateFile, seed: acme() });
  const state = emulator.state();
  await emulator.close();
  return state;
}

describe("a state file", () => {
  it("returns everything to the next emulator: content, emails, keys, tokens, settings and clock", async () => {
    const first = await startEmulator({ stateFile, seed: acme(), keys: { avk_ann: "ann@example.com" } });
    expect(first.resumed).toBe(false);
    for (const email of ["new@example.com", "gone@example.com"])
      await api(first, "/organizations/acme/invitations/", { email });
    const [, second] = first.state().organizations[0]!.invitations;
    await control(first, `/invitations/${second!.uid}/decline`);
    await control(first, "/clock", { advanceSeconds: 3600 });
    await control(first, "/keys", { key: "avk_more", email: "ada@example.com", scopes: ["organizations.read"] });
    const state = first.state();
    await first.close();

    const next = await startEmulator({ stateFile, seed: { people: [{ email: "other@example.com" }] } });
    expect(next.resumed).toBe(true);
    expect(next.state()).toEqual(state);
    expect(state.emails).toHaveLength(2);
    expect(state.clockOffsetSeconds).toBe(3600);
    await next.close();
  });

  it("has the uids of a start without changes", async () => {
    const state = await endedState();
    const next = await startEmulator({ stateFile });
    expect(next.state()).toEqual(state);
    await next.close();
  });

  it("is complete after each answer, also if changes arrive together", async () => {
    const emulator = await startEmulator({ stateFile, seed: acme() });
    await Promise.all(["B", "C", "D"].map((name) => create(emulator, name)));
    expect(JSON.parse(readFileSync(stateFile, "utf8"))).toEqual({ avalaEmulatorState: 1, state: emulator.state() });
    await emulator.close();
    expect(readdirSync(dirname(stateFile)).toSorted()).toEqual([".gitignore", "emulator.json"]);
  });

  it("is for its user alone, and ignored by git", async () => {
    await endedState();
    expect([mode(stateFile), mode(dirname(stateFile))]).toEqual(["600", "700"]);
    execFileSync("git", ["init", "--quiet", folder]);
    expect(execFileSync("git", ["-C", folder, "status", "--porcelain"], { encoding: "utf8" })).toBe("");
  });

  it.each([
    ["was readable for everybody", () => chmodSync(stateFile, 0o644)],
    ["was left half written", () => writeFileSync(`${stateFile}.new`, "{", { mode: 0o666 })],
    ["has a link to another file in its way", () => symlinkSync(join(folder, "other"), `${stateFile}.new`)],
    ["has a hard link to another file in its way", () => linkSync(join(folder, "other"), `${stateFile}.new`)],
  ])("security 17: keeps keys in a file for its user alone, also if it %s", async (_, prepare) => {
    writeFileSync(join(folder, "other"), "of another program");
    await endedState();
    prepare();
    const emulator = await startEmulator({ stateFile });
    await create(emulator, "B");
    await emulator.close();
    expect(mode(stateFile)).toBe("600");
    expect(readFileSync(stateFile, "utf8")).toContain("avk_local");
    expect(readFileSync(join(folder, "other"), "utf8")).toBe("of another program");
  });

  it("is not written when the port is taken, so that the next start can have another seed", async () => {
    const { port, close } = await startEmulator();
    await expect(startEmulator({ stateFile, port, seed: acme() })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await close();
    const emulator = await startEmulator({ stateFile });
    expect(emulator.resumed).toBe(false);
    await emulator.close();
  });

  it("keeps changes in memory while it cannot be written, says so once, and has them all afterwards", async () => {
    const emulator = await startEmulator({ stateFile });
    const log = jest.spyOn(console, "error").mockReturnValue();
    renameSync(dirname(stateFile), join(folder, "away"));
    await create(emulator, "B");
    await create(emulator, "C");
    expect(log.mock.calls).toEqual([
      [`The state file ${stateFile} cannot be used: it does not exist. Changes are lost when the emulator stops.`],
    ]);
    renameSync(join(folder, "away"), dirname(stateFile));
    await create(emulator, "D");
    log.mockRestore();
    const state = emulator.state();
    await emulator.close();
    const next = await startEmulator({ stateFile });
    expect(next.state()).toEqual(state);
    expect(state.organizations).toHaveLength(3);
    await next.close();
  });
});

describe("a state file that cannot be used", () => {
  const written = (text: string) => () => {
    mkdirSync(dirname(stateFile));
    writeFileSync(stateFile, text);
  };
  const state = (content: object, version: unknown = 1) =>
    written(JSON.stringify({ avalaEmulatorState: version, state: content }));
  const foreign = "it is not a state that an emulator has written";

  it.each<[what: string, prepare: () => unknown, reason: string]>([
    ["is empty", written(""), "it is not JSON (it is empty)"],
    ["has only spaces", written(" \n"), "it is not JSON (it is empty)"],
    ["ends early", written('{"avalaEmulatorState":1,\n"state":{"keys":[{"key":"avk_x"}'), "it is not JSON ("],
    ["is text with a key", written("avk_secret"), "it is not JSON (Unexpected token 'a')"],
    ["is a package.json", written('{"name":"x","version":"1.0.0"}'), foreign],
    ["is a seed", written(JSON.stringify(acme())), foreign],
    ["is a list", written("[]"), foreign],
    ["is null", written("null"), foreign],
    ["has a version that does not exist", state({}, 0), foreign],
    ["has a version of another type", state({}, "1"), foreign],
    ["has more than a state", written('{"avalaEmulatorState":1,"state":{},"more":1}'), foreign],
    ["is of a newer version", state({}, 2), "a newer version of the emulator has written it"],
    ["has an unknown field", state({ persons: [] }), 'Unrecognized key: "persons"'],
    ["contradicts itself", state({ keys: [{ key: "k", email: "no@example.com" }] }), "keys[0].email: no@example.com"],
    ["is a folder", () => mkdirSync(stateFile, { recursive: true }), "it is not a file"],
    ["is below a file", () => writeFileSync(dirname(stateFile), ""), "its folder is a file"],
    [
      "is a link",
      async () => {
        await endedState();
        renameSync(stateFile, `${stateFile}.target`);
        symlinkSync(`${stateFile}.target`, stateFile);
      },
      "it is a link",
    ],
    [
      "is a link without a target",
      () => {
        mkdirSync(dirname(stateFile));
        symlinkSync("nowhere", stateFile);
      },
      "it is a link",
    ],
    [
      "is in a folder that is a link",
      async () => {
        await endedState();
        renameSync(dirname(stateFile), join(folder, "target"));
        symlinkSync("target", dirname(stateFile));
      },
      "its folder is a link",
    ],
    [
      "is in a folder that others can change",
      async () => {
        await endedState();
        chmodSync(dirname(stateFile), 0o770);
      },
      "its folder can be changed by other users",
    ],
    [
      "is a pipe without a writer",
      () => {
        mkdirSync(dirname(stateFile));
        execFileSync("mkfifo", [stateFile]);
      },
      "it is not a file",
    ],
    [
      "security 12: is larger than any real one",
      () => {
        written("")();
        truncateSync(stateFile, 300 * 1024 * 1024);
      },
      "it is larger than 256 MiB",
    ],
  ])("because it %s is refused in one line, and stays as it is", async (_, prepare, reason) => {
    await prepare();
    const tree = () =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .toSorted()
        .map((name) => [name, lstatSync(join(folder, name)).mode, modified(join(folder, name))]);
    const files = tree();
    const refusal: unknown = await startEmulator({ stateFile }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StateFileError);
    const { message } = refusal as Error;
    expect(message).toContain(`The state file ${stateFile} cannot be used: `);
    expect(message).toContain(reason);
    expect(message).not.toMatch(/\n|avk_/);
    expect(tree()).toEqual(files);
  });

  it.each(["the file", "the folder"])("because %s belongs to another user is refused", async (what) => {
    await endedState();
    const user = process.getuid!();
    const getuid = jest.spyOn(process, "getuid");
    // The folder is looked at first, before the file.
    if (what === "the file") getuid.mockReturnValueOnce(user);
    getuid.mockReturnValue(user + 1);
    const refusal = startEmulator({ stateFile });
    await expect(refusal).rejects.toThrow(
      what === "the file" ? "cannot be used: it belongs to another user" : "its folder belongs to another user",
    );
    getuid.mockRestore();
  });
});

describe("an emulator on a state file that another one uses", () => {
  const entry = (pid: number, { space = "", started = "0" } = {}) => {
    const own = readdirSync(dirname(stateFile)).find((name) => name.includes(".lock."))!;
    const [ownSpace] = own.split(".lock.")[1]!.split(".");
    const path = `${stateFile}.lock.${space || ownSpace!}.${pid}.${started}.0123456789ab`;
    return { path, write: () => writeFileSync(path, "") };
  };

  it("is refused while that one runs, and not after its end", async () => {
    const first = await startEmulator({ stateFile });
    await expect(startEmulator({ stateFile })).rejects.toThrow(
      `cannot be used: another emulator uses it, process ${process.pid}`,
    );
    await create(first, "B");
    await first.close();
    const second = await startEmulator({ stateFile });
    expect(second.state().organizations).toHaveLength(1);
    await second.close();
  });

  it("is refused also if several start together", async () => {
    const started = await Promise.allSettled([1, 2, 3].map(() => startEmulator({ stateFile })));
    expect(started.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    for (const start of started) if (start.status === "fulfilled") await start.value.close();
    await (await startEmulator({ stateFile })).close();
  });

  it.each<[what: string, pid: () => number, started: string, blocks: boolean]>([
    ["a process that has ended", endedProcess, "0", false],
    // Only Linux shows when a process has started.
    ["a process whose id another one has now", () => process.ppid, "1", !onLinux],
    ["a process that runs", () => process.ppid, startOf(process.ppid), true],
  ])("a left-over entry of %s (case %#)", async (_, pid, started, blocks) => {
    const emulator = await startEmulator({ stateFile });
    const { path, write } = entry(pid(), { started });
    await emulator.close();
    write();
    const refusal = await startEmulator({ stateFile }).then(
      (next) => next.close(),
      (error: Error) => error.message,
    );
    expect([refusal?.includes("another emulator uses it") ?? false, existsSync(path)]).toEqual([blocks, blocks]);
  });

  it("refuses to start beside an entry of another machine or container, which the message names", async () => {
    const emulator = await startEmulator({ stateFile });
    const { path, write } = entry(1, { space: "0123456789ab" });
    await emulator.close();
    write();
    await expect(startEmulator({ stateFile })).rejects.toThrow(`if that one has ended, remove ${path}`);
  });

  it("starts after one that has ended and whose parent has not asked for its exit code", async () => {
    const emulator = await startEmulator({ stateFile });
    // The shell starts a process, and becomes one that asks for no exit code.
    const parent = spawn("sh", ["-c", "tail -f /dev/null & echo $!; exec cat"], { stdio: ["pipe", "pipe", "ignore"] });
    const [line] = (await once(parent.stdout.setEncoding("utf8"), "data")) as [string];
    parent.stdin.write("it is cat now");
    await once(parent.stdout, "data");
    const pid = Number(line);
    process.kill(pid);
    if (onLinux) while (!statOf(pid).startsWith("Z")) await new Promise(setImmediate);
    const { path, write } = entry(onLinux ? pid : endedProcess(), { started: startOf(pid) });
    await emulator.close();
    write();
    await (await startEmulator({ stateFile })).close();
    expect(existsSync(path)).toBe(false);
    parent.kill();
    await once(parent, "exit");
  });
});
