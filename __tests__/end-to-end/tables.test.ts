import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { RunnerProcess } from "../local/support/runner";
import { eventually } from "../support/eventually";
import { clientSettings, testExamples } from "../support/pages/examples";

const page = testExamples("docs/tables.md");

describe("the running stacks", () => {
  let runner: RunnerProcess;
  let documents: DynamoDBDocumentClient;
  let sqs: SQSClient;
  beforeAll(async () => {
    runner = page.start();
    const settings = clientSettings((await runner.next("ready")).access);
    documents = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
    sqs = new SQSClient(settings);
  });

  const QueueUrl = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/000000000000/${name}`;
  const send = (queue: string, message: object) =>
    sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl(queue), MessageBody: JSON.stringify(message) }));
  const items = async (TableName: string) => (await documents.send(new ScanCommand({ TableName }))).Items ?? [];

  /** What a function answers next, of its batches. */
  const invocations = (name: string) =>
    runner.events.filter((event) => event.event === "invocation" && event.function === name).length;

  it("keep the highest reading of each sensor by its number, read from the local index at once", async () => {
    for (const [at, value] of [
      [1, 9],
      [2, 10],
      [3, -11],
    ]) {
      await send("readings-incoming", { sensor: "attic", at, value, unit: "C", note: "n" });
      await eventually(async () => ((await items("readings-readings")).length === at ? true : undefined));
    }
    await eventually(() => (invocations("readings-note-reading") >= 3 ? true : undefined));

    expect(await items("readings-highest")).toEqual([{ sensor: "attic", at: 2, value: 10, unit: "C" }]);
  });

  it("book a seat for whoever is known, once, and leave what is taken", async () => {
    await documents.send(new PutCommand({ TableName: "seats-guests", Item: { guest: "ada" } }));
    await documents.send(new PutCommand({ TableName: "seats-guests", Item: { guest: "bob" } }));
    const book = async (bookingId: string, guest: string) => {
      const before = invocations("seats-book-seat");
      await send("seats-bookings", { bookingId, seat: 7, guest });
      await eventually(() => (invocations("seats-book-seat") > before ? true : undefined));
    };
    await book("1", "ada");
    await book("1", "ada");
    await book("2", "bob");

    expect(await items("seats-seats")).toEqual([{ seat: 7, guest: "ada" }]);
    const left = { QueueUrl: QueueUrl("seats-bookings"), WaitTimeSeconds: 0 };
    expect((await sqs.send(new ReceiveMessageCommand(left))).Messages).toBeUndefined();
  });

  it("refuse nothing, and have nothing go wrong", () => {
    expect(runner.events.filter(({ event }) => event === "problem" || event === "denial")).toEqual([]);
  });
});
