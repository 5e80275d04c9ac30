import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Running, startServices } from "../support/services";
import { sqs } from "../support/signed";

const queue = {
  name: "work",
  arn: "arn:aws:sqs:us-east-1:000000000000:work",
  visibilityTimeoutSeconds: 0,
  retentionSeconds: 1000,
  delaySeconds: 0,
};
const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";

const open: Running[] = [];
const start = async (folder?: string, changes: object = {}): Promise<Running> => {
  const running = await startServices({ queues: [{ ...queue, ...changes }] }, folder === undefined ? {} : { folder });
  open.push(running);
  return running;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((running) => running.stop()));
});

const send = ({ url }: Running, MessageBody: string) => sqs(url, "SendMessage", { QueueUrl, MessageBody });
const receive = async ({ url }: Running, more: object = {}) =>
  (await sqs(url, "ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, AttributeNames: ["All"], ...more })).body
    .Messages ?? [];
const bodies = (messages: readonly { Body: string }[]) => messages.map(({ Body }) => Body).sort();

/** Ended without a word, as a killed process is: nothing is written at the end. */
async function restarted(before: Running, changes?: object): Promise<Running> {
  await before.stop();
  open.splice(open.indexOf(before), 1);
  return start(before.folder, changes);
}

test("what was sent is there after a restart, what was deleted is not, and what was received has been counted", async () => {
  const before = await start();
  for (const body of ["one", "two", "three"]) await send(before, body);
  const [first] = await receive(before, { MaxNumberOfMessages: 1 });
  await sqs(before.url, "DeleteMessage", { QueueUrl, ReceiptHandle: first.ReceiptHandle });
  await receive(before);

  const after = await restarted(before);

  const messages = await receive(after);
  expect(bodies(messages)).toEqual(["one", "two", "three"].filter((body) => body !== first.Body).sort());
  expect(
    messages.map(({ Attributes }: { Attributes: Record<string, string> }) => Attributes["ApproximateReceiveCount"]),
  ).toEqual(["2", "2"]);
});

test("a queue whose settings change keeps its messages, over a restart and without one", async () => {
  const before = await start();
  await send(before, "kept");
  await before.configure({ queues: [{ ...queue, retentionSeconds: 2000 }] });
  expect(bodies(await receive(before))).toEqual(["kept"]);

  expect(bodies(await receive(await restarted(before, { retentionSeconds: 3000 })))).toEqual(["kept"]);
});

test("a line that was cut off was never acknowledged; another damage is said", async () => {
  const before = await start();
  await send(before, "whole");
  const log = join(before.folder, "sqs.log");
  appendFileSync(log, '["arn:aws:sqs:us-east-1:0000');
  const after = await restarted(before);
  expect(bodies(await receive(after))).toEqual(["whole"]);

  await after.stop();
  writeFileSync(log, `nonsense\n${readFileSync(log, "utf8")}`);
  await expect(start(after.folder)).rejects.toThrow(
    /sqs\.log: line 1 is damaged .*delete this line .*sqs\.log'\) to lose this one write, or start with --fresh/,
  );
});
