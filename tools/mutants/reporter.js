const { appendFileSync } = require("node:fs");
const { join } = require("node:path");

/** Writes the result of each test file into a file beside the worktree: of a run that ends at the first failure jest makes no report. */
module.exports = class Reporter {
  constructor({ rootDir }) {
    this.file = join(rootDir, "../report");
  }

  onTestFileResult({ path }, { numFailingTests, testExecError, perfStats }) {
    const failed = numFailingTests > 0 || testExecError !== undefined;
    appendFileSync(this.file, `${JSON.stringify({ path, failed, ms: perfStats.end - perfStats.start })}\n`);
  }
};
