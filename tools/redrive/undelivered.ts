import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type Message, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { parseArn, serviceOf, unqualifiedArn } from "../../aws/arn";

/** An event that EventBridge, or its Scheduler, could not give to its target. */
export interface Undelivered {
  /** The schedule or rule whose target it is. */
  readonly of: string;
  /** Of a function or a queue. */
  readonly targetArn: string;
  readonly reason: string;
  readonly body: string;
}

/** (EventBridge user guide, "Using dead-letter queues", and EventBridge Scheduler's, "Configuring a dead-letter queue") */
export function undeliveredIn({ Body = "", MessageAttributes = {} }: Message): Undelivered | undefined {
  const attribute = (name: string): string | undefined => MessageAttributes[name]?.StringValue;
  const [of, targetArn] = [attribute("SCHEDULE_ARN") ?? attribute("RULE_ARN"), attribute("TARGET_ARN")];
  if (of === undefined || targetArn === undefined || !["lambda", "sqs"].includes(serviceOf(targetArn) ?? ""))
    return undefined;
  const reason = [attribute("ERROR_CODE"), attribute("ERROR_MESSAGE")].filter(Boolean).join(": ");
  return { of: parseArn(of)?.resource ?? of, targetArn, reason, body: Body };
}

/** Gives an event to the target that did not take it: a function's version that serves, whichever one it was then. */
export async function deliver(
  { sqs, lambda, queueUrl }: { readonly sqs: SQSClient; readonly lambda: LambdaClient; readonly queueUrl: string },
  { targetArn, body }: Undelivered,
): Promise<void> {
  if (serviceOf(targetArn) === "lambda") {
    const FunctionName = `${unqualifiedArn(targetArn)}:live`;
    await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: body }));
    return;
  }
  const { accountId, resource } = parseArn(targetArn) ?? {};
  const QueueUrl = new URL(`/${accountId}/${resource}`, queueUrl).href;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
}
