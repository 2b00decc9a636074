import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, WORK } from "../project.mjs";

const EXAMPLE = join(PROJECT, "examples/quickstart");
const FOLDERS = join(WORK, "quickstart");
const FOLDER = join(FOLDERS, `${process.pid}`);

/** Everything pulumi prints. Kept where the story fails. */
export const LOG = join(FOLDERS, `${process.pid}.log`);
/** A copy of the example, which the story may edit. */
export const PROGRAM = join(FOLDER, "program");
/** The stack's state. */
export const STATE = join(FOLDER, "state");

/** Makes this run's folder, which goes when the process ends, and removes what runs that were killed have left. */
export function openFolder() {
  mkdirSync(FOLDERS, { recursive: true });
  for (const name of readdirSync(FOLDERS)) {
    if (!isAlive(Number.parseInt(name, 10))) rmSync(join(FOLDERS, name), { recursive: true, force: true });
  }
  mkdirSync(STATE, { recursive: true });
  process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true, maxRetries: 3 }));
  for (const name of ["index.ts", "Pulumi.yaml", "package.json", "tsconfig.json"]) {
    cpSync(join(EXAMPLE, name), join(PROGRAM, name));
  }
  writeFileSync(LOG, "");
}

/** Whether another process has this id; a folder of our own id is what an earlier process has left. */
function isAlive(pid) {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
