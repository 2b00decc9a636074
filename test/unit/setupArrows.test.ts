import { join, resolve } from "node:path";
import { put, removeFolders, start, temporaryFolder } from "./setupProcess";

// Each test starts a process that loads the compiler.
jest.setTimeout(60_000);
afterEach(removeFolders);

/** What the check says of a provider folder with these files. */
async function offences(files: Record<string, string>) {
  const folder = temporaryFolder();
  for (const [file, text] of Object.entries(files)) put(join(folder, file), text);
  return look(folder);
}

async function look(folder: string) {
  const code = `import { arrowOffences } from "SCRIPTS/arrows.mjs";
    console.log(JSON.stringify(arrowOffences(${JSON.stringify(folder)})));`;
  return JSON.parse((await start(code).ended).stdout) as string[];
}

it("finds nothing in imports that follow the arrows", async () => {
  const found = await offences({
    "index.ts": `export * from "./resources/team.js"; export type { TeamArgs } from "./generated/team.js";`,
    "resources/team.ts": `import * as pulumi from "@pulumi/pulumi"; import { team } from "../schema/team.js"; import "./base.js";`,
    "lifecycle/team.ts": `import { read } from "../snapshot/index.js"; import { x } from "node:crypto";`,
    "lifecycle/log.ts": `import * as proto from "@pulumi/pulumi/proto/engine_pb";`,
    "snapshot/index.ts": `import { pages } from "../client/pages.js";`,
    "client/pages.ts": `import { Agent } from "undici"; import { z } from "zod"; require("../../package.json");`,
    "schema/team.ts": `import { z } from "zod"; const text = 'import "undici"'; // import "undici"`,
    "functions/teams.ts": `import type { Team } from "../resources/team.js"; const x = require("../client/index.js");`,
    "generated/team.ts": `import type { Team } from "../resources/team.js"; import type * as p from "@pulumi/pulumi";`,
  });
  expect(found).toEqual([]);
});

it("reports every way to import what an area may not, with file and line", async () => {
  const planted: [file: string, text: string, reason: string][] = [
    ["cli/main.ts", `import x = require("../resources/index.js");`, "cli must not import resources"],
    ["client/computed.ts", "const name = 'undici'; require(name);", "imports a computed name"],
    ["client/outside.ts", `import "../../emulator/src/app.js";`, "outside of the package"],
    ["client/pages.ts", `export { read } from "../snapshot/index.js";`, "client must not import snapshot"],
    ["functions/teams.ts", `import { Team } from "../resources/team.js";`, "except with import type"],
    ["generated/team.ts", `import { Team } from "../resources/team.js";`, "except with import type"],
    ["helpers/x.ts", `import "node:fs";`, "belongs to no area that has a rule"],
    ["lifecycle/team.ts", `import { pages } from "../client/pages.js";`, "lifecycle must not import client"],
    ["lifecycle/type.ts", `type X = import("@pulumi/pulumi").Resource;`, "must not import the package @pulumi/pulumi"],
    ["resources/team.ts", `const x = await import("../client/index.js");`, "resources must not import client"],
    ["schema/node.ts", `import { createHash } from "node:crypto";`, "schema must not import node:crypto"],
    ["schema/team.ts", `import { Agent } from "undici";`, "schema must not import the package undici"],
    ["snapshot/index.ts", `import { z } from "zod/mini";`, "snapshot must not import the package zod"],
  ];
  const found = await offences(Object.fromEntries(planted.map(([file, text]) => [file, `\n${text}`])));
  const expected = planted.map(([file, , reason]) => [expect.stringContaining(`${file}:2: `), reason]);
  expect(found.map((line, at) => [line, line.includes(planted[at]?.[2] ?? "") && planted[at]?.[2]])).toEqual(expected);
});

it("exits 1 with a planted offence, and 0 for the provider as it is", async () => {
  const folder = temporaryFolder();
  put(join(folder, "snapshot/x.ts"), `import "../cli/main.js";`);
  const run = (path: string) =>
    start(`import { spawnSync } from "node:child_process";
      import { fileURLToPath } from "node:url";
      const file = fileURLToPath("SCRIPTS/arrows.mjs");
      const { status, stdout } = spawnSync(process.execPath, [file, ${JSON.stringify(path)}], { encoding: "utf8" });
      console.log(status + " " + stdout);`).ended;
  expect((await run(folder)).stdout).toMatch(/^1 .*snapshot\/x\.ts:1: snapshot must not import cli/);
  expect((await run(resolve(__dirname, "../../provider"))).stdout.trim()).toBe("0");
});
