import { createHash, randomUUID } from "node:crypto";
import { viaService } from "./key-use";
import { type Answer, notPlayed, type Service, ServiceError, type ServiceRequest } from "./service";
import { type Element, xml } from "./xml";

/** Where a topic's messages go. */
export interface Subscription {
  readonly protocol: string;
  /** An e-mail address, or the ARN of a queue or function. */
  readonly endpoint: string;
  readonly raw: boolean;
}

export interface Topic {
  readonly arn: string;
  readonly subscriptions: readonly Subscription[];
  /** The key that its messages are encrypted with. Then a publisher must be allowed to use it, too. */
  readonly keyArn?: string;
}

/** A message that was published: to be shown, and handed on. */
export interface Published {
  readonly topic: Topic;
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
}

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

const document = (name: string, content: Element): string =>
  xml(name, content).replace(`<${name}>`, `<${name} xmlns="${namespace}">`);

const answer = (status: number, body: string): Answer => ({ status, headers: { "Content-Type": "text/xml" }, body });

function failure({ code, message, status }: ServiceError): Answer {
  const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
  return answer(status, document("ErrorResponse", { Error: error, RequestId: randomUUID() }));
}

function checkedArn(arn: string): string {
  const parts = arn.split(":").length;
  if (parts >= 6) return arn;
  const reason = `An ARN must have at least 6 elements, not ${parts}`;
  throw new ServiceError("InvalidParameter", `Invalid parameter: TopicArn Reason: ${reason}`);
}

/** The queue body of a message that is not delivered raw. */
export function envelope({ topic, messageId, subject, message }: Published): string {
  return JSON.stringify({
    Type: "Notification",
    MessageId: messageId,
    TopicArn: topic.arn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: "1",
    Signature: createHash("sha256").update(messageId).digest("base64"),
    SigningCertURL: "https://sns.local/certificate.pem",
    UnsubscribeURL: `https://sns.local/?Action=Unsubscribe&TopicArn=${topic.arn}`,
  });
}

/** SNS: publishing. */
export function snsService(topics: () => readonly Topic[], publish: (published: Published) => void): Service {
  const run = (form: URLSearchParams, arn: string): Answer => {
    const topic = topics().find((candidate) => candidate.arn === arn);
    const message = form.get("Message") ?? "";
    if (message === "") throw new ServiceError("InvalidParameter", "Invalid parameter: Empty message");
    if (!topic) throw new ServiceError("NotFound", "Topic does not exist", { status: 404 });
    const messageId = randomUUID();
    publish({ topic, messageId, subject: form.get("Subject") ?? undefined, message });
    const metadata = { RequestId: randomUUID() };
    return answer(
      200,
      document("PublishResponse", { PublishResult: { MessageId: messageId }, ResponseMetadata: metadata }),
    );
  };
  return {
    failure,
    operation: ({ body, caller }: ServiceRequest) => {
      const form = new URLSearchParams(body.toString("utf8"));
      const operation = form.get("Action") ?? "";
      if (operation !== "Publish") throw notPlayed("SNS", operation);
      const arn = checkedArn(form.get("TopicArn") ?? "");
      const keyArn = topics().find((topic) => topic.arn === arn)?.keyArn;
      const encryption = ["kms:GenerateDataKey", "kms:Decrypt"].map((action) =>
        viaService("sns", { action, keyArn: keyArn ?? "", context: { "aws:sns:topicArn": arn } }, caller),
      );
      return {
        needs: [{ action: "sns:Publish", resource: arn }, ...(keyArn ? encryption : [])],
        run: () => run(form, arn),
      };
    },
  };
}
