import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { formatElapsed, say } from "./project.mjs";

/** The environment in which tests leave what a run finds out: the counts in `file`, what could not be tested beside it. */
export const summaryEnvironment = (file) => ({ AVALA_TEST_SUMMARY: file, AVALA_TEST_NOT_RUN: `${file}.notRun` });

/**
 * Jest reporter that leaves the counts of a run in the file named by AVALA_TEST_SUMMARY, as `{passed, failed, skipped,
 * notRun}`, and prints them. A test file that could not be loaded counts as one failure, as it has no tests to count. `notRun`
 * holds the lines of AVALA_TEST_NOT_RUN: tests that this machine has no means for, which jest has never heard of.
 */
export default class TestSummary {
  #file = process.env.AVALA_TEST_SUMMARY;
  #notRun = process.env.AVALA_TEST_NOT_RUN;

  onRunStart() {
    for (const file of [this.#file, this.#notRun]) rmSync(file, { force: true });
  }

  onRunComplete(_contexts, { startTime, ...results }) {
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const notRun = existsSync(this.#notRun) ? readFileSync(this.#notRun, "utf8").trimEnd().split("\n") : [];
    rmSync(this.#notRun, { force: true });
    writeFileSync(this.#file, JSON.stringify({ passed, failed, skipped, notRun }));
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    const lines = [`${counts} in ${formatElapsed(Date.now() - startTime)} minutes.`];
    // Behind jest's own summary.
    process.once("exit", () => say([...lines, ...notRun.map((line) => `Not run: ${line}`)].join("\n")));
  }
}
