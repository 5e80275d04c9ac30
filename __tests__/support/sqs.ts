import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueueDefinition } from "../../local/read/queue-definition";
import { Queues } from "../../local/services/sqs/queues";
import { sqsService } from "../../local/services/sqs/service";
import type { AwsServer } from "./aws-server";
import { startService } from "./service";

/** A queue that keeps what was sent. */
export interface QueueServer {
  readonly server: AwsServer;
  readonly url: string;
  /** The messages that it was sent, parsed. */
  readonly messages: readonly unknown[];
}

/** Starts SQS with a queue that nobody receives from. */
export async function startQueue(definition: QueueDefinition): Promise<QueueServer> {
  const messages: unknown[] = [];
  const queues = new Queues(join(mkdtempSync(join(tmpdir(), "terrace-queue-")), "messages"));
  queues.provision([definition]);
  const server = await startService(sqsService(queues), ({ headers, body }) => {
    if (String(headers["x-amz-target"]).endsWith(".SendMessage")) {
      messages.push(JSON.parse(JSON.parse(body.toString()).MessageBody));
    }
  });
  return { server, url: `https://sqs.us-east-1.amazonaws.com/000000000000/${definition.name}`, messages };
}
