import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants, cpus, loadavg, totalmem } from "node:os";
import { join, relative } from "node:path";
import { prepare, PrepareError } from "../scripts/prepare.mjs";
import { PROJECT, say } from "../scripts/project.mjs";
import { ensurePulumi, PulumiSetupError } from "../scripts/pulumi.mjs";
import { Interrupted } from "../scripts/run.mjs";
import { BenchError } from "./benchError.mjs";
import { compare } from "./comparison.mjs";
import { openFolder, RESULTS } from "./folder.mjs";
import { goalsOf } from "./goals.mjs";
import { measureLimit } from "./limit.mjs";
import { measureLoading } from "./loading.mjs";
import { HELP, optionsOf, UsageError } from "./options.mjs";
import { markdownOf } from "./report.mjs";

/** Form of the results file. */
const VERSION = 1;
const LOADING_ROUNDS = { quick: 5, full: 15 };

async function main() {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) return void process.stdout.write(`${HELP}\n`);
  if (process.platform === "win32")
    throw new BenchError("The figures of processes are taken as Linux and macOS tell them.");
  await prepare({ log: say });
  const engine = await ensurePulumi({ log: say, env: ownEnvironment() });
  endOnSignals();
  openFolder();
  const results = await measure(engine, options);
  process.stdout.write(markdownOf(results));
  const file = save(results);
  say(`\nAll figures: ${relative(process.cwd(), file)}`);
}

async function measure(engine, options) {
  const date = new Date().toISOString();
  const before = load();
  const rows = [];
  for (const { shape, size } of options.plan) rows.push(...(await compare({ engine, shape, size, ...options })));
  const limits = options.only.includes("limit") ? await measureLimits(engine, options) : [];
  const loading = options.only.includes("loading")
    ? await measureLoading(LOADING_ROUNDS[options.quick ? "quick" : "full"])
    : undefined;
  const [{ model }] = cpus();
  const found = { plan: options.plan, rows, limits, loading };
  return {
    version: VERSION,
    date,
    options: { quick: options.quick, profile: options.profile, only: options.only },
    machine: { cores: cpus().length, cpu: model, memoryBytes: totalmem(), load: { before, after: load() } },
    versions: {
      node: process.versions.node,
      cli: engine.version,
      sdk: versionOf("node_modules/@pulumi/pulumi"),
      package: versionOf("."),
    },
    ...found,
    goals: goalsOf(found),
  };
}

/** Of the first shape, at its smallest size: what is limited takes as long as the limit says. */
async function measureLimits(engine, { plan: [first, ...others], quick }) {
  const { shape } = first;
  const sizes = [first, ...others].filter((entry) => entry.shape === shape).map(({ size }) => size);
  const [size] = sizes.toSorted((a, b) => a.people - b.people);
  const limits = [];
  for (const window of quick ? ["perSecond"] : ["perSecond", "perMinute"]) {
    say(`${shape} ${size.name}, first up under a limit ${window === "perSecond" ? "a second" : "a minute"}`);
    limits.push(await measureLimit(window, { engine, shape, size }));
  }
  return limits;
}

const load = () => Number(loadavg()[0].toFixed(2));
const versionOf = (folder) => JSON.parse(readFileSync(join(PROJECT, folder, "package.json"), "utf8")).version;

/** Nothing of the caller's own Pulumi, Avala or Node options reaches what is measured. */
function ownEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AVALA_|PULUMI_|NODE_OPTIONS$)/i.test(name)),
  );
}

/** Between two runs of pulumi nobody else listens, and Node would end without cleaning up; during one, its own handler does. */
function endOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}

/** Writes JSON and Markdown, named after the moment, and answers the path of the JSON. */
function save(results) {
  mkdirSync(RESULTS, { recursive: true });
  const stem = join(RESULTS, results.date.replaceAll(":", "-").replace(/\.\d+Z$/, "Z"));
  writeFileSync(`${stem}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(`${stem}.md`, markdownOf(results));
  return `${stem}.json`;
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof UsageError ? 2 : 1;
  if (error instanceof Interrupted) process.exitCode = error.exitCode;
  else if ([UsageError, BenchError, PrepareError, PulumiSetupError].some((kind) => error instanceof kind))
    say(error.message);
  else throw error;
}
