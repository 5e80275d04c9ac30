import { fork } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { threadCode } from "../../local/lib/thread-code";
import {
  credentials,
  everything,
  principal,
  type Running,
  region,
  startServices,
  things,
} from "../local/support/services";
import { temporaryFolder } from "../local/support/stack-file";

const open: Running[] = [];
const start = async (...args: Parameters<typeof startServices>): Promise<Running> => {
  const running = await startServices(...args);
  open.push(running);
  return running;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((running) => running.stop()));
});

const itemsOf = async (client: DynamoDBClient, IndexName?: string) => {
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: "things", ...(IndexName ? { IndexName } : {}) }),
  );
  return Items.map(({ id, rank }) => `${id!.S} ${rank!.S}`).sort();
};
const put = (client: DynamoDBClient, id: string, rank: string) => {
  const Item = { id: { S: id }, group: { S: "g" }, rank: { S: rank } };
  return client.send(new PutItemCommand({ TableName: "things", Item }));
};

/** A process that runs the services and nothing else, to be killed. */
const host = `
  const { Worker } = require("node:worker_threads");
  process.once("message", ({ code, folder, configuration }) => {
    const worker = new Worker(code, { eval: true, workerData: { folder, port: 0, hosts: [] } });
    worker.on("message", (message) => process.send(message));
    worker.postMessage({ type: "configure", id: 1, configuration });
  });
`;

test("SIGKILL in the middle of writing loses nothing that was acknowledged, and leaves no index row without its item", async () => {
  const folder = temporaryFolder();
  const script = join(folder, "host.js");
  writeFileSync(script, host);
  const configuration = {
    principals: [principal(everything)],
    tables: [things],
    ...{ buckets: [], logGroups: [], parameters: [], topics: [], queues: [], policies: [] },
  };
  const code = await threadCode(process.cwd(), "services/thread.ts");
  const acknowledged = new Map<string, number>();
  for (const round of [1, 2, 3]) {
    const child = fork(script, { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const port = await new Promise<number>((resolve) => {
      child.on("message", (message: { type: string; port: number }) => {
        if (message.type === "listening") resolve(message.port);
      });
      child.send({ code, folder, configuration });
    });
    const endpoint = `http://127.0.0.1:${port}`;
    const client = new DynamoDBClient({ region, endpoint, credentials, maxAttempts: 1 });
    let writing = true;
    let left = 100 + round * 37;
    const write = async (lane: number): Promise<void> => {
      for (let n = 0; writing; n += 1) {
        const [id, rank] = [`${lane}-${n % 7}`, round * 100_000 + n];
        await put(client, id, String(rank)).then(
          () => {
            acknowledged.set(id, rank);
            left -= 1;
            if (left === 0) child.kill("SIGKILL");
          },
          () => {
            writing = false;
          },
        );
      }
    };
    await Promise.all([0, 1, 2, 3].map(write));
    await ended;
    client.destroy();
  }
  const { dynamodb } = await start({ tables: [things] }, { folder });
  const [items, rows] = [await itemsOf(dynamodb), await itemsOf(dynamodb, "byGroup")];
  expect(acknowledged.size).toBeGreaterThan(20);
  expect(rows).toEqual(items);
  const kept = new Map(items.map((item) => item.split(" ") as [string, string]));
  // A write that was under way may have been done; one that was acknowledged must not be missing or older.
  for (const [id, rank] of acknowledged) expect(Number(kept.get(id))).toBeGreaterThanOrEqual(rank);
});

test("services that die are there again, on the same port and with all that was acknowledged", async () => {
  const { services, dynamodb, url } = await start({ tables: [things] });
  await put(dynamodb, "a", "1");
  await (Reflect.get(services, "worker") as Worker).terminate();
  const patient = new DynamoDBClient({ region, endpoint: url, credentials, maxAttempts: 8 });
  expect(await itemsOf(patient)).toEqual(["a 1"]);
  patient.destroy();
});

test("a line that was cut off is no write, and what follows it is kept", async () => {
  const { folder, dynamodb, stop } = await start({ tables: [things] });
  await put(dynamodb, "a", "1");
  await stop();
  const log = join(folder, "dynamodb.log");
  appendFileSync(log, '["things","half');
  const second = await start({ tables: [things] }, { folder });
  await put(second.dynamodb, "b", "2");
  await second.stop();
  const third = await start({ tables: [things] }, { folder });
  expect(await itemsOf(third.dynamodb)).toEqual(["a 1", "b 2"]);
});

test("a damaged log is one clear line", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "dynamodb.log"), '["things","k",{"id":{"S":"a"}}]\nrubbish\n');
  await expect(start({ tables: [things] }, { folder })).rejects.toThrow(
    /dynamodb\.log: line 2 is damaged .*delete this line .*dynamodb\.log'\) to lose this one write, or start with --fresh/,
  );
});

test("an index that is added later finds what was stored before, and other tables' items stay", async () => {
  const { folder, dynamodb, configure } = await start({
    tables: [{ ...things, name: "others", create: { ...things.create, TableName: "others" } }, things],
  });
  const Item = { id: { S: "o" } };
  await dynamodb.send(new PutItemCommand({ TableName: "others", Item }));
  await put(dynamodb, "a", "1");
  const { GlobalSecondaryIndexes, ...create } = things.create;
  const AttributeDefinitions = [{ AttributeName: "id", AttributeType: "S" }];
  await configure({ tables: [{ ...things, create: { ...create, AttributeDefinitions } }] });
  await put(dynamodb, "b", "2");
  await configure({ tables: [things] });
  expect(await itemsOf(dynamodb, "byGroup")).toEqual(["a 1", "b 2"]);
  expect(readFileSync(join(folder, "dynamodb.log"), "utf8")).toContain('{"table":"others","put":');
});

test("keys that stored items do not have are refused, and the table serves on as it was", async () => {
  const { dynamodb, configure } = await start({ tables: [things] });
  await put(dynamodb, "a", "1");
  const create = {
    ...things.create,
    KeySchema: [{ AttributeName: "name", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "name", AttributeType: "S" }],
  };
  const { GlobalSecondaryIndexes: _, ...other } = create as typeof create & { GlobalSecondaryIndexes: unknown };
  await expect(configure({ tables: [{ ...things, create: other }] })).rejects.toThrow(
    "table things: stored items do not fit its keys",
  );
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: "things", Key: { id: { S: "a" } } }));
  expect(Item).toBeDefined();
});
