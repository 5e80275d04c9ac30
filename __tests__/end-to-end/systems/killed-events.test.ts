import { randomUUID } from "node:crypto";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { RunnerEvent } from "../../../local/run/events";
import type { OperatorAccess } from "../../../local/run/operator";
import { type RunnerProcess, startRunner, stopRunners } from "../../local/support/runner";
import { temporaryFolder } from "../../local/support/stack-file";
import { eventually } from "../../support/eventually";

afterAll(stopRunners);

const data = temporaryFolder();
let runner: RunnerProcess;
let access: OperatorAccess;
let ask: (method: string, path: string, body?: object) => Promise<number>;

async function start(): Promise<void> {
  runner = startRunner(process.cwd(), "user-management", "--json", "--port", "0", "--data", data);
  const ready = await runner.next("ready");
  access = ready.access;
  const { url, apiKey } = ready.systems[0]!;
  const headers = { "x-api-key": apiKey!, "content-type": "application/json" };
  ask = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    return response.status;
  };
}

type Invocation = Extract<RunnerEvent, { event: "invocation" }>;

const isImport = (event: RunnerEvent): boolean =>
  event.event === "invocation" && event.function === "user-management-dev-dev-import-user" && event.error !== undefined;
const failures = () => runner.events.filter((event): event is Invocation => isImport(event));

/** After how many attempts each event was put there. */
async function inTheQueue(): Promise<number[]> {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = access;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY };
  const client = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
  const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/user-management-dev-dev-failed-imports";
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  client.destroy();
  return Messages.map(({ Body = "" }) => JSON.parse(Body).requestContext.approximateInvokeCount);
}

it("SIGKILL while events wait to be tried again loses none of them, and none begins anew", async () => {
  await start();
  const taken = Array.from({ length: 3 }, () => ({ userId: randomUUID(), email: "a@example.com", name: "A" }));
  for (const user of taken) expect(await ask("POST", "/users", user)).toBe(201);
  expect(await ask("POST", "/users/import", { users: taken.map((user) => ({ ...user, name: "B" })) })).toBe(202);
  // Each has failed once, and waits for a second; on a busy machine one may be tried again already.
  for (const _ of taken) await runner.next("invocation", isImport);
  process.kill(-runner.child.pid!, "SIGKILL");
  await runner.ended;
  const before = failures().map(({ requestId }) => requestId);

  await start();
  const counts: number[] = [];
  await eventually(async () => {
    counts.push(...(await inTheQueue()));
    return counts.length >= taken.length || undefined;
  });
  expect(counts).toEqual([3, 3, 3]);
  const seen = [...before, ...failures().map(({ requestId }) => requestId)];
  const ids = [...new Set(before)];
  expect(ids).toHaveLength(3);
  expect(ids.map((id) => seen.filter((again) => again === id).length)).toEqual([3, 3, 3]);
  expect(seen).toHaveLength(9);
  expect(runner.events.filter(({ event }) => event === "problem" || event === "denial")).toEqual([]);
});
