import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OwnDeclarations, SharedDeclarations } from "../../provider/lifecycle/declarations.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "declarations-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const engine = "127.0.0.1:4711";
const folder = () => join(root, "pulumi-avala-127.0.0.1_4711");
const ours = () => join(folder(), `${process.pid}`);

/** A process that lives until it is ended. */
async function bystander(): Promise<{ pid: number; end(): Promise<void> }> {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume(); console.log()"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return {
    pid: child.pid!,
    end: () =>
      new Promise((resolve) => {
        child.once("close", () => resolve());
        child.kill();
      }),
  };
}

it("holds what one process declares", () => {
  const own = new OwnDeclarations();
  own.hold(["a"]);
  expect(own.held(["b", "a"])).toEqual(["a"]);
  expect(own.held(["b"])).toEqual([]);
  expect(own.held([])).toEqual([]);
});

describe("across the host processes of a run", () => {
  it("writes no address and lets nobody else look", () => {
    const shared = new SharedDeclarations(engine, root);
    shared.hold(["invitation acme ada@example.com"]);
    shared.hold(["invitation acme ada@example.com"]);
    expect(shared.held(["x", "invitation acme ada@example.com"])).toEqual(["invitation acme ada@example.com"]);
    expect(readFileSync(ours(), "utf8")).toMatch(/^[0-9a-f]{32}\n$/);
    expect(statSync(folder()).mode & 0o077).toBe(0);
    expect(statSync(ours()).mode & 0o077).toBe(0);
  });

  it("makes no folder where nothing is held", () => {
    expect(new SharedDeclarations(engine, root).held(["a"])).toEqual([]);
    expect(existsSync(folder())).toBe(false);
  });

  it("counts another process as long as it lives", async () => {
    const other = await bystander();
    new SharedDeclarations(engine, root).hold(["a"]);
    const held = readFileSync(ours(), "utf8");
    rmSync(ours());
    writeFileSync(join(folder(), `${other.pid}`), held);
    const shared = new SharedDeclarations(engine, root);
    expect(shared.held(["a"])).toEqual(["a"]);
    expect(shared.held(["b"])).toEqual([]);
    await other.end();
    expect(shared.held(["a"])).toEqual([]);
  });

  it("does not take over what an earlier process of the same number left behind", () => {
    new SharedDeclarations(engine, root).hold(["old"]);
    const shared = new SharedDeclarations(engine, root);
    shared.hold(["new"]);
    expect(readFileSync(ours(), "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("knows nothing of another engine's run", () => {
    new SharedDeclarations(engine, root).hold(["a"]);
    expect(new SharedDeclarations("127.0.0.1:4712", root).held(["a"])).toEqual([]);
  });

  it("sweeps away what killed processes left, when it is old, and nothing else", async () => {
    const other = await bystander();
    await other.end();
    const old = new Date(Date.now() - 3_600_000);
    const leave = (name: string, pid: number, age: Date) => {
      const place = join(root, name);
      mkdirSync(place);
      writeFileSync(join(place, `${pid}`), "x\n");
      utimesSync(place, age, age);
    };
    leave("pulumi-avala-dead", other.pid, old);
    leave("pulumi-avala-living", process.pid, old);
    leave("pulumi-avala-young", other.pid, new Date());
    leave("somebody-elses", other.pid, old);
    expect(new SharedDeclarations(engine, root).held(["a"])).toEqual([]);
    expect(readdirSync(root).toSorted()).toEqual(["pulumi-avala-living", "pulumi-avala-young", "somebody-elses"]);
  });
});
