import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const commandLine = resolve(__dirname, "../../dist/cli.js");

/** Writes a program. */
export function executable(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/**
 * Writes an `npx` that starts the command line of the clone, which is what the real one finds for programs in the clone,
 * and an `npm ci` that finds its lock file and installs nothing, because the programs have no dependencies. The real ones
 * take a second of processor time to do the same. Anything else fails.
 */
export function writeShortcuts(folder: string): void {
  executable(
    join(folder, "npx"),
    `#!/bin/sh
[ "$1 $2 $3" = "--no -- pulumi-avala" ] || { echo "npx $*: not a command of this test" >&2; exit 97; }
shift 3
exec ${JSON.stringify(process.execPath)} ${JSON.stringify(commandLine)} "$@"
`,
  );
  executable(
    join(folder, "npm"),
    `#!/bin/sh
[ "$*" = "ci --ignore-scripts" ] && [ -f package.json ] && [ -f package-lock.json ] && exit
echo "npm $*: not a command of this test, or without a lock file" >&2
exit 97
`,
  );
}
