const { availableParallelism } = require("node:os");

/** The sources of another provider, broken on purpose, in place of the project's: see test/properties/model/mutants.mjs. */
const provider = process.env["TEST_PROVIDER"];

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // A busy machine is not a failure; what takes longer hangs.
  testTimeout: 20_000,
  // One more than cores: tests of the engine wait for its processes to start and end, and leave a core idle meanwhile.
  maxWorkers: availableParallelism() + 1,
  testSequencer: "<rootDir>/test/support/sequencer.cjs",
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  moduleNameMapper: {
    ...(provider && { "^(?:\\.\\./)+provider/(.*)\\.js$": `${provider}/$1` }),
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
  modulePathIgnorePatterns: [
    "<rootDir>/dist",
    ...(provider ? [] : ["<rootDir>/.work"]),
    "<rootDir>/.pulumi-cli",
    "<rootDir>/emulator/dist",
  ],
};
