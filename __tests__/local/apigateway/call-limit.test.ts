import { call, type InvokeOptions, type LambdaService } from "../../../local/apigateway/integration/lambda-call";

const asked = { functionArn: "arn", event: "{}", timeoutMs: 20, traceId: "Root=1" };

/** A function that does with the time of its calls what a test says, and answers when the test says so. */
function service(invoke: (limit: InvokeOptions, answer: () => void) => void): LambdaService {
  return {
    invoke: (_arn, _payload, limit) =>
      new Promise((resolve) => invoke(limit, () => resolve({ payload: JSON.stringify("answer") }))),
    permitted: () => true,
    now: () => 0,
    pending: new Set(),
  };
}

const timedOut = () =>
  call(
    asked,
    service(() => undefined),
  );

test("the time that a call waits for an environment is not the integration's", async () => {
  let goOn = (): void => undefined;
  const waiting = call(
    asked,
    service((limit, answer) => {
      limit.stop();
      goOn = () => {
        limit.restart();
        answer();
      };
    }),
  );
  // It began later, and is over.
  expect((await timedOut()).result).toBe("timeout");
  goOn();
  expect((await waiting).result).toMatchObject({ payload: '"answer"' });
});

test("once it has an environment its time runs, from the beginning", async () => {
  const over = call(
    asked,
    service((limit) => {
      limit.stop();
      limit.restart();
    }),
  );
  expect((await over).result).toBe("timeout");
});

test("what is over is not begun again", async () => {
  let limit: InvokeOptions | undefined;
  await call(
    asked,
    service((given, answer) => {
      limit = given;
      answer();
    }),
  );
  limit?.restart();
  expect(limit?.signal.aborted).toBe(false);
  expect((await timedOut()).result).toBe("timeout");
  expect(limit?.signal.aborted).toBe(false);
});
