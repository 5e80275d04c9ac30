/** Variables of every function, for tests that import a part of `handlers/runtime` into their own process. */
process.env["POWERTOOLS_SERVICE_NAME"] = "tests";
process.env["ENVIRONMENT"] = "dev";
