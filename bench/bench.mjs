import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join, relative } from "node:path";
import { prepare } from "../scripts/prepare.mjs";
import { PROJECT, say, SetupError } from "../scripts/project.mjs";
import { ensurePulumi } from "../scripts/pulumi.mjs";
import { Interrupted } from "../scripts/run.mjs";
import { BenchError } from "./benchError.mjs";
import { compare } from "./comparison.mjs";
import { openFolder, RESULTS } from "./folder.mjs";
import { goalsOf } from "./goals.mjs";
import { measureImport } from "./importing.mjs";
import { measureLimit } from "./limit.mjs";
import { measureLoading } from "./loading.mjs";
import { HELP, optionsOf, UsageError } from "./options.mjs";
import { markdownOf } from "./report.mjs";
import { SHAPES } from "./shapes.mjs";

/** Form of the results file. */
const VERSION = 1;
const LOADING_ROUNDS = { quick: 5, full: 15 };

async function main() {
  const options = optionsOf(process.argv.slice(2));
  if (options.help) return void process.stdout.write(`${HELP}\n`);
  if (process.platform === "win32")
    throw new BenchError("The figures of processes are taken as Linux and macOS tell them.");
  await prepare();
  const engine = await ensurePulumi({ env: ownEnvironment() });
  openFolder();
  const results = begun(engine, options);
  // What a long run has measured is not lost with its last step.
  try {
    await measure(results, engine, options);
  } finally {
    results.goals = goalsOf(results);
    results.machine.load.after = load();
    const file = save(results);
    say(`\nAll figures: ${relative(process.cwd(), file)}`);
  }
  process.stdout.write(markdownOf(results));
}

/** Results of which nothing has been measured yet. */
function begun(engine, { quick, profile, only, plan }) {
  const [{ model }] = cpus();
  return {
    version: VERSION,
    date: new Date().toISOString(),
    options: { quick, profile, only },
    machine: { cores: cpus().length, cpu: model, memoryBytes: totalmem(), load: { before: load() } },
    versions: {
      node: process.versions.node,
      cli: engine.version,
      sdk: versionOf("node_modules/@pulumi/pulumi"),
      package: versionOf("."),
    },
    plan,
    rows: [],
    imports: [],
    limits: [],
    loading: undefined,
  };
}

async function measure(results, engine, options) {
  for (const { shape, size } of options.plan)
    results.rows.push(...(await compare({ engine, shape, size, ...options })));
  if (options.only.includes("import")) await measureImports(results, engine, options);
  if (options.only.includes("limit")) await measureLimits(results, engine, options);
  if (options.only.includes("loading")) {
    results.loading = await measureLoading(LOADING_ROUNDS[options.quick ? "quick" : "full"]);
  }
}

/** Each size once: what it takes lies in the sizes. */
async function measureImports({ imports }, engine, { plan }) {
  for (const { shape, size } of plan) {
    const { importedAs } = SHAPES[shape];
    if (importedAs === undefined) continue;
    say(`${shape} ${size.name}, import of a living organization`);
    imports.push(await measureImport(importedAs, { engine, size }));
  }
}

/** Of the first shape, at its smallest size: what is limited takes as long as the limit says. */
async function measureLimits({ limits }, engine, { plan: [first, ...others], quick }) {
  const { shape } = first;
  const sizes = [first, ...others].filter((entry) => entry.shape === shape).map(({ size }) => size);
  const [size] = sizes.toSorted((a, b) => a.people - b.people);
  for (const window of quick ? ["perSecond"] : ["perSecond", "perMinute"]) {
    say(`${shape} ${size.name}, first up under a limit ${window === "perSecond" ? "a second" : "a minute"}`);
    limits.push(await measureLimit(window, { engine, shape, size }));
  }
}

const load = () => Number(loadavg()[0].toFixed(2));
const versionOf = (folder) => JSON.parse(readFileSync(join(PROJECT, folder, "package.json"), "utf8")).version;

/** Nothing of the caller's own Pulumi, Avala or Node options reaches what is measured. */
function ownEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AVALA_|PULUMI_|NODE_OPTIONS$)/i.test(name)),
  );
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
  else if ([UsageError, BenchError, SetupError].some((kind) => error instanceof kind)) say(error.message);
  else throw error;
}
