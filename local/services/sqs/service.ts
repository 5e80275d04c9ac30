import { arnOf } from "../../../aws/arn";
import { type Input, inputOf, jsonProtocol, optionalTextIn, targetOf } from "../json-protocol";
import { viaService } from "../key-use";
import { checkMembers } from "../members";
import { pageOf } from "../pages";
import { type Need, notEmulated, type Operation, type Service, ServiceError, type ServiceRequest } from "../service";
import { noQueue, purging, within } from "./errors";
import { sqsMembers } from "./members";
import { MoveTasks, sourceOf } from "./move-tasks";
import type { Queue } from "./queue";
import { queueAttributes } from "./queue-attributes";
import type { Queues } from "./queues";
import { changeVisibility, receive, remove } from "./receiving";
import { eachEntry, entriesIn, send, sendBatch } from "./sending";
import { queueTags, tagQueue, untagQueue } from "./tags";

const { success, failure } = jsonProtocol("1.0", "com.amazonaws.sqs#");

/** The URL by which this endpoint knows a queue: clients of SQS ask the host in it. */
const urlOf = (name: string, { caller, headers }: ServiceRequest): string =>
  `http://${headers.host}/${caller.accountId}/${name}`;

/** Number of queues in a list at most (SQS API reference, ListQueues). */
const MOST_LISTED = 1000;

/** Pages come only where a length is asked for; without one, what is beyond the first thousand is left out, as on AWS. */
function urlsOf(names: readonly string[], input: Input, request: ServiceRequest) {
  const most = input["MaxResults"];
  within("MaxResults", most, [1, MOST_LISTED], `Must be between 1 and ${MOST_LISTED}, if provided.`);
  const page = pageOf(
    [...names].sort(),
    typeof most === "number" ? most : MOST_LISTED,
    optionalTextIn(input, "NextToken"),
    "InvalidParameterValueException",
  );
  return {
    urls: page.items.map((name) => urlOf(name, request)),
    next: typeof most === "number" && page.next !== undefined ? { NextToken: page.next } : {},
  };
}

function listQueues(queues: Queues, input: Input, request: ServiceRequest): Operation {
  const prefix = optionalTextIn(input, "QueueNamePrefix") ?? "";
  return {
    needs: [{ action: "sqs:ListQueues", resource: "*" }],
    run: () => {
      const names = queues.all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
      const { urls, next } = urlsOf(names, input, request);
      return success({ ...(urls.length > 0 ? { QueueUrls: urls } : {}), ...next });
    },
  };
}

function purge(queue: Queue): object {
  if (!queue.purge()) throw purging(queue.definition.name);
  return {};
}

type Perform = (
  queue: Queue,
  input: Input,
  context: { readonly request: ServiceRequest; readonly queues: Queues },
) => object;

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
    GetQueueAttributes: queueAttributes,
    GetQueueUrl: (queue, input, { request }) => {
      const owner = optionalTextIn(input, "QueueOwnerAWSAccountId");
      if (owner !== undefined && owner !== request.caller.accountId) throw noQueue();
      return { QueueUrl: urlOf(queue.definition.name, request) };
    },
    PurgeQueue: purge,
    ListQueueTags: queueTags,
    TagQueue: tagQueue,
    UntagQueue: untagQueue,
    ListDeadLetterSourceQueues: ({ definition }, input, { request, queues }) => {
      const names = queues.sourcesOf(definition.arn).map(({ name }) => name);
      const { urls, next } = urlsOf(names, input, request);
      return { queueUrls: urls, ...next };
    },
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
  const tasks = new MoveTasks(queues);
  const needsOf = (operation: string, arn: string) => queueNeeds(operation, arn, queues.byArn(arn));
  const moving = (name: string, input: Input): Operation => {
    const [source, destination] = [
      optionalTextIn(input, "SourceArn") ?? sourceOf(optionalTextIn(input, "TaskHandle") ?? ""),
      optionalTextIn(input, "DestinationArn"),
    ];
    const own = [{ action: `sqs:${name}`, resource: source }];
    if (name === "ListMessageMoveTasks") return { needs: own, run: () => success(tasks.list(input)) };
    if (name === "CancelMessageMoveTask") return { needs: own, run: () => success(tasks.cancel(input)) };
    const targets = destination === undefined ? queues.sourcesOf(source).map(({ arn }) => arn) : [destination];
    const reads = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].flatMap((each) => needsOf(each, source));
    const sends = targets.flatMap((arn) => needsOf("SendMessage", arn));
    return { needs: [...own, ...reads, ...sends], run: () => success(tasks.start(input)) };
  };
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
      const members = Object.hasOwn(sqsMembers, name) ? sqsMembers[name] : undefined;
      if (!members) throw notEmulated("SQS", name);
      const input = inputOf(request);
      checkMembers("SQS", name, input, members);
      if (name === "ListQueues") return listQueues(queues, input, request);
      if (name.endsWith("MessageMoveTask") || name.endsWith("MessageMoveTasks")) return moving(name, input);
      const perform = operations.get(name);
      if (!perform) throw notEmulated("SQS", name);
      const called = optionalTextIn(input, "QueueUrl") ?? optionalTextIn(input, "QueueName") ?? "";
      const queue = queues.byUrl(called);
      const arn = queue?.definition.arn ?? arnOf("sqs", called.split("/").at(-1) ?? "", request.caller);
      return {
        needs: queueNeeds(name, arn, queue),
        run: async () => {
          if (!queue) throw noQueue();
          return success(await perform(queue, input, { request, queues }));
        },
      };
    },
  };
}
