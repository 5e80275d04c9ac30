import { serviceOf } from "../../aws/arn";
import type { Database } from "./dynamodb/database";
import { readStream } from "./dynamodb/stream-reading";
import { decryptVariables } from "./key-use";
import type { Invoke } from "./lambda/invoking";
import type { PlatformCall, PlatformResult } from "./messages";
import { type Need, ServiceError } from "./service";
import { publishNeeds } from "./sns/service";
import type { Topics } from "./sns/topics";
import type { Queue } from "./sqs/queue";
import type { Queues } from "./sqs/queues";
import { queueNeeds } from "./sqs/service";

const notThere = (arn: string): ServiceError => new ServiceError("NotFound", `${arn} is not in the stacks`);

/** Actions of an event source mapping on its queue. */
const polling = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

/** The same with a table's stream. */
const streaming = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

interface On {
  readonly database: Database;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly invoke: Invoke;
}

/** Lambda's own calls of services, with a function's role. */
export class Platform {
  constructor(private readonly on: On) {}

  /** The rights that it takes. */
  needs(functionArn: string, call: PlatformCall): readonly Need[] {
    return this.needsOf(functionArn, call).map((need) => ({ ...need, byLambda: true }));
  }

  async perform(call: PlatformCall): Promise<PlatformResult> {
    if (call.kind === "receive") {
      return { messages: await this.queue(call.queueArn).receive(call.most, call.waitMs) };
    }
    if (call.kind === "readStream") {
      return { page: readStream(this.on.database, call.streamArn, call.from, call.limit) };
    }
    if (call.kind === "delete" || call.kind === "release") {
      const queue = this.queue(call.queueArn);
      for (const handle of call.receiptHandles) queue[call.kind](handle);
    }
    if (call.kind === "deliver") await this.deliver(call);
    return {};
  }

  private queue(arn: string): Queue {
    const queue = this.on.queues.byArn(arn);
    if (!queue) throw notThere(arn);
    return queue;
  }

  private needsOf(functionArn: string, call: PlatformCall): readonly Need[] {
    const { queues, topics } = this.on;
    if (call.kind === "decryptVariables") return [decryptVariables(functionArn, call.keyArn)];
    if (call.kind === "readStream") {
      return streaming.map((operation) => ({ action: `dynamodb:${operation}`, resource: call.streamArn }));
    }
    if (call.kind !== "deliver") {
      return polling.flatMap((operation) => queueNeeds(operation, call.queueArn, queues.byArn(call.queueArn)));
    }
    const { targetArn } = call;
    if (serviceOf(targetArn) === "sqs") return queueNeeds("SendMessage", targetArn, queues.byArn(targetArn));
    if (serviceOf(targetArn) === "sns") return publishNeeds(topics, targetArn);
    return [{ action: "lambda:InvokeFunction", resource: targetArn }];
  }

  private async deliver(call: Extract<PlatformCall, { kind: "deliver" }>): Promise<void> {
    const { queues, topics, invoke } = this.on;
    const { targetArn, body, attributes, groupId } = call;
    const [queue, topic] = [queues.byArn(targetArn), topics.byArn(targetArn)];
    if (queue) queue.send({ body, attributes, ...(groupId === undefined ? {} : { groupId }) });
    else if (topic) await topics.publish(topic, { message: body, attributes });
    else if (serviceOf(targetArn) !== "lambda" || !(await invoke(targetArn, body, true))) {
      throw notThere(targetArn);
    }
  }
}
