import { type Input, optionalTextIn } from "../json-protocol";
import { invalid, missing, notFound, unsupported, within } from "./errors";
import type { Message, Queue } from "./queue";
import type { Queues } from "./queues";

/** Messages that were moved from a queue of dead letters. */
interface MoveTask {
  readonly source: string;
  readonly destination: string | undefined;
  readonly startedAt: number;
  readonly moved: number;
  readonly all: number;
  /** The rate that was asked for, if any. */
  readonly mostPerSecond: unknown;
  readonly failure?: string;
}

const RATE = [1, 500] as const;
const LISTED = [1, 10] as const;

/** Tasks that a list has, at most: the latest. (SQS API reference, ListMessageMoveTasks) */
const MOST_KEPT = 10;

/** The queue of an ARN that a request names. */
function queueIn(queues: Queues, input: Input, parameter: "SourceArn" | "DestinationArn"): Queue {
  const queue = queues.byArn(optionalTextIn(input, parameter) ?? "");
  if (queue) return queue;
  throw notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
}

/** Moves messages back from queues of dead letters. (SQS API reference, StartMessageMoveTask) */
export class MoveTasks {
  private readonly tasks: MoveTask[] = [];

  constructor(private readonly queues: Queues) {}

  /** @throws ServiceError when SQS would not begin */
  start(input: Input): object {
    within("MaxNumberOfMessagesPerSecond", input["MaxNumberOfMessagesPerSecond"], RATE, "Must be between 1 and 500.");
    const source = this.deadLetters(input);
    const destination =
      optionalTextIn(input, "DestinationArn") === undefined ? undefined : queueIn(this.queues, input, "DestinationArn");
    if (destination === source) throw invalid("Source queue arn and destination queue arn can not be the same.");
    const messages = source.visible;
    const { moved, failure } = this.move(source, destination, messages);
    const task: MoveTask = {
      source: source.definition.arn,
      destination: destination?.definition.arn,
      startedAt: Date.now(),
      moved,
      all: messages.length,
      mostPerSecond: input["MaxNumberOfMessagesPerSecond"] ?? undefined,
      ...(failure === undefined ? {} : { failure }),
    };
    this.tasks.unshift(task);
    return { TaskHandle: handleOf(task) };
  }

  list(input: Input): object {
    const most = input["MaxResults"] ?? 1;
    within("MaxResults", most, LISTED, "Must be between 1 and 10.");
    const { arn } = this.deadLetters(input).definition;
    const found = this.tasks.filter(({ source }) => source === arn).slice(0, Math.min(Number(most), MOST_KEPT));
    return { Results: found.map(shown) };
  }

  /** Each has ended before it could be. */
  cancel(input: Input): object {
    const handle = optionalTextIn(input, "TaskHandle");
    if (handle === undefined || handle === "") throw missing("TaskHandle");
    if (this.tasks.some((task) => handleOf(task) === handle)) throw unsupported("Only active tasks can be cancelled.");
    throw notFound("Task does not exist.");
  }

  private deadLetters(input: Input): Queue {
    if (!optionalTextIn(input, "SourceArn")) throw missing("SourceArn");
    const queue = queueIn(this.queues, input, "SourceArn");
    if (this.queues.sourcesOf(queue.definition.arn).length > 0) return queue;
    throw invalid("Source queue must be configured as a Dead Letter Queue.");
  }

  /** A moved message is a new one, of the same content. */
  private move(source: Queue, destination: Queue | undefined, messages: readonly Message[]) {
    let moved = 0;
    for (const message of messages) {
      const { body, attributes, messageId, groupId, traceHeader, deadLetterSourceArn = "" } = message;
      const to = destination ?? this.queues.byArn(deadLetterSourceArn);
      if (!to) return { moved, failure: "CouldNotDetermineMessageSource" };
      const order = groupId === undefined ? {} : { groupId };
      // By an id of its own: by that of the first time it would be taken for what is there already, and lost.
      const once = to.definition.fifo ? { deduplicationId: messageId } : {};
      to.send({ body, attributes, ...order, ...once, ...(traceHeader === undefined ? {} : { traceHeader }) });
      source.remove(message);
      moved += 1;
    }
    return { moved };
  }
}

const handleOf = ({ source, startedAt }: MoveTask): string =>
  Buffer.from(JSON.stringify({ taskId: startedAt, sourceArn: source })).toString("base64");

/** The queue that a handle is of. */
export const sourceOf = (handle: string): string =>
  /"sourceArn":"([^"]*)"/.exec(Buffer.from(handle, "base64").toString())?.[1] ?? "*";

/** Handles are shown of tasks that run, and none does. */
const shown = ({ source, destination, startedAt, moved, all, mostPerSecond, failure }: MoveTask): object => ({
  Status: failure === undefined ? "COMPLETED" : "FAILED",
  SourceArn: source,
  ...(destination === undefined ? {} : { DestinationArn: destination }),
  MaxNumberOfMessagesPerSecond: mostPerSecond,
  ApproximateNumberOfMessagesMoved: moved,
  ApproximateNumberOfMessagesToMove: all,
  ...(failure === undefined ? {} : { FailureReason: failure }),
  StartedTimestamp: startedAt,
});
