import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { put, removeFolders, start, temporaryFolder } from "./setupProcess";

afterEach(removeFolders);

const LOCK = JSON.stringify({ packages: { "": {}, "node_modules/typescript": { version: "6.0.3" } } });

/** Stands in for tsc: notes its call, "compiles" every source, and fails where one says error. */
const TSC = `
  const fs = require("node:fs"), path = require("node:path");
  const project = process.argv[3];
  fs.appendFileSync("calls", "tsc -b " + project + "\\n");
  const parts = { ".": ["provider", "dist"], emulator: ["emulator/src", "emulator/dist"] };
  for (const [sources, output] of project === "." ? Object.values(parts) : [parts.emulator]) {
    fs.mkdirSync(output, { recursive: true });
    for (const file of fs.readdirSync(sources)) {
      if (fs.readFileSync(path.join(sources, file), "utf8").includes("error")) process.exit(2);
      fs.writeFileSync(path.join(output, file.replace(".ts", ".js")), "");
    }
  }`;

/** Stands in for npm: as the real one it empties node_modules first, and writes its record last; \`npmFails\` makes it end half-way. */
const NPM = `
  const fs = require("node:fs");
  fs.appendFileSync("calls", "npm " + process.argv.slice(2).join(" ") + "\\n");
  fs.rmSync("node_modules", { recursive: true, force: true });
  for (const name of ["typescript/bin", ".bin"]) fs.mkdirSync("node_modules/" + name, { recursive: true });
  fs.writeFileSync("node_modules/typescript/bin/tsc", ${JSON.stringify(TSC)});
  if (fs.existsSync("npmFails")) process.exit(1);
  fs.copyFileSync("package-lock.json", "node_modules/.package-lock.json");`;

/** The command of each package, and the file that it is built into. */
const COMMANDS = { "pulumi-avala": ["", "dist/cli.js"], "avala-emulator": ["emulator", "dist/main.js"] } as const;

/** A fresh clone: sources and lock file, nothing installed. */
function clone() {
  const root = temporaryFolder();
  put(join(root, "package-lock.json"), LOCK);
  for (const [name, [folder, file]] of Object.entries(COMMANDS)) {
    put(join(root, folder, "package.json"), JSON.stringify({ bin: { [name]: `./${file}` } }));
  }
  put(join(root, "provider/plugin.ts"), "export const text: string = 'plugin';");
  put(join(root, "cli/main.ts"), "#!/usr/bin/env node\nconsole.log('command');");
  put(join(root, "cli/rehearsal.ts"), 'export const open = () => import("../emulator/src/index.js");');
  put(join(root, "emulator/src/index.ts"), "export const text: string = 'emulator';");
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

const EVERYTHING = ["npm ci --include=dev --ignore-scripts", "tsc -b ."];

it("installs and builds a fresh clone, and then asks only the compiler what is to be done", async () => {
  const root = clone();
  expect(await prepare(root)).toEqual({ code: 0, calls: EVERYTHING });
  for (const [name, [folder, file]] of Object.entries(COMMANDS)) {
    const built = join(root, folder, file);
    expect(statSync(built).mode & 0o111).toBe(0o111);
    expect(realpathSync(join(root, "node_modules/.bin", name))).toBe(realpathSync(built));
  }
  expect(await prepare(root)).toEqual({ code: 0, calls: ["tsc -b ."] });
});

it("bundles the plugin and the command line, each anew when a source of it changed", async () => {
  const root = clone();
  await prepare(root);
  const [plugin, cli] = [join(root, "dist/plugin.js"), join(root, "dist/cli.js")];
  const before = statSync(plugin).mtimeMs;
  put(join(root, "cli/main.ts"), "#!/usr/bin/env node\nconsole.log('changed');");
  await prepare(root);
  expect(spawnSync(process.execPath, [cli], { encoding: "utf8" }).stdout).toBe("changed\n");
  expect(statSync(cli).mode & 0o111).toBe(0o111);
  expect(readFileSync(plugin, "utf8")).toContain("plugin");
  expect(statSync(plugin).mtimeMs).toBeGreaterThanOrEqual(before);
});

it("bundles the emulator apart, which the command line loads from beside it", async () => {
  const root = clone();
  put(
    join(root, "cli/main.ts"),
    'import { open } from "./rehearsal.js";\nvoid open().then(({ text }) => console.log(text));',
  );
  await prepare(root);
  const cli = join(root, "dist/cli.js");
  expect(readFileSync(cli, "utf8")).not.toContain("'emulator'");
  expect(spawnSync(process.execPath, [cli], { encoding: "utf8" }).stdout).toBe("emulator\n");
});

it("does the work once when two start together", async () => {
  const root = clone();
  const codes = await Promise.all([preparing(root).ended, preparing(root).ended]);
  expect(codes.map(({ code }) => code)).toEqual([0, 0]);
  expect(callsOf(root)).toEqual([...EVERYTHING, "tsc -b ."]);
});

it("installs again where another version is asked for", async () => {
  const root = clone();
  await prepare(root);
  put(join(root, "package-lock.json"), LOCK.replace("6.0.3", "6.0.4"));
  expect(await prepare(root)).toEqual({ code: 0, calls: EVERYTHING });
});

it("installs again where npm ci did not come to its end", async () => {
  const root = clone();
  put(join(root, "npmFails"), "");
  expect(await prepare(root)).toEqual({ code: 1, calls: ["npm ci --include=dev --ignore-scripts"] });
  rmSync(join(root, "npmFails"));
  expect(await prepare(root)).toEqual({ code: 0, calls: EVERYTHING });
});

it("fails while the sources have errors, at every start", async () => {
  const root = clone();
  put(join(root, "provider/main.ts"), "error");
  expect(await prepare(root)).toEqual({ code: 1, calls: EVERYTHING });
  expect(await prepare(root)).toEqual({ code: 1, calls: ["tsc -b ."] });
});

it("no install script runs: package.json denies those of every dependency that has one", () => {
  const json = (name: string) =>
    JSON.parse(readFileSync(join(__dirname, "../..", name), "utf8")) as Record<string, never>;
  const locked = Object.entries<{ hasInstallScript?: true }>(json("package-lock.json")["packages"]!);
  const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
  const names = new Set(scripted.map(([path]) => path.split("node_modules/").at(-1)));
  expect(names.size).toBeGreaterThan(0);
  expect(json("package.json")["allowScripts"]).toEqual(Object.fromEntries([...names].map((name) => [name, false])));
});
