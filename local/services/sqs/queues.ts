import { type MessageAttribute, Queue, type QueueDefinition } from "./queue";

/** All queues of the stacks, by ARN. Messages live as long as the runner does. */
export class Queues {
  private readonly queues = new Map<string, Queue>();

  /** Makes queues that are new; those that were there keep their messages. */
  provision(definitions: readonly QueueDefinition[]): void {
    for (const definition of definitions) {
      const known = this.queues.get(definition.arn);
      if (JSON.stringify(known?.definition) === JSON.stringify(definition)) continue;
      const redrive = (arn: string, body: string, attributes: Readonly<Record<string, MessageAttribute>>) => {
        this.queues.get(arn)?.send(body, attributes);
      };
      this.queues.set(definition.arn, new Queue(definition, redrive));
    }
  }

  byArn(arn: string): Queue | undefined {
    return this.queues.get(arn);
  }

  /** By the last part of a queue's URL. */
  byUrl(url: string): Queue | undefined {
    const name = url.split("/").at(-1);
    return [...this.queues.values()].find(({ definition }) => definition.name === name);
  }

  all(): readonly Queue[] {
    return [...this.queues.values()];
  }
}
