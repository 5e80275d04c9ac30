// Stands on: records, data-processor, user-management
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { uuidV7 } from "../../../handlers/runtime/uuid";
import { type LocalSystem, startLocally } from "../../local/support/local-system";
import { Alarm, type MetricArguments } from "../../support/alarms/alarm";
import { measuredIn, type Period } from "../../support/alarms/measured";
import { metricKey } from "../../support/alarms/metric-key";
import { type AwsServer, type Fault, startAwsServer } from "../../support/aws-server";
import { until } from "../../support/eventually";
import { synthesizedStack } from "../../support/synthesized-stack";
import { systems } from "../../support/systems";

/**
 * Faults of every kind, as they come about: through the gateway and the function that was deployed. What AWS would have
 * measured of them is derived from what the local run reports, and the alarms of the stack are evaluated over it.
 */

/** The alarms of a system that are on after these periods, by name. */
function firing(system: string, ...periods: readonly Period[]): string[] {
  const measured = ({ namespace, metric_name, dimensions }: MetricArguments) =>
    periods.map((period) => period.get(metricKey(namespace, metric_name, dimensions)) ?? null);
  return Object.values(synthesizedStack(system).all("aws_cloudwatch_metric_alarm"))
    .filter((resource) => new Alarm(resource).firesBy(measured))
    .map(({ alarm_name: name }) => String(name).replace(`${system}-dev-alarms-`, ""))
    .sort();
}

/** A path of its own each time: a cache would answer the next one. */
type Path = () => string;

/** For each system one function, and how a client reaches it. */
const reads: Record<string, readonly [fn: string, path: Path]> = {
  "data-processor": ["get-hello", () => "/hello"],
  items: ["get-item", () => `/api/items/${uuidV7(Date.now())}`],
  records: ["get-record", () => `/records/${uuidV7(Date.now())}`],
  "user-directory": ["get-user", () => "/users/nobody"],
  "user-management": ["dev-get-user", () => "/users/nobody"],
};

/** Everything that happens in a local run while something is done. */
async function during(system: LocalSystem, work: () => Promise<unknown>): Promise<LocalSystem["events"]> {
  const from = system.events.length;
  await work();
  return system.events.slice(from);
}

/** So many requests, one after the other. */
const asking = (system: LocalSystem, path: Path, times: number) => async () => {
  for (let request = 0; request < times; request += 1) await system.ask("GET", path());
};

const runaway = "const hoard = []; for (;;) hoard.push(new Array(1e6).fill(Math.random()));";
const kinds = {
  "it throws": { code: "export const handler = async () => { throw new Error('a fault'); }" },
  "it runs out of time": {
    code: "export const handler = () => new Promise(() => setInterval(() => undefined, 1000));",
    arguments: { timeout: 1 },
  },
  "it runs out of memory": {
    code: `export const handler = async () => { ${runaway} }`,
    arguments: { memory_size: 128 },
  },
  "it crashes at its start": { code: "throw new Error('at the start'); export const handler = 1;" },
  "it answers what is no answer": { code: "export const handler = async () => ({ status: 'fine' });" },
};

describe.each(systems.filter((system) => system in reads))("%s", (system) => {
  const [fn = "", path = () => ""] = reads[system] ?? [];
  const name = `${system}-dev-${fn}`;
  /** Alarms about the stage: of user-management that is prod. */
  const ofStage = system === "user-management" ? [] : ["api-faults"];
  let running: LocalSystem;
  beforeAll(async () => {
    running = await startLocally(system);
  });
  afterAll(() => running.stop());

  it.each(Object.entries(kinds))(
    "fires on three faults when %s",
    async (kind, changes) => {
      await running.deployFunction(name, changes);
      const period = measuredIn(await during(running, asking(running, path, 3)));

      const reported = firing(system, period);
      expect(reported).toEqual(expect.arrayContaining(ofStage));
      // Lambda has got an answer; the gateway, which can't use it, says so.
      if (!kind.includes("no answer")) expect(reported).toContain(`${fn}-faults`);
    },
    60_000,
  );

  it("fires when a function is throttled", async () => {
    await running.deployFunction(name, { arguments: { reserved_concurrent_executions: 0 } });
    const period = measuredIn(await during(running, asking(running, path, 3)));

    expect(firing(system, period)).toEqual([...ofStage, `${fn}-throttles`].sort());
  });

  it("fires on what its function may not do, or can't reach, and answers with 500 or 503", async () => {
    // What it reads; without what it publishes to it goes on.
    const denied = running
      .grants()
      .find((permission) => permission.function === name && /^(dynamodb|ssm):/.test(permission.action));
    if (denied) await running.deployWithout(denied);
    else await running.deployFunction(name, { variables: { CORS_ORIGINS: "" }, code: faulty });
    const period = measuredIn(await during(running, asking(running, path, 3)));

    expect(firing(system, period)).toEqual(expect.arrayContaining([...ofStage, `${fn}-faults`]));
  });

  it("fires on one request a minute that always fails within ten minutes, and not of one fault in a day", async () => {
    await running.deployFunction(name, kinds["it throws"]);
    const events = await during(running, asking(running, path, 1));
    const minutes = (count: number): Period => measuredIn(Array(count).fill(events).flat());
    const nothing = measuredIn([]);

    for (const before of [0, 1, 2, 3, 4]) {
      expect(firing(system, nothing, minutes(before), minutes(5))).toContain(`${fn}-faults`);
    }
    expect(firing(system, nothing, nothing, minutes(1))).toEqual([]);
    expect(firing(system, minutes(1), nothing, nothing)).toEqual([]);
  });

  it("is silent in a healthy hour", async () => {
    await running.deployChanged((text) => text);
    const events = await during(running, asking(running, path, 10));
    const period = measuredIn(Array(12).fill(events).flat());

    expect(events.filter(({ event }) => event === "request")).toHaveLength(10);
    expect(firing(system, ...Array(12).fill(period))).toEqual([]);
  });
});

/** An operation that fails as a handler's own fault does, where no right can be taken away. */
const faulty = `
  export const handler = async (event, context) => {
    const directive = { Namespace: "Terrace", Dimensions: [["service", "environment", "function"]], Metrics: [{ Name: "Faults", Unit: "Count" }] };
    process.stdout.write(JSON.stringify({ _aws: { Timestamp: 0, CloudWatchMetrics: [directive] }, service: "data-processor", environment: "dev", function: context.functionName, Faults: 1 }) + "\\n");
    return { statusCode: 500, body: "" };
  };
`;

describe("the table of records", () => {
  let records: LocalSystem;
  let table: AwsServer;
  const fn = "records-dev-get-record";
  const TableName = "records-dev-records";
  beforeAll(async () => {
    [records, table] = await Promise.all([
      startLocally("records"),
      startAwsServer(async (_, response) => void response.writeHead(200).end("{}")),
    ]);
    await records.deployFunction(fn, { variables: { AWS_ENDPOINT_URL_DYNAMODB: table.url } });
  });
  afterAll(async () => {
    await records.stop();
    await table.stop();
  });

  const period = async (fault: Fault, times: number): Promise<Period> => {
    table.fault = () => fault;
    const before = table.calls.length;
    const events = await during(
      records,
      asking(records, () => `/records/${uuidV7(Date.now())}`, times),
    );
    const code = typeof fault === "object" ? fault.code : "";
    const metric = code.includes("Throughput") ? "ThrottledRequests" : code ? "SystemErrors" : undefined;
    const own = table.calls.slice(before).map((Operation) => {
      return [metricKey("AWS/DynamoDB", metric ?? "", { TableName, Operation }), 1] as const;
    });
    return measuredIn(events, ...(metric ? own : []));
  };

  it("fires when it throttles, and on the requests that fail by it", async () => {
    const throttled = await period({ code: "ProvisionedThroughputExceededException", status: 400 }, 3);

    expect(firing("records", throttled)).toEqual(["api-faults", "get-record-faults", "table-throttles"]);
  });

  it("fires when it fails", async () => {
    const failing = await period({ code: "InternalServerError", status: 500 }, 3);

    expect(firing("records", failing)).toEqual(["api-faults", "get-record-faults", "table-system-errors"]);
  });

  it("fires when it can't be reached", async () => {
    expect(firing("records", await period("disconnect", 3))).toEqual(["api-faults", "get-record-faults"]);
  });

  it("fires when it hangs, by the time that requests take, though handlers give up early", async () => {
    const hanging = await period("hang", 1);

    expect(firing("records", hanging, hanging)).toEqual(["get-record-slow"]);
  });

  it("fires on an item that no reply can be made of", async () => {
    await records.deployChanged((text) => text);
    const { access } = records;
    const client = DynamoDBDocumentClient.from(
      new DynamoDBClient({
        endpoint: access.AWS_ENDPOINT_URL,
        region: access.AWS_REGION,
        credentials: { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY },
      }),
    );
    const ids = [1, 2, 3].map(() => uuidV7(Date.now()));
    for (const recordId of ids) {
      await client.send(new PutCommand({ TableName, Item: { recordId, source: "s", createdAt: "never" } }));
    }
    const events = await during(
      records,
      asking(records, () => `/records/${ids.pop()}`, 3),
    );

    expect(firing("records", measuredIn(events))).toEqual(["api-faults", "get-record-faults"]);
  });
});

describe("what a request leaves", () => {
  it("fires when activity does not reach the log bucket, though clients get their answers", async () => {
    const records = await startLocally("records");
    await records.deployWithout({ function: "records-dev-create-record", action: "s3:PutObject" });
    const body = { source: "meter", kind: "heat", values: [1] };
    const events = await during(records, async () => {
      expect((await records.ask("POST", "/records", { body })).status).toBe(201);
    });
    await records.stop();

    expect(firing("records", measuredIn(events))).toEqual(["activity-failures"]);
  });

  it("fires on published failures, once for all of them", async () => {
    const processor = await startLocally("data-processor");
    await processor.deployFunction("data-processor-dev-process-data", {
      variables: { AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:1" },
    });
    const events = await during(processor, async () => {
      for (let request = 0; request < 2; request += 1) await processor.ask("POST", "/data", { body: { data: [1] } });
    });
    await processor.stop();

    expect(firing("data-processor", measuredIn(events))).toEqual(["failures-published"]);
  });

  it("fires when a failure's notice does not reach its topic", async () => {
    const processor = await startLocally("data-processor");
    await processor.deployFunction("data-processor-dev-process-data", {
      variables: { AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:1", AWS_ENDPOINT_URL_SNS: "http://127.0.0.1:1" },
    });
    const events = await during(processor, () => processor.ask("POST", "/data", { body: { data: [1] } }));
    await processor.stop();

    expect(firing("data-processor", measuredIn(events))).toEqual(["failures-not-published"]);
  });
});

describe("an event that fails for the last time", () => {
  const fn = "user-management-dev-dev-import-user";
  const queue = "user-management-dev-dev-failed-imports";
  const users = [{ userId: "ada", email: "ada@example.com", name: "Ada" }];
  const broken = { code: "export const handler = async () => { throw new Error('a fault'); }" };
  const attempts = (events: LocalSystem["events"]) =>
    events.filter((event) => event.event === "invocation" && event.function === fn).length;
  let management: LocalSystem;
  beforeEach(async () => {
    management = await startLocally("user-management");
  });
  afterEach(() => management.stop());

  it("fires when it waits in its queue, and when it has come", async () => {
    await management.deployFunction(fn, broken);
    const { access } = management;
    const client = new SQSClient({
      endpoint: access.AWS_ENDPOINT_URL,
      region: access.AWS_REGION,
      credentials: { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY },
    });
    const QueueUrl = `${access.AWS_ENDPOINT_URL}/000000000000/${queue}`;
    const waiting = async (): Promise<number> => {
      const asked = { QueueUrl, AttributeNames: ["ApproximateNumberOfMessages" as const] };
      const { Attributes } = await client.send(new GetQueueAttributesCommand(asked));
      return Number(Attributes?.["ApproximateNumberOfMessages"]);
    };
    let count = 0;
    const events = await during(management, async () => {
      await management.ask("POST", "/users/import", { body: { users } });
      count = await until(waiting, (seen) => seen > 0);
    });
    const QueueName = queue;
    const waits = [metricKey("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName }), count] as const;
    const came = [metricKey("AWS/SQS", "NumberOfMessagesSent", { QueueName }), count] as const;

    expect(firing("user-management", measuredIn(events, waits, came))).toEqual([
      "dev-failed-imports-arrived",
      "dev-failed-imports-waiting",
      "dev-import-user-faults",
    ]);
    // The one that waits since yesterday keeps the first alarm as it is; another that comes fires the second.
    expect(firing("user-management", measuredIn([], waits))).toEqual(["dev-failed-imports-waiting"]);
  });

  it("fires when its queue did not take it", async () => {
    await management.deployChanged((text) => {
      const json = JSON.parse(text);
      for (const policy of Object.values(json.resource.aws_iam_role_policy) as { policy: string }[])
        policy.policy = policy.policy.replace('"sqs:SendMessage"', '"sqs:GetQueueUrl"');
      for (const each of Object.values(json.resource.aws_lambda_function) as LambdaArguments[])
        if (each.function_name === fn) each.environment.variables["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:1";
      return JSON.stringify(json);
    });
    const events = await during(management, async () => {
      const from = management.events.length;
      await management.ask("POST", "/users/import", { body: { users } });
      await until(
        async () => management.events.slice(from),
        (seen) => seen.some(({ event }) => event === "denial"),
      );
      expect(attempts(management.events.slice(from))).toBe(3);
    });

    expect(firing("user-management", measuredIn(events))).toEqual([
      "dev-import-user-faults",
      "dev-import-user-lost-events",
    ]);
  });
});

interface LambdaArguments {
  readonly function_name: string;
  readonly environment: { readonly variables: Record<string, string> };
}
