import { type Check, functionNames, parsed, required, resources, steps, text } from "./deployment";

export const functionLogs: Check = async (deployed) => {
  const { account, since } = deployed;
  const groups = functionNames(deployed).map((name) => `/aws/lambda/${name}`);
  const lines = await Promise.all(
    groups.map((group) =>
      account.until(`a request's line in ${group}`, async () => (await account.lines(group, since, "operation"))[0]),
    ),
  );
  const wrong = groups.filter((_, index) => typeof parsed(lines[index] ?? "{}")["level"] !== "string");
  if (wrong.length > 0) throw new Error(`a line must be JSON with a level, got others in ${wrong.join(", ")}`);
  return `${groups.length} log groups have a request's line, in JSON`;
};

export const accessLogs: Check = async (deployed) => {
  const { account, since } = deployed;
  const [stage] = required(resources(deployed, "aws_api_gateway_stage"), "stages");
  const { format } = stage["access_log_settings"] as { format: string };
  const { requestId } = steps(deployed).find((step) => step.requestId !== undefined) ?? {};
  if (!requestId) throw new Error("an answer must bring x-amzn-requestid, got none with it");
  const groups = resources(deployed, "aws_cloudwatch_log_group")
    .map((group) => text(group["name"]))
    .filter((name) => name.endsWith("/access"));
  const line = await account.until(`the access log's line of request ${requestId}`, async () => {
    const found = await Promise.all(groups.map((group) => account.lines(group, since, requestId)));
    return found.flat()[0];
  });
  const missing = Object.keys(parsed(format)).filter((name) => !Object.hasOwn(parsed(line), name));
  if (missing.length > 0)
    throw new Error(`the access log's line must have what its format names, got none of ${missing.join(", ")}`);
  return `the line of request ${requestId} is JSON and has every field`;
};

export const flowLogs: Check = async (deployed) => {
  const { account, since } = deployed;
  required(resources(deployed, "aws_flow_log"), "a network");
  const group =
    resources(deployed, "aws_cloudwatch_log_group")
      .map(({ name }) => text(name))
      .find((name) => name.startsWith("/aws/vpc/")) ?? "";
  await account.until(`a line in ${group}`, async () => (await account.lines(group, since, ""))[0]);
  return `${group} has lines`;
};
