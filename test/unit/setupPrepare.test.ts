import { appendFileSync, existsSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { put, removeFolders, start, temporaryFolder } from "./setupProcess";

afterEach(removeFolders);

const LOCK = JSON.stringify({ packages: { "": {}, "node_modules/typescript": { version: "6.0.3" } } });

/** Stands in for tsc: notes its call, and "compiles" every source that does not say error. */
const TSC = `
  const fs = require("node:fs"), path = require("node:path");
  const folder = process.argv[3];
  fs.appendFileSync("calls", "tsc " + folder + "\\n");
  const sources = folder === "." ? "provider" : "emulator/src";
  const output = path.join(folder, "dist");
  fs.mkdirSync(output, { recursive: true });
  for (const file of fs.readdirSync(sources)) {
    if (fs.readFileSync(path.join(sources, file), "utf8").includes("error")) process.exit(2);
    fs.writeFileSync(path.join(output, file.replace(".ts", ".js")), "");
  }`;

/** Stands in for npm: as the real one it empties node_modules first; \`npmFails\` makes it end half-way. */
const NPM = `
  const fs = require("node:fs");
  fs.appendFileSync("calls", "npm " + process.argv.slice(2).join(" ") + "\\n");
  fs.rmSync("node_modules", { recursive: true, force: true });
  fs.mkdirSync("node_modules/typescript/bin", { recursive: true });
  fs.writeFileSync("node_modules/typescript/bin/tsc", ${JSON.stringify(TSC)});
  if (fs.existsSync("npmFails")) process.exit(1);`;

const PROGRAMS = { provider: ".", emulator: "emulator" };

/** A fresh clone: sources and lock file, nothing installed. */
function clone() {
  const root = temporaryFolder();
  put(join(root, "package-lock.json"), LOCK);
  for (const [name, folder] of Object.entries(PROGRAMS)) {
    put(join(root, folder, "tsconfig.json"), "{}");
    put(join(root, folder, "package.json"), JSON.stringify({ bin: { [name]: "./dist/main.js" } }));
  }
  put(join(root, "provider/main.ts"), "");
  put(join(root, "emulator/src/main.ts"), "");
  put(join(root, "tools/npm-cli.js"), NPM);
  return root;
}

const preparing = (root: string) =>
  start(
    `import { prepare } from "SCRIPTS/prepare.mjs";
    await prepare({ root: ${JSON.stringify(root)}, log: () => {} });`,
    { npm_execpath: join(root, "tools/npm-cli.js") },
  );

/** Prepares and answers which tools that took. */
async function prepare(root: string) {
  rmSync(join(root, "calls"), { force: true });
  const { code } = await preparing(root).ended;
  return { code, calls: callsOf(root) };
}

const callsOf = (root: string) =>
  existsSync(join(root, "calls")) ? readFileSync(join(root, "calls"), "utf8").trim().split("\n").toSorted() : [];

const EVERYTHING = ["npm ci --include=dev", "tsc .", "tsc emulator"];

it("installs and builds a fresh clone, and then has nothing to do", async () => {
  const root = clone();
  expect(await prepare(root)).toEqual({ code: 0, calls: EVERYTHING });
  expect(statSync(join(root, "emulator/dist/main.js")).mode & 0o111).toBe(0o111);
  expect(await prepare(root)).toEqual({ code: 0, calls: [] });
});

it("links the commands of a fresh clone, for which npm found no files yet", async () => {
  const root = clone();
  await prepare(root);
  for (const [name, folder] of Object.entries(PROGRAMS)) {
    const file = realpathSync(join(root, folder, "dist/main.js"));
    expect(realpathSync(join(root, "node_modules/.bin", name))).toBe(file);
  }
});

it("does the work once when two start together", async () => {
  const root = clone();
  const codes = await Promise.all([preparing(root).ended, preparing(root).ended]);
  expect(codes.map(({ code }) => code)).toEqual([0, 0]);
  expect(callsOf(root)).toEqual(EVERYTHING);
});

it("installs again when package-lock.json changed or npm ci did not come to its end", async () => {
  const root = clone();
  await prepare(root);
  appendFileSync(join(root, "package-lock.json"), "\n");
  put(join(root, "npmFails"), "");
  expect(await prepare(root)).toEqual({ code: 1, calls: ["npm ci --include=dev"] });
  rmSync(join(root, "npmFails"));
  expect(await prepare(root)).toEqual({ code: 0, calls: EVERYTHING });
});

it("believes npm's own record after an install by hand, if it holds what the lock file asks for", async () => {
  const root = clone();
  await prepare(root);
  rmSync(join(root, "node_modules/.lock-sha256"));
  const record = join(root, "node_modules/.package-lock.json");
  put(record, LOCK);
  expect(await prepare(root)).toEqual({ code: 0, calls: [] });
  rmSync(join(root, "node_modules/.lock-sha256"));
  put(record, LOCK.replace("6.0.3", "6.0.2"));
  expect((await prepare(root)).calls).toEqual(["npm ci --include=dev"]);
});

it("builds only the part whose sources changed, and drops the output of deleted ones", async () => {
  const root = clone();
  put(join(root, "provider/old.ts"), "");
  await prepare(root);
  put(join(root, "emulator/src/main.ts"), "changed");
  expect((await prepare(root)).calls).toEqual(["tsc emulator"]);
  rmSync(join(root, "provider/old.ts"));
  expect((await prepare(root)).calls).toEqual(["tsc ."]);
  expect(existsSync(join(root, "dist/old.js"))).toBe(false);
  expect(existsSync(join(root, "dist/main.js"))).toBe(true);
});

it("fails while the sources have errors, at every start", async () => {
  const root = clone();
  put(join(root, "provider/main.ts"), "error");
  expect(await prepare(root)).toEqual({ code: 1, calls: EVERYTHING });
  expect(await prepare(root)).toEqual({ code: 1, calls: ["tsc ."] });
});
