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
import { ProcessJournal } from "../../provider/core/journal.js";
import { digestOf, ProgramJournal } from "../../provider/core/notes.js";
import { processName, processSpace } from "../../provider/core/processes.js";
import { Claims } from "../../provider/lifecycle/runtime/claims.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "declarations-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const engine = "127.0.0.1:4711";
const folder = () => new ProcessJournal("", engine, { root }).folder;
const ours = () => join(folder(), processName());

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

const open = (deployment = "https://one.example", at = engine) =>
  new Claims(deployment, new ProcessJournal("", at, { root }));
const [one, two] = ["OrganizationMember::one", "OrganizationMember::two"];
const addresses = (claims: Claims, key: string, uid?: string) =>
  claims.claimants(key, uid).map((claimant) => [claimant.address === digestOf(one) ? "one" : "two", claimant.uid]);

it.each<[address: string, shown: string]>([
  ["Team::core", 'Team "core"'],
  ["avala:index:People$OrganizationMember::people-ada", 'OrganizationMember "people-ada"'],
  ["Team::cost$center", 'Team "cost$center"'],
  ["Team::core::one", 'Team "core::one"'],
  ["Team::a$Team::b", 'Team "a$Team::b"'],
  ["app::Unit$TeamRoster::all", 'TeamRoster "all"'],
  ['Team::the "core" \\ one', 'Team "the \\"core\\" \\\\ one"'],
  ["Team::two\nlines \u202e", 'Team "two lines"'],
  ["Team::🚀", 'Team "🚀"'],
])("bug: a name that contains separators of an address was cut: %j", (address, shown) => {
  const claims = new Claims("https://one.example");
  claims.claim(address, [{ key: "team core" }]);
  expect(claims.nameOf(digestOf(address))).toBe(shown);
});

describe("claims of one process", () => {
  it("are found by their text until the uid is known; then by the uid only", () => {
    const claims = new Claims("https://one.example");
    claims.claim(one, [{ key: "person acme ada@example.com" }]);
    expect(addresses(claims, "person acme ada@example.com")).toEqual([["one", "unknown"]]);
    claims.claim(one, [{ key: "person acme ada@example.com", uid: "person acme 1" }]);
    expect(addresses(claims, "person acme ada@example.com", "person acme 1")).toEqual([["one", "same"]]);
    expect(addresses(claims, "person acme ada@example.com", "person acme 2")).toEqual([["one", "other"]]);
    expect(addresses(claims, "person acme new@example.com", "person acme 1")).toEqual([["one", "same"]]);
    expect(addresses(claims, "person acme new@example.com", "person acme 2")).toEqual([]);
  });

  it("by a text that is a uid identify that uid", () => {
    const claims = new Claims("https://one.example");
    claims.claim(one, [{ key: "person acme 1" }]);
    expect(addresses(claims, "person acme 1", "person acme 1")).toEqual([["one", "same"]]);
  });

  it("report the object that two resources share, and name them", () => {
    const claims = new Claims("https://one.example");
    claims.claim(one, [{ key: "person acme ada@example.com" }]);
    claims.claim(two, [{ key: "person acme 1" }]);
    claims.claim(one, [{ key: "person acme ada@example.com", uid: "person acme 1" }]);
    expect(addresses(claims, "person acme 1", "person acme 1").toSorted()).toEqual([
      ["one", "same"],
      ["two", "same"],
    ]);
    expect(claims.nameOf(digestOf(two))).toBe('OrganizationMember "two"');
  });

  it("record whether anything has been checked", () => {
    const claims = new Claims("https://one.example");
    expect([claims.hasChecked, claims.hasCheckedAddress(digestOf(one))]).toEqual([false, false]);
    claims.claim(one, [{ key: "checked" }]);
    expect([
      claims.hasChecked,
      claims.hasCheckedAddress(digestOf(one)),
      claims.hasCheckedAddress(digestOf(two)),
    ]).toEqual([true, true, false]);
  });
});

describe("claims across the host processes of a run", () => {
  it("contain no address, in files that only the user can read", () => {
    open().claim(one, [{ key: "person acme ada@example.com", uid: "person acme 1" }]);
    expect(readFileSync(ours(), "utf8")).toMatch(/^[0-9a-f]{32} [0-9a-f]{32} [0-9a-f]{32} new\n$/);
    expect(statSync(folder()).mode & 0o077).toBe(0);
    expect(statSync(ours()).mode & 0o077).toBe(0);
  });

  it("create no folder if nothing is claimed", () => {
    expect(open().claimants("a", undefined)).toEqual([]);
    expect(existsSync(folder())).toBe(false);
  });

  it("include another process as long as it lives, with its last claims", async () => {
    const other = await bystander();
    const writer = open();
    writer.claim(one, [{ key: "a" }]);
    writer.claim(one, [{ key: "a", uid: "1" }]);
    const said = readFileSync(ours(), "utf8");
    rmSync(ours());
    writeFileSync(join(folder(), processName(other.pid)), said);
    const claims = open();
    expect(addresses(claims, "a", "1")).toEqual([["one", "same"]]);
    expect(addresses(claims, "a", "2")).toEqual([["one", "other"]]);
    expect([claims.hasChecked, claims.hasCheckedAddress(digestOf(one))]).toEqual([true, true]);
    expect(claims.nameOf(digestOf(one))).toBe("a resource of another provider");
    await other.end();
    expect(addresses(claims, "a", "1")).toEqual([]);
  });

  it("ignore files of an earlier process with the same pid", () => {
    open().claim(one, [{ key: "old" }]);
    open().claim(one, [{ key: "new" }]);
    expect(readFileSync(ours(), "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("ignore the run of another engine, and another deployment", async () => {
    const other = await bystander();
    open("https://two.example").claim(one, [{ key: "a" }]);
    const said = readFileSync(ours(), "utf8");
    writeFileSync(join(folder(), processName(other.pid)), said);
    expect(addresses(open("https://two.example"), "a")).toEqual([["one", "unknown"]]);
    expect(addresses(open("https://one.example"), "a")).toEqual([]);
    expect(addresses(open("https://two.example", "127.0.0.1:4712"), "a")).toEqual([]);
    await other.end();
  });

  it("delete old files of killed processes, and nothing else", async () => {
    const other = await bystander();
    await other.end();
    const old = new Date(Date.now() - 3_600_000);
    const leave = (name: string, file: string, age: Date) => {
      const place = join(root, name);
      mkdirSync(place, { mode: 0o700 });
      writeFileSync(join(place, file), "x\n");
      utimesSync(place, age, age);
    };
    const here = processSpace();
    leave(`dead-${here}`, `${other.pid}`, old);
    leave(`given-again-${here}`, `${process.pid}.1`, old);
    leave(`living-${here}`, processName(), old);
    leave(`young-${here}`, `${other.pid}`, new Date());
    leave(`of-something-else-${here}`, "notes.txt", old);
    leave("of-another-container", `${other.pid}`, old);
    leave("of-another-container-long-ago", `${other.pid}`, new Date(Date.now() - 8 * 24 * 3_600_000));
    expect(open().claimants("a", undefined)).toEqual([]);
    expect(readdirSync(root).toSorted()).toEqual([
      `living-${here}`,
      "of-another-container",
      `of-something-else-${here}`,
      `young-${here}`,
    ]);
  });
});

describe("the declarations that the program of a run announces", () => {
  const lines = () => readFileSync(join(folder(), `program-${processName()}`), "utf8");

  it("are available as soon as its statement has run, hashed, and outlive its process", async () => {
    const program = new ProgramJournal(engine, root);
    program.say(one, "declares", "OrganizationMember");
    program.say(one, "who", "ada@example.com");
    program.say(one, "in", "Organization::acme");
    await Promise.resolve();
    expect(lines()).not.toContain("ada@");
    const { notes, isRunning } = open().program!;
    expect(isRunning).toBe(false);
    expect([...notes.values()]).toEqual([
      {
        address: digestOf(one),
        kind: "OrganizationMember",
        addresses: new Set([digestOf(one)]),
        who: new Set([digestOf("ada@example.com")]),
        in: digestOf("Organization::acme"),
      },
    ]);
  });

  it("may grow as long as the language host's process has not ended", async () => {
    const path = process.argv[1]!;
    const before = process.listeners("beforeExit");
    process.argv[1] = "/x/node_modules/@pulumi/pulumi/cmd/run/index.js";
    try {
      new ProgramJournal(engine, root).say(one, "declares", "Team");
    } finally {
      process.argv[1] = path;
    }
    await Promise.resolve();
    expect(open().program).toMatchObject({ isRunning: true });
    const [finish] = process.listeners("beforeExit").filter((listener) => !before.includes(listener));
    finish!(0);
    process.removeListener("exit", finish as never);
    expect(open().program).toMatchObject({ isRunning: false });
  });

  it("count only while its process, or the language host that has started it, lives", async () => {
    const other = await bystander();
    mkdirSync(folder(), { mode: 0o700 });
    const line = `declares ${digestOf(one)} Team\n`;
    writeFileSync(join(folder(), "program-1"), `process 999999998 ${other.pid}\n${line}`);
    expect(open().program?.notes.size).toBe(1);
    await other.end();
    expect(open().program).toBeUndefined();
  });
});
