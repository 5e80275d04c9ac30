import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { parseFunctionName, unqualifiedArn } from "../aws/arn";
import { UserError } from "../lib/user-error";
import { command } from "./command";
import { sendBack, sourceUrlOf } from "./redrive/dead-letter";
import { batchWords, redriveBatch, type StreamBatch, streamBatchIn } from "./redrive/stream-batch";
import { deliver, type Undelivered, undeliveredIn } from "./redrive/undelivered";

/**
 * The invocation record that Lambda sends to a queue when an asynchronous event has failed for the last time, as far as
 * it is read (developer guide, "Capturing records of Lambda asynchronous invocations").
 */
interface FailedEvent {
  readonly requestContext: { readonly functionArn: string; readonly condition: string };
  readonly requestPayload: unknown;
  readonly responsePayload?: { readonly errorType?: string; readonly errorMessage?: string } | null;
}

/** Visibility timeout of messages that are being processed. */
const HIDDEN_SECONDS = 60;

const usage = `npm run redrive -- <queue URL> [--list | --drop] [--only <id> …]

Redrives each event in a queue of failures to its function, each dead letter to the queue that it came from, each event of
a schedule or a rule to the target that did not take it, and the changes of a table to the function that failed on them, as
long as the table's stream has them. What was taken is deleted from the queue, and what was not stays there.

  --list   only shows them, each with its id
  --only   only the one with this id; several times for several
  --drop   deletes those that --only names without redriving them: nobody processes them any more

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

function describe(
  { MessageId = "" }: Message,
  { requestContext, requestPayload, responsePayload }: FailedEvent,
): string {
  const { name } = parseFunctionName(requestContext.functionArn);
  const reason = responsePayload?.errorMessage ?? requestContext.condition;
  return `${MessageId} ${name}: ${reason}: ${JSON.stringify(requestPayload)}`;
}

async function redriveEvent({ lambda }: Clients, event: FailedEvent): Promise<void> {
  const Payload = JSON.stringify(event.requestPayload);
  const FunctionName = liveArn(event.requestContext.functionArn);
  await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
}

const drop = ({ sqs, queueUrl }: Clients, { ReceiptHandle }: Message) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));

interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly queueUrl: string;
}

/** The action, and the messages that it applies to. */
interface Task {
  readonly action: "list" | "drop" | "redrive";
  /** The ids of those that are meant; none means all. */
  readonly only: ReadonlySet<string>;
}

interface Outcome {
  readonly done: number;
  readonly left: number;
  /** Ids that were asked for and are not in the queue, or not to be seen now. */
  readonly missing: readonly string[];
}

/** What a message is, whoever put it there: a failed event, one that came from a queue or was not delivered, changes of a table. */
interface Kind {
  readonly event: FailedEvent | undefined;
  readonly source: string | undefined;
  readonly undelivered: Undelivered | undefined;
  readonly batch: StreamBatch | undefined;
}

function describeAny(message: Message, { event, source, undelivered, batch }: Kind): string {
  if (undelivered) return `${message.MessageId} of ${undelivered.of}: ${undelivered.reason}: ${undelivered.body}`;
  if (source !== undefined) return `${message.MessageId} from ${source.split("/").at(-1)}: ${message.Body}`;
  if (event) return describe(message, event);
  return `${message.MessageId} ${batch ? batchWords(batch) : "no failed event"}`;
}

/**
 * Gives a message to whoever failed on it or did not get it. First and deleted afterwards: one whose deletion fails comes
 * twice.
 *
 * @returns why that was in vain
 */
async function giveBack(clients: Clients, message: Message, kind: Kind): Promise<string | undefined> {
  const { event, source, undelivered, batch } = kind;
  try {
    if (undelivered) await deliver(clients, undelivered);
    else if (source !== undefined) await sendBack(clients.sqs, source, message);
    else if (event) await redriveEvent(clients, event);
    else if (batch) await redriveBatch(clients.lambda, batch);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Does what is asked for with a message; whether it has left the queue. */
async function settle(clients: Clients, message: Message, { action, only }: Task): Promise<boolean> {
  const isMeant = only.size === 0 || only.has(message.MessageId ?? "");
  if (!isMeant) return false;
  const kind: Kind = {
    event: eventIn(message),
    source: sourceUrlOf(message, clients.queueUrl),
    undelivered: undeliveredIn(message),
    batch: streamBatchIn(message),
  };
  const isKnown = Object.values(kind).some((known) => known !== undefined);
  const words = describeAny(message, kind);
  if (action === "list" || (!isKnown && action === "redrive")) {
    console.log(`${words}${isKnown ? "" : ", left where it is"}`);
    return false;
  }
  const problem = action === "drop" ? undefined : await giveBack(clients, message, kind);
  console.log(`${words}${problem === undefined ? "" : `, left where it is: ${problem}`}`);
  if (problem !== undefined) return false;
  await drop(clients, message);
  return true;
}

/** For a function's answer is waited, up to a quarter of an hour, and for that of each that was received beside it. */
async function hide({ sqs, queueUrl: QueueUrl }: Clients, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 10 * 15 * 60 }));
}

/** Goes through the queue once: what comes in while it works was sent by the events that failed again. */
async function redrive(clients: Clients, task: Task): Promise<Outcome> {
  const { sqs, queueUrl: QueueUrl } = clients;
  const seen: Message[] = [];
  const missing = new Set(task.only);
  const startedAt = Date.now();
  let done = 0;
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: HIDDEN_SECONDS,
        MessageSystemAttributeNames: ["SentTimestamp", "DeadLetterQueueSourceArn", "MessageGroupId"],
        MessageAttributeNames: ["All"],
      }),
    );
    for (const message of Messages) if (streamBatchIn(message)) await hide(clients, message);
    for (const message of Messages) {
      missing.delete(message.MessageId ?? "");
      const isOld = Number(message.Attributes?.SentTimestamp ?? 0) < startedAt;
      if (isOld && (await settle(clients, message, task))) done += 1;
      else seen.push(message);
    }
    if (Messages.length === 0) break;
  }
  for (const { ReceiptHandle } of seen)
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  return { done, left: seen.length, missing: [...missing] };
}

/** @throws UserError when it is no queue's URL */
function queueOf(text: string | undefined): string {
  if (text !== undefined && URL.canParse(text) && new URL(text).pathname.split("/").length === 3) return text;
  const example = "https://sqs.us-east-1.amazonaws.com/111122223333/user-management-prod-prod-failed-imports";
  throw new UserError(
    `queue URL: must be like ${example}, got ${text ?? "none"}; npm run terraform -- <stack> output shows it`,
  );
}

void command(
  usage,
  { list: { type: "boolean" }, drop: { type: "boolean" }, only: { type: "string", multiple: true } },
  async ({ positionals: [url, ...more], values }) => {
    if (more.length > 0) throw new UserError(usage);
    const queueUrl = queueOf(url);
    const only = new Set(values.only ?? []);
    if (values.list && values.drop) throw new UserError("--list and --drop: one or the other, got both");
    if (values.drop && only.size === 0) {
      throw new UserError("--drop: must come with --only, got none; name what nobody is to work on any more");
    }
    const action = values.list ? "list" : values.drop ? "drop" : "redrive";
    const region = /^https:\/\/sqs\.([\w-]+)\./.exec(queueUrl)?.[1];
    const settings = region ? { region } : {};
    // Else the client asks the host in the URL, also where the endpoint is another.
    const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
    const outcome = await redrive({ sqs, lambda: new LambdaClient(settings), queueUrl }, { action, only });
    console.log(`${outcome.done} ${action === "drop" ? "dropped" : "redriven"}, ${outcome.left} in the queue`);
    for (const id of outcome.missing) console.error(`${id}: is not in the queue, or somebody else works on it now`);
    return outcome.missing.length > 0 ? 1 : 0;
  },
);
