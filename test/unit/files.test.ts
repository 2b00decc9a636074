import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import promises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceAll } from "../../cli/import/folder.js";
import { inputText } from "../../cli/input.js";
import { readBounded, readBoundedStream } from "../../provider/core/bounded.js";
import { readDataFile } from "../../provider/core/dataFile.js";

const folder = mkdtempSync(join(tmpdir(), "avala-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const mebibyte = 1024 * 1024;

/** A sparse file of this many zeros. */
function large(name: string, size: number): string {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, size);
  return path;
}

describe("security 12: reads are bounded", () => {
  it("a file is read completely up to the limit, and refused beyond it", () => {
    const path = large("bound", 200_000);
    expect(readBounded(path, 200_000)).toEqual(Buffer.alloc(200_000));
    expect(() => readBounded(path, 199_999)).toThrow(expect.objectContaining({ code: "EFBIG" }) as Error);
    expect(readBounded(large("empty", 0), 1)).toHaveLength(0);
  });

  it("a device without an end comes to an end", () => {
    expect(() => readBounded("/dev/zero", mebibyte)).toThrow(expect.objectContaining({ code: "EFBIG" }) as Error);
  });

  it("a stream without an end comes to an end, and is closed", async () => {
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(1000);
      } finally {
        closed = true;
      }
    }
    await expect(readBoundedStream(endless(), mebibyte)).rejects.toMatchObject({ code: "EFBIG" });
    expect(closed).toBe(true);
    async function* short() {
      yield Buffer.from("a");
      yield Buffer.from("b");
    }
    expect((await readBoundedStream(short(), 2)).toString()).toBe("ab");
  });

  it.each([".json", ".yaml", ".yml"])("a file of people or rules: %s", (extension) => {
    const path = large(`people${extension}`, 16 * mebibyte + 1);
    expect(() => readDataFile(path)).toThrow(`${path} is larger than 16 MiB`);
  });

  it("a state, a preview, a review", async () => {
    const path = large("state.json", 256 * mebibyte + 1);
    await expect(inputText(path)).rejects.toMatchObject({
      code: "AVALA_STACK",
      message: `"${path}" is larger than 256 MiB. Pass a different file.`,
    });
    await expect(inputText(join(folder, "none"))).rejects.toMatchObject({ code: "AVALA_STACK" });
  });
});

describe("a state, a preview or a review", () => {
  const written = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it.each([
    ["UTF-8 with a byte order mark", Buffer.from("\ufeff{}")],
    ["UTF-16, as PowerShell writes it", Buffer.from("\ufeff{}", "utf16le")],
    ["UTF-16, big endian", Buffer.from("\ufeff{}", "utf16le").swap16()],
    ["UTF-16 without a byte order mark", Buffer.from("{}", "utf16le")],
  ])("in %s is read (bug: it was not JSON)", async (_what, bytes) => {
    expect(await inputText(written("state.json", bytes))).toBe("{}");
  });

  it("in another encoding is refused", async () => {
    const path = written("state.json", Buffer.from('{"a":"\u00e9"}', "latin1"));
    await expect(inputText(path)).rejects.toMatchObject({
      code: "AVALA_STACK",
      message: `"${path}" cannot be read: it is not text in UTF-8; save it in UTF-8. Write the file again.`,
    });
  });

  it("may be empty", async () => {
    expect(await inputText(written("state.json", Buffer.alloc(0)))).toBe("");
  });
});

describe("security 17: files that import writes", () => {
  const out = join(folder, "out");

  it("are replaced completely, without temporary files left, and readable by their user only", async () => {
    const files = [
      { name: "index.ts", text: "a" },
      { name: "import.json", text: "b", secret: true },
    ];
    await replaceAll(out, files);
    await replaceAll(out, files);
    expect(readdirSync(out).toSorted()).toEqual(["import.json", "index.ts"]);
    expect(readFileSync(join(out, "index.ts"), "utf8")).toBe("a");
    expect((statSync(join(out, "import.json")).mode & 0o777).toString(8)).toBe("600");
  });

  it("are not written through a link that somebody has put there", async () => {
    const other = join(folder, "other");
    writeFileSync(other, "of somebody else");
    symlinkSync(other, join(out, `.index.ts.${process.pid}.tmp`));
    rmSync(join(out, "index.ts"));
    symlinkSync(other, join(out, "index.ts"));
    await replaceAll(out, [{ name: "index.ts", text: "c" }]);
    expect(readFileSync(other, "utf8")).toBe("of somebody else");
    expect(readFileSync(join(out, "index.ts"), "utf8")).toBe("c");
  });

  it("are written to new temporary files with unpredictable names", async () => {
    const written = jest.spyOn(promises, "writeFile");
    await replaceAll(out, [{ name: "x.ts", text: "" }]);
    await replaceAll(out, [{ name: "x.ts", text: "" }]);
    const [first, second] = written.mock.calls.map(([path, , options]) => [path, options]);
    written.mockRestore();
    expect(first).toEqual([
      expect.stringMatching(/\.x\.ts\.[-0-9a-f]{36}\.tmp$/),
      expect.objectContaining({ flag: "wx" }),
    ]);
    expect(second![0]).not.toBe(first![0]);
    expect(existsSync(join(out, "x.ts"))).toBe(true);
  });
});
