import { homedir, tmpdir } from "node:os";
import { readPolicyDocument } from "../../aws/policy-document";
import { type Arguments, type Synthesized, synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

const stacks = ["things", ...systems].flatMap((system) =>
  (system === "things" ? (["dev"] as const) : (["dev", "qa", "prod"] as const)).map(
    (environment) => [`${system}-${environment}`, synthesizedStack(system, environment)] as const,
  ),
);

/** Every string in a value, however deep. */
function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(stringsIn) : [];
}

const referencesIn = (value: unknown): string[] =>
  stringsIn(value).flatMap((text) =>
    [...text.matchAll(/(?<!\$)\$\{(\w+\.[\w-]+)/g)].map(([, address = ""]) => address),
  );

const resourcesOf = ({ json }: Synthesized): Map<string, Arguments> =>
  new Map(
    Object.entries(json.resource).flatMap(([type, all]) =>
      Object.entries(all).map(([name, resource]): [string, Arguments] => [`${type}.${name}`, resource]),
    ),
  );

/** Dependencies of a resource, by reference or by depends_on, and theirs in turn. */
function upstreamOf(address: string, resources: Map<string, Arguments>, seen = new Set<string>()): Set<string> {
  const resource = resources.get(address);
  for (const next of resource ? [...referencesIn(resource), ...(resource.depends_on ?? [])] : []) {
    if (!resources.has(next) || seen.has(next)) continue;
    seen.add(next);
    upstreamOf(next, resources, seen);
  }
  return seen;
}

/**
 * The condition keys by which each service says whose resource it takes a role on for, as far as its documentation names
 * them in its trust policies ("Cross-service confused deputy prevention" of each). Lambda's names none: who may create a
 * function with a role, may use it.
 */
const sourceKeys: Readonly<Record<string, readonly string[]>> = {
  "apigateway.amazonaws.com": ["aws:SourceAccount"],
  "codedeploy.amazonaws.com": ["aws:SourceAccount"],
  "firehose.amazonaws.com": ["aws:SourceAccount"],
  "lambda.amazonaws.com": [],
  "logs.amazonaws.com": ["aws:SourceAccount", "aws:SourceArn"],
  "vpc-flow-logs.amazonaws.com": ["aws:SourceAccount", "aws:SourceArn"],
};

/** Arguments with a name that has to be unique in AWS. */
const fixedNames = ["name", "bucket", "function_name", "alarm_name", "dashboard_name"];

interface Variables {
  readonly variables: Readonly<Record<string, string>>;
}

describe.each(stacks)("%s", (name, stack) => {
  const resources = resourcesOf(stack);

  it("refers only to what it declares", () => {
    const declared = new Set([...resources.keys(), ...Object.keys(stack.json.variable).map((name) => `var.${name}`)]);

    const used = referencesIn([stack.json.resource, stack.json.output]);
    // A condition's own resource is `self`.
    expect(used.filter((address) => !declared.has(address) && !address.startsWith("self."))).toEqual([]);
  });

  it("lets services take on roles for its own account's resources alone", () => {
    const roles = Object.values(stack.all("aws_iam_role"));
    const trusted = roles.flatMap(({ assume_role_policy: policy }) => readPolicyDocument(String(policy)).statements);
    const open = trusted.flatMap(({ Principal, Condition = {} }) => {
      const services = typeof Principal === "object" ? (Principal["Service"] ?? []) : [];
      const keys = Object.values(Condition).flatMap((compared) => Object.keys(compared));
      return services.filter((service) => (sourceKeys[service] ?? ["unknown"]).some((key) => !keys.includes(key)));
    });
    expect(open).toEqual([]);
  });

  it("creates nothing before destroying it that has a fixed name, or depends on such by replacement", () => {
    const first = [...resources].filter(
      ([, { lifecycle }]) => (lifecycle as { create_before_destroy?: boolean })?.create_before_destroy,
    );
    const dragged = new Set(first.flatMap(([address]) => [address, ...upstreamOf(address, resources)]));
    const named = [...dragged].filter((address) => fixedNames.some((name) => name in (resources.get(address) ?? {})));

    // The API is updated in place, whatever changes of it: its id stays.
    expect(named).toEqual(["aws_api_gateway_rest_api.api"]);
  });

  it("has log groups that forget, and alarms that notify somebody", () => {
    for (const group of Object.values(stack.all("aws_cloudwatch_log_group")))
      expect(group["retention_in_days"]).toBeGreaterThan(0);
    for (const alarm of Object.values(stack.all("aws_cloudwatch_metric_alarm"))) {
      expect(alarm).toMatchObject({
        treat_missing_data: "notBreaching",
        alarm_actions: [expect.any(String)],
        alarm_description: expect.any(String),
      });
    }
  });

  it("lets browsers of the environment's sites send a key, a token or a signature", () => {
    const { body } = stack.at("aws_api_gateway_rest_api", "api") as { body: string };
    const preflights = Object.values<Record<string, object>>(JSON.parse(body.replaceAll("$${", "${")).paths).map(
      ({ options }) => JSON.stringify(options),
    );

    for (const preflight of preflights) {
      const [, allowed = ""] = /Access-Control-Allow-Headers":"'([^']+)'/.exec(preflight) ?? [];
      expect(allowed.split(",")).toEqual(
        expect.arrayContaining(["Content-Type", "X-Api-Key", "Authorization", "X-Amz-Date", "X-Amz-Security-Token"]),
      );
    }
    expect(preflights.length).toBeGreaterThan(0);
  });

  it("writes a line of access log that says who asked, from where, with what", () => {
    for (const { access_log_settings } of Object.values(stack.all("aws_api_gateway_stage"))) {
      expect(JSON.parse((access_log_settings as { format: string }).format)).toMatchObject({
        requestId: "$context.requestId",
        ip: "$context.identity.sourceIp",
        userAgent: "$context.identity.userAgent",
        protocol: "$context.protocol",
        caller: "$context.identity.caller",
        apiKeyId: "$context.identity.apiKeyId",
      });
    }
  });

  it("sets each function's operation, and how much to write; Lambda keeps the metrics of all", () => {
    const [{ body }] = Object.values(stack.all("aws_api_gateway_rest_api")) as [{ body: string }];
    const operations = [...body.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    const functions = Object.values(stack.all("aws_lambda_function"));
    const variables = functions.map(({ environment }) => (environment as Variables).variables);

    expect(new Set(variables.flatMap(({ OPERATION_ID }) => OPERATION_ID ?? []))).toEqual(new Set(operations));
    for (const { LOG_LEVEL } of variables) expect(LOG_LEVEL).toMatch(/^(DEBUG|INFO|WARN|ERROR)$/);
    for (const fn of functions) {
      const { application_log_level: level } = fn["logging_config"] as { application_log_level: string };
      expect(["DEBUG", "INFO"]).toContain(level);
    }
  });

  it("names no folder of this machine and contains no secret", () => {
    const text = JSON.stringify(stack.json);

    for (const folder of [homedir(), tmpdir(), process.cwd()]) expect(text).not.toContain(folder);
    for (const [type, argument] of [
      ["aws_ssm_parameter", "value"],
      ["aws_api_gateway_api_key", "value"],
    ] as const) {
      const secret = Object.values(stack.all(type)).filter((resource) => resource["type"] !== "String");
      for (const resource of secret) expect(resource).not.toHaveProperty(argument);
    }
  });

  it("keeps its state in the account's one bucket, under its own name", () => {
    const [{ allowed_account_ids: accounts }] = stack.json.provider.aws as [{ allowed_account_ids: string[] }];

    expect(stack.json.terraform.backend["s3"]).toEqual({
      bucket: `terrace-state-${accounts[0]}-us-east-1`,
      key: `${name}/terraform.tfstate`,
      dynamodb_table: "terrace-state-lock",
      encrypt: true,
      region: "us-east-1",
    });
  });
});
