import { sqsOperation } from "../../../local/apigateway/integration/query-form";

const inputOf = (form: string, queueUrl?: string) => sqsOperation(new URLSearchParams(form), queueUrl).input;

// SQS API reference, each operation's query examples.
test.each([
  ["AttributeName.1=All", { AttributeNames: ["All"] }],
  ["MessageAttributeName.2=b&MessageAttributeName.1=a", { MessageAttributeNames: ["a", "b"] }],
  ["MessageSystemAttributeName.1=SentTimestamp", { MessageSystemAttributeNames: ["SentTimestamp"] }],
  [
    "MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=b",
    { MessageAttributes: { a: { DataType: "String", StringValue: "b" } } },
  ],
  ["MessageAttributes.1.Name=a&MessageAttributes.1.Value.DataType=x", { MessageAttributes: { a: { DataType: "x" } } }],
  [
    "MessageSystemAttribute.1.Name=AWSTraceHeader&MessageSystemAttribute.1.Value.StringValue=t",
    { MessageSystemAttributes: { AWSTraceHeader: { StringValue: "t" } } },
  ],
  [
    "SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.DelaySeconds=5",
    { Entries: [{ Id: "a", DelaySeconds: 5 }, { Id: "b" }] },
  ],
  ["DeleteMessageBatchRequestEntry.1.Id=a", { Entries: [{ Id: "a" }] }],
  [
    "ChangeMessageVisibilityBatchRequestEntry.10.Id=j&ChangeMessageVisibilityBatchRequestEntry.9.Id=i",
    { Entries: [{ Id: "i" }, { Id: "j" }] },
  ],
  ["DelaySeconds=-1&MaxNumberOfMessages=10", { DelaySeconds: -1, MaxNumberOfMessages: 10 }],
  ["VisibilityTimeout=0&WaitTimeSeconds=20", { VisibilityTimeout: 0, WaitTimeSeconds: 20 }],
  ["DelaySeconds=soon&MessageBody=10", { DelaySeconds: "soon", MessageBody: "10" }],
])("the form %s is the input %j", (form, input) => {
  expect(inputOf(`Action=SendMessage&Version=2012-11-05&${form}`)).toEqual(input);
});

test("the queue is the one in the path, unless the form names one", () => {
  expect(inputOf("MessageBody=a", "path")).toEqual({ QueueUrl: "path", MessageBody: "a" });
  expect(inputOf("MessageBody=a&QueueUrl=form", "path")).toEqual({ QueueUrl: "form", MessageBody: "a" });
});

test("a form without an action asks for none", () => {
  expect(sqsOperation(new URLSearchParams(""), undefined)).toEqual({ action: "", input: {} });
});
