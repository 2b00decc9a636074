import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** The environment in which tests leave what a run finds out: the counts in `file`, what could not be tested beside it. */
export const summaryEnvironment = (file) => ({ AVALA_TEST_SUMMARY: file, AVALA_TEST_NOT_RUN: `${file}.notRun` });

/**
 * Jest reporter that leaves the counts of a run in the file named by AVALA_TEST_SUMMARY, as `{passed, failed, skipped,
 * notRun}`. A test file that could not be loaded counts as one failure, as it has no tests to count. `notRun` holds the lines
 * of AVALA_TEST_NOT_RUN: tests that this machine has no means for, which jest has never heard of.
 */
export default class TestSummary {
  #notRun = process.env.AVALA_TEST_NOT_RUN;

  onRunStart() {
    rmSync(this.#notRun, { force: true });
  }

  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = results;
    const summary = {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests + numTodoTests,
      notRun: existsSync(this.#notRun) ? readFileSync(this.#notRun, "utf8").trimEnd().split("\n") : [],
    };
    rmSync(this.#notRun, { force: true });
    writeFileSync(process.env.AVALA_TEST_SUMMARY, JSON.stringify(summary));
  }
}

/** The last lines of `npm test`. */
export function closingLines({ passed, failed, skipped, notRun }, code, elapsed) {
  const verdict = code === 0 ? "All is well" : `Jest ended with exit code ${code}`;
  const aside = skipped > 0 ? `, ${skipped} skipped` : "";
  return [
    `${verdict}: ${passed} passed, ${failed} failed${aside} in ${elapsed} minutes.`,
    ...notRun.map((line) => `Not run: ${line}`),
  ];
}
