import type { PermissionUse } from "../../../local/iam/granted-permissions";
import type { RunnerEvent } from "../../../local/run/events";
import { denied, type LocalSystem, startLocally } from "../../local/support/local-system";
import { eventually } from "../../support/eventually";

const payload = "a-payload-that-nobody-else-sees";
const blank = "TF_VAR_data_processor_database_connection_string";

/** As it is deployed; and with a secret that is blank, and one that a function may not read, so that both functions fail. */
let processor: LocalSystem;
let broken: LocalSystem;
beforeAll(async () => {
  processor = await startLocally("data-processor");
  process.env[blank] = " ";
  broken = await startLocally("data-processor", ({ resource }) => {
    for (const { function_name, environment } of Object.values(resource.aws_lambda_function))
      if (function_name.endsWith("-get-hello"))
        environment.variables["API_KEY_PARAMETER"] = "${aws_ssm_parameter.database-connection-string.name}";
  });
});
afterAll(async () => {
  delete process.env[blank];
  await Promise.all([processor.stop(), broken.stop()]);
});

const send = (system: LocalSystem, ...data: unknown[]) => system.ask("POST", "/data", { body: { data } });

it("greets without a key, and processes with one", async () => {
  const hello = await processor.ask("GET", "/hello", { headers: { "x-api-key": "" } });
  const { status, body } = await send(processor, { b: null, a: [payload] }, { a: [payload], b: null }, 0);

  expect(hello).toMatchObject({
    status: 200,
    body: { environment: "dev", functionName: "data-processor-dev-get-hello", hasApiKey: true },
  });
  expect(body).toMatchObject({
    batchSize: 100,
    hasDatabaseConfig: true,
    functionInfo: { name: "data-processor-dev-process-data", memoryMb: 512 },
  });
  expect([status, body.itemsReceived, body.itemsProcessed]).toEqual([200, 3, 3]);
  expect(body.processed[0].id).toBe(body.processed[1].id);
  expect(body.processed[0].original).toEqual({ b: null, a: [payload] });
});

it("takes ten thousand items and processes as many as the stack says", async () => {
  const { status, body } = await send(processor, ...Array(10_000).fill({ value: 1 }));

  expect([status, body.itemsReceived, body.itemsProcessed]).toEqual([200, 10_000, 100]);
});

it.each([
  ["no key", { body: { data: [1] }, headers: { "x-api-key": "" } }, 403],
  ["a wrong key", { body: { data: [1] }, headers: { "x-api-key": "x".repeat(40) } }, 403],
  ["no data", { body: {} }, 400],
  ["too many items", { body: { data: Array(10_001).fill(0) } }, 400],
  ["an unknown field", { body: { data: [1], more: 1 } }, 400],
  ["more than it takes", { body: { data: ["x".repeat(1024 * 1024)] } }, 400],
])("refuses %s", async (_, options, status) => {
  expect((await processor.ask("POST", "/data", options)).status).toBe(status);
});

type Message = Extract<RunnerEvent, { event: "message" }>;

const since = (system: LocalSystem, start: number) => system.events.slice(start);

/** The notice of a failure: published, or reported by the function as lost. */
const noticeIn = (events: readonly RunnerEvent[]): string | undefined => {
  const found = events.find(
    (event) => event.event === "message" || (event.event === "metric" && event.name === "FailureNotPublished"),
  );
  return found?.event;
};

it("reports a failure where it can be read: function, code, request, and no payload", async () => {
  const start = broken.events.length;

  const { status, body } = await send(broken, payload);

  await eventually(() => noticeIn(since(broken, start)));
  const [message] = since(broken, start).filter((event): event is Message => event.event === "message");
  expect(status).toBe(500);
  expect(message?.topic).toBe("arn:aws:sns:us-west-2:000000000000:data-processor-dev-failures");
  expect(JSON.parse(message?.message ?? "")).toEqual({
    function: "data-processor-dev-process-data",
    code: "INTERNAL_ERROR",
    requestId: body.error.requestId,
  });
  expect(JSON.stringify(since(broken, start))).not.toContain(payload);
});

/** All that clients see of an operation, and the notice of a failure. */
async function outcomeOf(system: LocalSystem, ask: () => Promise<{ readonly status: number }>): Promise<unknown[]> {
  const start = system.events.length;
  const { status } = await ask();
  return [status, status === 500 ? await eventually(() => noticeIn(since(system, start))) : "none"];
}
const helloOf = (system: LocalSystem) => outcomeOf(system, () => system.ask("GET", "/hello"));
const dataOf = (system: LocalSystem) => outcomeOf(system, () => send(system, 1));
const outcome = async (system: LocalSystem) => [...(await helloOf(system)), ...(await dataOf(system))];

const isTopics = ({ action, when = "" }: PermissionUse): boolean =>
  action.startsWith("sns:") || when.includes("aws:sns:");

it("uses every right that its roles grant, and needs each", async () => {
  const [well, ill] = [await outcome(processor), await outcome(broken)];
  const permissions = processor.grants();
  const used = (system: LocalSystem) => new Set(system.grants().map((permission) => JSON.stringify(permission)));
  const [first, second] = [used(processor), used(broken)];

  expect([well, ill]).toEqual([
    [200, "none", 200, "none"],
    [500, "message", 500, "message"],
  ]);
  for (const permission of permissions) {
    const key = JSON.stringify({ ...permission, used: true });
    expect({ permission, used: first.has(key) || second.has(key) }).toEqual({ permission, used: true });
    const [system, before] = isTopics(permission) ? [broken, ill] : [processor, well];
    const isHello = permission.function.endsWith("-get-hello");
    await system.deployWithout(permission);
    const without = await (isHello ? helloOf : dataOf)(system);
    expect({ permission, without }).not.toEqual({
      permission,
      without: isHello ? before.slice(0, 2) : before.slice(2),
    });
    const denials = system.events.filter((event) => event.event === "denial");
    expect(denials.at(-1)).toMatchObject({ action: permission.action });
  }
});

const lastDenial = (system: LocalSystem) => system.events.filter((event) => event.event === "denial").at(-1);
const keyPolicy = { kind: "key", address: "aws_kms_key.key" };

it("is refused where the key's policy no longer lets its account decide, whatever its role may do", async () => {
  await processor.deployWithPolicies("aws_kms_key", (statements) =>
    statements.filter(({ Principal }) => Principal.AWS === undefined),
  );

  // Not even the variables can be read.
  expect(await outcome(processor)).toEqual([502, "none", 502, "none"]);
  expect(lastDenial(processor)).toMatchObject({ action: "kms:Decrypt", explicit: false, policy: keyPolicy });
  await processor.deployChanged((text) => text);
});

it("can't read its parameters where the key's policy does not allow it, and reports it", async () => {
  await processor.deployWithPolicies("aws_kms_key", (statements) =>
    statements.filter(({ Condition }) => !Condition?.StringEquals?.["kms:ViaService"]?.startsWith("ssm.")),
  );

  expect(await outcome(processor)).toEqual([500, "message", 500, "message"]);
  expect(lastDenial(processor)).toMatchObject({ action: "kms:Decrypt", explicit: false, policy: keyPolicy });
  await processor.deployChanged((text) => text);
});

it("can't publish a failure where the topic's policy denies it", async () => {
  await broken.deployWithPolicies("aws_sns_topic_policy", denied);

  expect(await outcome(broken)).toEqual([500, "metric", 500, "metric"]);
  const policy = { kind: "topic", address: expect.stringContaining("aws_sns_topic_policy.failures") };
  expect(lastDenial(broken)).toMatchObject({ action: "sns:Publish", explicit: true, policy });
  await broken.deployChanged((text) => text);
});
