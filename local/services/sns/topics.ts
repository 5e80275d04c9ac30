import { createHash, randomUUID } from "node:crypto";
import type { Subscription, Topic } from "../../read/topic-definition";
import type { Authorization } from "../authorization";
import type { ServiceEvent } from "../configuration";
import type { Invoke } from "../lambda-api";
import { ServiceError } from "../service";
import type { MessageAttribute } from "../sqs/queue";
import type { Queues } from "../sqs/queues";
import { queueNeeds } from "../sqs/service";

/** What is published. */
export interface Message {
  readonly subject?: string;
  readonly message: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

type Published = Message & { readonly messageId: string };

/** What topics need of those around them. */
interface Surroundings {
  readonly queues: Queues;
  readonly authorization: Authorization;
  readonly tell: (event: ServiceEvent) => void;
  readonly invoke: Invoke;
}

/** A message as subscribers see it that do not get it raw. */
function notification({ arn }: Topic, { subject, message, attributes = {} }: Message, messageId: string) {
  const shown = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ]);
  return {
    Type: "Notification",
    MessageId: messageId,
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

  constructor(private readonly around: Surroundings) {}

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
   * Resolves when all subscribers have it, or it is kept for them.
   *
   * @returns the message's id
   */
  async publish(topic: Topic, message: Message): Promise<string> {
    const messageId = randomUUID();
    for (const subscription of topic.subscriptions) await this.deliver(topic, subscription, { ...message, messageId });
    const to = topic.subscriptions.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
    const { subject, message: text } = message;
    const shown = { topic: topic.arn, ...(subject === undefined ? {} : { subject }), message: text, to };
    this.around.tell({ event: "message", ...shown });
    return messageId;
  }

  /** SNS does it of its own right. Where that is refused, the publisher hears nothing of it. */
  private async deliver(topic: Topic, subscription: Subscription, published: Published): Promise<void> {
    try {
      await this.deliverTo(topic, subscription, published);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  private async deliverTo(topic: Topic, subscription: Subscription, published: Published): Promise<void> {
    const { protocol, endpoint, raw, arn } = subscription;
    const { queues, authorization, invoke } = this.around;
    const wrapped = notification(topic, published, published.messageId);
    if (protocol === "sqs") {
      const queue = queues.byArn(endpoint);
      authorization.requireOfService("sns.amazonaws.com", topic.arn, queueNeeds("SendMessage", endpoint, queue));
      if (!queue) return this.undelivered(topic, endpoint);
      queue.send(raw ? published.message : JSON.stringify(wrapped), raw ? published.attributes : {});
    }
    if (protocol === "lambda") {
      const need = { action: "lambda:InvokeFunction", resource: endpoint };
      authorization.requireOfService("sns.amazonaws.com", topic.arn, [need]);
      if (!(await invoke(endpoint, functionEvent(wrapped, arn), true))) this.undelivered(topic, endpoint);
    }
  }

  private undelivered({ arn }: Topic, endpoint: string): void {
    this.around.tell({ event: "problem", message: `${arn}: its subscriber ${endpoint} is not in the stacks` });
  }
}
