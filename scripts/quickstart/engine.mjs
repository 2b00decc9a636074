import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { backendUrl, environmentOf } from "../platform.mjs";
import { isAlive, PROJECT, WORK } from "../project.mjs";
import { ensurePulumi } from "../pulumi.mjs";
import { runStep } from "../run.mjs";

const FOLDERS = join(WORK, "quickstart");
const FOLDER = join(FOLDERS, `${process.pid}`);
const STATE = join(FOLDER, "state");

/** Everything that pulumi prints. */
export const LOG = join(FOLDER, "log.txt");
/** A copy of the example, which the quickstart may edit. */
export const PROGRAM = join(FOLDER, "program");

const removeFolder = () => rmSync(FOLDER, { recursive: true, force: true, maxRetries: 3 });
export const keepFolder = () => process.removeListener("exit", removeFolder);

/** Makes the folder of this run, which goes when the process ends, and removes those of earlier runs. */
export function openFolder() {
  mkdirSync(FOLDERS, { recursive: true });
  const ended = readdirSync(FOLDERS).filter((name) => !isAlive(Number(name)));
  for (const name of ended) rmSync(join(FOLDERS, name), { recursive: true, force: true });
  mkdirSync(STATE, { recursive: true });
  process.once("exit", removeFolder);
  for (const name of ["index.ts", "Pulumi.yaml", "package.json", "tsconfig.json"]) {
    cpSync(join(PROJECT, "examples/quickstart", name), join(PROGRAM, name));
  }
}

/**
 * Finds pulumi, and answers a function that runs it on the copy of the example and answers its lines. Nothing of the caller's
 * own Pulumi or Avala is passed on: their state must not be touched, nor their key sent anywhere.
 */
export async function findEngine(environment) {
  const { command, env } = await ensurePulumi({
    env: {
      ...Object.fromEntries(
        Object.entries(environmentOf(process.env)).filter(([name]) => !/^(AVALA|PULUMI)_/i.test(name)),
      ),
      ...environment,
      PULUMI_BACKEND_URL: backendUrl(STATE),
      PULUMI_CONFIG_PASSPHRASE: "quickstart",
      // The types of the example are checked with the project; the compiler would check them again in each of ten runs.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    },
  });
  return async (...given) => {
    const args = [...given, "--non-interactive", "--color", "never"];
    const lines = [];
    const code = await runStep(command, args, { cwd: PROGRAM, env, onLine: (line) => lines.push(line) });
    appendFileSync(LOG, [`$ pulumi ${args.join(" ")}`, ...lines, ""].join("\n"));
    if (code === 0) return lines;
    const reasons = lines.filter((line) => /^\s*(?:\w+: )?error: /.test(line)).map((line) => line.trim());
    throw new Error([`pulumi ${given.join(" ")} ended with exit code ${code}.`, ...new Set(reasons)].join("\n  "));
  };
}

/** What was done to each resource, or is planned, as `~ Team  labeling  [diff: ~name]`; sorted, for pulumi prints them as they end. */
export function rowsIn(lines) {
  const row =
    /^\s*([-+~])\s+pulumi-nodejs:dynamic\/avala:(\w+) (\S+) (?:creat|updat|delet)ed?\b(?:.*(\[diff: [^\]]*\]))?/;
  const found = lines.flatMap((line) => {
    const [, sign, kind, name, diff = ""] = row.exec(line) ?? [];
    return sign ? [`${sign} ${kind.padEnd(18)}  ${name.padEnd(14)}  ${diff}`.trimEnd()] : [];
  });
  return found.toSorted();
}
