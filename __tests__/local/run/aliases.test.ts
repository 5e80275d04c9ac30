import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  GetAliasCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { temporaryFolder } from "../support/stack-file";
import { startWritten, stopWrittenStacks } from "../support/written-stack";

afterEach(stopWrittenStacks);

const arn = "arn:aws:lambda:us-east-1:000000000000:function:counter";

/** A function that says which version it is, and how often it was called; with these aliases. */
async function withAliases(aliases: object, changes: object = {}) {
  const filename = join(temporaryFolder(), "code.zip");
  const code = `
    let calls = 0;
    exports.handler = async (event, context) => ({
      calls: ++calls,
      version: context.functionVersion,
      variable: process.env.AWS_LAMBDA_FUNCTION_VERSION,
      stream: context.logStreamName.replace(/^.*\\[|\\].*$/g, ""),
      arn: context.invokedFunctionArn,
    });`;
  writeFileSync(filename, zipSync({ "index.js": strToU8(code) }));
  const { runner } = await startWritten({
    aws_iam_role: { f: { name: "f", assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }) } },
    aws_lambda_function: {
      f: {
        function_name: "counter",
        role: "${aws_iam_role.f.arn}",
        handler: "index.handler",
        runtime: "nodejs24.x",
        publish: true,
        filename,
        ...changes,
      },
    },
    aws_lambda_alias: aliases,
  });
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = await runner.access();
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const client = new LambdaClient({ endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials, maxAttempts: 1 });
  const invoke = async (Qualifier?: string) => {
    const { Payload, ExecutedVersion } = await client.send(new InvokeCommand({ FunctionName: "counter", Qualifier }));
    return { ...JSON.parse(Buffer.from(Payload!).toString()), executed: ExecutedVersion };
  };
  return { client, invoke };
}

const alias = (weights?: Record<string, unknown>, version: unknown = "${aws_lambda_function.f.version}") => ({
  name: "live",
  function_name: "${aws_lambda_function.f.arn}",
  function_version: version,
  ...(weights ? { routing_config: { additional_version_weights: weights } } : {}),
});

it.each([
  [undefined, "$LATEST"],
  ["$LATEST", "$LATEST"],
  ["1", "1"],
  ["live", "1"],
])("called by the qualifier %s a function is the version %s, whatever says so", async (qualifier, version) => {
  const { invoke } = await withAliases({ live: alias() });
  const at = qualifier === undefined ? arn : `${arn}:${qualifier}`;
  const expected = { executed: version, version, variable: version, stream: version, arn: at };
  expect(await invoke(qualifier)).toMatchObject(expected);
});

it("versions have environments of their own", async () => {
  const { invoke } = await withAliases({ live: alias({ 2: 1 }) });
  expect(await invoke("1")).toMatchObject({ version: "1", calls: 1 });
  expect(await invoke("live")).toMatchObject({ version: "2", calls: 1 });
  expect(await invoke("2")).toMatchObject({ version: "2", calls: 2 });
  expect(await invoke()).toMatchObject({ version: "$LATEST", calls: 1 });
});

it("an alias with a weight divides its calls, and each says which version it came to", async () => {
  const { invoke } = await withAliases({ live: alias({ 2: 0.5 }) });
  const versions = new Set<string>();
  // A hundred calls that are all of one version are one in 2^99.
  for (let calls = 0; calls < 100 && versions.size < 2; calls += 1) {
    const { executed, version, arn: at } = await invoke("live");
    expect([version, at]).toEqual([executed, `${arn}:live`]);
    versions.add(executed);
  }
  expect([...versions].sort()).toEqual(["1", "2"]);
});

it("reserved concurrency is that of all versions together", async () => {
  const { invoke } = await withAliases({ live: alias({ 2: 1 }) }, { reserved_concurrent_executions: 1 });
  const calls = await Promise.allSettled([invoke("1"), invoke("live")]);
  expect(calls.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
});

it("aliases and versions are read as they are declared", async () => {
  const { client } = await withAliases({
    live: { ...alias({ 2: 0.25 }), description: "all callers' own" },
    plain: { ...alias(), name: "plain" },
  });
  const FunctionName = "counter";
  const live = {
    AliasArn: `${arn}:live`,
    Name: "live",
    FunctionVersion: "1",
    Description: "all callers' own",
    RoutingConfig: { AdditionalVersionWeights: { "2": 0.25 } },
  };
  const plain = { AliasArn: `${arn}:plain`, Name: "plain", FunctionVersion: "1", Description: "" };
  expect(await client.send(new GetAliasCommand({ FunctionName, Name: "live" }))).toMatchObject(live);
  const { RoutingConfig } = await client.send(new GetAliasCommand({ FunctionName, Name: "plain" }));
  expect(RoutingConfig).toBeUndefined();
  const listed = async (more: object) => {
    const { Aliases } = await client.send(new ListAliasesCommand({ FunctionName, ...more }));
    return Aliases;
  };
  expect(await listed({})).toEqual([live, plain]);
  expect(await listed({ FunctionVersion: "2" })).toEqual([live]);
  expect(await listed({ FunctionVersion: "9" })).toEqual([]);
  const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName }));
  const shown = ["$LATEST", "1", "2"].map((version) => [version, `${arn}:${version}`]);
  expect(Versions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).toEqual(shown);
  const all = await client.send(new ListFunctionsCommand({ FunctionVersion: "ALL" }));
  expect(all.Functions).toEqual(Versions);
  const { Functions } = await client.send(new ListFunctionsCommand({}));
  expect(Functions?.map(({ Version, FunctionArn }) => [Version, FunctionArn])).toEqual([["$LATEST", arn]]);
  const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName, Qualifier: "live" }));
  expect(Configuration).toMatchObject({ FunctionArn: `${arn}:live`, Version: "1" });
});

it.each([
  [new GetAliasCommand({ FunctionName: "counter", Name: "none" }), `Cannot find alias arn: ${arn}:none`],
  [new GetAliasCommand({ FunctionName: "counter", Name: "__proto__" }), `Cannot find alias arn: ${arn}:__proto__`],
  [
    new GetAliasCommand({ FunctionName: "other", Name: "none" }),
    `Cannot find alias arn: ${arn.replace("counter", "other")}:none`,
  ],
  [new GetAliasCommand({ FunctionName: "counter", Name: "12" }), "at 'name' failed to satisfy constraint"],
  [new ListAliasesCommand({ FunctionName: "other" }), "Function not found"],
  [new ListAliasesCommand({ FunctionName: "counter", FunctionVersion: "x" }), "at 'functionVersion' failed"],
  [new ListVersionsByFunctionCommand({ FunctionName: "other" }), "Function not found"],
  [new ListFunctionsCommand({ FunctionVersion: "some" as "ALL" }), "at 'functionVersion' failed"],
  [new GetFunctionCommand({ FunctionName: "counter", Qualifier: "9" }), `Function not found: ${arn}:9`],
  [new InvokeCommand({ FunctionName: "counter", Qualifier: "constructor" }), `Function not found: ${arn}:constructor`],
])("what is not there is refused as recorded: %#", async (command, message) => {
  const { client } = await withAliases({ live: alias() });
  await expect(client.send(command as GetAliasCommand)).rejects.toThrow(message);
});

const weights = "aws_lambda_alias.live: routing_config.additional_version_weights must";

it.each([
  [alias({ 2: 1.5 }), `${weights} be from 0 to 1, got 1.5`],
  [alias({ 2: -0.1 }), `${weights} be from 0 to 1, got -0.1`],
  [alias({ 2: "much" }), `${weights} be from 0 to 1, got "much"`],
  [alias({ 1: 0.5 }), `${weights} name a version beside 1, got 1`],
  [alias({ $LATEST: 0.5 }), `${weights} name a version beside 1, got $LATEST`],
  [alias({ 2: 0.5, 3: 0.5 }), `${weights} name one version, got 2 and 3`],
  [alias({ 2: 0.5 }, "$LATEST"), `${weights} stand beside a function_version that is published, got $LATEST`],
])("weights that Lambda refuses are refused at boot: %#", async (live, message) => {
  await expect(withAliases({ live })).rejects.toThrow(message);
});
