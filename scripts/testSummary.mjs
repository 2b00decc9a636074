import { writeFileSync } from "node:fs";

/**
 * Jest reporter that leaves the counts of a run in the file named by AVALA_TEST_SUMMARY, as `{passed, failed, skipped}`. A
 * test file that could not be loaded counts as one failure, as it has no tests to count.
 */
export default class TestSummary {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } = results;
    const summary = {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests + numTodoTests,
    };
    writeFileSync(process.env.AVALA_TEST_SUMMARY, JSON.stringify(summary));
  }
}
