import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { removeFolders, temporaryFolder } from "./setupProcess.js";

jest.setTimeout(60_000);
afterAll(removeFolders);

const root = join(__dirname, "../..");

it("npm test takes paths: they choose tests, and are not taken for reporters", () => {
  const args = ["scripts/start.mjs", "test", "test/unit/text", "test/unit/state", "--listTests"];
  const output = execFileSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const listed = output.split("\n").filter((line) => line.endsWith(".test.ts"));
  expect(listed.map((file) => file.slice(root.length + 1)).toSorted()).toEqual([
    "test/unit/state.test.ts",
    "test/unit/text.test.ts",
  ]);
});

const UNAVAILABLE = [
  {
    what: "no browser",
    file: "test/emulator/page.test.ts",
    chosen: "AVALA_TEST_BROWSER",
    runs: "the page",
    isNotRun: /^ +in a browser$/m,
    line: "the emulator's page in a browser (no Chromium was found; install it or set AVALA_TEST_BROWSER)",
  },
  {
    what: "no Python",
    file: "test/witness/requests.test.ts",
    chosen: "AVALA_TEST_PYTHON",
    runs: "every difference has a reason",
    isNotRun: /beside the official SDK/,
    line:
      "the provider's requests beside those of the official Python SDK " +
      "(no Python was found; install Python 3.10 or newer, or set AVALA_TEST_PYTHON)",
  },
];

it.each(UNAVAILABLE)("npm test names what this machine has $what for, and does not count it", (unavailable) => {
  const { line, chosen, runs, isNotRun } = unavailable;
  const file = join(temporaryFolder(), "summary.json");
  const reporters = ["--reporters=default", `--reporters=${join(root, "scripts/testSummary.mjs")}`];
  const notRunFile = `${file}.notRun`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ["node_modules/jest/bin/jest.js", unavailable.file, "--verbose", ...reporters],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, [chosen]: "", AVALA_TEST_SUMMARY: file, AVALA_TEST_NOT_RUN: notRunFile },
    },
  );
  expect(status).toBe(0);
  expect(stderr).toContain(runs);
  expect(stderr).not.toMatch(isNotRun);
  const summary = JSON.parse(readFileSync(file, "utf8"));
  expect(summary).toMatchObject({ failed: 0, skipped: 0, notRun: [line] });
  expect(existsSync(notRunFile)).toBe(false);

  expect(stderr.trimEnd().split("\n").slice(-2)).toEqual([
    expect.stringMatching(`^${summary.passed} passed, 0 failed in \\d+:\\d\\d minutes\\.$`),
    `Not run: ${line}`,
  ]);
});
