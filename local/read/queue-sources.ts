import { parseFunctionName, serviceOf } from "../../aws/arn";
import { UserError } from "../../lib/user-error";
import type { Graph, Resource } from "./graph";
import { notEmulated } from "./not-emulated";

/** A queue whose messages are given to a function. */
export interface QueueSource {
  readonly address: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Invocations at once at most. @default as many as Lambda begins with */
  readonly maximumConcurrency?: number;
  /** Whether the function says which messages failed; else a failure brings all of them back. */
  readonly reportsItemFailures: boolean;
}

/** Lambda refuses a mapping by which a message could come back while the function still works on it. */
function checkTimes(graph: Graph, { address, queueArn, functionName }: QueueSource): void {
  const queue = graph.all("aws_sqs_queue").find(({ arn }) => arn === queueArn);
  const fn = graph.all("aws_lambda_function").find((candidate) => candidate.text("function_name") === functionName);
  const [hidden, works] = [queue?.number("visibility_timeout_seconds", 30), fn?.number("timeout", 3)];
  if (hidden === undefined || works === undefined || hidden >= works) return;
  throw new UserError(
    `${address}: Queue visibility timeout: ${hidden} seconds is less than Function timeout: ${works} seconds`,
  );
}

function source(graph: Graph, mapping: Resource): QueueSource {
  mapping.refuse("filter_criteria", "destination_config", "starting_position", "tumbling_window_in_seconds", "topics");
  const queueArn = mapping.text("event_source_arn");
  const batchSize = mapping.number("batch_size", 10);
  const windowSeconds = mapping.number("maximum_batching_window_in_seconds", 0);
  if (batchSize > 10 && windowSeconds === 0) {
    const rule = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10";
    throw new UserError(`${mapping.address}: ${rule}`);
  }
  if (queueArn.endsWith(".fifo") && (batchSize > 10 || windowSeconds > 0)) {
    // Lambda developer guide, "Lambda parameters for Amazon SQS event source mappings".
    const got = `a batch_size of ${batchSize} and a window of ${windowSeconds} s`;
    throw new UserError(
      `${mapping.address}: a FIFO queue must have a batch_size of at most 10 and no window, got ${got}`,
    );
  }
  // There is one version, whatever alias the mapping names.
  const { name: functionName } = parseFunctionName(mapping.text("function_name"));
  const reportsItemFailures = mapping.texts("function_response_types").includes("ReportBatchItemFailures");
  const scaling = mapping.block("scaling_config");
  const read = {
    ...{ address: mapping.address, queueArn, functionName, batchSize, windowSeconds, reportsItemFailures },
    ...(scaling ? { maximumConcurrency: scaling.number("maximum_concurrency") } : {}),
  };
  checkTimes(graph, read);
  return read;
}

/** The service of a mapping's source. @throws UserError when it is none that is emulated as one */
function sourceOf(mapping: Resource): string {
  const arn = mapping.text("event_source_arn");
  const service = serviceOf(arn) ?? "";
  if (service === "sqs" || service === "dynamodb") return service;
  const what = `event_source_arn ${arn}: only queues and tables' streams are emulated as event sources`;
  throw notEmulated(mapping.address, what);
}

/** The enabled event source mappings of a stack whose source is a queue. */
export const queueSourcesOf = (graph: Graph): readonly QueueSource[] =>
  graph
    .all("aws_lambda_event_source_mapping")
    .filter((mapping) => mapping.flag("enabled", true) && sourceOf(mapping) === "sqs")
    .map((mapping) => source(graph, mapping));
