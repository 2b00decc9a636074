import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { put, removeFolders, temporaryFolder } from "./setupProcess";

const root = resolve(__dirname, "../..");
const packages = ["@pulumi/pulumi", "undici", "zod", "hono"];

// Each test starts a process that loads the compiler.
jest.setTimeout(60_000);
afterEach(removeFolders);

/** What the rules of the project refuse among these files, as "<file>: <rule>". */
function offences(files: Record<string, string>): string[] {
  const folder = temporaryFolder();
  const everything = { ...files, "tsconfig.base.json": readFileSync(join(root, "tsconfig.base.json"), "utf8") };
  for (const [file, text] of Object.entries(everything)) put(join(folder, file), text);
  for (const name of packages) {
    put(join(folder, "node_modules", name, "package.json"), JSON.stringify({ name, main: "index.js" }));
    put(join(folder, "node_modules", name, "index.js"), "");
  }
  const dependencies = Object.fromEntries(packages.map((name) => [name, "1.0.0"]));
  put(join(folder, "package.json"), JSON.stringify({ version: "1.0.0", dependencies }));
  const rooms = new Set(Object.keys(files).map((file) => file.split("/")[0]!));
  const cruise = [join(root, "node_modules/.bin/depcruise"), "--config", join(root, ".dependency-cruiser.cjs")];
  const { stdout, stderr } = spawnSync(process.execPath, [...cruise, "--output-type", "json", ...rooms], {
    cwd: folder,
    encoding: "utf8",
  });
  const { summary } = parsed(stdout, stderr) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
}

function parsed(text: string, otherwise: string): unknown {
  if (text === "") throw new Error(otherwise);
  return JSON.parse(text);
}

it("finds nothing in imports that follow the arrows", () => {
  const found = offences({
    "provider/index.ts": `export * from "./resources/team.js"; export type { TeamArgs } from "./generated/team.js";`,
    "provider/resources/team.ts": `import * as pulumi from "@pulumi/pulumi"; export const x = pulumi;`,
    "provider/lifecycle/team.ts": `import { read } from "../snapshot/index.js"; import "node:crypto"; export const x = read;`,
    "provider/snapshot/index.ts": `export { pages as read } from "../client/pages.js";`,
    "provider/client/pages.ts": `import "undici"; import "zod"; export const pages = require("../../package.json");`,
    "provider/schema/team.ts": `import { z } from "zod"; export const text = 'import "undici"'; // import "undici"`,
    "provider/functions/teams.ts": `import type { x } from "../resources/team.js"; export type X = typeof x; require("../client/pages.js");`,
    "provider/generated/team.ts": `import type * as p from "@pulumi/pulumi"; export type TeamArgs = typeof p;`,
    "cli/drift/drift.ts": `import { x } from "../../provider/lifecycle/team.js"; import "../membership/live.js"; export const y = x;`,
    "cli/membership/live.ts": `import "../pulumi/state.js";`,
    "cli/pulumi/state.ts": `import "../output/terminal.js";`,
    "cli/output/terminal.ts": `import "../errors.js";`,
    "cli/errors.ts": "export const x = 1;",
  });
  expect(found).toEqual([]);
});

const planted = [
  {
    file: "cli/main.ts",
    text: `import x = require("../provider/resources/team.js"); x();`,
    rule: "cli/main.ts-imports",
  },
  { file: "cli/output/y1.ts", text: `import "../drift/drift.js";`, rule: "cli/output-imports" },
  { file: "cli/pulumi/y2.ts", text: `import "../drift/drift.js";`, rule: "cli/pulumi-imports" },
  { file: "cli/membership/y3.ts", text: `import "../drift/drift.js";`, rule: "cli/membership-imports" },
  { file: "cli/status/y4.ts", text: `import "../drift/drift.js";`, rule: "cli/status-imports" },
  { file: "cli/review/y5.ts", text: `import "../rehearse/rehearse.js";`, rule: "cli/review-imports" },
  { file: "cli/rehearse/y6.ts", text: `import "../../emulator/src/app.js";`, rule: "cli/rehearse-imports" },
  { file: "cli/helper.ts", text: `import "./main.js";`, rule: "no-room" },
  { file: "provider/client/x1.ts", text: `import "../../emulator/src/app.js";`, rule: "provider/client-imports" },
  { file: "provider/client/x2.ts", text: `export * from "../snapshot/index.js";`, rule: "provider/client-imports" },
  { file: "provider/core/x3.ts", text: `import "../schema/team.js";`, rule: "provider/core-imports" },
  { file: "provider/functions/x4.ts", text: `export * from "../resources/team.js";`, rule: "provider/functions-types" },
  { file: "provider/functions/x5.ts", text: `export * from "zod";`, rule: "provider/functions-types" },
  { file: "provider/helpers/x6.ts", text: `import "node:fs";`, rule: "no-room" },
  { file: "provider/lifecycle/x7.ts", text: `import "../resources/team.js";`, rule: "provider/lifecycle-imports" },
  {
    file: "provider/lifecycle/x8.ts",
    text: `export type X = import("@pulumi/pulumi").Resource;`,
    rule: "provider/lifecycle-imports",
  },
  { file: "provider/lifecycle/x9.ts", text: `import "../../cli/main.js";`, rule: "provider/lifecycle-imports" },
  { file: "provider/policy/x10.ts", text: `import "../snapshot/index.js";`, rule: "provider/policy-imports" },
  { file: "provider/policy/x11.ts", text: `import "node:fs";`, rule: "provider/policy-node" },
  {
    file: "provider/resources/x12.ts",
    text: `export const x = import("../client/pages.js");`,
    rule: "provider/resources-imports",
  },
  {
    file: "provider/schema/x13.ts",
    text: `import { createHash } from "node:crypto"; createHash("md5");`,
    rule: "provider/schema-node",
  },
  { file: "provider/schema/x14.ts", text: `import "undici";`, rule: "provider/schema-imports" },
  { file: "provider/schema/x15.ts", text: `import "./missing.js";`, rule: "not-resolvable" },
  { file: "provider/snapshot/x16.ts", text: `import "left-pad";`, rule: "not-resolvable" },
  { file: "provider/snapshot/x17.ts", text: `import "zod";`, rule: "provider/snapshot-imports" },
  { file: "emulator/src/x18.ts", text: `import "../../provider/client/pages.js";`, rule: "emulator/src-imports" },
  { file: "provider/snapshot/index.ts", text: `export * from "./index2.js";`, rule: "no-circular" },
];

describe("imports against the arrows", () => {
  let found: string[];
  beforeAll(() => {
    found = offences({
      "cli/main.ts": "export const x = 1;",
      "cli/drift/drift.ts": "export const x = 1;",
      "cli/rehearse/rehearse.ts": "export const x = 1;",
      "emulator/src/app.ts": "export const x = 1;",
      "provider/client/pages.ts": "export const x = 1;",
      "provider/resources/team.ts": "export const x = 1;",
      "provider/schema/team.ts": "export const x = 1;",
      "provider/snapshot/index2.ts": `export * from "./index.js";`,
      ...Object.fromEntries(planted.map(({ file, text }) => [file, text])),
    });
  });

  it.each(planted)("are refused, in $file: $text", ({ file, rule }) => {
    expect(found).toContain(`${file}: ${rule}`);
  });
});

it("finds nothing in the project as it is", () => {
  const rooms = ["provider", "cli", "emulator/src"];
  const cruise = join(root, "node_modules/.bin/depcruise");
  const { status, stdout } = spawnSync(process.execPath, [cruise, ...rooms], { cwd: root, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, expect.stringContaining("no dependency violations found")]);
});
