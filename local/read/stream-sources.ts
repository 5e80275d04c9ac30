import { parseFunctionName, serviceOf } from "../../aws/arn";
import type { Graph, Resource } from "./graph";

/** A table's stream whose records are given to a function. */
export interface StreamSource {
  readonly address: string;
  readonly streamArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Whether a function that has never read it begins with the oldest record; else with the next that comes. */
  readonly fromStart: boolean;
  /** Whether a batch that failed is tried again in halves. */
  readonly bisects: boolean;
  /** How often a batch is tried again. @default until its records are too old */
  readonly maximumRetryAttempts?: number;
  readonly onFailure?: string;
  /** Whether the function says which record failed; else all of the batch did. */
  readonly reportsItemFailures: boolean;
}

function source(mapping: Resource): StreamSource {
  mapping.refuse("filter_criteria", "tumbling_window_in_seconds", "scaling_config");
  for (const [argument, usual] of [
    ["parallelization_factor", 1],
    ["maximum_record_age_in_seconds", -1],
  ] as const) {
    if (mapping.number(argument, usual) !== usual) mapping.refuse(argument);
  }
  const position = mapping.text("starting_position");
  if (!["TRIM_HORIZON", "LATEST"].includes(position)) throw mapping.notEmulated(`starting_position ${position}`);
  const retries = mapping.number("maximum_retry_attempts", -1);
  const onFailure = mapping.block("destination_config")?.block("on_failure")?.text("destination_arn");
  if (onFailure !== undefined && !["sqs", "sns"].includes(serviceOf(onFailure) ?? "")) {
    throw mapping.notEmulated(`on_failure: ${onFailure}, no queue or topic,`);
  }
  return {
    address: mapping.address,
    streamArn: mapping.text("event_source_arn"),
    // There is one version, whatever alias the mapping names.
    functionName: parseFunctionName(mapping.text("function_name")).name,
    batchSize: mapping.number("batch_size", 100),
    windowSeconds: mapping.number("maximum_batching_window_in_seconds", 0),
    fromStart: position === "TRIM_HORIZON",
    bisects: mapping.flag("bisect_batch_on_function_error"),
    ...(retries < 0 ? {} : { maximumRetryAttempts: retries }),
    ...(onFailure === undefined ? {} : { onFailure }),
    reportsItemFailures: mapping.texts("function_response_types").includes("ReportBatchItemFailures"),
  };
}

/** The enabled event source mappings of a stack whose source is a table's stream. */
export const streamSourcesOf = (graph: Graph): readonly StreamSource[] =>
  graph
    .all("aws_lambda_event_source_mapping")
    .filter((mapping) => mapping.flag("enabled", true) && serviceOf(mapping.text("event_source_arn")) === "dynamodb")
    .map(source);
