import { createHash, randomUUID } from "node:crypto";
import { sqsLimits } from "../../../aws/limits";
import { steadyNow } from "../../lib/clock";
import type { Subscription, Topic } from "../../read/topic-definition";
import type { Authorization } from "../authorization";
import type { ServiceEvent } from "../configuration";
import type { Invoke } from "../lambda/invoking";
import { ServiceError } from "../service";
import { sequenceText } from "../sqs/attributes";
import type { MessageAttribute } from "../sqs/queue";
import type { Queues } from "../sqs/queues";
import { queueNeeds } from "../sqs/service";
import { unwantedAttributes, unwantedBody } from "./filter-policy";

/** A message to publish. */
export interface Message {
  readonly subject?: string;
  readonly message: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  /** Messages by protocol, and by `default` for the others. */
  readonly variants?: Readonly<Record<string, string>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/** Ids of a published message. */
export interface Sent {
  readonly messageId: string;
  readonly sequenceNumber?: number;
}

type Published = Message & Sent;

/** Deduplication interval of messages. (SNS developer guide, "message deduplication") */
const DEDUPLICATION_MS = 300_000;

/** A queue that a topic sends a raw message to takes so many attributes; more are a delivery that fails. */
const MOST_RAW_ATTRIBUTES = sqsLimits.messageAttributes;

/** The message for a protocol. */
function messageFor(protocol: string, { variants, message }: Message): string {
  if (!variants) return message;
  return (Object.hasOwn(variants, protocol) ? variants[protocol] : variants["default"]) ?? message;
}

/** Why a subscription's filter drops a message; undefined where it does not. */
function unwanted({ filter }: Subscription, message: string, { attributes = {} }: Message): string | undefined {
  if (!filter) return undefined;
  return filter.scope === "MessageBody"
    ? unwantedBody(filter.policy, message)
    : unwantedAttributes(filter.policy, attributes);
}

/** Dependencies of topics. */
interface Dependencies {
  readonly queues: Queues;
  readonly authorization: Authorization;
  readonly emit: (event: ServiceEvent) => void;
  readonly invoke: Invoke;
}

/** A message as subscribers see it that do not get it raw. */
function notification({ arn }: Topic, published: Published) {
  const { subject, message, attributes = {}, messageId, sequenceNumber } = published;
  const shown = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ]);
  return {
    Type: "Notification",
    MessageId: messageId,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceText(sequenceNumber) }),
    TopicArn: arn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: "1",
    Signature: createHash("sha256").update(messageId).digest("base64"),
    SigningCertURL: "https://sns.local/certificate.pem",
    UnsubscribeURL: `https://sns.local/?Action=Unsubscribe&TopicArn=${arn}`,
    ...(shown.length > 0 ? { MessageAttributes: Object.fromEntries(shown) } : {}),
  };
}

type Notification = ReturnType<typeof notification>;

/** The event of a function that is subscribed. Two of the names are spelled as they were before. */
function functionEvent({ SigningCertURL, UnsubscribeURL, ...rest }: Notification, subscriptionArn: string): string {
  const same = { Subject: null, MessageAttributes: {}, ...rest };
  const Sns = { ...same, SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL };
  const record = { EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscriptionArn, Sns };
  return JSON.stringify({ Records: [record] });
}

/** The topics of the stacks, and the way of a message from each to its subscribers. */
export class Topics {
  private topics: readonly Topic[] = [];
  /** Published messages by topic and deduplication id. */
  private readonly published = new Map<string, { readonly sent: Sent; readonly at: number }>();
  private sequence = 0;

  constructor(private readonly dependencies: Dependencies) {}

  configure(topics: readonly Topic[]): void {
    this.topics = topics;
  }

  get all(): readonly Topic[] {
    return this.topics;
  }

  byArn(arn: string): Topic | undefined {
    return this.topics.find((topic) => topic.arn === arn);
  }

  /**
   * Resolves when all subscribers have it, or it is kept for them. What was published in the last minutes by the same
   * deduplication id is not published again.
   */
  async publish(topic: Topic, message: Message): Promise<Sent> {
    const now = steadyNow();
    const key = `${topic.arn} ${message.deduplicationId}`;
    const known = message.deduplicationId === undefined ? undefined : this.recent(now).get(key);
    if (known) return known.sent;
    const sent = { messageId: randomUUID(), ...(topic.fifo ? { sequenceNumber: this.nextSequence(now) } : {}) };
    if (message.deduplicationId !== undefined) this.published.set(key, { sent, at: now });
    const to: string[] = [];
    const dropped: { to: string; why: string }[] = [];
    for (const subscription of topic.subscriptions) {
      const { protocol, endpoint } = subscription;
      const text = messageFor(protocol, message);
      const why = unwanted(subscription, text, message);
      if (why !== undefined) {
        dropped.push({ to: `${protocol} ${endpoint}`, why });
        continue;
      }
      await this.deliver(topic, subscription, { ...message, message: text, ...sent });
      to.push(`${protocol} ${endpoint}`);
    }
    const { subject } = message;
    const text = messageFor("default", message);
    const shown = { topic: topic.arn, ...(subject === undefined ? {} : { subject }), message: text, to, dropped };
    this.dependencies.emit({ event: "message", ...shown });
    return sent;
  }

  private recent(now: number) {
    for (const [key, { at }] of this.published) {
      if (at > now - DEDUPLICATION_MS) break;
      this.published.delete(key);
    }
    return this.published;
  }

  private nextSequence(now: number): number {
    this.sequence = Math.max(this.sequence + 1, Math.floor(now) * 1000);
    return this.sequence;
  }

  /** SNS does it of its own right. Where that is refused, the publisher receives no error. */
  private async deliver(topic: Topic, subscription: Subscription, published: Published): Promise<void> {
    try {
      await this.deliverTo(topic, subscription, published);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  private async deliverTo(topic: Topic, subscription: Subscription, published: Published): Promise<void> {
    const { protocol, endpoint, raw, arn } = subscription;
    const { queues, authorization, invoke } = this.dependencies;
    const wrapped = notification(topic, published);
    if (protocol === "sqs") {
      const queue = queues.byArn(endpoint);
      authorization.requireOfService("sns.amazonaws.com", topic.arn, queueNeeds("SendMessage", endpoint, queue));
      if (!queue) return this.undelivered(topic, endpoint);
      const { attributes = {}, message, groupId, deduplicationId } = published;
      if (raw && Object.keys(attributes).length > MOST_RAW_ATTRIBUTES) return this.tooMany(topic, endpoint);
      const order = {
        ...(groupId === undefined ? {} : { groupId }),
        ...(deduplicationId === undefined ? {} : { deduplicationId }),
      };
      queue.send({ body: raw ? message : JSON.stringify(wrapped), attributes: raw ? attributes : {}, ...order });
    }
    if (protocol === "lambda") {
      const need = { action: "lambda:InvokeFunction", resource: endpoint };
      authorization.requireOfService("sns.amazonaws.com", topic.arn, [need]);
      if (!(await invoke(endpoint, functionEvent(wrapped, arn), true))) this.undelivered(topic, endpoint);
    }
  }

  private tooMany({ arn }: Topic, endpoint: string): void {
    const message = `${arn}: a message with more than ${MOST_RAW_ATTRIBUTES} attributes can't be sent raw to ${endpoint}`;
    this.dependencies.emit({ event: "problem", message });
  }

  private undelivered({ arn }: Topic, endpoint: string): void {
    this.dependencies.emit({ event: "problem", message: `${arn}: its subscriber ${endpoint} is not in the stacks` });
  }
}
