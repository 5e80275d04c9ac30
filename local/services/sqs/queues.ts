import type { QueueDefinition } from "../../read/queue-definition";
import { type Entry, WriteLog } from "../../store/write-log";
import { type Message, Queue } from "./queue";

/** All queues of the stacks, by ARN, in memory and in a write log. */
export class Queues {
  private readonly queues = new Map<string, Queue>();
  private defined: readonly QueueDefinition[] = [];
  private readonly log: WriteLog<Message>;
  /** Stored messages of queues that are not there yet. */
  private kept: readonly Entry<Message>[] | undefined;

  constructor(path: string) {
    this.log = new WriteLog(path);
  }

  /**
   * Makes queues that are new, with the messages that they had; those that were there keep theirs.
   *
   * @throws Error when the log is damaged
   */
  provision(definitions: readonly QueueDefinition[]): void {
    this.kept ??= this.log.read();
    this.defined = definitions;
    for (const definition of definitions) {
      const { arn } = definition;
      const known = this.queues.get(arn);
      if (known) known.definition = definition;
      else this.queues.set(arn, new Queue(definition, this.dependencies(arn), this.keptOf(arn)));
    }
  }

  /** The queues that the stacks have now. */
  get all(): readonly QueueDefinition[] {
    return this.defined;
  }

  byArn(arn: string): Queue | undefined {
    return this.queues.get(arn);
  }

  /** By the last part of a queue's URL. */
  byUrl(url: string): Queue | undefined {
    const name = url.split("/").at(-1);
    return [...this.queues.values()].find(({ definition }) => definition.name === name);
  }

  /** The queues whose dead letters go to a queue. */
  sourcesOf(arn: string): readonly QueueDefinition[] {
    return this.defined.filter(({ redrive }) => redrive?.deadLetterArn === arn);
  }

  private keptOf(arn: string): readonly Message[] {
    const messages = (this.kept ?? []).flatMap(({ table, item }) => (table === arn && item ? [item] : []));
    return messages.sort((a, b) => (a.sequenceNumber ?? a.sentAt) - (b.sequenceNumber ?? b.sentAt));
  }

  /** Dependencies of a queue on the others and the log. */
  private dependencies(arn: string) {
    return {
      redrive: (deadLetterArn: string, message: Message) => {
        const deadLetters = this.queues.get(deadLetterArn);
        deadLetters?.take({ ...message, deadLetterSourceArn: arn });
        return deadLetters !== undefined;
      },
      keep: (key: string, item: Message | null) => this.log.append({ table: arn, key, item }),
    };
  }
}
