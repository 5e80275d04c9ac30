import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { atMost, print } from "./table";

const account = "000000000000";
const TableName = "user-management-dev-dev-users";
const Bucket = `user-management-dev-logs-${account}-us-east-1`;
const FunctionName = "user-management-dev-dev-import-user";
const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${account}/user-management-dev-dev-failed-imports`;

interface Ready {
  readonly systems: readonly { readonly system: string; readonly url: string; readonly apiKey: string }[];
  readonly access: Readonly<Record<string, string>>;
}

interface Running {
  readonly child: ChildProcess;
  readonly ready: Ready;
  readonly problems: string[];
}

const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

/** Starts the systems on a folder's data. */
function start(data: string): Promise<Running> {
  const args = ["run.js", "local/run/main.ts", "user-management", "records", "--port", "0", "--json", "--data", data];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const problems: string[] = [];
  return new Promise((resolve, reject) => {
    child.once("close", () => {
      children.delete(child);
      reject(new Error("the start was refused"));
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as { event: string; message?: string };
      if (event.event === "ready") resolve({ child, ready: event as unknown as Ready, problems });
      if (event.event === "problem") problems.push(event.message ?? "");
    });
  });
}

function clientsOf({ access }: Ready) {
  const { AWS_ENDPOINT_URL: endpoint = "", AWS_REGION: region = "", ...keys } = access;
  const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = keys;
  const settings = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  return {
    dynamodb: new DynamoDBClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient(settings),
  };
}

type Clients = ReturnType<typeof clientsOf>;

/** Acknowledged writes: the items that must be there, and those that must not. */
class Acknowledged {
  readonly there = new Set<string>();
  readonly gone = new Set<string>();
  /** Lost or come back, of what is found. */
  lost(found: ReadonlySet<string>): number {
    const missing = [...this.there].filter((id) => !found.has(id));
    return missing.length + [...this.gone].filter((id) => found.has(id)).length;
  }
}

const kinds = ["items", "objects", "messages", "events"] as const;
type Kind = (typeof kinds)[number];

/** Functions that create and delete a thing of each kind; events are never deleted. */
const writes: Readonly<Record<Kind, (clients: Clients, id: string) => Promise<unknown>>> = {
  items: ({ dynamodb }, id) =>
    dynamodb.send(new PutItemCommand({ TableName, Item: { userId: { S: id }, createdDate: { S: id } } })),
  objects: ({ s3 }, id) => s3.send(new PutObjectCommand({ Bucket, Key: `kill/${id}`, Body: id.repeat(1000) })),
  messages: ({ sqs }, id) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: id })),
  // No import: it fails three times, and goes where failures of what is live go.
  events: ({ lambda }, id) =>
    lambda.send(
      new InvokeCommand({ FunctionName, Qualifier: "live", InvocationType: "Event", Payload: JSON.stringify({ id }) }),
    ),
};

const deletes: Readonly<Partial<Record<Kind, (clients: Clients, id: string) => Promise<unknown>>>> = {
  items: ({ dynamodb }, id) =>
    dynamodb.send(new DeleteItemCommand({ TableName, Key: { userId: { S: id }, createdDate: { S: id } } })),
  objects: ({ s3 }, id) => s3.send(new DeleteObjectCommand({ Bucket, Key: `kill/${id}` })),
};

interface Round {
  readonly round: number;
  readonly acknowledged: Acknowledged;
  /** Says that something was acknowledged. */
  readonly begin: () => void;
}

/** Writes until the process is gone. */
async function write(kind: Kind, clients: Clients, { round, acknowledged, begin }: Round): Promise<void> {
  const { there, gone } = acknowledged;
  try {
    for (let n = 0; ; n += 1) {
      const id = `${kind}-${round}-${n}`;
      await writes[kind](clients, id);
      there.add(id);
      begin();
      const remove = deletes[kind];
      if (n % 3 !== 0 || !remove) continue;
      // A deletion that was cut off may have been done.
      there.delete(id);
      await remove(clients, id);
      gone.add(id);
    }
  } catch (error) {
    // Without an answer it was killed.
    const answered = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (answered !== undefined) throw error;
  }
}

/** Requests that count against a quota, until the process is gone. @returns how many were answered */
async function ask({ systems }: Ready, begin: () => void): Promise<number> {
  const records = systems.find(({ system }) => system === "records");
  let answered = 0;
  try {
    for (;;) {
      const { status } = await fetch(`${records?.url}/records?source=a`, {
        headers: { "x-api-key": records?.apiKey ?? "" },
      });
      if (status !== 429) answered += 1;
      begin();
    }
  } catch {
    // The process is gone.
    return answered;
  }
}

async function drain({ sqs }: Clients, found: Set<string>): Promise<boolean> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
  );
  for (const { Body = "" } of Messages) found.add(Body.startsWith("{") ? JSON.parse(Body).requestPayload.id : Body);
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  return Entries.length > 0;
}

/** All that is there, of all kinds. */
async function findAll(clients: Clients): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { Items = [] } of paginateScan({ client: clients.dynamodb }, { TableName })) {
    for (const { userId } of Items) found.add(userId?.S ?? "");
  }
  for await (const { Contents = [] } of paginateListObjectsV2({ client: clients.s3 }, { Bucket, Prefix: "kill/" })) {
    for (const { Key = "" } of Contents) found.add(Key.slice("kill/".length));
  }
  // Events are tried again for some seconds before they get there.
  for (let empty = 0; empty < 3; ) empty = (await drain(clients, found)) ? 0 : empty + 1;
  return found;
}

function countedIn(data: string): number {
  const last = new Map<string, number>();
  for (const line of readFileSync(join(data, "quotas.log"), "utf8").split("\n").slice(0, -1)) {
    const [text = ""] = line.split("\t");
    const [, key, item] = JSON.parse(text) as [string, string, { count: number }];
    last.set(key, item.count);
  }
  return [...last.values()].reduce((sum, count) => sum + count, 0);
}

/** SIGKILL under load, again and again, on all kinds of data: nothing that was acknowledged is lost, and each start works. */
export async function benchKill(rounds = Number(process.argv[3] ?? 50)): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "terrace-kill-"));
  const acknowledged: Readonly<Record<Kind, Acknowledged>> = {
    items: new Acknowledged(),
    objects: new Acknowledged(),
    messages: new Acknowledged(),
    events: new Acknowledged(),
  };
  let [counted, refused] = [0, 0];
  const problems: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const running = await start(data).catch((error: Error) => void problems.push(`round ${round}: ${error.message}`));
    if (!running) {
      refused += 1;
      continue;
    }
    const clients = clientsOf(running.ready);
    // A while after each kind has begun, however slow the machine is.
    const begun = new Set<string>();
    let kill: NodeJS.Timeout | undefined;
    const begin = (what: string): void => {
      if (begun.add(what).size <= kinds.length) return;
      kill ??= setTimeout(() => running.child.kill("SIGKILL"), (round * 137) % 700);
    };
    const writing = kinds.map((kind) =>
      write(kind, clients, { round, acknowledged: acknowledged[kind], begin: () => begin(kind) }),
    );
    const [answered] = await Promise.all([ask(running.ready, () => begin("requests")), ...writing]);
    clearTimeout(kill);
    counted += answered;
    problems.push(...running.problems);
    for (const client of Object.values(clients)) client.destroy();
  }
  const last = await start(data);
  const found = await findAll(clientsOf(last.ready));
  const quota = countedIn(data);
  last.child.kill("SIGKILL");
  for (const problem of problems) console.log(`  ${problem}`);
  print(`SIGKILL under load, ${rounds} times`, [
    atMost("starts that were refused", refused, [0, ""]),
    ...kinds.map((kind) => {
      const { there, gone } = acknowledged[kind];
      return atMost(`${kind} lost, of ${there.size} and ${gone.size} deleted`, acknowledged[kind].lost(found), [0, ""]);
    }),
    atMost(`requests not counted, of ${counted}`, Math.max(0, counted - quota), [0, ""]),
  ]);
  rmSync(data, { recursive: true });
  process.exit();
}
