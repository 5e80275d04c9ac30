import { limitedCall, type PendingCall } from "../../../local/apigateway/integration/pending-call";

/** Makes a call that does with its time what a test says, and is answered when the test says so. */
const call = (start: (limit: PendingCall, answer: () => void) => void) =>
  limitedCall(
    (limit) => new Promise<string>((resolve) => start(limit, () => resolve("answer"))),
    { timeoutMs: 20, traceId: "Root=1" },
    { now: () => 0, pending: new Set() },
  );

const timedOut = () => call(() => undefined);

test("the time that a call waits for an environment is not the integration's", async () => {
  let goOn = (): void => undefined;
  const waiting = call((limit, answer) => {
    limit.stop();
    goOn = () => {
      limit.restart();
      answer();
    };
  });
  // It began later, and is over.
  expect((await timedOut()).result).toBe("timeout");
  goOn();
  expect((await waiting).result).toBe("answer");
});

test("once it has an environment its time runs, from the beginning", async () => {
  const over = call((limit) => {
    limit.stop();
    limit.restart();
  });
  expect((await over).result).toBe("timeout");
});

test("what is over is not begun again", async () => {
  let limit: PendingCall | undefined;
  await call((given, answer) => {
    limit = given;
    answer();
  });
  limit?.restart();
  expect(limit?.signal.aborted).toBe(false);
  expect((await timedOut()).result).toBe("timeout");
  expect(limit?.signal.aborted).toBe(false);
});
