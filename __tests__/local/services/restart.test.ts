import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { eventually } from "../../support/eventually";
import { called, config, failure, invocationsOf, source } from "../support/async-events";
import { functionOf, stopFunctions } from "../support/functions";
import { everything, principal, queueNamed, type Running, startServices } from "../support/services";
import { sqs } from "../support/signed";

const work = queueNamed("work");
const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";

let running: Running;
beforeEach(async () => {
  running = await startServices({ queues: [work], principals: [{ ...principal(everything), functionArn: called }] });
});
afterEach(() => running.stop());
afterAll(stopFunctions);

const die = () => (Reflect.get(running.services, "worker") as Worker).terminate();
const problems = () => running.events.flatMap((event) => (event.event === "problem" ? [event.message] : []));
/** With the SDK's patience. */
const bodies = () =>
  eventually(async () => {
    const { body } = await sqs(running.url, "ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10 }).catch(() => ({
      body: {},
    }));
    return body.Messages?.map(({ Body }: { Body: string }) => Body);
  });

test("a thread that dies is reported, and started again; what was asked of it meanwhile is done by the next one", async () => {
  const dying = die();
  const call = { kind: "deliver", targetArn: work.arn, body: "meanwhile", attributes: {} } as const;
  // What was under way is cut off, and says so; whoever asks afterwards waits.
  await running.services.call(called, call).catch(() => running.services.call(called, call));
  await dying;
  expect(await bodies()).toEqual(["meanwhile"]);
  expect(problems()).toEqual(["the services' thread died; it is started again now"]);
});

test("what is under way when a thread dies fails, and does not wait for ever", async () => {
  const call = { kind: "receive", queueArn: work.arn, most: 1, waitMs: 3_600_000 } as const;
  const [pending] = [running.services.call(called, call), await running.services.endpointUrl()];
  const refused = expect(pending).rejects.toThrow("the services' thread died");
  await die();
  await refused;
});

test("a thread that can't be set up again says why and what helps, and is tried again until it can be", async () => {
  const log = join(running.folder, "sqs.log");
  await sqs(running.url, "SendMessage", { QueueUrl, MessageBody: "kept" });
  const whole = readFileSync(log, "utf8");
  appendFileSync(log, "nonsense\n");
  await die();
  const reported = await eventually(() => problems().find((message) => message.includes("could not be set up")));
  expect(reported).toMatch(/^the services could not be set up again: .*sqs\.log: line 2 is damaged .*delete this line/);
  await eventually(() => problems().find((message) => message.endsWith("it is started again in 1 s")));
  writeFileSync(log, whole);
  expect(await bodies()).toEqual(["kept"]);
});

test("an event whose end falls into a death of the services is delivered afterwards", async () => {
  const { fn } = await functionOf(source);
  let deaths = 0;
  const { invocations, problems: reported } = invocationsOf({
    speed: 100,
    target: () => ({ fn, config: { ...config, maximumRetryAttempts: 0, onFailure: work.arn } }),
    deliver: (functionArn) => async (targetArn, body, attributes) => {
      const delivered = running.services.call(functionArn, { kind: "deliver", targetArn, body, attributes });
      // Twice it dies under the delivery, which is made again.
      if (deaths < 2) {
        deaths += 1;
        await die();
        await delivered;
        throw new Error("died after it was done, before it was said");
      }
      await delivered;
    },
  });
  invocations.accept(called, JSON.stringify({ fail: true }));
  const [body = ""] = await bodies();
  expect(JSON.parse(body)).toEqual(failure("RetriesExhausted", 1, { fail: true }));
  expect(reported).toHaveLength(1);
  invocations.stop();
});

test("what may not be delivered is not tried again", async () => {
  const denied = { ...principal(), functionArn: called };
  await running.configure({ queues: [work], principals: [denied] });
  const call = { kind: "deliver", targetArn: work.arn, body: "a", attributes: {} } as const;
  await expect(running.services.call(called, call)).rejects.toMatchObject({ name: "CallRefused" });
  await running.configure({ queues: [work], principals: [{ ...principal(everything), functionArn: called }] });
  const absent = { ...call, targetArn: work.arn.replace("work", "absent") };
  await expect(running.services.call(called, absent)).rejects.toMatchObject({ name: "CallRefused" });
});

test("messages whose dead letters have no queue stay where they are", async () => {
  const redrive = { deadLetterArn: work.arn.replace("work", "absent"), maxReceiveCount: 1 };
  await running.configure({ queues: [{ ...work, visibilityTimeoutSeconds: 0, redrive }] });
  await sqs(running.url, "SendMessage", { QueueUrl, MessageBody: "kept" });
  for (let time = 0; time < 3; time += 1) expect(await bodies()).toEqual(["kept"]);
});

test("a call after the services were stopped fails", async () => {
  await running.services.stop();
  const call = { kind: "deliver", targetArn: work.arn, body: "late", attributes: {} } as const;
  await expect(running.services.call(called, call)).rejects.toThrow("the services' thread was stopped");
});
