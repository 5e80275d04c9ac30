import { allow, arnOf, principal, queueNamed, type Running, startServices } from "../support/services";
import { sqs } from "../support/signed";

const work = queueNamed("work");
const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";
const { functionArn } = principal();
const rights = allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], arnOf("sqs", "work"));
const byCode = { ArnEquals: { "lambda:SourceFunctionArn": functionArn } };

let running: Running;
afterEach(() => running.stop());

const receiveByLambda = () =>
  running.services.call(functionArn, { kind: "receive", queueArn: work.arn, most: 1, waitMs: 0 });
const receiveByCode = () => sqs(running.url, "ReceiveMessage", { QueueUrl });

// Lambda developer guide, "Working with Lambda execution environment credentials": "Lambda injects this condition key …
// only for requests that are made by your function's code".
test("a right for the function's code alone is none for what Lambda does with the role", async () => {
  running = await startServices({ queues: [work], principals: [principal({ ...rights, Condition: byCode })] });
  expect(await receiveByCode()).toMatchObject({ status: 200 });
  await expect(receiveByLambda()).rejects.toThrow("is not authorized to perform: sqs:ReceiveMessage");
});

test("a right that the function's code is denied may be Lambda's", async () => {
  const denied = { ...rights, Effect: "Deny", Condition: byCode };
  running = await startServices({ queues: [work], principals: [principal(rights, denied)] });
  expect(await receiveByLambda()).toEqual({ messages: [] });
  expect((await receiveByCode()).body.message).toContain("with an explicit deny in an identity-based policy");
});
