import { readFileSync } from "node:fs";
import { filesBelow } from "../files-below";
import type { Arguments, Synthesized } from "../synthesized-stack";
import { Alarm } from "./alarm";
import { metricKey } from "./metric-key";

/** A metric that a widget draws or an alarm watches: not an expression over others. */
export interface Listed {
  /** The widget's title, or the alarm's name. */
  readonly title: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Widget {
  readonly properties: { readonly title: string; readonly metrics: readonly unknown[][] };
}

/** The widgets of a stack's dashboards. */
export const widgetsOf = (stack: Synthesized): Widget[] =>
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

/** Every metric that a stack's dashboards draw. */
export const drawnIn = (stack: Synthesized): Listed[] =>
  widgetsOf(stack).flatMap(({ properties: { title, metrics } }) => metrics.flatMap((entry) => listed(title, entry)));

/** Every metric that a stack's alarms watch. */
export const watchedIn = (stack: Synthesized): Listed[] =>
  Object.values(stack.all("aws_cloudwatch_metric_alarm")).flatMap((resource) =>
    new Alarm(resource).metrics.map(({ namespace, metric_name: name, dimensions }) => ({
      title: String(resource["alarm_name"]),
      ...{ namespace, name, dimensions },
    })),
  );

/** A metric whatever it stands in. */
export const keyOf = ({ namespace, name, dimensions }: Omit<Listed, "title">): string =>
  metricKey(namespace, name, dimensions);

/** Metrics that the code of a system emits, its own and that of the runtime in its functions. */
export function countedBy(system: string): Set<string> {
  const own = filesBelow(`handlers/${system}`).map((file) => readFileSync(file, "utf8"));
  const imports = [...own.join("\n").matchAll(/from "\.\.\/(runtime\/[\w-]+)"/g)];
  const runtime = imports.map(([, file]) => readFileSync(`handlers/${file}.ts`, "utf8"));
  // Without the examples in comments.
  const code = [...own, ...runtime].join("\n").replace(/\/\*\*.*?\*\//gs, "");
  const counts = [...code.matchAll(/\bcount\(\s*"(\w+)"/g)];
  return new Set(counts.map(([, name = ""]) => name));
}

/** An argument of every resource of a type. */
export const names = (stack: Synthesized, type: string, argument: string): string[] =>
  Object.values(stack.all(type)).map((resource: Arguments) => String(resource[argument]));

/** Metrics that are there for each operation alone (DynamoDB developer guide, "DynamoDB metrics and dimensions"). */
const byOperation = new Set(["ThrottledRequests", "SystemErrors", "SuccessfulRequestLatency"]);

/**
 * Whether a stack can ever have a value of a metric: whether each of its dimensions names something in the stack.
 *
 * @param counted what the system's code counts
 */
export function canExist(
  stack: Synthesized,
  counted: ReadonlySet<string>,
  { namespace, name, dimensions }: Listed,
): boolean {
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
      (byOperation.has(name) ? policies.includes(`"dynamodb:${operation}"`) : operation === undefined)
    );
  }
  if (namespace === "AWS/SQS") return has("aws_sqs_queue", "name", "QueueName");
  if (namespace === "AWS/SNS") return has("aws_sns_topic", "name", "TopicName");
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
  return counts && (ofFunction || counted.has(name));
}
