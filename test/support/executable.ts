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

/**
 * Writes a `pulumi` that previews each tree of files once, and then answers with what the real one has shown and planned:
 * for tests of what happens to a preview. Everything else is done by the real one, which is next on PATH.
 */
export function writeKeptPreviews(folder: string): void {
  executable(
    join(folder, "pulumi"),
    `#!/bin/bash
set -e
PATH=\${PATH/"${folder}:"/}
[ "$1" = preview ] || exec pulumi "$@"
[ "\${*: -2:1}" = --save-plan ] || { echo "pulumi $*: not a preview of this test" >&2; exit 97; }
kept=${folder}/$(git rev-parse 'HEAD^{tree}')$(sha1sum <<< "\${*:1:$#-1}" | cut -c 1-8)
if [ ! -d "$kept" ]; then
  mkdir -p "$kept.new"
  pulumi "\${@:1:$#-1}" "$kept.new/plan.json" > "$kept.new/preview.json"
  mv "$kept.new" "$kept"
fi
cp "$kept/plan.json" "\${!#}"
cat "$kept/preview.json"
`,
  );
}
