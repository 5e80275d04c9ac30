/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/*.test.ts", "<rootDir>/__tests__/!(end-to-end)/**/*.test.ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  setupFiles: ["<rootDir>/__tests__/support/token-stacks.ts"],
  // More than two cores: some tests wait for what is given up after seconds.
  maxWorkers: 4,
};
