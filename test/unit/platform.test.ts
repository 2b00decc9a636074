import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { systemChecks } from "../../cli/doctor/system.js";
import { organizationKeyOf } from "../../cli/import/names.js";
import { replaceFile } from "../../cli/output/file.js";
import { replaceFile as replaceStateFile, settingLine } from "../../emulator/src/platform.js";
import { inUse } from "../../emulator/src/stateLock.js";
import { ownMark } from "../../emulator/src/processes.js";
import * as platform from "../../provider/core/platform.js";

/* What differs between operating systems, as decisions about a system that is given: Linux runs all of them. */

const root = resolve(__dirname, "../..");
type Platform = NodeJS.Platform;

/** A function of scripts/platform.mjs, which jest does not load, called once for each row. */
function inScripts(name: string, rows: readonly (readonly unknown[])[]): unknown[] {
  const code = `const all = await import(${JSON.stringify(pathToFileURL(join(root, "scripts/platform.mjs")).href)});
    const rows = ${JSON.stringify(rows)}.map((args) => all[${JSON.stringify(name)}](...args));
    console.log(JSON.stringify(rows));`;
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" }),
  ) as unknown[];
}

describe("decisions are made in one file of each part", () => {
  const files = ["provider", "cli", "emulator/src", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.m?ts$|\.mjs$/.test(name))
      .map((name) => join(folder, name).replaceAll("\\", "/")),
  );

  it("and nothing else asks for the platform, the user or the processes of Linux", () => {
    const asking = files.filter((file) =>
      /process\.(?:platform|arch|getuid|geteuid)\b|O_NOFOLLOW/.test(readFileSync(join(root, file), "utf8")),
    );
    // doctor only passes the platform on.
    expect(asking.toSorted()).toEqual([
      "cli/doctor/system.ts",
      "emulator/src/platform.ts",
      "provider/core/platform.ts",
      "scripts/platform.mjs",
    ]);
  });
});

describe("the address of a file backend", () => {
  // Oracle: massageBlobPath of pulumi/pkg/backend/diy, which strips file://, and adds a slash in front of a drive.
  const rows: [folder: string, system: Platform, address: string][] = [
    ["/home/ada/state", "linux", "file:///home/ada/state"],
    ["/home/ada l/100%/a#b?c", "linux", "file:///home/ada%20l/100%25/a%23b%3Fc"],
    ["/private/var/folders/x", "darwin", "file:///private/var/folders/x"],
    ["C:\\Users\\ada\\state", "win32", "file://C:/Users/ada/state"],
    ["d:\\a b\\100%\\a#b", "win32", "file://d:/a%20b/100%25/a%23b"],
  ];

  it.each(rows)("of %s on %s", (folder, system, address) => {
    expect(platform.backendUrl(folder, system)).toBe(address);
    // The CLI parses it: the drive is a host, so that a backslash would be an error.
    expect(() => new URL(address)).not.toThrow();
  });

  it("is the same in the scripts of the clone", () => {
    expect(inScripts("backendUrl", rows)).toEqual(rows.map(([, , address]) => address));
  });
});

describe("environment variables", () => {
  const rows: [Record<string, string>, Platform, Record<string, string>][] = [
    [{ Path: "C:\\bin", temp: "T", AVALA_API_KEY: "k" }, "win32", { PATH: "C:\\bin", TEMP: "T", AVALA_API_KEY: "k" }],
    [{ Path: "/no", PATH: "/bin" }, "linux", { Path: "/no", PATH: "/bin" }],
    [{ Path: "/no", PATH: "/bin" }, "darwin", { Path: "/no", PATH: "/bin" }],
  ];

  it.each(rows)("%j have on %s the names that programs use", (given, system, named) => {
    expect(platform.environmentOf(given, system)).toEqual(named);
  });

  it("have the same names in the scripts of the clone", () => {
    expect(inScripts("environmentOf", rows)).toEqual(rows.map(([, , named]) => named));
  });

  it.each([
    ["win32", "TEMP"],
    ["darwin", "TMPDIR"],
    ["linux", "TMPDIR"],
  ] as const)("on %s, %s is named in messages", (system, name) => {
    expect(platform.temporaryVariable(system)).toBe(name);
  });
});

describe("programs and processes", () => {
  it.each([
    ["win32", { file: "pulumi.exe", stat: undefined, signals: false, kill: ["taskkill", ["/pid", "7", "/t", "/f"]] }],
    ["darwin", { file: "pulumi", stat: undefined, signals: true, kill: undefined }],
    ["linux", { file: "pulumi", stat: "/proc/7/stat", signals: true, kill: undefined }],
  ] as const)("on %s", (system, expected) => {
    expect({
      file: platform.executable("pulumi", system),
      stat: platform.statFile(7, system),
      signals: platform.hasSignals(system),
      kill: platform.treeKiller(7, system),
    }).toEqual(expected);
  });

  it("of the scripts: names, groups, archives, and the tar that reads them", () => {
    const systems = [["win32"], ["darwin"], ["linux"]];
    expect(
      inScripts(
        "executable",
        systems.map(([system]) => ["go", system]),
      ),
    ).toEqual(["go.exe", "go", "go"]);
    expect(inScripts("hasProcessGroups", systems)).toEqual([false, true, true]);
    expect(
      inScripts("releaseOf", [
        ["win32", "x64"],
        ["darwin", "arm64"],
        ["linux", "x64"],
      ]),
    ).toEqual(["windows-x64.zip", "darwin-arm64.tar.gz", "linux-x64.tar.gz"]);
    const windowsTar = "D:\\Windows\\System32\\tar.exe";
    expect(
      inScripts("tarOf", [
        [{ SYSTEMROOT: "D:\\Windows" }, "win32"],
        [{}, "linux"],
      ]),
    ).toEqual([windowsTar, "tar"]);
  });
});

describe("a file that is in use is replaced as soon as it is not", () => {
  const failing = (code: string, times: number) => {
    const calls: string[] = [];
    const move = async (from: string, to: string) => {
      calls.push(`${from} ${to}`);
      if (calls.length <= times) throw Object.assign(new Error(code), { code });
    };
    return { calls, move };
  };
  const parts = { "command line": replaceFile, emulator: replaceStateFile };
  const cases = (Object.keys(parts) as (keyof typeof parts)[]).flatMap((part) =>
    (
      [
        ["win32", "EPERM", 2, "replaced", 3],
        ["win32", "EBUSY", 2, "replaced", 3],
        ["win32", "EACCES", 1, "replaced", 2],
        ["win32", "ENOENT", 1, "ENOENT", 1],
        ["win32", "EPERM", Infinity, "EPERM", 8],
        ["linux", "EPERM", 1, "EPERM", 1],
        ["darwin", "EBUSY", 1, "EBUSY", 1],
      ] as const
    ).map((row) => [part, ...row] as const),
  );

  it.each(cases)("%s on %s, %s %d times: %s after %d tries", async (part, system, code, times, end, tries) => {
    const { calls, move } = failing(code, times);
    const result = await parts[part]("a", "b", system, move).then(
      () => "replaced",
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect([result, calls]).toEqual([end, Array<string>(tries).fill("a b")]);
  });

  it.each([
    ["EBUSY", "win32", true],
    ["EPERM", "win32", true],
    ["ENOTEMPTY", "win32", false],
    ["EBUSY", "linux", false],
  ] as const)("%s on %s is an error of a file in use: %s", (code, system, expected) => {
    expect(platform.isInUse(Object.assign(new Error(), { code }), system)).toBe(expected);
  });
});

describe("names of files", () => {
  const devices = ["con", "PRN", "aux", "nul", "com0", "com1", "LPT9"];

  it.each(devices)("import writes no file with the name of a device: %s", (slug) => {
    expect(organizationKeyOf(slug)).toBe(`${slug}-organization`);
  });

  it.each(["console", "com", "com10", "nullable", "auxiliary", "lpt-1"])("other names stay: %s", (slug) => {
    expect(organizationKeyOf(slug)).toBe(slug);
  });
});

describe("doctor", () => {
  it.each([
    ["/home/ada/infra", "linux", []],
    ["/Users/ada/infra", "darwin", []],
    ["C:\\infra", "win32", ["ok"]],
    ["\\\\?\\C:\\infra", "win32", ["ok"]],
    ["\\\\server\\share\\infra", "win32", ["warning"]],
    ["//server/share/infra", "win32", ["warning"]],
    ["\\\\?\\UNC\\server\\share", "win32", ["warning"]],
    ["/infra", "freebsd", ["warning"]],
  ] as const)("says of %s on %s: %j", (folder, system, levels) => {
    const checks = systemChecks(folder, system);
    expect(checks.map(({ level }) => level)).toEqual(levels);
    expect(checks.every(({ level, fix }) => (level === "ok") === (fix === undefined))).toBe(true);
  });
});

describe("the emulator", () => {
  it.each([
    ["win32", "AVALA_API_KEY", "avk_local", '$env:AVALA_API_KEY = "avk_local"'],
    ["win32", "AVALA_BASE_URL", "http://[::1]:8787/api/v1", '$env:AVALA_BASE_URL = "http://[::1]:8787/api/v1"'],
    ["darwin", "AVALA_API_KEY", "avk_local", "export AVALA_API_KEY=avk_local"],
    ["linux", "AVALA_BASE_URL", "http://[::1]:8787/api/v1", "export AVALA_BASE_URL=http://[::1]:8787/api/v1"],
    ["linux", "AVALA_API_KEY", "<a key of your seed>", "export AVALA_API_KEY='<a key of your seed>'"],
  ] as const)("on %s, sets %s to %s by a line of the shell there", (system, name, value, line) => {
    expect(settingLine(name, value, system)).toBe(line);
  });

  it.each([
    ["shows start times", "12345", ""],
    ["does not", "0", "; if that process is not an emulator, remove state.json.lock.x"],
  ])("says whose lock it is where the system %s", (_, started, doubt) => {
    const { space } = ownMark();
    expect(inUse({ space, pid: 7, started, path: "state.json.lock.x" })).toBe(
      `another emulator uses it, process 7${doubt}`,
    );
  });
});
