// The SDK warns of the end of Node 20, on which tests may still run.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/*.test.ts", "<rootDir>/__tests__/!(end-to-end|with-terraform)/**/*.test.ts"],
  transform: { "\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  setupFiles: [
    "<rootDir>/__tests__/support/token-stacks.ts",
    ...(process.env.FC_SEED ? ["<rootDir>/__tests__/support/random-seed.ts"] : []),
  ],
  maxWorkers: 4,
  // For what never comes; a busy machine may take long over everything else.
  testTimeout: 600_000,
};
