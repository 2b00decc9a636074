#!/usr/bin/env node
import { type CommandLine, explain, greeting, HELP, parseCommandLine, serverOptions } from "./commandLine.js";
import { startEmulator } from "./index.js";
import { LOCAL_KEY } from "./service.js";

let line: CommandLine | undefined;

async function main(): Promise<void> {
  line = parseCommandLine(process.argv.slice(2));
  if (!line) return void console.log(HELP);
  const emulator = await startEmulator(serverOptions(line));
  const end = () => void emulator.close().finally(() => process.exit());
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, end);
  const keyWorks = emulator.state().keys.some(({ key, revoked }) => key === LOCAL_KEY && !revoked);
  console.log(greeting(line, { ...emulator, keyWorks }));
}

main().catch((error: unknown) => {
  console.error(explain(error, line));
  process.exit(1);
});
