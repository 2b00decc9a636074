import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive, WORK } from "../scripts/project.mjs";

/** Where results stay. */
export const RESULTS = join(WORK, "bench");
/** CPU profiles of the last run that was asked for them. */
export const PROFILES = join(RESULTS, "profiles");
const RUNS = join(RESULTS, "runs");
/** Everything of this run but its results. */
export const FOLDER = join(RUNS, `${process.pid}`);

/** Makes this run's folder, which goes when the process ends, and removes what runs that were killed have left. */
export function openFolder() {
  mkdirSync(RUNS, { recursive: true });
  for (const name of readdirSync(RUNS)) {
    if (!isAlive(Number(name))) rmSync(join(RUNS, name), { recursive: true, force: true });
  }
  mkdirSync(FOLDER, { recursive: true });
  process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true, maxRetries: 3 }));
}
