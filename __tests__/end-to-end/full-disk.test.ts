import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CountLog } from "../../local/store/count-log";
import { Store } from "../../local/store/store";
import { logs, policyOf, queueNamed, type Running, startServices, things } from "../local/support/services";
import { ask, sqs } from "../local/support/signed";
import { temporaryFolder } from "../local/support/stack-file";
import { TestClock } from "../local/support/test-clock";

jest.setTimeout(120_000);

const isRoot = process.getuid?.() === 0;
const canMount = isRoot && process.platform === "linux" && spawnSync("mount", ["--version"]).status === 0;
if (!canMount) process.stderr.write("full disks are not tried: that takes root on Linux, to mount a small one\n");

const work = queueNamed("work");
const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";
const topicArn = "arn:aws:sns:us-east-1:000000000000:news";
const topics = [
  { arn: topicArn, subscriptions: [{ arn: `${topicArn}:1`, protocol: "sqs", endpoint: work.arn, raw: true }] },
];
const policies = [policyOf("queue", work.arn, { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" })];
const configuration = { tables: [things], buckets: [logs], queues: [work], topics, policies };

const mounted: string[] = [];
function smallDisk(bytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "terrace-test-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder]);
  mounted.push(folder);
  return folder;
}
afterAll(() => {
  // Lazily: what a failed test has left may still use it.
  for (const folder of mounted) {
    execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  }
});

/** Takes all the room there is. @returns gives it back */
function fill(folder: string): () => void {
  const path = join(folder, "filler");
  const file = openSync(path, "w");
  try {
    for (let size = 65_536; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}

type Write = (running: Running, id: string) => Promise<{ readonly status: number; readonly code: string }>;

const sdk = async (sent: Promise<unknown>) =>
  sent.then(
    () => ({ status: 200, code: "" }),
    (error) => ({ status: error.$metadata.httpStatusCode, code: error.name }),
  );

/** 9 KB: what is left of a page does not take it. */
const long = "x".repeat(9000);

const writes: Readonly<Record<string, readonly [code: string, write: Write]>> = {
  "an item": [
    "InternalServerError",
    ({ dynamodb }, id) =>
      sdk(dynamodb.send(new PutItemCommand({ TableName: "things", Item: { id: { S: id }, long: { S: long } } }))),
  ],
  "an object": [
    "InternalError",
    ({ s3 }, id) => sdk(s3.send(new PutObjectCommand({ Bucket: "logs", Key: id, Body: long }))),
  ],
  "a message": [
    "InternalFailure",
    async ({ url }, id) => {
      const { status, body } = await sqs(url, "SendMessage", { QueueUrl, MessageBody: `${id} ${long}` });
      return {
        status,
        code:
          String(body.__type ?? "")
            .split("#")
            .at(-1) ?? "",
      };
    },
  ],
  "what is published": [
    "InternalError",
    async ({ url }, id) => {
      const form = new URLSearchParams({ Action: "Publish", TopicArn: topicArn, Message: `${id} ${long}` });
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const { status, text } = await ask(url, "sns", { headers, body: form.toString() });
      return { status, code: /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? "" };
    },
  ],
};

async function found({ dynamodb, s3, url }: Running, id: string): Promise<boolean> {
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: "things", Key: { id: { S: id } } }));
  const object = await s3.send(new GetObjectCommand({ Bucket: "logs", Key: id })).catch(() => undefined);
  const { body } = await sqs(url, "ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
  const messages: readonly { Body: string }[] = body.Messages ?? [];
  return Item !== undefined || object !== undefined || messages.some(({ Body }) => Body.startsWith(`${id} `));
}

const onSmallDisk = canMount ? test : test.skip;

onSmallDisk.each(Object.entries(writes))(
  "%s that a full disk does not take is refused as the service would, and the next is taken when there is room",
  async (_, [code, write]) => {
    const folder = smallDisk(1024 * 1024);
    const running = await startServices(configuration, { folder });
    expect(await write(running, "before")).toEqual({ status: 200, code: "" });
    const free = fill(folder);
    for (const id of ["refused", "again"]) expect(await write(running, id)).toEqual({ status: 500, code });
    free();
    expect(await write(running, "after")).toEqual({ status: 200, code: "" });
    const reported = running.events.flatMap((event) => (event.event === "problem" ? [event.message] : []));
    expect(reported).toHaveLength(2);
    expect(reported[0]).toMatch(
      /refused a request: .* can't be written: ENOSPC.*; make room; what is written after that works/,
    );
    await running.stop();

    const next = await startServices(configuration, { folder });
    expect(await Promise.all(["before", "after"].map((id) => found(next, id)))).toEqual([true, true]);
    expect(await Promise.all(["refused", "again"].map((id) => found(next, id)))).toEqual([false, false]);
    await next.stop();
  },
);

onSmallDisk("a start on a full disk says what is wrong, and one with room after it works", () => {
  const folder = smallDisk(64 * 1024);
  const problem = (): void => undefined;
  const free = fill(folder);
  expect(() => new Store(join(folder, "data"), { fresh: false, problem })).toThrow(
    /can't be written: ENOSPC.*; make room/,
  );
  free();
  new Store(join(folder, "data"), { fresh: false, problem }).close();
});

onSmallDisk(
  "quotas that a full disk does not take are counted on, reported once, and written when there is room",
  async () => {
    const folder = smallDisk(64 * 1024);
    const [path, problems] = [join(folder, "quotas.log"), [] as string[]];
    const options = { clock: new TestClock(), problem: (message: string) => void problems.push(message) };
    const counts = new CountLog(path, options);
    const free = fill(folder);
    for (let count = 1; count <= 200; count += 1) {
      counts.set(`plan ${count % 100} ${long.slice(0, 500)}`, count);
      await new Promise(setImmediate);
    }
    expect(problems).toEqual([expect.stringMatching(/^quotas are counted, but not kept: .*ENOSPC/)]);
    free();
    counts.set("last", 1);
    counts.close();
    const again = new CountLog(path, options);
    expect([again.get(`plan 99 ${long.slice(0, 500)}`), again.get("last"), problems.length]).toEqual([199, 1, 1]);
  },
);

onSmallDisk("a data folder that can only be read refuses writes alone, and starts", async () => {
  const folder = smallDisk(1024 * 1024);
  const first = await startServices(configuration, { folder });
  const all = Object.values(writes);
  for (const [, write] of all) expect((await write(first, "kept")).status).toBe(200);
  await first.stop();
  execFileSync("mount", ["-o", "remount,ro", folder]);

  const second = await startServices(configuration, { folder });
  for (const [code, write] of all) expect(await write(second, "refused")).toEqual({ status: 500, code });
  const { Item } = await second.dynamodb.send(new GetItemCommand({ TableName: "things", Key: { id: { S: "kept" } } }));
  expect(Item).toBeDefined();
  execFileSync("mount", ["-o", "remount,rw", folder]);
  for (const [, write] of all) expect((await write(second, "later")).status).toBe(200);
  await second.stop();
});

const asSomebodyElse = isRoot ? test : test.skip;

asSomebodyElse("a folder of somebody else's is named with what helps", () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o700);
  writeFileSync(join(folder, "secrets.json"), "{}");
  const script = join(process.cwd(), "run.js");
  const args = [script, "bench/fixtures/read-log.ts", "queues", join(folder, "secrets.json")];
  const { status, stderr } = spawnSync(process.execPath, args, { uid: 65_534, encoding: "utf8" });
  expect(status).not.toBe(0);
  expect(stderr).toMatch(
    /secrets\.json can't be read: EACCES.*; give yourself the right to it, or give --data another folder/,
  );
});
