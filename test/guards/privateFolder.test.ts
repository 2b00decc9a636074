import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
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
import { dirname, join } from "node:path";
import { ProcessJournal } from "../../provider/core/journal.js";
import { NotPrivateError, privateRoot } from "../../provider/core/privateFolder.js";
import { processName } from "../../provider/core/processes.js";
import { acme, person, s, useService, uids } from "../lifecycle/support.js";
import { organizationMember } from "../support/stack.js";

/**
 * The processes of a run share files in a folder where other users of the machine may write. Here another user has put
 * something there instead. If the tests run as root, they play two users; otherwise only modes and kinds are tested.
 */
const isRoot = process.getuid?.() === 0;
const stranger = 65_534;

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "shared-"));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** Puts something at the path of a private folder or file. */
type Plant = (path: string) => void;

const plants: Record<string, { plant: Plant; onlyAsRoot?: true }> = {
  "a link to a folder of our own": {
    plant: (path) => {
      mkdirSync(`${path}-real`, { mode: 0o700 });
      symlinkSync(`${path}-real`, path);
    },
  },
  "a link that leads nowhere": { plant: (path) => symlinkSync(`${path}-nowhere`, path) },
  "a pipe": { plant: (path) => execFileSync("mkfifo", [path]) },
  "a folder of another user": {
    plant: (path) => {
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, stranger, stranger);
    },
    onlyAsRoot: true,
  },
  "a folder of another user that is open to all": {
    plant: (path) => {
      mkdirSync(path);
      chmodSync(path, 0o777);
      chownSync(path, stranger, stranger);
    },
    onlyAsRoot: true,
  },
};
const forFolders: typeof plants = {
  ...plants,
  "a file": { plant: (path) => writeFileSync(path, "") },
  "a folder of our own that others may read": { plant: (path) => mkdirSync(path, { mode: 0o755 }) },
  "a folder of our own that others may write into": {
    plant: (path) => {
      mkdirSync(path);
      chmodSync(path, 0o777);
    },
  },
};
const forFiles: typeof plants = {
  ...plants,
  "a folder": { plant: (path) => mkdirSync(path, { mode: 0o700 }) },
  "a link to a file of our own": {
    plant: (path) => {
      writeFileSync(`${path}-real`, "kept\n", { mode: 0o600 });
      symlinkSync(`${path}-real`, path);
    },
  },
  "a file of another user": {
    plant: (path) => {
      writeFileSync(path, "planted\n");
      chownSync(path, stranger, stranger);
    },
    onlyAsRoot: true,
  },
};

const rows = (of: typeof plants) =>
  Object.entries(of)
    .filter(([, { onlyAsRoot }]) => isRoot || !onlyAsRoot)
    .map(([name, { plant }]) => ({ name, plant }));

const engine = "127.0.0.1:4711";
const journal = (root: string, file?: string) => new ProcessJournal("", engine, { root, file });
/** Everything below a folder: kind, mode, owner, and the content of files. */
function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, uid } = lstatSync(path);
      return `${path} ${mode} ${uid} ${entry.isFile() ? readFileSync(path, "utf8") : ""}`;
    })
    .toSorted();
}

describe("at the path of the user's folder", () => {
  it.each(rows(forFolders))("$name: nothing is read, written or removed", ({ plant }) => {
    const root = join(place, "root");
    plant(root);
    const before = contents(place);
    expect(() => journal(root)).toThrow(NotPrivateError);
    expect(contents(place)).toEqual(before);
  });
});

describe("at the path of a run's folder", () => {
  const uses: Record<string, (of: ProcessJournal) => unknown> = {
    reading: (of) => of.others(),
    "reading the program's": (of) => of.filesOf("program-"),
    writing: (of) => of.append(["x"]),
  };
  it.each(rows(forFolders).flatMap((row) => Object.keys(uses).map((use) => ({ ...row, use }))))(
    "$name: $use ends in an error, and changes nothing",
    ({ plant, use }) => {
      const root = join(place, "root");
      mkdirSync(root, { mode: 0o700 });
      const of = journal(root);
      plant(of.folder);
      const before = contents(place);
      expect(() => uses[use]!(of)).toThrow(NotPrivateError);
      expect(contents(place)).toEqual(before);
    },
  );
});

describe("at the path of another process's file", () => {
  it.each(rows(forFiles))("$name: reading ends in an error, without waiting", ({ plant }) => {
    const root = join(place, "root");
    const writer = journal(root);
    writer.append(["ours"]);
    // The parent process is alive.
    plant(join(writer.folder, processName(process.ppid)));
    const before = contents(place);
    expect(() => writer.others()).toThrow(NotPrivateError);
    expect(contents(place)).toEqual(before);
  });
});

it("a file that is still written is checked each time", () => {
  const writer = journal(join(place, "root"));
  writer.append(["ours"]);
  const file = join(writer.folder, processName());
  rmSync(file);
  writeFileSync(join(place, "victim"), "kept\n", { mode: 0o600 });
  symlinkSync(join(place, "victim"), file);
  expect(() => writer.append(["more"])).toThrow(NotPrivateError);
  expect(readFileSync(join(place, "victim"), "utf8")).toBe("kept\n");
});

it("bug: the sweep deletes no file behind a link, and no folder of others", () => {
  const victim = join(place, "victim");
  mkdirSync(victim, { mode: 0o700 });
  for (const name of ["1", "2", "precious"]) writeFileSync(join(victim, name), "kept\n");
  const root = join(place, "root");
  const { folder } = journal(root);
  const old = new Date(Date.now() - 3_600_000);
  const suffix = folder.slice(folder.lastIndexOf("-"));
  mkdirSync(join(root, `full${suffix}`), { recursive: true, mode: 0o700 });
  chmodSync(root, 0o700);
  symlinkSync(victim, join(root, `full${suffix}`, "999999998"));
  mkdirSync(join(root, `full${suffix}`, "999999999"));
  writeFileSync(join(root, `full${suffix}`, "999999999", "precious"), "kept\n");
  utimesSync(join(root, `full${suffix}`), old, old);
  symlinkSync(victim, join(root, `link${suffix}`));
  journal(root);
  expect(readdirSync(victim)).toEqual(["1", "2", "precious"]);
  expect(readFileSync(join(root, `full${suffix}`, "999999999", "precious"), "utf8")).toBe("kept\n");
  expect(existsSync(join(root, `link${suffix}`))).toBe(true);
});

describe("the choice of the folder", () => {
  const before = process.env["XDG_RUNTIME_DIR"];
  afterEach(() => {
    if (before === undefined) delete process.env["XDG_RUNTIME_DIR"];
    else process.env["XDG_RUNTIME_DIR"] = before;
  });
  const below = join(tmpdir(), `pulumi-avala-${process.getuid?.()}`);

  it("is in XDG_RUNTIME_DIR, if that belongs to the user", () => {
    process.env["XDG_RUNTIME_DIR"] = place;
    expect(privateRoot()).toBe(join(place, "pulumi-avala"));
  });
  it.each(rows(forFolders))("is in TMPDIR, if XDG_RUNTIME_DIR is $name", ({ plant }) => {
    process.env["XDG_RUNTIME_DIR"] = join(place, "runtime");
    plant(join(place, "runtime"));
    expect(privateRoot()).toBe(below);
  });
  it.each(["", "relative", "/nowhere/at/all"])("is in TMPDIR, if XDG_RUNTIME_DIR is %j", (folder) => {
    process.env["XDG_RUNTIME_DIR"] = folder;
    expect(privateRoot()).toBe(below);
  });
});

describe("on the host process", () => {
  useService(acme);
  const mia = () => ({
    mia: organizationMember({ organization: uids.acme, email: person("mia") }),
    zoe: organizationMember({ organization: uids.acme, email: person("zoe") }),
  });
  const isIn = async () => (await s.organizationNow()).members.some(({ email }) => email === person("mia"));
  const root = () => join(place, `pulumi-avala-${process.getuid?.()}`);

  it.each(rows(forFolders))(
    "bug: $name makes a removal fail visibly; it works once that is gone",
    async ({ plant }) => {
      await s.stack.up(mia());
      s.stack.onProcesses = true;
      s.stack.environment = { ...s.stack.environment, TMPDIR: place };
      plant(root());
      const run = await s.measured(() => s.stack.destroy());
      expect(run.error?.message).toMatch(/is not a folder of this user alone.*\[AVALA_CONFIG\]$/);
      expect([run.writes, await isIn(), [...s.stack.resources.keys()]]).toEqual([[], true, ["mia", "zoe"]]);
      rmSync(root(), { recursive: true });
      await s.stack.destroy();
      expect([await isIn(), s.stack.resources.size]).toEqual([false, 0]);
    },
  );

  it("bug: changes nothing that others have left in TMPDIR, regardless of name and age", async () => {
    const old = new Date(Date.now() - 30 * 24 * 3_600_000);
    const names = ["pulumi-avala-evil", "pulumi-avala-127.0.0.1_4711", "pulumi-avala-removals-127.0.0.1_4711"];
    for (const name of names) {
      mkdirSync(join(place, name, "999999998"), { recursive: true });
      writeFileSync(join(place, name, "999999999"), "kept\n");
      if (isRoot) chownSync(join(place, name), stranger, stranger);
      utimesSync(join(place, name), old, old);
    }
    const before = contents(place);
    s.stack.onProcesses = true;
    s.stack.environment = { ...s.stack.environment, TMPDIR: place };
    await s.stack.up(mia());
    await s.stack.destroy();
    expect(contents(place).filter((line) => !line.startsWith(root()))).toEqual(before);
  });

  if (isRoot) {
    it("bug: another user can neither read, write nor replace the files of a run", async () => {
      chmodSync(place, 0o1777);
      s.stack.onProcesses = true;
      s.stack.environment = { ...s.stack.environment, TMPDIR: place };
      await s.stack.up(mia());
      const [run] = readdirSync(root());
      const attacks = [
        `readdirSync(${JSON.stringify(root())})`,
        `writeFileSync(${JSON.stringify(join(root(), run!, "1"))}, "planted")`,
        `readdirSync(${JSON.stringify(join(root(), run!))})`,
        `renameSync(${JSON.stringify(root())}, ${JSON.stringify(`${root()}-away`)})`,
        `symlinkSync("/", ${JSON.stringify(join(root(), "link"))})`,
      ];
      const outcomes = attacks.map((attack) => {
        const program = `try { require("fs").${attack}; console.log("done") } catch (error) { console.log(error.code) }`;
        return execFileSync(process.execPath, ["-e", program], { uid: stranger, gid: stranger, cwd: "/" })
          .toString()
          .trim();
      });
      expect(outcomes).toEqual(["EACCES", "EACCES", "EACCES", "EPERM", "EACCES"]);
    });
  }

  it("keeps everything it writes inside of the private folder", async () => {
    s.stack.onProcesses = true;
    s.stack.environment = { ...s.stack.environment, TMPDIR: place };
    await s.stack.up(mia());
    expect(readdirSync(place)).toEqual([`pulumi-avala-${process.getuid?.()}`]);
    expect(lstatSync(root()).mode & 0o777).toBe(0o700);
    expect(dirname(new ProcessJournal("", engine, { root: root() }).folder)).toBe(root());
  });
});
