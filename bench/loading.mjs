import { execFile } from "node:child_process";
import { relative } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "../scripts/project.mjs";
import { median } from "./statistics.mjs";

/** In a process of its own: how long the SDK takes to load, how long the package on top of it, and what that brings. */
const SCRIPT = `
  const started = performance.now();
  require("@pulumi/pulumi");
  const between = performance.now();
  const before = new Set(Object.keys(require.cache));
  require("pulumi-avala");
  const ended = performance.now();
  const loaded = Object.keys(require.cache).filter((file) => !before.has(file));
  console.log(JSON.stringify({ sdkMs: between - started, packageMs: ended - between, loaded }));`;

/** Loads the package in fresh processes, one after the other. */
export async function measureLoading(rounds) {
  const runs = [];
  // The first one fills the caches of the machine.
  for (let round = 0; round <= rounds; round++) runs.push(await loadOnce());
  const counted = runs.slice(1);
  return {
    rounds,
    sdkMs: median(counted.map(({ sdkMs }) => sdkMs)),
    packageMs: median(counted.map(({ packageMs }) => packageMs)),
    ratio: median(counted.map(({ sdkMs, packageMs }) => (sdkMs + packageMs) / sdkMs)),
    modules: countBy(runs[0].loaded.map(placeOf)),
  };
}

async function loadOnce() {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", SCRIPT], {
    cwd: PROJECT,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  return JSON.parse(stdout);
}

/** The package a file belongs to, or for ours its folder below dist. */
function placeOf(file) {
  const path = relative(PROJECT, file).split("\\").join("/");
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  const [folder, area] = path.split("/");
  return name ?? (folder === "dist" ? `pulumi-avala/${area.endsWith(".js") ? "index" : area}` : folder);
}

function countBy(names) {
  const counts = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
