/** The sources of another provider, broken on purpose, in place of the project's: see test/properties/model/mutants.mjs. */
const provider = process.env["TEST_PROVIDER"];

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // A busy machine is not a failure; what takes longer hangs.
  testTimeout: 20_000,
  // One worker fewer than cores would leave half of two cores idle; with one more, deadlines of some milliseconds are
  // missed now and then.
  maxWorkers: "100%",
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
