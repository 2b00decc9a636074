import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { PROJECT, say, WORK } from "../project.mjs";
import { pack } from "./packages.mjs";

/** Packs both packages, and prints the line that installs them into a project. */
export function packCommand(args, callersFolder) {
  const [option, folder] = args;
  if (args.length > 0 && (option !== "--to" || folder === undefined || args.length > 2)) {
    say("Usage: npm run pack [-- --to folder]");
    return 2;
  }
  // A version of before must not be what the pattern in the documents finds.
  if (folder === undefined) rmSync(join(WORK, "packages"), { recursive: true, force: true });
  const to = folder === undefined ? join(WORK, "packages") : resolve(callersFolder, folder);
  const [provider, emulator] = pack(PROJECT, to).map(quoted);
  say("Packed. In the folder of your project, where package.json is:\n");
  process.stdout.write(`npm install ${provider} @pulumi/pulumi\n`);
  say(`\nFor an emulator in its tests: npm install --save-dev ${emulator}`);
  return 0;
}

const quoted = (path) => (/^[\w./:\\~-]+$/.test(path) ? path : `"${path}"`);
