import { randomUUID } from "node:crypto";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { uuidV7 } from "../../../handlers/runtime/uuid";
import { type LocalEntrance, type LocalSystem, startLocally } from "../../local/support/local-system";
import { expectEachGrantNeeded } from "../../local/support/proven-grants";
import { eventually } from "../../support/eventually";

let users: LocalSystem;
let stage: LocalEntrance;
let database: DynamoDBClient;
let queues: SQSClient;
beforeAll(async () => {
  users = await startLocally("user-management");
  stage = users.at("distribution");
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = users.access;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY };
  database = new DynamoDBClient({ endpoint, region, credentials });
  queues = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
});
afterAll(async () => {
  database.destroy();
  queues.destroy();
  await users.stop();
});

const person = { email: "ada@example.com", name: "Ada" };

/** A user whose maker died before there was more than a claim. */
async function claimedId(): Promise<string> {
  const userId = randomUUID();
  const Item = { userId: { S: userId }, createdDate: { S: "#claim" }, entryDate: { S: new Date().toISOString() } };
  await database.send(new PutItemCommand({ TableName: "user-management-dev-prod-users", Item }));
  return userId;
}

/** The result of some work, and the number of activity entries that were lost over it. */
async function withLosses<T>(work: () => Promise<T>) {
  const lost = () => users.events.filter((event) => event.event === "metric" && event.name === "ActivityWriteFailed");
  const before = lost().length;
  const answers = await work();
  return { answers, lost: lost().length - before };
}

const calls = () =>
  withLosses(async () => {
    const userId = await claimedId();
    const path = `/users/${userId}`;
    const made = await stage.ask("POST", "/users", { body: { userId, ...person } });
    const headers = { "if-match": made.headers.get("etag") ?? '"0"' };
    const answers = [made, await stage.ask("GET", path)];
    answers.push(await stage.ask("PUT", path, { headers, body: person }));
    answers.push(await stage.ask("PUT", path, { headers, body: person }));
    answers.push(await stage.ask("DELETE", path));
    // Of an entry that has been deleted: there may be a later one.
    answers.push(await stage.ask("PUT", path, { headers, body: person }));
    const body = { users: [{ userId: randomUUID(), ...person }] };
    const taken = await stage.ask("POST", "/users/import", { body });
    answers.push(taken, await stage.ask("GET", `/users/import/${taken.body?.importId ?? uuidV7(Date.now())}`));
    return answers.map(({ status }) => status);
  });

async function waiting(): Promise<number> {
  const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/user-management-dev-prod-failed-imports";
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
  return Number((await queues.send(asked)).Attributes?.ApproximateNumberOfMessages);
}

/** Whether both users of an import are done with: made, or tried three times and put into the queue, or not let in. */
async function isDone(start: number, waitedBefore: number): Promise<boolean> {
  const events = users.events.slice(start);
  const tries = new Map<string, string[]>();
  for (const event of events) {
    if (event.event !== "invocation" || !event.function.endsWith("import-user")) continue;
    tries.set(event.requestId, [...(tries.get(event.requestId) ?? []), event.error ? "failed" : "done"]);
  }
  const outcomes = [...tries.values()];
  if (outcomes.length < 2 || !outcomes.every((all) => all.includes("done") || all.length === 3)) return false;
  const failed = outcomes.filter((all) => !all.includes("done")).length;
  const refused = events.filter((event) => event.event === "problem" && event.message.includes("was not delivered"));
  return (await waiting()) - waitedBefore + refused.length >= failed;
}

/** One user who can be made, and one who can't. */
const anImport = () =>
  withLosses(async () => {
    const [free, taken, before] = [await claimedId(), randomUUID(), await waiting()];
    await stage.ask("POST", "/users", { body: { userId: taken, ...person, name: "Somebody else" } });
    const start = users.events.length;
    const people = [free, taken].map((userId) => ({ userId, ...person }));
    const { importId } = (await stage.ask("POST", "/users/import", { body: { users: people } })).body;
    await eventually(async () => (await isDone(start, before)) || undefined);
    const { body } = await stage.ask("GET", `/users/import/${importId}`);
    const outcomes = body.users.map(({ outcome }: { outcome: string }) => outcome);
    return [(await stage.ask("GET", `/users/${free}`)).status, (await waiting()) - before, ...outcomes];
  });

it("prod's functions behind the API use every right that they have, and need each", async () => {
  expect(await calls()).toEqual({ answers: [201, 200, 200, 412, 204, 404, 202, 200], lost: 0 });
  await expectEachGrantNeeded(users, calls, (permission) => /dev-prod-(?!import-user$)/.test(permission.function));
});

it("prod's import function uses every right that it has, and needs each", async () => {
  expect(await anImport()).toEqual({ answers: [200, 1, "imported", "conflict"], lost: 0 });
  await expectEachGrantNeeded(users, anImport, (permission) => permission.function.endsWith("dev-prod-import-user"));
});
