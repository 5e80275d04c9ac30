import { steadyNow } from "../../../local/lib/clock";
import { type Message, Queue } from "../../../local/services/sqs/queue";
import { arnOf, queueNamed } from "../support/services";

const definition = { ...queueNamed("work"), redrive: { deadLetterArn: arnOf("sqs", "dead"), maxReceiveCount: 1 } };

const messageOf = (messageId: string, changes: Partial<Message> = {}): Message => ({
  ...{ messageId, body: messageId, attributes: {}, sentAt: steadyNow(), visibleAt: 0 },
  ...{ receiveCount: 0, firstReceivedAt: 0, receiptHandle: "", ...changes },
});

/** A queue with these messages, and what it does outside of itself, in order. */
function queueWith(messages: readonly Message[], redrive: (body: string) => boolean = () => true) {
  const done: string[] = [];
  const around = {
    redrive: (deadLetterArn: string, { body }: Message) => {
      done.push(`redrive ${body} to ${deadLetterArn}`);
      return redrive(body);
    },
    keep: (messageId: string, message: Message | null) => void done.push(`${message ? "keep" : "forget"} ${messageId}`),
  };
  return { queue: new Queue(definition, around, messages), done };
}

const bodiesOf = async (queue: Queue) => (await queue.receive(10, 0)).map(({ body }) => body);

test("a message that was received too often is among the dead letters before it is forgotten here", async () => {
  const { queue, done } = queueWith([messageOf("bad", { receiveCount: 1 })]);
  expect(await bodiesOf(queue)).toEqual([]);
  expect(done).toEqual([`redrive bad to ${arnOf("sqs", "dead")}`, "forget bad"]);
});

test("a message that the dead letters do not take stays, whether there are none or they fail", async () => {
  const none = queueWith([messageOf("bad", { receiveCount: 1 })], () => false);
  expect(await bodiesOf(none.queue)).toEqual(["bad"]);
  expect(none.done).not.toContain("forget bad");
  const failing = queueWith([messageOf("bad", { receiveCount: 1 })], () => {
    throw new Error("the disk is full");
  });
  await expect(failing.queue.receive(10, 0)).rejects.toThrow("the disk is full");
  expect(failing.done).not.toContain("forget bad");
  expect(failing.queue.counts()).toMatchObject({ visible: 1 });
});

test("messages that are older than their retention are forgotten, and no others", async () => {
  const { retentionSeconds } = definition;
  const ago = (seconds: number) => ({ sentAt: steadyNow() - seconds * 1000 });
  const { queue, done } = queueWith([
    messageOf("oldest", ago(retentionSeconds * 2)),
    messageOf("old", ago(retentionSeconds + 1)),
    messageOf("young", ago(retentionSeconds - 60)),
    messageOf("new"),
  ]);
  expect(await bodiesOf(queue)).toEqual(["young", "new"]);
  expect(done).toEqual(["forget oldest", "forget old", "keep young", "keep new"]);
});

test("a message is there until its retention is over, and not from that moment on", async () => {
  jest.useFakeTimers();
  try {
    const { queue } = queueWith([messageOf("old"), messageOf("young", { sentAt: steadyNow() + 1 })]);
    jest.advanceTimersByTime(definition.retentionSeconds * 1000);
    expect(await bodiesOf(queue)).toEqual(["young"]);
  } finally {
    jest.useRealTimers();
  }
});

test.each([
  ["that was there", (queue: Queue) => queue.receive(10, 0)],
  ["that is sent", (queue: Queue) => queue.send({ body: "sent" })],
  ["that comes from another queue", (queue: Queue) => queue.take(messageOf("taken"))],
])("a message %s is forgotten once a retention is shorter, whatever was forgotten before", async (which, act) => {
  const old = messageOf("old", { sentAt: steadyNow() - definition.retentionSeconds * 2000 });
  const { queue } = queueWith([old, ...(which === "that was there" ? [messageOf("young")] : [])]);
  await bodiesOf(queue);
  await act(queue);
  expect(queue.counts()).not.toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  // All that was sent by then.
  queue.definition = { ...definition, retentionSeconds: 0 };
  expect(await bodiesOf(queue)).toEqual([]);
  expect(queue.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
});
