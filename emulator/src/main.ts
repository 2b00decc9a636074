#!/usr/bin/env node
import { parseArgs } from "node:util";
import { type EmulatorOptions, type KeyOwner, type Profile, type Seed, startEmulator } from "./index.js";
import { readJson } from "./persistence.js";

const USAGE =
  "Usage: avala-emulator [--port 8787] [--data file] [--seed file.json] [--profile file.json] [--key KEY=email[:scope,...]]...";

const HELP = `${USAGE}

Serves Avala's organizations API on 127.0.0.1, in memory, and sends no email.

  --port 8787        port to listen on; 0 takes a free one
  --seed file.json   the start: people, keys and organizations
  --profile file.json
                     what pulumi-avala probe has measured of a deployment: its settings in place of the defaults
  --data file        keeps the state in this file; where it exists it wins over --seed
  --key KEY=email    one more API key and its person; may be repeated
  --key KEY=email:organizations.read,organizations.write
                     the same, restricted to these scopes; with nothing after the colon to none

http://127.0.0.1:8787/ is a page that shows what it holds, with buttons to accept, decline and expire invitations.

avk_local is the key of owner@example.com. A program reaches the emulator with
AVALA_API_KEY=avk_local AVALA_BASE_URL=http://127.0.0.1:8787/api/v1 AVALA_ALLOW_INSECURE_BASE_URL=1`;

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65536) return port;
  throw new Error(`--port takes a number from 0 to 65535, not ${text}.`);
}

function keysOf(pairs: string[]): Record<string, KeyOwner> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.lastIndexOf("=");
      const [email = "", scopes] = pair.slice(at + 1).split(":");
      if (at < 1 || !email.includes("@")) throw new Error("--key takes KEY=email or KEY=email:scope,scope.");
      return [pair.slice(0, at), { email, scopes: scopes?.split(",").filter(Boolean) }];
    }),
  );
}

function optionsOf(args: string[]): (EmulatorOptions & { port: number }) | undefined {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "8787" },
      data: { type: "string" },
      seed: { type: "string" },
      profile: { type: "string" },
      key: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    port: portOf(values.port),
    keys: keysOf(values.key),
    data: values.data,
    seed: values.seed === undefined ? undefined : (readJson(values.seed) as Seed),
    profile: values.profile === undefined ? undefined : (readJson(values.profile) as Profile),
  };
}

async function main(): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
  const options = optionsOf(process.argv.slice(2));
  if (!options) return void console.log(HELP);
  const { url } = await startEmulator(options);
  console.log(`Avala emulator listening on ${url}`);
}

main().catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exit(1);
});
