import { parseFunctionName, serviceOf } from "../../aws/arn";
import type { Graph } from "./graph";

/** Settings of a function's asynchronous invocation. */
export interface EventInvokeConfig {
  /** The version or alias whose events these are. */
  readonly qualifier: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailure: string | undefined;
  readonly onSuccess: string | undefined;
}

/** Lambda's defaults. */
export const standard: EventInvokeConfig = {
  qualifier: "$LATEST",
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailure: undefined,
  onSuccess: undefined,
};

/** A function's settings for asynchronous invocation. */
export function eventInvokeConfig(graph: Graph, functionName: string): EventInvokeConfig {
  const [resource, second] = graph
    .all("aws_lambda_function_event_invoke_config")
    .filter((candidate) => parseFunctionName(candidate.text("function_name")).name === functionName);
  if (!resource) return standard;
  if (second) throw second.notEmulated(`a second one for ${functionName}`);
  const destinations = resource.block("destination_config");
  const destination = (when: "on_failure" | "on_success"): string | undefined => {
    const arn = destinations?.block(when)?.text("destination");
    if (arn === undefined || ["sqs", "sns", "lambda"].includes(serviceOf(arn) ?? "")) return arn;
    throw resource.notEmulated(`${when}: ${arn}, no queue, topic or function,`);
  };
  return {
    qualifier: resource.optionalText("qualifier") ?? standard.qualifier,
    maximumRetryAttempts: resource.number("maximum_retry_attempts", standard.maximumRetryAttempts),
    maximumEventAgeSeconds: resource.number("maximum_event_age_in_seconds", standard.maximumEventAgeSeconds),
    onFailure: destination("on_failure"),
    onSuccess: destination("on_success"),
  };
}
