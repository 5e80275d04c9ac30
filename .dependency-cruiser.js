/** Imports go one way: main → stacks → constructs → cdktf. The other folders may read what is named here. */
const forbid = (name, from, to, comment) => ({ name, comment, severity: "error", from, to });

/** The folders of `local/` in the order in which they build on each other: each may import those that it names. */
const layers = {
  lib: [],
  store: ["lib"],
  read: ["lib"],
  iam: ["lib", "read"],
  services: ["lib", "store", "read", "iam"],
  tokens: ["lib", "store", "read"],
  apigateway: ["lib", "read", "iam", "tokens"],
  cloudfront: ["lib", "read", "iam", "apigateway"],
  lambda: ["lib", "store", "read", "iam", "services"],
  scheduler: ["lib", "store", "read", "iam", "services"],
  run: ["lib", "store", "read", "iam", "tokens", "services", "apigateway", "cloudfront", "lambda", "scheduler", "page"],
  page: ["lib", "run", "scheduler"],
};

const localLayers = [
  ...Object.entries(layers).map(([layer, below]) =>
    forbid(
      `local-${layer}-builds-on-${below.join("-") || "nothing"}`,
      { path: `^local/${layer}/` },
      { path: "^local/", pathNot: `^local/(${[layer, ...below].join("|")})/` },
      "The layers of the local run have one direction: CONTRIBUTING.md draws it.",
    ),
  ),
  forbid(
    "local-is-layers",
    { path: "^local/", pathNot: `^local/(${Object.keys(layers).join("|")})/` },
    {},
    "A new folder of local/ is a layer: name in .dependency-cruiser.js what it builds on.",
  ),
];

const deployment = "^node_modules/(cdktf|constructs|@cdktf)/";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    forbid("no-circles", {}, { circular: true }, "A circle has no way of reading."),
    forbid(
      "contracts-are-plain",
      { path: "^contracts/" },
      { pathNot: "^(contracts/|aws/|lib/|node_modules/zod/)" },
      "Contracts are data and pure functions over it.",
    ),
    forbid("lib-is-plain", { path: "^lib/" }, { pathNot: "^(lib/|node:|util$)" }, "It builds on nothing."),
    forbid("aws-is-plain", { path: "^aws/" }, { pathNot: "^(aws|lib)/" }, "What is true of AWS, whatever the stack."),
    forbid(
      "stack-json-is-plain",
      { path: "^stack-json/" },
      { pathNot: "^(stack-json/|aws/|lib/|node:|fs$|path$|util$)" },
      "The one reader of cdk.tf.json, whoever wants to know what of it.",
    ),
    forbid(
      "environments-are-plain",
      { path: "^environments/" },
      { pathNot: "^environments/" },
      "Environments are values.",
    ),
    forbid(
      "constructs-know-no-system",
      { path: "^constructs/" },
      {
        path: "^(main|stacks|handlers|local|tools|contracts/(?!(access|answers|api|errors|gateway-body|streams|time-limits)\\.ts))",
      },
      "A construct is one AWS idea, for any system.",
    ),
    forbid(
      "stacks-compose",
      { path: "^stacks/" },
      { path: "^(main|handlers|local|tools|node_modules/@cdktf/)" },
      "Stacks compose constructs.",
    ),
    forbid(
      "handlers-know-no-deployment",
      { path: "^handlers/" },
      { path: `^(main|stacks|constructs|environments|local|tools)|${deployment}` },
      "Handlers are what runs, not what deploys.",
    ),
    forbid(
      "local-and-tools-read-what-is-synthesized",
      { path: "^(local|tools)/" },
      { path: `^(main|stacks|constructs|environments|handlers)|${deployment}` },
      "They see the JSON that Terraform sees.",
    ),
    forbid(
      "no-provider-root",
      {},
      { path: "^node_modules/@cdktf/provider-aws/lib/index\\." },
      "The root loads every resource there is: 2.4 s and 570 MB. Import @cdktf/provider-aws/lib/<resource>.",
    ),
    ...localLayers,
    forbid("no-tests-in-code", { pathNot: "^__tests__/" }, { path: "^__tests__/" }, "Code does not need its tests."),
  ],
  options: {
    tsPreCompilationDeps: true,
    // TypeScript 7 has no interface for programs to parse by.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(cdktf\\.out|openapi|coverage|\\.local)" },
  },
};
