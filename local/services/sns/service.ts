import { arnParts } from "../../../aws/arn";
import { snsLimits } from "../../../aws/limits";
import { viaService } from "../key-use";
import { pageOf } from "../pages";
import { queryProtocol } from "../query-protocol";
import {
  type Need,
  notPlayed,
  type Operation,
  type Service,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "../service";
import type { MessageAttribute } from "../sqs/queue";
import type { Message, Topics } from "./topics";

const { success, failure } = queryProtocol("http://sns.amazonaws.com/doc/2010-03-31/");

const invalid = (reason: string): ServiceError => new ServiceError("InvalidParameter", `Invalid parameter: ${reason}`);

function checkedArn(arn: string): string {
  const parts = arnParts(arn).length;
  if (parts >= 6) return arn;
  throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${parts}`);
}

/** `MessageAttributes.entry.1.Name`, `.Value.DataType`, `.Value.StringValue` and so on. */
function attributesIn(form: URLSearchParams): Readonly<Record<string, MessageAttribute>> {
  const attributes: [string, MessageAttribute][] = [];
  for (let entry = 1; form.has(`MessageAttributes.entry.${entry}.Name`); entry += 1) {
    const of = (member: string): string | undefined =>
      form.get(`MessageAttributes.entry.${entry}.${member}`) ?? undefined;
    const [name = "", type = ""] = [of("Name"), of("Value.DataType")];
    if (!/^(String|Number|Binary)(\..+)?$/.test(type)) {
      throw invalid(`The message attribute '${name}' has an invalid message attribute type`);
    }
    const [text, binary] = [of("Value.StringValue"), of("Value.BinaryValue")];
    const value = {
      DataType: type,
      ...(text === undefined ? {} : { StringValue: text }),
      ...(binary === undefined ? {} : { BinaryValue: binary }),
    };
    attributes.push([name, value]);
  }
  return Object.fromEntries(attributes);
}

const bytesOf = ({ message, attributes = {} }: Message): number =>
  Buffer.byteLength(message) +
  Object.entries(attributes)
    .flatMap(([name, attribute]) => [name, ...Object.values(attribute)])
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** What a request publishes, within SNS's bounds. */
function messageIn(form: URLSearchParams): Message {
  const subject = form.get("Subject");
  const message = { message: form.get("Message") ?? "", attributes: attributesIn(form) };
  if (message.message === "") throw invalid("Empty message");
  if (form.has("MessageStructure")) throw notPlayed("SNS", "MessageStructure");
  if (subject !== null && !/^[\x20-\x7e]{1,100}$/.test(subject)) throw invalid("Subject");
  if (bytesOf(message) > snsLimits.messageBytes) throw invalid("Message too long");
  return { ...message, ...(subject === null ? {} : { subject }) };
}

async function publish(topics: Topics, form: URLSearchParams, arn: string): Promise<ServiceResponse> {
  const message = messageIn(form);
  const topic = topics.byArn(arn);
  if (!topic) throw new ServiceError("NotFound", "Topic does not exist", { status: 404 });
  const MessageId = await topics.publish(topic, message);
  return success("Publish", { MessageId });
}

/** The rights that publishing takes; of the topic's own key, too. */
export function publishNeeds(topics: Topics, arn: string): Need[] {
  const keyArn = topics.byArn(arn)?.keyArn;
  const uses = keyArn === undefined ? [] : ["kms:GenerateDataKey", "kms:Decrypt"];
  const context = { "aws:sns:topicArn": arn };
  return [
    { action: "sns:Publish", resource: arn },
    ...uses.map((action) => viaService("sns", { action, keyArn: keyArn ?? "", context })),
  ];
}

/** How many topics a page has (SNS API reference, ListTopics). */
const TOPICS_A_PAGE = 100;

function listTopics(topics: Topics, form: URLSearchParams): Operation {
  const token = form.get("NextToken") ?? undefined;
  return {
    needs: [{ action: "sns:ListTopics", resource: "*" }],
    run: () => {
      const { items, next } = pageOf(topics.all, TOPICS_A_PAGE, token, "InvalidParameter");
      const members = { member: items.map(({ arn }) => ({ TopicArn: arn })) };
      return success("ListTopics", { Topics: members, NextToken: next });
    },
  };
}

/** SNS: publishing, and which topics there are. */
export function snsService(topics: Topics): Service {
  return {
    failure,
    operation: ({ body }: ServiceRequest) => {
      const form = new URLSearchParams(body.toString("utf8"));
      const operation = form.get("Action") ?? "";
      if (operation === "ListTopics") return listTopics(topics, form);
      if (operation !== "Publish") throw notPlayed("SNS", operation);
      const arn = checkedArn(form.get("TopicArn") ?? form.get("TargetArn") ?? "");
      return { needs: publishNeeds(topics, arn), run: () => publish(topics, form, arn) };
    },
  };
}
