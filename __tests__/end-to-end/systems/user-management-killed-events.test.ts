import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
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

async function start(): Promise<void> {
  runner = startRunner(process.cwd(), "user-management", "--json", "--port", "0", "--data", data);
  const ready = await runner.next("ready");
  access = ready.access;
}

/** A client of the services, as an operator. */
function asOperator() {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = access;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY };
  return { endpoint, region, credentials };
}

/** Has the function take an event that it can only fail on. */
async function sendUnreadableEvent(): Promise<void> {
  const client = new LambdaClient(asOperator());
  const FunctionName = "user-management-dev-dev-import-user:live";
  const { StatusCode } = await client.send(
    new InvokeCommand({ FunctionName, InvocationType: "Event", Payload: JSON.stringify({ unreadable: true }) }),
  );
  client.destroy();
  expect(StatusCode).toBe(202);
}

type Invocation = Extract<RunnerEvent, { event: "invocation" }>;

const isImport = (event: RunnerEvent): boolean =>
  event.event === "invocation" && event.function === "user-management-dev-dev-import-user" && event.error !== undefined;
const failures = () => runner.events.filter((event): event is Invocation => isImport(event));

/** After how many attempts each event was put there. */
async function inTheQueue(): Promise<number[]> {
  const client = new SQSClient({ ...asOperator(), useQueueUrlAsEndpoint: false });
  const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/user-management-dev-dev-failed-imports";
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  client.destroy();
  return Messages.map(({ Body = "" }) => JSON.parse(Body).requestContext.approximateInvokeCount);
}

it("SIGKILL while events wait to be tried again loses none of them, and none begins anew", async () => {
  await start();
  const events = 3;
  for (let sent = 0; sent < events; sent++) await sendUnreadableEvent();
  // Each has failed once, and waits for a second; on a busy machine one may be tried again already.
  for (let failed = 0; failed < events; failed++) await runner.next("invocation", isImport);
  process.kill(-runner.child.pid!, "SIGKILL");
  await runner.ended;
  const before = failures().map(({ requestId }) => requestId);

  await start();
  const counts: number[] = [];
  await eventually(async () => {
    counts.push(...(await inTheQueue()));
    return counts.length >= events || undefined;
  });
  expect(counts).toEqual([3, 3, 3]);
  const seen = [...before, ...failures().map(({ requestId }) => requestId)];
  const ids = [...new Set(before)];
  expect(ids).toHaveLength(3);
  for (const id of ids) {
    // One that was being tried again when the process died was counted, and could not report.
    const reports = seen.filter((again) => again === id).length;
    expect([2, 3]).toContain(reports);
  }
  expect(runner.events.filter(({ event }) => event === "problem" || event === "denial")).toEqual([]);
});
