// Stands on: records, user-management
import { callService } from "../../../local/page/api/aws";
import { eventually } from "../../support/eventually";
import { type LocalPage, startPage } from "../support/local-page";

describe("records", () => {
  let page: LocalPage;

  beforeAll(async () => {
    page = await startPage("records");
  });
  afterAll(() => page.stop());

  const aws = async (operation: string, input: object) => page.post(`/api/aws/${operation}`, input);
  const TableName = "records-dev-records";

  test("its resources are listed, with keys and indexes", async () => {
    const { systems } = (await page.get("/api/resources")).body;
    expect(systems[0]).toMatchObject({
      system: "records",
      tables: [
        {
          name: TableName,
          keys: [{ name: "recordId", type: "S" }],
          indexes: [
            {
              name: "bySource",
              keys: [
                { name: "source", type: "S" },
                { name: "createdAt", type: "S" },
              ],
            },
          ],
        },
      ],
      parameters: expect.arrayContaining([expect.objectContaining({ type: "SecureString" })]),
    });
    expect(JSON.stringify(systems)).not.toMatch(/"value"/i);
  });

  test("items are put, found, refused in the service's words, and deleted, bytes and all", async () => {
    const Item = {
      recordId: { S: "a" },
      source: { S: "s" },
      createdAt: { S: "1" },
      bytes: { B: "AAEC" },
      set: { NS: ["1", "2"] },
    };
    expect((await aws("dynamodb/PutItem", { TableName, Item })).status).toBe(200);
    expect((await aws("dynamodb/GetItem", { TableName, Key: { recordId: { S: "a" } } })).body.Item).toEqual(Item);
    const query = {
      IndexName: "bySource",
      KeyConditionExpression: "#s = :s",
      ExpressionAttributeNames: { "#s": "source" },
    };
    const found = await aws("dynamodb/Query", { TableName, ...query, ExpressionAttributeValues: { ":s": { S: "s" } } });
    expect(found.body.Items).toHaveLength(1);
    const again = { TableName, Item, ConditionExpression: "attribute_not_exists(recordId)" };
    expect(await aws("dynamodb/PutItem", again)).toMatchObject({
      status: 409,
      body: { message: "ConditionalCheckFailedException: The conditional request failed" },
    });
    await aws("dynamodb/DeleteItem", { TableName, Key: { recordId: { S: "a" } } });
    expect((await aws("dynamodb/GetItem", { TableName, Key: { recordId: { S: "a" } } })).body.Item).toBeUndefined();
  });

  test("objects are uploaded and read, byte by byte", async () => {
    const [{ name: Bucket }] = (await page.get("/api/resources")).body.systems[0].buckets;
    const Body = Buffer.from([0, 1, 254, 255]).toString("base64");
    await aws("s3/PutObject", { Bucket, Key: "logs/ä.bin", Body });
    expect((await aws("s3/GetObject", { Bucket, Key: "logs/ä.bin" })).body.Body).toBe(Body);
    expect((await aws("s3/ListObjectsV2", { Bucket })).body.Contents).toEqual([expect.objectContaining({ Size: 4 })]);
    await aws("s3/PutObject", { Bucket, Key: "logs/ä.bin", Body: "" });
    const { Versions } = (await aws("s3/ListObjectVersions", { Bucket, Prefix: "logs/" })).body;
    expect(Versions.map(({ Size }: { Size: number }) => Size)).toEqual([0, 4]);
    const [, { VersionId }] = Versions;
    expect((await aws("s3/GetObject", { Bucket, Key: "logs/ä.bin", VersionId })).body.Body).toBe(Body);
    expect(await aws("s3/GetObject", { Bucket, Key: "none" })).toMatchObject({
      status: 409,
      body: { message: expect.stringMatching(/^NoSuchKey/) },
    });
  });

  test("a secret value is shown on request", async () => {
    const { parameters } = (await page.get("/api/resources")).body.systems[0];
    const { name } = parameters.find(({ type }: { type: string }) => type === "SecureString");
    const { body } = await aws("ssm/GetParameter", { Name: name, WithDecryption: true });
    expect(body.Parameter.Value).toMatch(/\S{20,}/);
  });

  test("a parameter's version is the one that there is now, whoever wrote it", async () => {
    const listed = async () => (await page.get("/api/resources")).body.systems[0].parameters[0];
    const { name: Name, version } = await listed();
    const input = { Name, Value: "written", Overwrite: true };
    await callService(page.system.runner, { service: "ssm", operation: "PutParameter", input });
    expect((await listed()).version).toBe(version + 1);
    await callService(page.system.runner, { service: "ssm", operation: "DeleteParameter", input: { Name } });
    expect((await listed()).version).toBeNull();
  });

  test.each([
    ["dynamodb/DeleteTable", "operation DeleteTable of dynamodb is not there, or no longer"],
    ["constructor/name", "operation name of constructor is not there, or no longer"],
    ["dynamodb/constructor", "operation constructor of dynamodb is not there, or no longer"],
  ])("what the page has no use for is refused: %s", async (operation, message) => {
    expect(await aws(operation, {})).toMatchObject({ status: 404, body: { message } });
    expect(await page.post("/api/aws/dynamodb/Scan", [])).toMatchObject({ status: 400 });
  });

  test("each route has an example that the system takes, its bounds, and its function's grants", async () => {
    const { routes } = (await page.get("/api/routes")).body;
    const create = routes.find(({ operationId }: { operationId: string }) => operationId === "createRecord");
    expect(create.body).toContainEqual({
      path: "values",
      type: "array",
      required: true,
      bounds: "at least 1 items · at most 1000 items",
    });
    expect(create.function).toMatchObject({ name: "records-dev-create-record", id: "create-record" });
    expect(create.function.grants.map(({ action }: { action: string }) => action)).toContain("dynamodb:PutItem");
    const [entrance] = create.entrances;
    const headers = [
      ["x-api-key", entrance.apiKey],
      ["content-type", "application/json"],
    ];
    const sent = await page.post("/api/send", {
      url: `${entrance.url}${create.path}`,
      method: "POST",
      headers,
      body: create.example,
    });
    expect(sent.body.status).toBe(201);
  });

  test("rights are used once they were needed, and denied ones name their grant", async () => {
    const rights = async () => (await page.get("/api/rights")).body.rights;
    const name = "records-dev-create-record";
    const of = async (action: string) =>
      (await rights()).filter(
        (right: { function: string; action: string }) => right.function === name && right.action === action,
      );
    expect(await of("dynamodb:PutItem")).toEqual([expect.objectContaining({ state: "used" })]);
    await page.system.deployWithout({ function: name, action: "dynamodb:PutItem" });
    await page.system.ask("POST", "/records", { body: { source: "a", kind: "b", values: [1] } });
    expect(await of("dynamodb:PutItem")).toEqual([
      expect.objectContaining({ state: "denied", grant: 'records.grant(createRecord, "PutItem");' }),
    ]);
    // The denial is known before the request is over.
    const [trouble] = await eventually(async () => {
      const { troubles } = (await page.get("/api/overview")).body;
      return troubles[0].href ? troubles : undefined;
    });
    expect(trouble).toMatchObject({
      title: "500 POST /records",
      fix: { kind: "paste", text: 'records.grant(createRecord, "PutItem");' },
    });
  });
});

describe("user-management", () => {
  let page: LocalPage;

  beforeAll(async () => {
    page = await startPage("user-management");
  });
  afterAll(() => page.stop());

  test("queues are read, sent to and purged; topics keep what was published", async () => {
    const aws = async (operation: string, input: object) => (await page.post(`/api/aws/${operation}`, input)).body;
    const [{ queues, topics }] = (await page.get("/api/resources")).body.systems;
    const { QueueUrl } = await aws("sqs/GetQueueUrl", { QueueName: queues[0].name });
    await aws("sqs/SendMessage", { QueueUrl, MessageBody: "hello" });
    const waiting = async () =>
      (await aws("sqs/GetQueueAttributes", { QueueUrl, AttributeNames: ["All"] })).Attributes
        .ApproximateNumberOfMessages;
    expect(await waiting()).toBe("1");
    const { Messages } = await aws("sqs/ReceiveMessage", { QueueUrl, VisibilityTimeout: 0 });
    expect(Messages).toEqual([expect.objectContaining({ Body: "hello" })]);
    await aws("sqs/PurgeQueue", { QueueUrl });
    expect(await waiting()).toBe("0");
    const [topic] = topics;
    await aws("sns/Publish", { TopicArn: topic.arn, Message: "told", Subject: "about" });
    const { messages } = (await page.get(`/api/messages?topic=${encodeURIComponent(topic.arn)}`)).body;
    expect(messages).toEqual([expect.objectContaining({ message: "told", subject: "about" })]);
  });
});
