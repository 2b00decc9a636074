import { createRequire } from "node:module";

// Run by pulumi.mjs as a process of its own, so that it can be ended at a deadline: node installRelease.mjs VERSION ROOT
const [version, root] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const { PulumiCommand } = require("@pulumi/pulumi/automation");
const { SemVer } = createRequire(require.resolve("@pulumi/pulumi"))("semver");

try {
  await PulumiCommand.install({ version: new SemVer(version), root, skipVersionCheck: true });
} catch (error) {
  // One line: the message of a failed installer holds all it printed.
  process.stderr.write(`${String(error.message).trim().split("\n").slice(-1)}\n`);
  process.exitCode = 1;
}
