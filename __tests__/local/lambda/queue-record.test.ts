import { queueRecord } from "../../../local/lambda/queue-record";

const arn = "arn:aws:sqs:us-east-1:000000000000:work";
const message = {
  messageId: "id",
  receiptHandle: "handle",
  body: '{"a":1}',
  md5OfBody: "digest",
  messageAttributes: {},
  receiveCount: 1,
  sentAt: 1,
  firstReceivedAt: 2,
};

test("a message is given to a function as recorded", () => {
  expect(queueRecord(message, arn)).toEqual({
    messageId: "id",
    receiptHandle: "handle",
    body: '{"a":1}',
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1",
      SenderId: expect.any(String),
      ApproximateFirstReceiveTimestamp: "2",
    },
    messageAttributes: {},
    md5OfMessageAttributes: null,
    md5OfBody: "digest",
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: "us-east-1",
  });
});

test("a message's attributes come with the digest that was recorded for them", () => {
  const messageAttributes = {
    Title: { DataType: "String", StringValue: "The Whistler" },
    WeeksOn: { DataType: "Number", StringValue: "6" },
    Author: { DataType: "String", StringValue: "John Grisham" },
  };
  expect(queueRecord({ ...message, messageAttributes }, arn)).toMatchObject({
    messageAttributes: {
      WeeksOn: { stringValue: "6", stringListValues: [], binaryListValues: [], dataType: "Number" },
    },
    md5OfMessageAttributes: "d25a6aea97eb8f585bfa92d314504a92",
  });
});
