import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fastStart } from "../support/fastStart.js";

/* Processes of tests start with compiled code of earlier ones. It is the code of the files as they are now. */

const root = resolve(__dirname, "../..");
const compileCache = join(root, "test/support/compileCache.cjs");
let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "compileCache-"));
  cache = join(folder, "cache");
  mkdirSync(join(folder, "code"));
  put("preload.cjs", `require(${JSON.stringify(compileCache)}).keepCompiled(process.env.CACHE, [process.env.CODE]);`);
  put("code/main.js", main);
  put(
    "code/part.js",
    'exports.text = "part 1"; exports.file = __filename; exports.lines = new Error().stack.split("\\n")[1];',
  );
  put("code/later.mjs", 'export const text = "later";');
});
afterEach(() => rmSync(folder, { recursive: true }));

const main = `#!/usr/bin/env node
const part = require("./part.js");
const { lines } = part;
import("./later.mjs").then(({ text }) => {
  const here = new Error().stack.split("\\n")[1];
  const own = [require.main === module, module.children.length, require.resolve("./part.js")];
  console.log(JSON.stringify({ part, lines, text, here, own, dir: __dirname, this: this === exports }));
});
`;

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

function run({ cached = true } = {}): string {
  const args = [...(cached ? ["--require", join(folder, "preload.cjs")] : []), join(folder, "code/main.js")];
  const env = { PATH: process.env["PATH"], CACHE: cache, CODE: join(folder, "code") };
  return execFileSync(process.execPath, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

test("a program sees and prints the same with a cache that is empty, and with one that is not", () => {
  const plain = run({ cached: false });
  expect(plain).toContain("part.js:1:");
  expect(run()).toBe(plain);
  const { ino } = statSync(cache);
  expect(run()).toBe(plain);
  // Nothing was compiled, so nothing was written.
  expect(statSync(cache).ino).toBe(ino);
});

test("a file whose text has changed, at the same length, runs as it is now", () => {
  run();
  put(
    "code/part.js",
    'exports.text = "part 2"; exports.file = __filename; exports.lines = new Error().stack.split("\\n")[1];',
  );
  expect(run()).toContain('"part 2"');
  expect(run()).toContain('"part 2"');
});

test("a file whose text has changed, at the same length and with its old times, runs as it is now", () => {
  run();
  const part = join(folder, "code/part.js");
  const { atime, mtime } = statSync(part);
  writeFileSync(part, readFileSync(part, "utf8").replace("part 1", "part 2"));
  utimesSync(part, atime, mtime);
  expect(run()).toContain('"part 2"');
});

test("a module that is somewhere else now is found there", () => {
  put("code/main.js", 'console.log(require("./part").file);');
  expect(run()).toBe(run());
  mkdirSync(join(folder, "code/part"));
  renameSync(join(folder, "code/part.js"), join(folder, "code/part/index.js"));
  expect(run()).toBe(`${join(folder, "code/part/index.js")}\n`);
});

test.each<[string, string | Buffer]>([
  ["empty", ""],
  ["cut off", Buffer.from([200, 0, 0, 0, 91])],
  ["text", "neither a length nor an index"],
  ["an index of data that is not there", Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from("[]")])],
])("a cache file that is %s is replaced", (_, content) => {
  const whole = run();
  writeFileSync(cache, content);
  expect(run()).toBe(whole);
  expect(run()).toBe(whole);
});

test("processes of engine runs start with it", () => {
  const file = join(root, `.work/compileCache/${process.version}-${process.arch}/run`);
  const args = [join(root, "node_modules/@pulumi/pulumi/cmd/run/index.js")];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...fastStart },
    encoding: "utf8",
  });
  expect({ status, stderr }).toMatchObject({ status: 255, stderr: expect.stringContaining("--monitor=addr") });
  expect(readFileSync(file, "latin1")).toContain(args[0]);
});
