import { DynamoDBClient, GetItemCommand, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import {
  allow,
  arnOf,
  credentials,
  everything,
  principal,
  queueNamed,
  type Running,
  startServices,
  tableArn,
  things,
} from "../support/services";

const work = queueNamed("work");
let running: Running;
beforeAll(async () => {
  running = await startServices({});
});
afterAll(() => running.stop());

const configure = (...statements: object[]) =>
  running.configure({
    ...{ tables: [things], queues: [work], principals: [principal(...statements)] },
    topics: [{ arn: arnOf("sns", "news"), subscriptions: [] } as never],
  });

const clientIn = <C>(Client: new (settings: object) => C, region: string): C =>
  new Client({ region, endpoint: running.url, credentials, maxAttempts: 1, useQueueUrlAsEndpoint: false });
const get = (region: string) =>
  clientIn(DynamoDBClient, region).send(new GetItemCommand({ TableName: "things", Key: { id: { S: "a" } } }));

test("a role's rights are those of its own region: a call of another one is denied, and names it", async () => {
  await configure(allow("dynamodb:GetItem", tableArn));

  expect((await get("us-east-1")).$metadata.httpStatusCode).toBe(200);
  await expect(get("eu-west-1")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining("arn:aws:dynamodb:eu-west-1:000000000000:table/things"),
  });
});

test("a right in one region alone does not let a role call another one, whatever it may be called about", async () => {
  await configure({ ...everything, Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } });
  const names = (region: string) => clientIn(DynamoDBClient, region).send(new ListTablesCommand({}));

  expect((await names("us-east-1")).TableNames).toEqual(["things"]);
  await expect(names("eu-west-1")).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("whoever may do everything finds nothing of the stack in another region", async () => {
  await configure(everything);
  const region = "eu-west-1";
  const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";

  await expect(get(region)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  const message = new SendMessageCommand({ QueueUrl, MessageBody: "a" });
  await expect(clientIn(SQSClient, region).send(message)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  const publish = new PublishCommand({ TopicArn: arnOf("sns", "news"), Message: "a" });
  await expect(clientIn(SNSClient, region).send(publish)).rejects.toMatchObject({ message: "Topic does not exist" });
  const parameter = new GetParameterCommand({ Name: "/a" });
  await expect(clientIn(SSMClient, region).send(parameter)).rejects.toMatchObject({ name: "ParameterNotFound" });
  expect((await clientIn(SQSClient, "us-east-1").send(message)).MessageId).toBeDefined();
});
