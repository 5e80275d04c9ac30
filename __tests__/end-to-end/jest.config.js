/** What a person does, from outside: commands, edits while it runs, whole systems. Each test takes seconds. */

/** @type {import("jest").Config} */
module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  testMatch: ["<rootDir>/__tests__/end-to-end/**/*.test.ts"],
};
