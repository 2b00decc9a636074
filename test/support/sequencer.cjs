const { default: Sequencer } = require("@jest/test-sequencer");

/** What takes a minute or more. */
const longest =
  /\/test\/(properties|package|bench|engine\/|examples\/(workflows|gitlab|policyPack|engine|onboarding|quickstart))/;

/**
 * On a machine that has not run them yet, jest takes test files by their size. The longest ones are short files, which
 * read data or roll dice: begun last, they would be waited for by idle workers.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- jest's own, of no array
    const sorted = super.sort(tests);
    const isLong = ({ path }) => longest.test(path.replaceAll("\\", "/"));
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
