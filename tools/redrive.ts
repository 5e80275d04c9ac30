import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { parseFunctionName, unqualifiedArn } from "../aws/arn";

/** What Lambda puts into a queue when an asynchronous event has failed for the last time, as far as it is read. */
interface FailedEvent {
  readonly requestContext: { readonly functionArn: string; readonly condition: string };
  readonly requestPayload: unknown;
  readonly responsePayload?: { readonly errorType?: string; readonly errorMessage?: string } | null;
}

/** How long nobody else sees a message that this is working on. */
const HIDDEN_SECONDS = 60;

const usage = `npm run redrive -- <queue URL> [--list]

Hands each event in a queue of failures back to its function and takes it out of the queue; --list only shows them.
Credentials, region and AWS_ENDPOINT_URL come from the environment, as for every tool of AWS.`;

function eventIn({ Body = "" }: Message): FailedEvent | undefined {
  try {
    const event = JSON.parse(Body) as Partial<FailedEvent>;
    const isWhole = event.requestContext?.functionArn !== undefined && event.requestPayload !== undefined;
    return isWhole ? (event as FailedEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** The version that serves, whichever one failed. */
const liveArn = (functionArn: string): string => `${unqualifiedArn(functionArn)}:live`;

function describe({ requestContext, requestPayload, responsePayload }: FailedEvent): string {
  const { name } = parseFunctionName(requestContext.functionArn);
  return `${name}: ${responsePayload?.errorMessage ?? requestContext.condition}: ${JSON.stringify(requestPayload)}`;
}

/** Handed over first and deleted afterwards: a message whose deletion fails comes twice, which imports don't mind. */
async function handOver(clients: Clients, message: Message, event: FailedEvent): Promise<void> {
  const { sqs, lambda, queueUrl } = clients;
  const Payload = JSON.stringify(event.requestPayload);
  const FunctionName = liveArn(event.requestContext.functionArn);
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
}

interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly queueUrl: string;
}

/** Goes through the queue once: what comes in while it works was sent by the events that failed again. */
async function redrive(clients: Clients, list: boolean): Promise<{ done: number; left: number }> {
  const { sqs, queueUrl: QueueUrl } = clients;
  const seen: Message[] = [];
  const startedAt = Date.now();
  let done = 0;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: HIDDEN_SECONDS,
        MessageSystemAttributeNames: ["SentTimestamp"],
      }),
    );
    for (const message of Messages) {
      const event = eventIn(message);
      console.log(event ? describe(event) : `no failed event, left where it is: ${message.MessageId}`);
      const isOld = Number(message.Attributes?.SentTimestamp ?? 0) < startedAt;
      if (!event || list || !isOld) seen.push(message);
      else {
        await handOver(clients, message, event);
        done += 1;
      }
    }
    if (Messages.length === 0) break;
  }
  for (const { ReceiptHandle } of seen)
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  return { done, left: seen.length };
}

async function main(): Promise<void> {
  const [queueUrl, ...options] = process.argv.slice(2);
  if (!queueUrl?.startsWith("http") || options.some((option) => option !== "--list")) throw new Error(usage);
  const region = /^https:\/\/sqs\.([\w-]+)\./.exec(queueUrl)?.[1];
  const settings = region ? { region } : {};
  // Else the client asks the host in the URL, also where the endpoint is another.
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const clients = { sqs, lambda: new LambdaClient(settings), queueUrl };
  const { done, left } = await redrive(clients, options.includes("--list"));
  console.log(`${done} handed back, ${left} in the queue`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
