import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatElapsed, PROJECT, say, SetupError, WORK } from "../project.mjs";
import { separator } from "../platform.mjs";
import { ensurePulumi } from "../pulumi.mjs";
import { Interrupted } from "../run.mjs";
import { buildTwice, cloneOfHead, npmIn, stepIn } from "./clones.mjs";
import { newcomers } from "./newcomer.mjs";
import { differences, publication, tree, unpack, writeDocuments } from "./report.mjs";
import { PACKAGES, tarballOf } from "./packages.mjs";
import { problemsOf } from "./problems.mjs";

const PARTS = ["packages", "install", "quickstart"];
const USAGE = `Usage: npm run release:check [-- options]

Does everything of a release but the publishing, with the last commit: builds and packs both packages in two fresh clones,
compares the tarballs, checks their content, and installs them in empty folders as a new user does.

  --only part     packages, install or quickstart; may be repeated. Without packages, the tarballs of --out are tried
  --out folder    for tarballs, SHA256SUMS and SBOMs; default .work/release
  --node 22       only this major version of Node for install; may be repeated; default 20, 22 and 24
  --manager npm   only npm or pnpm for install; may be repeated; default both`;

const print = (text = "") => process.stdout.write(`${text}\n`);

async function main(args) {
  const options = {
    only: { type: "string", multiple: true, default: PARTS },
    out: { type: "string", default: join(WORK, "release") },
    node: { type: "string", multiple: true, default: ["20", "22", "24"] },
    manager: { type: "string", multiple: true, default: ["npm", "pnpm"] },
    help: { type: "boolean", default: false },
  };
  const { values } = parseArgs({ args, options });
  const unknown = [
    ...values.only.filter((part) => !PARTS.includes(part)),
    ...values.manager.filter((manager) => !["npm", "pnpm"].includes(manager)),
    ...values.node.filter((major) => !/^\d+$/.test(major)),
  ];
  if (values.help || unknown.length > 0) {
    say(unknown.length > 0 ? `Not known: ${unknown.join(", ")}.\n\n${USAGE}` : USAGE);
    return values.help ? 0 : 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  try {
    return await run({ ...values, out: resolve(process.env.INIT_CWD ?? ".", values.out), folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ only, out, node, manager, folder }) {
  const started = Date.now();
  const failed = [];
  const fail = (line) => {
    failed.push(line);
    print(`FAILED  ${line}`);
  };
  if (only.includes("packages")) await packages({ out, folder, fail });
  const tarballs = PACKAGES.map(({ name }) => join(out, tarballOf(PROJECT, name)));
  const missing = tarballs.filter((file) => !existsSync(file));
  if (missing.length > 0) fail(`${missing.join(" and ")}: not there; run it with --only packages first`);
  else if (only.includes("install"))
    await newcomers({ tarballs, folder, majors: node, managers: manager, print, fail });
  if (only.includes("quickstart")) await quickstart({ folder, fail });
  print();
  print(
    failed.length === 0 ? `Everything passed (${formatElapsed(Date.now() - started)}).` : `${failed.length} failed:`,
  );
  for (const line of failed) print(`  ${line}`);
  return failed.length === 0 ? 0 : 1;
}

async function packages({ out, folder, fail }) {
  print("## Built twice, in fresh clones of the last commit\n");
  const [first, second] = await buildTwice(folder, print);
  rmSync(out, { recursive: true, force: true });
  cpSync(first.packed, out, { recursive: true });
  for (const { name } of PACKAGES) {
    const file = tarballOf(first.clone, name);
    const unequal = await differences(
      [first, second].map(({ packed }) => join(packed, file)),
      folder,
    );
    if (unequal.length > 0) fail(`${file}: two builds differ in ${unequal.join(", ")}`);
    else print(`${file}: both builds have the same bytes`);
  }
  for (const { name } of PACKAGES) await inspect({ name, clone: first.clone, out, folder, fail });
  print("\n## Checksums and SBOMs\n");
  print(writeDocuments(first.clone, out));
  print("\n## What would be published\n");
  for (const { name } of PACKAGES) print(await publication(join(out, tarballOf(first.clone, name)), first.clone, fail));
}

async function inspect({ name, clone, out, folder, fail }) {
  const tarball = join(out, tarballOf(clone, name));
  const unpacked = unpack(tarball, join(folder, "unpacked", name));
  print(`\n## ${name}\n`);
  print(tree(unpacked, tarball));
  for (const problem of problemsOf(unpacked, clone)) fail(`${name}: ${problem}`);
  const tools = { publint: ["run", tarball, "--strict"], attw: [tarball, "--profile", "node16", "--no-emoji"] };
  for (const [tool, args] of Object.entries(tools)) {
    const lines = [];
    const code = await stepIn(clone, process.execPath, [`node_modules/.bin/${tool}`, ...args], (line) =>
      lines.push(line),
    );
    if (code === 0) print(`${tool}: nothing found`);
    else fail(`${name}: ${tool} ended with ${code}:\n${lines.join("\n")}`);
  }
}

/** From the clone to the end of the quickstart. The Pulumi CLI that is there already is used: building it takes minutes. */
async function quickstart({ folder, fail }) {
  print("\n## From a clone to the end of the quickstart\n");
  const started = Date.now();
  const clone = await cloneOfHead(join(folder, "quickstart"));
  const { command } = await ensurePulumi();
  const env = {
    ...process.env,
    PATH: `${resolve(command, "..")}${separator}${process.env.PATH}`,
  };
  const lines = [];
  const code = await npmIn(clone, ["run", "quickstart"], (line) => lines.push(line), { env });
  writeFileSync(join(WORK, "release-quickstart.log"), lines.join("\n"));
  if (code === 0)
    print(
      `clone, npm ci, build and quickstart: ${formatElapsed(Date.now() - started)}, with a Pulumi CLI that was there`,
    );
  else fail(`quickstart ended with ${code}: see .work/release-quickstart.log`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Interrupted) process.exitCode = error.exitCode;
  else {
    const known = error instanceof SetupError || error.code?.startsWith("ERR_PARSE_ARGS");
    say(known ? error.message : error.stack);
    process.exitCode = 1;
  }
}
