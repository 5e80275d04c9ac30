import { arnOf } from "../../../aws/arn";
import { type Input, inputOf, jsonProtocol, optionalTextIn, targetOf, textsIn } from "../json-protocol";
import { viaService } from "../key-use";
import { pageOf } from "../pages";
import { type Need, notPlayed, type Operation, type Service, ServiceError, type ServiceRequest } from "../service";
import { badAttribute, noQueue, purging, within } from "./errors";
import type { Queue } from "./queue";
import type { Queues } from "./queues";
import { changeVisibility, receive, remove } from "./receiving";
import { eachEntry, entriesIn, send, sendBatch } from "./sending";

const { success, failure } = jsonProtocol("1.0", "com.amazonaws.sqs#");

/** The attributes that are asked for; none where none are. */
function attributes(queue: Queue, input: Input): object {
  const { visible, inFlight, delayed } = queue.counts();
  const { arn, visibilityTimeoutSeconds, retentionSeconds, delaySeconds, redrive, keyArn } = queue.definition;
  const policy = redrive && { deadLetterTargetArn: redrive.deadLetterArn, maxReceiveCount: redrive.maxReceiveCount };
  const all: Readonly<Record<string, string | undefined>> = {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(retentionSeconds),
    DelaySeconds: String(delaySeconds),
    RedrivePolicy: policy && JSON.stringify(policy),
    KmsMasterKeyId: keyArn,
  };
  const asked = textsIn(input, "AttributeNames");
  const unknown = asked.find((name) => name !== "All" && !Object.hasOwn(all, name));
  if (unknown !== undefined) throw badAttribute(unknown);
  const chosen = Object.entries(all).filter(([name]) => asked.includes("All") || asked.includes(name));
  return { Attributes: Object.fromEntries(chosen) };
}

/** The URL by which this endpoint knows a queue: clients of SQS ask the host in it. */
const urlOf = (name: string, { caller, headers }: ServiceRequest): string =>
  `http://${headers.host}/${caller.accountId}/${name}`;

/** How many queues a list has at most (SQS API reference, ListQueues). */
const MOST_LISTED = 1000;

/** Pages come only where a length is asked for; without one, what is beyond the first thousand is left out, as on AWS. */
function listQueues(queues: Queues, input: Input, request: ServiceRequest): Operation {
  const prefix = optionalTextIn(input, "QueueNamePrefix") ?? "";
  const token = optionalTextIn(input, "NextToken");
  const most = input["MaxResults"];
  within("MaxResults", most, [1, MOST_LISTED], `Must be between 1 and ${MOST_LISTED}, if provided.`);
  return {
    needs: [{ action: "sqs:ListQueues", resource: "*" }],
    run: () => {
      const names = queues.all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
      const page = pageOf(
        names.sort(),
        typeof most === "number" ? most : MOST_LISTED,
        token,
        "InvalidParameterValueException",
      );
      const QueueUrls = page.items.map((name) => urlOf(name, request));
      return success({
        ...(QueueUrls.length > 0 ? { QueueUrls } : {}),
        ...(typeof most === "number" && page.next !== undefined ? { NextToken: page.next } : {}),
      });
    },
  };
}

function purge(queue: Queue): object {
  if (!queue.purge()) throw purging(queue.definition.name);
  return {};
}

type Perform = (queue: Queue, input: Input, request: ServiceRequest) => object;

const operations: ReadonlyMap<string, Perform> = new Map<string, Perform>(
  Object.entries({
    SendMessage: send,
    SendMessageBatch: sendBatch,
    ReceiveMessage: receive,
    DeleteMessage: remove,
    DeleteMessageBatch: (queue, input) =>
      eachEntry(entriesIn(input, "DeleteMessageBatch"), (entry) => remove(queue, entry)),
    ChangeMessageVisibility: changeVisibility,
    ChangeMessageVisibilityBatch: (queue, input) =>
      eachEntry(entriesIn(input, "ChangeMessageVisibilityBatch"), (entry) => changeVisibility(queue, entry)),
    GetQueueAttributes: attributes,
    GetQueueUrl: (queue, _, request) => ({ QueueUrl: urlOf(queue.definition.name, request) }),
    PurgeQueue: purge,
  } satisfies Record<string, Perform>),
);

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
      const { headers, ...rest } = failure(
        new ServiceError(error.code, error.message, { status: error.status, members }),
      );
      return { ...rest, headers: { ...headers, ...(queryError ? { "x-amzn-query-error": queryError } : {}) } };
    },
    operation: (request: ServiceRequest) => {
      const name = targetOf(request);
      if (name === "ListQueues") return listQueues(queues, inputOf(request), request);
      const perform = operations.get(name);
      if (!perform) throw notPlayed("SQS", name);
      const input = inputOf(request);
      const called = optionalTextIn(input, "QueueUrl") ?? optionalTextIn(input, "QueueName") ?? "";
      const queue = queues.byUrl(called);
      const arn = queue?.definition.arn ?? arnOf("sqs", called.split("/").at(-1) ?? "", request.caller);
      return {
        needs: queueNeeds(name, arn, queue),
        run: async () => {
          if (!queue) throw noQueue();
          return success(await perform(queue, input, request));
        },
      };
    },
  };
}
