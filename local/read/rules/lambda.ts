import { reservedVariables, variableName } from "../../../aws/lambda-variables";
import { lambdaLimits } from "../../../aws/limits";
import { isAttributes } from "../arguments";
import { functionInStack, inStack, isCalled, matches, oneOf, qualifierOf, type Rule, range } from "./rule";

const targets = ["aws_sqs_queue", "aws_sns_topic", "aws_lambda_function"];
const lambdaQuotas = "Lambda developer guide, Lambda quotas";
const configuration = "Lambda API reference, FunctionConfiguration";
const eventConfig = "Lambda API reference, PutFunctionEventInvokeConfig";
const mappings = "Lambda API reference, CreateEventSourceMapping";
const addPermission = "Lambda API reference, AddPermission";

/** Rules of Lambda. */
export const lambdaRules: readonly Rule[] = [
  range("aws_lambda_function", "memory_size", lambdaLimits.memoryMb, lambdaQuotas),
  range("aws_lambda_function", "timeout", lambdaLimits.timeoutSeconds, lambdaQuotas),
  range("aws_lambda_function", "ephemeral_storage.size", [512, 10_240], lambdaQuotas),
  range("aws_lambda_function", "reserved_concurrent_executions", [-1, 1_000_000], configuration),
  matches(
    "aws_lambda_function",
    "runtime",
    [/^nodejs(?:18|20|22|24)\.x$/, "nodejs18.x, nodejs20.x, nodejs22.x or nodejs24.x"],
    "Lambda developer guide, Lambda runtimes",
  ),
  matches(
    "aws_lambda_function",
    "function_name",
    [/^[\w-]{1,64}$/, "1–64 letters, digits, - and _"],
    "Lambda API reference, CreateFunction",
  ),
  matches("aws_lambda_function", "handler", [/^\S+\.\S+$/, "file.export"], configuration),
  oneOf("aws_lambda_function", "tracing_config.mode", ["Active", "PassThrough"], configuration),
  oneOf("aws_lambda_function", "logging_config.log_format", ["JSON", "Text"], "Lambda API reference, LoggingConfig"),
  oneOf("aws_lambda_function", "architectures", ["arm64", "x86_64"], configuration),
  inStack("aws_lambda_function", "dead_letter_config.target_arn", targets.slice(0, 2), configuration),
  {
    ...{ type: "aws_lambda_function", argument: "environment.variables" },
    must: `names of letters, digits and _ that are not Lambda's own (${[...reservedVariables].slice(2, 4).join(", ")} …), 4 KB in all`,
    source: "Lambda developer guide, Working with Lambda environment variables",
    accepts: (variables) => {
      const all = Object.entries(isAttributes(variables) ? variables : {});
      const bytes = all.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
      return (
        bytes <= lambdaLimits.variableBytes &&
        all.every(([name]) => variableName.test(name) && !reservedVariables.has(name))
      );
    },
  },
  functionInStack("aws_lambda_alias", "Lambda API reference, CreateAlias"),
  matches(
    "aws_lambda_alias",
    "name",
    [/^(?!\d+$)[\w-]{1,128}$/, "letters, digits, - and _, not digits alone"],
    "Lambda API reference, CreateAlias",
  ),
  functionInStack("aws_lambda_permission", addPermission),
  {
    ...{ type: "aws_lambda_permission", argument: "qualifier", source: addPermission },
    must: "a version or an alias, $LATEST can have no permission of its own; leave it out for the function itself",
    accepts: (value) => value !== "$LATEST",
  },
  qualifierOf("aws_lambda_permission", addPermission),
  matches("aws_lambda_permission", "statement_id", [/^[\w-]{1,100}$/, "1–100 letters, digits, - and _"], addPermission),
  functionInStack("aws_lambda_function_event_invoke_config", eventConfig),
  qualifierOf("aws_lambda_function_event_invoke_config", eventConfig),
  range("aws_lambda_function_event_invoke_config", "maximum_retry_attempts", lambdaLimits.retryAttempts, eventConfig),
  range("aws_lambda_function_event_invoke_config", "maximum_event_age_in_seconds", [60, 21_600], eventConfig),
  ...["on_failure", "on_success"].map((when) =>
    inStack(
      "aws_lambda_function_event_invoke_config",
      `destination_config.${when}.destination`,
      targets,
      "Lambda API reference, DestinationConfig",
    ),
  ),
  {
    ...{ type: "aws_lambda_event_source_mapping", argument: "event_source_arn", source: mappings },
    must: "aws_sqs_queue, or the stream of an aws_dynamodb_table, of this stack",
    accepts: (value, graph) =>
      isCalled(graph, ["aws_sqs_queue"], value) ||
      graph
        .all("aws_dynamodb_table")
        .some((table) => table.flag("stream_enabled") && table.computed("stream_arn") === value),
  },
  inStack(
    "aws_lambda_event_source_mapping",
    "destination_config.on_failure.destination_arn",
    targets.slice(0, 2),
    "Lambda API reference, OnFailure",
  ),
  range("aws_lambda_event_source_mapping", "maximum_retry_attempts", [-1, 10_000], mappings),
  functionInStack("aws_lambda_event_source_mapping", mappings),
  range("aws_lambda_event_source_mapping", "batch_size", [1, 10_000], mappings),
  range("aws_lambda_event_source_mapping", "maximum_batching_window_in_seconds", [0, 300], mappings),
  range("aws_lambda_event_source_mapping", "scaling_config.maximum_concurrency", [2, 1000], mappings),
];
