// Stands on: records
import { gzipSync } from "node:zlib";
import type { StackJson } from "../../stack-json/document";
import { Account } from "../../tools/acceptance/account/account";
import { type CheckResult, runChecks } from "../../tools/acceptance/account/checks";
import type { Behaviours, Row } from "../../tools/acceptance/behaviours";
import { type AccountState, goodAccount, type StandInAccount, startAccount } from "../support/account";
import { startAwsServer } from "../support/aws-server";
import { stackText } from "../support/synthesized";
import { accessLogFormat, addressesOf, measuredBy } from "../support/watched";

const json = JSON.parse(stackText("records")) as StackJson;
const outputs = {
  log_bucket: "log-bucket",
  resources: Object.fromEntries(addressesOf("records").map((each) => [each, `id-of-${each}`])),
};
const measured = measuredBy("records");
const good = (): AccountState => goodAccount({ accessLine: JSON.parse(accessLogFormat("records")), measured });

const step = (name: string) => ({
  name,
  expected: 200,
  observation: undefined,
  ms: 1,
  requestId: "r-1",
  traceId: "Root=1-1",
});
const row = (name: string, ...problems: string[]): Row => ({ target: step(name), local: step(name), problems });
const rows = [row("createRecord names every problem"), row("getRecord takes a blank version for none")];
const answered = (given: readonly Row[]): Behaviours[] => [{ entrance: "dev", rows: given, left: [] }];

let account: StandInAccount;
let status = 429;
const gateway = startAwsServer((_, response) => void response.writeHead(status).end());
beforeAll(async () => {
  account = await startAccount(good());
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: account.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
});
beforeEach(() => {
  account.set.length = 0;
  status = 429;
});
afterAll(async () => {
  await account.stop();
  await (await gateway).stop();
});

async function results(
  state: AccountState,
  only?: readonly string[],
  given: readonly Row[] = rows,
): Promise<ReadonlyMap<string, CheckResult>> {
  account.state = state;
  const deployed = {
    ...{ stack: "records-dev", json, outputs, behaviours: answered(given), since: new Date(0) },
    account: new Account("us-east-1", { seconds: 0.02, everySeconds: 0.01 }),
    address: { name: "dev", url: (await gateway).url, key: "key" },
    role: undefined,
    refused: { method: "POST", path: "/records", body: {} } as const,
  };
  return new Map((await runChecks(deployed, () => undefined, only)).map((result) => [result.name, result]));
}

const of = (found: ReadonlyMap<string, CheckResult>, wanted: CheckResult["result"]) =>
  [...found.values()].filter(({ result }) => result === wanted).map(({ name }) => name);

it("finds all as it should be in an account where it is, and says what this system has nothing of", async () => {
  const found = await results(good());

  expect(of(found, "failed").map((name) => found.get(name)?.words)).toEqual([]);
  expect(of(found, "not tried")).toEqual([
    "signed-uploads",
    "tag-conditions",
    "traces-without-a-way-out",
    "distribution-logs",
  ]);
  expect(found.get("archived-lines")?.words).toBe(
    "log-bucket/logs/2026/01/31/records-1.gz contains 2 events, a line each",
  );
  expect(account.set).toEqual(["ALARM", "OK"]);
});

type Metric = AccountState["measured"][number];
/** The measurements, with other dimensions in one namespace. */
const withDimensions = (namespace: string, change: (all: Metric["Dimensions"]) => Metric["Dimensions"]): Metric[] =>
  measured.map((metric) =>
    metric.Namespace === namespace ? { ...metric, Dimensions: change(metric.Dimensions) } : metric,
  );

it("says of what alarms read and was not measured whether anything was by the same dimensions", async () => {
  const requests = measured.filter(({ Namespace }) => ["AWS/ApiGateway", "AWS/Lambda"].includes(Namespace));
  const table = measured
    .filter(({ MetricName }) => MetricName === "SystemErrors")
    .map((metric) => ({ ...metric, MetricName: "SuccessfulRequestLatency" }));
  const found = await results({ ...good(), measured: [...requests, ...table] }, ["alarm-metrics"]);

  expect(found.get("alarm-metrics")).toMatchObject({
    result: "passed",
    words: expect.stringMatching(
      /^18 of 33 metrics that alarms read were measured; of 8, others were by the same dimensions; nothing was by those of .*"Faults".*DataFreshness/,
    ),
  });
});

const archived = (text: string) => ({ objects: { ...good().objects, "logs/2026/01/31/records-1.gz": gzipSync(text) } });

it.each<[check: string, what: string, changes: Partial<AccountState>, words: string]>([
  [
    "deployment",
    "a function is not active",
    { functionState: "Failed" },
    "functions must be Active under their alias live",
  ],
  ["function-logs", "lines are text", { functionLine: "operation done" }, "is not valid JSON"],
  ["function-logs", "lines have no level", { functionLine: "{}" }, "a line must be JSON with a level"],
  ["access-logs", "a field is missing", { accessLine: { requestId: "r-1" } }, "got none of traceId, time"],
  [
    "traces",
    "no function takes part",
    { segments: [["AWS::ApiGateway::Stage", "records-dev-api/dev"]] },
    "a trace with a function's segment",
  ],
  [
    "alarm-metrics",
    "dimensions have other names",
    { measured: measured.map((each) => ({ ...each, Dimensions: [] })) },
    '"AWS/Lambda","Errors"',
  ],
  [
    "alarm-metrics",
    "what was measured is from an earlier deployment",
    { measured: [], measuredBefore: measured },
    '"AWS/Lambda","Errors"',
  ],
  [
    "alarm-metrics",
    "functions write a metric by fewer dimensions",
    { measured: withDimensions("Terrace", (all) => all.filter(({ Name }) => Name !== "function")) },
    '["Terrace","Faults",["environment","dev"],["function","records-dev-create-record"],["service","records"]] is measured by environment, service alone',
  ],
  [
    "unmeasured-metrics",
    "an alarm waits for data",
    { alarmStates: ["OK", "INSUFFICIENT_DATA"] },
    "alarms that have all been evaluated",
  ],
  ["alarms-notify", "the topic refuses", { isNotified: false }, "an action of records-dev-alarm-0 that succeeded"],
  [
    "alarms-notify",
    "all alarms fire",
    { alarmStates: ["ALARM"] },
    "an alarm must be OK to be driven to ALARM and back, got none",
  ],
  ["cache-hits", "the cache answers nobody", { cacheHits: 0 }, "a request that the stage's cache answered"],
  ["archived-lines", "nothing arrives", { objects: {} }, "an object below logs/ in log-bucket"],
  ["archived-lines", "the last line does not end", archived('{"level":"INFO"}'), "must end with a line's end"],
  ["archived-lines", "events come without lines", archived('{"a":1}{"b":2}\n'), "must contain a line for each event"],
  [
    "archived-lines",
    "envelopes come as they are",
    archived('{"logEvents":[]}\n'),
    "must contain a line for each event",
  ],
  ["archived-lines", "the archive fails", { objects: { "logs/failed/processing-failed/1": "" } }, "the archive failed"],
  [
    "activity",
    "no entry is written",
    { objects: archived("\n").objects && { "logs/a.gz": gzipSync("\n") } },
    "an entry below activity/",
  ],
  ["flow-logs", "the network's log is empty", { flowLogLines: [] }, "a line in /aws/vpc/records-dev-network-flow-log"],
])("%s fails where %s", async (check, _, changes, words) => {
  const found = await results({ ...good(), ...changes }, [check]);

  expect(found.get(check)).toMatchObject({ result: "failed", words: expect.stringContaining(words) });
});

it("has an alarm be OK again, whomever it reached", async () => {
  await results({ ...good(), isNotified: false }, ["alarms-notify"]);

  expect(account.set).toEqual(["ALARM", "OK"]);
});

it("fails where too many requests are not told so", async () => {
  status = 400;

  expect((await results(good(), ["throttles"])).get("throttles")).toMatchObject({
    result: "failed",
    words: "300 requests at once must be too many for a burst of 100, got none throttled",
  });
});

it("fails where requests that it is about were answered otherwise", async () => {
  const problem = "code: none there, VALIDATION_FAILED locally";
  const found = await results(good(), undefined, [row("createRecord names every problem", problem), ...rows.slice(1)]);

  expect(found.get("gateway-refusals")).toMatchObject({ result: "failed", words: expect.stringContaining(problem) });
  expect(found.get("cache-keys")?.result).toBe("passed");
});
