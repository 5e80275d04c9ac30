import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { OperatorAccess } from "../../local/run/operator";
import type { RunnerProcess } from "../local/support/runner";
import { eventually } from "../support/eventually";
import { clientSettings, testExamples } from "../support/pages/examples";

const page = testExamples("docs/events.md");

describe("the running stacks", () => {
  let runner: RunnerProcess;
  let access: OperatorAccess;
  beforeAll(async () => {
    runner = page.start();
    access = (await runner.next("ready")).access;
  });

  const client = <C>(Client: new (settings: object) => C): C => new Client(clientSettings(access));

  const queueUrl = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/000000000000/${name}`;

  const send = (queue: string, message: unknown) => {
    const MessageBody = typeof message === "string" ? message : JSON.stringify(message);
    return client(SQSClient).send(new SendMessageCommand({ QueueUrl: queueUrl(queue), MessageBody }));
  };

  /** The message that comes to a queue next. */
  const arrival = (queue: string) =>
    eventually(async () => {
      const asked = { QueueUrl: queueUrl(queue), MessageSystemAttributeNames: ["All" as const] };
      const { Messages = [] } = await client(SQSClient).send(new ReceiveMessageCommand(asked));
      return Messages[0];
    });

  /** The items of a table, once it contains so many. */
  const items = (TableName: string, count: number) =>
    eventually(async () => {
      const { Items = [] } = await DynamoDBDocumentClient.from(client(DynamoDBClient)).send(
        new ScanCommand({ TableName }),
      );
      return Items.length >= count ? Items : undefined;
    });

  /** In an order of their own. */
  const byName = (one: object, other: object): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

  const problems = () => runner.events.filter(({ event }) => event === "problem" || event === "denial");

  it("ship what is in the queue", async () => {
    for (const orderId of ["1", "2", "3"]) await send("orders-orders", { orderId, country: "PT" });

    const shipped = await items("orders-shipments", 3);
    expect(shipped.map(({ orderId }) => orderId).sort()).toEqual(["1", "2", "3"]);
  });

  it("give a topic's messages to those that want them", async () => {
    const publish = (message: object, size: number) => {
      const MessageAttributes = { size: { DataType: "Number", StringValue: String(size) } };
      const TopicArn = "arn:aws:sns:eu-west-1:000000000000:sales-sales";
      return client(SNSClient).send(
        new PublishCommand({ TopicArn, Message: JSON.stringify(message), MessageAttributes }),
      );
    };
    await publish({ country: "ES", amount: 5 }, 5);
    await publish({ country: "PT", amount: 2000 }, 2000);

    const turnover = await items("sales-turnover", 2);
    expect(turnover.sort(byName)).toEqual([
      { country: "ES", turnover: 5 },
      { country: "PT", turnover: 2000 },
    ]);
    const { Body = "", Attributes } = await arrival("sales-portuguese");
    expect([JSON.parse(Body), Attributes?.ApproximateReceiveCount]).toEqual([{ country: "PT", amount: 2000 }, "1"]);
    const sent = () => runner.events.flatMap((event) => (event.event === "message" ? [event.to.length] : []));
    expect(await eventually(() => (sent().length === 2 ? sent() : undefined))).toEqual([1, 3]);
  });

  it("give a table's changes in their order to the function that counts", async () => {
    const documents = DynamoDBDocumentClient.from(client(DynamoDBClient));
    const move = (partId: string, shelf: string) =>
      documents.send(new PutCommand({ TableName: "stock-parts", Item: { partId, shelf } }));
    await move("bolt", "1");
    await move("nut", "1");
    await move("bolt", "2");
    await documents.send(new DeleteCommand({ TableName: "stock-parts", Key: { partId: "nut" } }));

    const counted = await eventually(async () => {
      const shelves = await items("stock-shelves", 1);
      return shelves.some(({ shelf, parts }) => shelf === "1" && parts === 0) ? shelves : undefined;
    });
    expect(counted.sort(byName)).toEqual([
      { parts: 0, shelf: "1" },
      { parts: 1, shelf: "2" },
    ]);
  });

  it("call a function for a file that arrives, whatever its name", async () => {
    const put = (Key: string) =>
      client(S3Client).send(
        new PutObjectCommand({ Bucket: "imports-files-000000000000-eu-west-1", Key, Body: "name\nbolt\nnut\n" }),
      );
    await put("incoming/parts, ü+1.csv");
    await put("incoming/parts.txt");
    await put("elsewhere/parts.csv");

    expect(await items("imports-imported", 1)).toEqual([{ file: "incoming/parts, ü+1.csv", lines: 3 }]);
  });

  it("give a bus's events to those whose pattern they fit", async () => {
    const entry = (orderId: string, amount: number) => ({
      ...{ EventBusName: "payments-bus", Source: "shop", DetailType: "OrderPaid" },
      Detail: JSON.stringify({ orderId, amount }),
    });
    const Entries = [entry("1", 10), entry("2", 1001), { ...entry("3", 5), Source: "other" }];
    const put = await client(EventBridgeClient).send(new PutEventsCommand({ Entries }));

    expect(put.FailedEntryCount).toBe(0);
    expect((await items("payments-payments", 2)).sort(byName)).toEqual([
      { amount: 10, orderId: "1" },
      { amount: 1001, orderId: "2" },
    ]);
    expect(JSON.parse((await arrival("payments-large")).Body ?? "")).toMatchObject({ detail: { orderId: "2" } });
  });

  it("call a function and send to a queue when a schedule is due", async () => {
    // A rate is due at once.
    const { Body = "" } = await arrival("nights-reminders");
    expect(JSON.parse(Body)).toEqual({ due: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) });
    const schedules = runner.events.flatMap((event) => (event.event === "ready" ? event.schedules : []));
    expect(schedules).toEqual([
      expect.objectContaining({ name: "nights-nightly", timeZone: "Europe/Lisbon", target: "nights-expire-orders" }),
      expect.objectContaining({ name: "nights-reminder", expression: "rate(30 days)", target: "nights-reminders" }),
    ]);
    const [page = ""] = runner.events.flatMap((event) => (event.event === "page" ? [event.url] : []));
    const { token } = (await (await fetch(`${page}api/session`)).json()) as { token: string };
    const fired = await fetch(`${page}api/schedules/fire`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-page-token": token },
      body: JSON.stringify({ arn: "arn:aws:scheduler:eu-west-1:000000000000:schedule/nights-nightly/nights-nightly" }),
    });
    expect([fired.status, await fired.json()]).toEqual([200, expect.objectContaining({ result: "invoked" })]);
    expect((await items("nights-expiries", 1))[0]).toEqual({ night: expect.stringMatching(/Z$/) });
  });

  it("refuse nothing, and have nothing go wrong", () => {
    expect(problems()).toEqual([]);
  });
});
