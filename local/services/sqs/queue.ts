import { createHash, randomUUID } from "node:crypto";
import { steadyNow } from "../../lib/clock";
import type { QueueDefinition } from "../../read/queue-definition";
import { currentTraceHeader } from "../current-request";

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** SQS's own attributes of a message, if it has them. */
interface SystemAttributes {
  /** Of queues that keep the order: messages of a group come one after the other. */
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly sequenceNumber?: number;
  readonly traceHeader?: string;
  /** The queue from which it came to the dead letters. */
  readonly deadLetterSourceArn?: string;
}

/** A message to send. */
export interface NewMessage extends SystemAttributes {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly delaySeconds?: number | undefined;
}

/** Ids of a message that was accepted. */
export interface Sent {
  readonly messageId: string;
  readonly sequenceNumber?: number | undefined;
}

/** A message as a receiver sees it. */
export interface ReceivedMessage extends SystemAttributes {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  readonly receiveCount: number;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  /** The trace of the request that sent it. */
  readonly traceHeader?: string;
}

/** A message with all that SQS knows of it. */
export interface Message extends SystemAttributes {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly traceHeader?: string;
  readonly sentAt: number;
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
  /** Begins with the message's id. */
  readonly receiptHandle: string;
}

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** Dependencies of a queue. */
interface Surroundings {
  /** Takes what was received too often. @returns whether there is a queue for it */
  readonly redrive: (deadLetterArn: string, message: Message) => boolean;
  /** Writes down what became of a message: how it is now, or that it is gone. */
  readonly keep: (messageId: string, message: Message | null) => void;
}

/** Shortest interval between purges of a queue (SQS API reference, PurgeQueue). */
const PURGE_INTERVAL_MS = 60_000;

/** Deduplication interval of messages. (SQS API reference, SendMessage) */
const DEDUPLICATION_MS = 300_000;

/**
 * A queue: messages hide while somebody works on them and come back if nobody deletes them. One that keeps the order gives
 * no message of a group while another of it, sent before, is hidden.
 */
export class Queue {
  private readonly waiting = new Set<() => void>();
  private purgedAt = Number.NEGATIVE_INFINITY;
  /** By id, in the order in which they came. */
  private readonly messages: Map<string, Message>;
  /** Messages accepted in the last minutes, by deduplication id. */
  private readonly recent = new Map<string, Message>();
  private sequence = 0;
  /** No message was sent before. */
  private oldest = Number.POSITIVE_INFINITY;

  private changedTags: ReadonlyMap<string, string> | undefined;

  /** @param definition may change while there are messages */
  constructor(
    public definition: QueueDefinition,
    private readonly dependencies: Surroundings,
    messages: readonly Message[],
  ) {
    this.messages = new Map(messages.map((message) => [message.messageId, message]));
    for (const message of messages) {
      this.oldest = Math.min(this.oldest, message.sentAt);
      this.sequence = Math.max(this.sequence, message.sequenceNumber ?? 0);
      if (message.deduplicationId !== undefined) this.recent.set(message.deduplicationId, message);
    }
  }

  /** The stack's, until calls change them: a new start has the stack's again, as the next deployment has. */
  get tags(): ReadonlyMap<string, string> {
    return this.changedTags ?? new Map(Object.entries(this.definition.tags ?? {}));
  }

  set tags(tags: ReadonlyMap<string, string>) {
    this.changedTags = tags;
  }

  /** Takes a message; one that was taken in the last minutes by the same deduplication id only once. */
  send({ delaySeconds = this.definition.delaySeconds, attributes = {}, ...content }: NewMessage): Sent {
    const now = steadyNow();
    const known = this.duplicate(content.deduplicationId, now);
    if (known) return known;
    const times = { sentAt: now, visibleAt: now + delaySeconds * 1000, receiveCount: 0, firstReceivedAt: 0 };
    const sequence = this.definition.fifo ? { sequenceNumber: this.nextSequence(now) } : {};
    const { traceHeader = currentTraceHeader() } = content;
    const own = { ...content, ...(traceHeader === undefined ? {} : { traceHeader }) };
    const message = { messageId: randomUUID(), receiptHandle: "", ...own, ...sequence, attributes, ...times };
    this.add(message);
    if (this.definition.fifo && content.deduplicationId !== undefined)
      this.recent.set(content.deduplicationId, message);
    return message;
  }

  /** Takes a message of another queue, as it is: it can be received at once. */
  take(message: Message): void {
    this.add({ ...message, visibleAt: steadyNow(), receiptHandle: "" });
  }

  private add(message: Message): void {
    this.dependencies.keep(message.messageId, message);
    this.messages.set(message.messageId, message);
    this.oldest = Math.min(this.oldest, message.sentAt);
    for (const wake of this.waiting) wake();
  }

  private duplicate(id: string | undefined, now: number): Sent | undefined {
    for (const [known, { sentAt }] of this.recent) {
      if (sentAt > now - DEDUPLICATION_MS) break;
      this.recent.delete(known);
    }
    return id === undefined ? undefined : this.recent.get(id);
  }

  /** Greater than all before, also those of another process. */
  private nextSequence(now: number): number {
    this.sequence = Math.max(this.sequence + 1, Math.floor(now) * 1000);
    return this.sequence;
  }

  /** Up to `most` messages; waits for the first one for so long. */
  async receive(most: number, waitMs: number, visibilitySeconds?: number): Promise<readonly ReceivedMessage[]> {
    const until = steadyNow() + waitMs;
    for (;;) {
      const found = this.receiveSome(most, visibilitySeconds ?? this.definition.visibilityTimeoutSeconds);
      const left = until - steadyNow();
      if (found.length > 0 || left <= 0) return found;
      await this.messageOrTimeout(Math.min(left, 200));
    }
  }

  delete(receiptHandle: string): void {
    const message = this.received(receiptHandle);
    if (message) this.remove(message);
  }

  /** Whether a message is there, and can be received or was received again since this receipt. */
  isExpired(receiptHandle: string): boolean {
    const message = this.messages.get(receiptHandle.split("#")[0] ?? "");
    return message !== undefined && (message.receiptHandle !== receiptHandle || message.visibleAt <= steadyNow());
  }

  /** Deletes all messages, whoever works on them. @returns whether the last time was long enough ago */
  purge(): boolean {
    const now = steadyNow();
    if (now - this.purgedAt < PURGE_INTERVAL_MS) return false;
    this.purgedAt = now;
    for (const message of [...this.messages.values()]) this.remove(message);
    return true;
  }

  /** @returns whether somebody works on the message, without which nothing changes */
  changeVisibility(receiptHandle: string, seconds: number): boolean {
    const message = this.received(receiptHandle);
    if (!message || message.visibleAt <= steadyNow()) return false;
    this.change(message, { visibleAt: steadyNow() + seconds * 1000 });
    return true;
  }

  /** Takes back a message that was received and not processed: as if it had not been received. */
  release(receiptHandle: string): void {
    const message = this.received(receiptHandle);
    if (message) this.change(message, { receiveCount: message.receiveCount - 1, visibleAt: steadyNow() });
  }

  /** Those that can be received now. */
  get visible(): readonly Message[] {
    const now = steadyNow();
    return [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= now);
  }

  /** Numbers of messages that are available, in flight, and delayed. */
  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    const now = steadyNow();
    const counts = { visible: 0, inFlight: 0, delayed: 0 };
    for (const { visibleAt, receiveCount } of this.messages.values()) {
      counts[visibleAt <= now ? "visible" : receiveCount > 0 ? "inFlight" : "delayed"] += 1;
    }
    return counts;
  }

  /** The message, if this is its latest receipt. */
  private received(receiptHandle: string): Message | undefined {
    const message = this.messages.get(receiptHandle.split("#")[0] ?? "");
    return message?.receiptHandle === receiptHandle ? message : undefined;
  }

  /** Written down first: should that fail, nothing has changed. */
  private change(message: Message, changes: Partial<Message>): Message {
    const changed = { ...message, ...changes };
    this.dependencies.keep(message.messageId, changed);
    this.messages.set(message.messageId, changed);
    return changed;
  }

  remove({ messageId }: Message): void {
    this.dependencies.keep(messageId, null);
    this.messages.delete(messageId);
  }

  /** Drops what is too old. */
  private expire(now: number): void {
    const expired = now - this.definition.retentionSeconds * 1000;
    if (this.oldest > expired) return;
    this.oldest = Number.POSITIVE_INFINITY;
    for (const message of this.messages.values()) {
      if (message.sentAt <= expired) this.remove(message);
      else this.oldest = Math.min(this.oldest, message.sentAt);
    }
  }

  /** As many as can be taken: should the disk refuse one of them, those before it are received all the same. */
  private receiveSome(most: number, visibilitySeconds: number): ReceivedMessage[] {
    const now = steadyNow();
    const taken: ReceivedMessage[] = [];
    try {
      this.expire(now);
      const blocked = new Set<string | undefined>();
      for (const message of this.messages.values()) {
        if (taken.length >= most) break;
        const { groupId } = message;
        if (this.definition.fifo && blocked.has(groupId)) continue;
        if (message.visibleAt > now) blocked.add(groupId);
        if (message.visibleAt > now || this.redriven(message)) continue;
        taken.push(this.receiveOne(message, now, visibilitySeconds));
      }
    } catch (error) {
      if (taken.length === 0) throw error;
    }
    return taken;
  }

  /** Whether a message was received too often and has gone to the dead letters; without a queue for them it stays. */
  private redriven(message: Message): boolean {
    const { redrive } = this.definition;
    if (!redrive || message.receiveCount < redrive.maxReceiveCount) return false;
    // First there, then gone here: whoever dies between the two leaves it twice, not nowhere.
    if (!this.dependencies.redrive(redrive.deadLetterArn, message)) return false;
    this.remove(message);
    return true;
  }

  private receiveOne(message: Message, now: number, visibilitySeconds: number): ReceivedMessage {
    const {
      attributes: messageAttributes,
      visibleAt: _,
      ...rest
    } = this.change(message, {
      receiveCount: message.receiveCount + 1,
      firstReceivedAt: message.firstReceivedAt || now,
      visibleAt: now + visibilitySeconds * 1000,
      receiptHandle: `${message.messageId}#${randomUUID()}`,
    });
    return { ...rest, messageAttributes, md5OfBody: md5(message.body) };
  }

  private messageOrTimeout(milliseconds: number): Promise<void> {
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
