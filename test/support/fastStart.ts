import { join } from "node:path";

/** For the environment of processes that start as in preload.cjs. */
export const fastStart = { NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "preload.cjs"))}` };
