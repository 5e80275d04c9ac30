/** Tests that need Terraform and a provider: `.ci/terraform-matchers` brings both. */

/** @type {import("jest").Config} */
module.exports = {
  ...require("../../jest.config.js"),
  rootDir: "../..",
  testMatch: ["<rootDir>/__tests__/with-terraform/**/*.test.ts"],
};
