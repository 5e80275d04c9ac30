/** Commands, edits during a run and whole systems, as a person uses them. Each test takes seconds. */

/** @type {import("jest").Config} */
module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  testMatch: ["<rootDir>/__tests__/end-to-end/**/*.test.ts"],
};
