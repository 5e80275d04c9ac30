import { createHash, randomUUID } from "node:crypto";

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** A queue as the stack declares it. */
export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  readonly keyArn?: string;
}

/** A message as a receiver sees it. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  readonly receiveCount: number;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

/** A message with all that SQS knows of it. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  receiptHandle: string;
}

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** What a queue needs from those around it. */
interface Surroundings {
  /** Takes what was received too often. */
  readonly redrive: (deadLetterArn: string, body: string, attributes: Message["attributes"]) => void;
  /** Writes down what became of a message: how it is now, or that it is gone. */
  readonly keep: (messageId: string, message: Message | null) => void;
}

/** A standard queue: messages hide while somebody works on them and come back if nobody deletes them. */
export class Queue {
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly definition: QueueDefinition,
    private readonly around: Surroundings,
    private messages: Message[],
  ) {}

  /** What is in it, seen or not. */
  get contents(): readonly Message[] {
    return this.messages;
  }

  send(body: string, attributes: Message["attributes"] = {}, delaySeconds = this.definition.delaySeconds): string {
    const now = Date.now();
    const sent = { messageId: randomUUID(), body, attributes, sentAt: now, visibleAt: now + delaySeconds * 1000 };
    const message = { ...sent, receiveCount: 0, firstReceivedAt: 0, receiptHandle: "" };
    this.around.keep(message.messageId, message);
    this.messages.push(message);
    for (const wake of this.waiting) wake();
    return message.messageId;
  }

  /** Up to `most` messages; waits for the first one for so long. */
  async receive(most: number, waitMs: number, visibilitySeconds?: number): Promise<readonly ReceivedMessage[]> {
    const until = Date.now() + waitMs;
    for (;;) {
      const found = this.take(most, visibilitySeconds ?? this.definition.visibilityTimeoutSeconds);
      const left = until - Date.now();
      if (found.length > 0 || left <= 0) return found;
      await this.something(Math.min(left, 200));
    }
  }

  delete(receiptHandle: string): void {
    this.remove((message) => receiptHandle !== "" && message.receiptHandle === receiptHandle);
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (!message) return;
    message.visibleAt = Date.now() + seconds * 1000;
    this.around.keep(message.messageId, message);
  }

  /** How many can be received, and how many somebody works on. */
  counts(): { readonly visible: number; readonly hidden: number } {
    const visible = this.messages.filter(({ visibleAt }) => visibleAt <= Date.now()).length;
    return { visible, hidden: this.messages.length - visible };
  }

  private remove(isGone: (message: Message) => boolean): void {
    for (const { messageId } of this.messages.filter(isGone)) this.around.keep(messageId, null);
    this.messages = this.messages.filter((message) => !isGone(message));
  }

  private take(most: number, visibilitySeconds: number): ReceivedMessage[] {
    const { redrive, retentionSeconds } = this.definition;
    const now = Date.now();
    this.remove(({ sentAt }) => sentAt <= now - retentionSeconds * 1000);
    const taken: ReceivedMessage[] = [];
    for (const message of [...this.messages]) {
      if (taken.length >= most) break;
      if (message.visibleAt > now) continue;
      if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
        // First there, then gone here: whoever dies between the two leaves it twice, not nowhere.
        this.around.redrive(redrive.deadLetterArn, message.body, message.attributes);
        this.remove((other) => other === message);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ||= now;
      message.visibleAt = now + visibilitySeconds * 1000;
      message.receiptHandle = randomUUID();
      this.around.keep(message.messageId, message);
      const { attributes: messageAttributes, visibleAt: _, ...rest } = message;
      taken.push({ ...rest, messageAttributes, md5OfBody: md5(message.body) });
    }
    return taken;
  }

  private something(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.waiting.add(wake);
    });
  }
}
