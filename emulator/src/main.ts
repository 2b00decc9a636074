#!/usr/bin/env node
import { parseArgs } from "node:util";
import { type EmulatorOptions, type Seed, startEmulator } from "./index.js";
import { readJson } from "./persistence.js";

const USAGE = "Usage: avala-emulator [--port 8787] [--data file] [--seed file.json] [--key KEY=email]...";

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65536) return port;
  throw new Error(`--port takes a number from 0 to 65535, not ${text}.`);
}

function keysOf(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf("=");
      if (at < 1 || !pair.slice(at + 1).includes("@")) throw new Error("--key takes KEY=email.");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function optionsOf(args: string[]): EmulatorOptions & { port: number } {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "8787" },
      data: { type: "string" },
      seed: { type: "string" },
      key: { type: "string", multiple: true, default: [] },
    },
  });
  return {
    port: portOf(values.port),
    keys: keysOf(values.key),
    data: values.data,
    seed: values.seed === undefined ? undefined : (readJson(values.seed) as Seed),
  };
}

async function main(): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
  const { url } = await startEmulator(optionsOf(process.argv.slice(2)));
  console.log(`Avala emulator listening on ${url}`);
}

main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(1);
});
