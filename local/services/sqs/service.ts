import { type Input, inputOf, jsonProtocol, targetOf } from "../json-protocol";
import { viaService } from "../key-use";
import { type Answer, type Need, notPlayed, type Service, ServiceError, type ServiceRequest } from "../service";
import { type MessageAttribute, md5, type Queue, type ReceivedMessage } from "./queue";
import type { Queues } from "./queues";

const MAX_BYTES = 1_048_576;
const { success, failure } = jsonProtocol("1.0", "com.amazonaws.sqs#");

const refused = (code: string, queryCode: string, message: string): ServiceError =>
  new ServiceError(queryCode, message, { members: { "x-amzn-query-error": `${code};Sender` } });

const noQueue = () =>
  refused("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "The specified queue does not exist.");

type Attributes = Readonly<Record<string, MessageAttribute>>;

function sent(queue: Queue, input: Input) {
  const body = String(input["MessageBody"] ?? "");
  const missing = "The request must contain the parameter MessageBody.";
  if (body === "") throw refused("MissingParameter", "MissingRequiredParameterException", missing);
  if (Buffer.byteLength(body) > MAX_BYTES) {
    const reason = `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_BYTES} bytes.`;
    throw refused("InvalidParameterValue", "InvalidParameterValueException", reason);
  }
  const delay = input["DelaySeconds"] as number | undefined;
  const messageId = queue.send(body, (input["MessageAttributes"] as Attributes | undefined) ?? {}, delay);
  return { MessageId: messageId, MD5OfMessageBody: md5(body) };
}

function sendBatch(queue: Queue, input: Input): Answer {
  const entries = (input["Entries"] as readonly Input[] | undefined) ?? [];
  if (entries.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${entries.length}.`;
    throw refused("AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequest", message);
  }
  return success({ Successful: entries.map((entry) => ({ Id: entry["Id"], ...sent(queue, entry) })), Failed: [] });
}

const shown = (message: ReceivedMessage) => ({
  MessageId: message.messageId,
  ReceiptHandle: message.receiptHandle,
  Body: message.body,
  MD5OfBody: message.md5OfBody,
  Attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  },
  ...(Object.keys(message.messageAttributes).length > 0 ? { MessageAttributes: message.messageAttributes } : {}),
});

async function receive(queue: Queue, input: Input): Promise<Answer> {
  const wait = Number(input["WaitTimeSeconds"] ?? 0);
  if (wait < 0 || wait > 20) {
    const reason = `Value ${wait} for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.`;
    throw refused("InvalidParameterValue", "InvalidParameterValueException", reason);
  }
  const visibility = input["VisibilityTimeout"] as number | undefined;
  const messages = await queue.receive(Number(input["MaxNumberOfMessages"] ?? 1), wait * 1000, visibility);
  return success(messages.length > 0 ? { Messages: messages.map(shown) } : {});
}

function attributes(queue: Queue): Answer {
  const { visible, hidden } = queue.counts();
  const { arn, visibilityTimeoutSeconds } = queue.definition;
  return success({
    Attributes: {
      QueueArn: arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
      VisibilityTimeout: String(visibilityTimeoutSeconds),
    },
  });
}

const operations: Readonly<Record<string, (queue: Queue, input: Input) => Answer | Promise<Answer>>> = {
  SendMessage: (queue, input) => success(sent(queue, input)),
  SendMessageBatch: sendBatch,
  ReceiveMessage: receive,
  DeleteMessage: (queue, input) => {
    queue.delete(String(input["ReceiptHandle"]));
    return success({});
  },
  ChangeMessageVisibility: (queue, input) => {
    queue.changeVisibility(String(input["ReceiptHandle"]), Number(input["VisibilityTimeout"]));
    return success({});
  },
  GetQueueAttributes: attributes,
  GetQueueUrl: (queue) => success({ QueueUrl: `https://sqs.local/${queue.definition.name}` }),
};

/** The rights that an operation on a queue takes; of its own key, too, where messages go in or out. */
export function queueNeeds(operation: string, arn: string, queue: Queue | undefined): Need[] {
  const action = `sqs:${operation.replace(/Batch$/, "")}`;
  const keyArn = queue?.definition.keyArn;
  const sends = action === "sqs:SendMessage";
  const uses = keyArn === undefined ? [] : sends ? ["kms:GenerateDataKey", "kms:Decrypt"] : ["kms:Decrypt"];
  const touches = sends || action === "sqs:ReceiveMessage";
  const use = (name: string) =>
    viaService("sqs", { action: name, keyArn: keyArn ?? "", context: { "aws:sqs:arn": arn } });
  return [{ action, resource: arn }, ...(touches ? uses.map(use) : [])];
}

/** SQS's operations on messages. */
export function sqsService(queues: Queues): Service {
  return {
    failure: (error) => {
      const { "x-amzn-query-error": queryError, ...members } = error.members;
      const { headers, ...rest } = failure(new ServiceError(error.code, error.message, { ...error, members }));
      return { ...rest, headers: { ...headers, ...(queryError ? { "x-amzn-query-error": queryError } : {}) } };
    },
    operation: (request: ServiceRequest) => {
      const name = targetOf(request);
      const perform = operations[name];
      if (!perform) throw notPlayed("SQS", name);
      const input = inputOf(request);
      const called = String(input["QueueUrl"] ?? input["QueueName"] ?? "");
      const queue = queues.byUrl(called);
      const { region, accountId } = request.caller;
      const arn = queue?.definition.arn ?? `arn:aws:sqs:${region}:${accountId}:${called.split("/").at(-1)}`;
      return {
        needs: queueNeeds(name, arn, queue),
        run: async () => {
          if (!queue) throw noQueue();
          return perform(queue, input);
        },
      };
    },
  };
}
