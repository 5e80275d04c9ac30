import { readFileSync } from "node:fs";
import { Alarm } from "../support/alarms/alarm";
import { metricKey } from "../support/alarms/metric-key";
import { filesBelow } from "../support/files-below";
import { type Arguments, type Synthesized, synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

/** A metric that a widget lists: not an expression over others. */
interface Listed {
  readonly title: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Widget {
  readonly properties: { readonly title: string; readonly metrics: readonly unknown[][] };
}

const widgetsOf = (stack: Synthesized): Widget[] =>
  Object.values(stack.all("aws_cloudwatch_dashboard")).flatMap(
    ({ dashboard_body }) => JSON.parse(String(dashboard_body)).widgets,
  );

/** `[namespace, name, dimension, value, …, { stat }]` */
function listed(title: string, entry: readonly unknown[]): Listed[] {
  const [namespace, name, ...rest] = entry.filter((part) => typeof part === "string") as string[];
  if (namespace === undefined || name === undefined) return [];
  const dimensions = Object.fromEntries(
    rest.flatMap((text, index) => (index % 2 === 0 ? [[text, rest[index + 1] ?? ""]] : [])),
  );
  return [{ title, namespace, name, dimensions }];
}

const drawnIn = (stack: Synthesized): Listed[] =>
  widgetsOf(stack).flatMap(({ properties: { title, metrics } }) => metrics.flatMap((entry) => listed(title, entry)));

const keyOf = ({ namespace, name, dimensions }: Omit<Listed, "title">): string =>
  metricKey(namespace, name, dimensions);

/** What the code of a system counts, its own and that of the runtime that its functions are built of. */
function countedBy(system: string): Set<string> {
  const own = filesBelow(`handlers/${system}`).map((file) => readFileSync(file, "utf8"));
  const imports = [...own.join("\n").matchAll(/from "\.\.\/(runtime\/[\w-]+)"/g)];
  const runtime = imports.map(([, file]) => readFileSync(`handlers/${file}.ts`, "utf8"));
  const counts = [...[...own, ...runtime].join("\n").matchAll(/\bcount\(\s*"(\w+)"/g)];
  return new Set(counts.map(([, name = ""]) => name));
}

const names = (stack: Synthesized, type: string, argument: string): string[] =>
  Object.values(stack.all(type)).map((resource: Arguments) => String(resource[argument]));

/** What each service calls its own, and whether a stack can ever have a value of it. */
function canExist(stack: Synthesized, system: string, { namespace, name, dimensions }: Listed): boolean {
  const has = (type: string, argument: string, dimension: string) =>
    names(stack, type, argument).includes(dimensions[dimension] ?? "");
  if (namespace === "AWS/Lambda") {
    const sends = Object.values(stack.all("aws_lambda_function_event_invoke_config")).length > 0;
    return (
      has("aws_lambda_function", "function_name", "FunctionName") && (name !== "DestinationDeliveryFailures" || sends)
    );
  }
  if (namespace === "AWS/ApiGateway") {
    const stage = Object.values(stack.all("aws_api_gateway_stage")).find(
      ({ stage_name }) => stage_name === dimensions["Stage"],
    );
    const cached = stage?.["cache_cluster_enabled"] === true;
    return has("aws_api_gateway_rest_api", "name", "ApiName") && !!stage && (!name.startsWith("Cache") || cached);
  }
  if (namespace === "AWS/DynamoDB") {
    const table = Object.values(stack.all("aws_dynamodb_table")).find(
      (each) => each["name"] === dimensions["TableName"],
    );
    const indexes = ((table?.["global_secondary_index"] ?? []) as { name: string }[]).map((index) => index.name);
    const index = dimensions["GlobalSecondaryIndexName"];
    const operation = dimensions["Operation"];
    const policies = names(stack, "aws_iam_role_policy", "policy").join();
    return (
      table !== undefined &&
      (index === undefined || indexes.includes(index)) &&
      (operation === undefined || policies.includes(`"dynamodb:${operation}"`))
    );
  }
  if (namespace === "AWS/SQS") return has("aws_sqs_queue", "name", "QueueName");
  if (namespace === "AWS/Firehose") return has("aws_kinesis_firehose_delivery_stream", "name", "DeliveryStreamName");
  if (namespace !== "Terrace") return false;
  const counters = Object.values(stack.all("aws_lambda_function")).map(
    ({ environment }) => (environment as { variables: Record<string, string> }).variables,
  );
  const counts = counters.some(
    (variables) =>
      variables["POWERTOOLS_SERVICE_NAME"] === dimensions["service"] &&
      variables["ENVIRONMENT"] === dimensions["environment"],
  );
  const ofFunction = name === "Faults" && has("aws_lambda_function", "function_name", "function");
  return counts && (ofFunction || countedBy(system).has(name));
}

describe.each(systems)("the dashboard of %s", (system) => {
  const stack = synthesizedStack(system, "prod");
  const drawn = drawnIn(stack);
  const drawnKeys = new Set(drawn.map(keyOf));
  const alarms = Object.values(stack.all("aws_cloudwatch_metric_alarm")).map((resource) => new Alarm(resource));

  it("is there, and its address is an output", () => {
    expect(Object.keys(stack.all("aws_cloudwatch_dashboard"))).toHaveLength(1);
    expect(stack.json.output["dashboard_url"]?.value).toContain(`#dashboards/dashboard/${system}-prod`);
  });

  it("draws every metric that an alarm watches", () => {
    const watched = alarms.flatMap(({ metrics }) =>
      metrics.map(({ namespace, metric_name, dimensions }) => metricKey(namespace, metric_name, dimensions)),
    );

    expect(watched.filter((key) => !drawnKeys.has(key))).toEqual([]);
  });

  it("draws everything that the handlers count", () => {
    const drawnNames = new Set(drawn.filter(({ namespace }) => namespace === "Terrace").map(({ name }) => name));

    expect([...countedBy(system), "Faults"].filter((name) => !drawnNames.has(name))).toEqual([]);
  });

  it("draws the faults and throttles of every function, the capacity of every table and index, and every queue", () => {
    const functions = names(stack, "aws_lambda_function", "function_name");
    const indexes = Object.values(stack.all("aws_dynamodb_table")).flatMap(({ global_secondary_index: all }) =>
      ((all ?? []) as { name: string }[]).map(({ name }) => name),
    );
    const of = (name: string, dimension: string) =>
      drawn.filter((each) => each.name === name).map(({ dimensions }) => dimensions[dimension]);

    expect(functions.filter((name) => !of("Faults", "function").includes(name))).toEqual([]);
    expect(functions.filter((name) => !of("Throttles", "FunctionName").includes(name))).toEqual([]);
    const consumed = of("ConsumedReadCapacityUnits", "GlobalSecondaryIndexName");
    expect(indexes.filter((name) => !consumed.includes(name))).toEqual([]);
    const queues = of("ApproximateNumberOfMessagesVisible", "QueueName");
    expect(names(stack, "aws_sqs_queue", "name").filter((name) => !queues.includes(name))).toEqual([]);
  });

  it("has no graph that can never show anything", () => {
    expect(drawn.filter((metric) => !canExist(stack, system, metric))).toEqual([]);
    expect(widgetsOf(stack).filter(({ properties }) => properties.metrics.length === 0)).toEqual([]);
  });

  it("adds up in a graph only what the graph lists, by names that are its own", () => {
    for (const { properties } of widgetsOf(stack)) {
      const settings = properties.metrics.map((entry) => entry.at(-1) as { id?: string; expression?: string });
      const ids = settings.flatMap(({ id }) => id ?? []);
      const used = settings.flatMap(({ expression = "" }) => expression.match(/\bm\d+_\d+\b/g) ?? []);

      expect(new Set(ids).size).toBe(ids.length);
      expect(used.filter((id) => !ids.includes(id))).toEqual([]);
    }
  });
});
