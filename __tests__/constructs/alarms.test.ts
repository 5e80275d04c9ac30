import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Table } from "../../constructs/data/table";
import { Alarms } from "../../constructs/observability/alarms";
import type { SystemStack } from "../../constructs/synth/system-stack";
import type { Api } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { thingEntry } from "../fixtures/thing-entry";
import { Alarm } from "../support/alarms/alarm";
import { averageOver, type Case, faults, rateOver } from "../support/alarms/cases";
import { emptyStack, problemsOf, synth } from "../support/stack";

const contract = {
  name: "things",
  version: "1",
  description: "",
  models: { Error: ErrorSchema },
  routes: { getThing: { method: "GET", path: "/thing", summary: "", access: "apiKey", status: 204 } },
} as const satisfies Api;

const fn = (scope: SystemStack, timeoutSeconds = 30) =>
  new NodeFunction(scope, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
    timeoutSeconds,
  });

it("reach every address of the environment, from CloudWatch of this account only", () => {
  const scope = emptyStack({ alarmEmails: ["a@example.com", "b@example.com"] });
  new Alarms(scope, "alarms").watchFunctions(fn(scope));
  const stack = synth(scope);

  expect(Object.values(stack.all("aws_sns_topic_subscription")).map(({ endpoint }) => endpoint)).toEqual([
    "a@example.com",
    "b@example.com",
  ]);
  expect(stack.statements("aws_sns_topic_policy", "alarms/topic/policy")).toEqual([
    expect.objectContaining({
      Principal: { Service: ["cloudwatch.amazonaws.com"] },
      Condition: {
        StringEquals: { "aws:SourceAccount": "000000000000" },
        ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:test-dev-*" },
      },
    }),
    expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
  ]);
  for (const alarm of Object.values(stack.all("aws_cloudwatch_metric_alarm"))) {
    expect(alarm).toMatchObject({
      treat_missing_data: "notBreaching",
      alarm_actions: [expect.stringContaining("aws_sns_topic.")],
    });
  }
});

it("watch several tables and stages, each by an id of its own, which the runbook explains alike", () => {
  const scope = emptyStack();
  const [records, users] = ["records", "users"].map((id) => new Table(scope, id, { partitionKey: "id" }));
  const getThing = fn(scope);
  for (const table of [records!, users!]) table.grant(getThing, "GetItem");
  const api = new RestApi(scope, "api", { contract, handlers: { getThing } });
  const [first, second] = ["v1", "v2"].map(
    (name) => new ApiStage(scope, name, { api, name, throttle: { rateLimit: 1, burstLimit: 1 } }),
  );
  const alarms = new Alarms(scope, "alarms");
  alarms.watchTable(records!);
  alarms.watchTable(users!, "users");
  alarms.watchStage(first!);
  alarms.watchStage(second!, "v2");
  const stack = synth(scope);
  const of = (id: string) => stack.at("aws_cloudwatch_metric_alarm", `alarms/${id}`);

  for (const [id, further] of [
    ["table-throttles", "users-throttles"],
    ["table-system-errors", "users-system-errors"],
    ["api-5xx-rate", "v2-5xx-rate"],
    ["api-faults", "v2-faults"],
    ["api-latency", "v2-latency"],
  ] as const) {
    expect(of(further)["alarm_description"]).toBe(of(id)["alarm_description"]);
    expect(of(further)["alarm_name"]).not.toBe(of(id)["alarm_name"]);
    const watched = ({ metric_query, dimensions }: ReturnType<typeof of>) => ({ metric_query, dimensions });
    expect(watched(of(further))).not.toEqual(watched(of(id)));
  }
});

it.each<[string, (alarms: Alarms, fns: NodeFunction[]) => void, Case[]]>([
  ["errors in 2 of 2 periods", (alarms, fns) => alarms.watchErrors(fns, { periods: [2, 2] }), faults(1, [2, 2])],
  [
    "an error rate",
    (alarms, fns) => alarms.watchErrorRate(fns, { overPercent: 5 }),
    [...rateOver(5, ["Errors", "Invocations"]), ...rateOver(5, ["Faults", "Invocations"])],
  ],
  [
    "an average duration in 2 of 3 periods",
    (alarms, fns) => alarms.watchAverageDuration(fns, { overSeconds: 25, periods: [2, 3] }),
    averageOver("Duration", 25_000, [2, 3]),
  ],
])("fire by %s, and not below", (_, watch, cases) => {
  const scope = emptyStack();
  watch(new Alarms(scope, "alarms"), [fn(scope)]);
  const [alarm = {}] = Object.values(synth(scope).all("aws_cloudwatch_metric_alarm"));

  expect(cases.map(([what, measurements]) => [what, new Alarm(alarm).fires(measurements)])).toEqual(
    cases.map(([what, , fires]) => [what, fires]),
  );
});

it.each([
  [25, false, "24 s", "below 24 s"],
  [28, true, "27 s", "below 27 s"],
  [30, true, "27.5 s", "below 27.5 s"],
])("refuse a duration that a function of %s s does not reach, since it gives up before", (timeout, inApi, _, words) => {
  const scope = emptyStack();
  const slow = fn(scope, timeout);
  if (inApi) slow.answersApi();
  const overSeconds = timeout - 0.5;
  new Alarms(scope, "alarms").watchAverageDuration([slow], { overSeconds, periods: [2, 2] });

  expect(problemsOf(scope)).toEqual([
    `test-dev/alarms: get-thing-duration must be ${words}, after which get-thing gives up by itself, or it never fires, got ${overSeconds} s; lower it, or raise timeoutSeconds`,
  ]);
});

it.each([1, 3, 5, 10, 30, 300])("fire on slowness that a function of %s s reaches when a service hangs", (timeout) => {
  const scope = emptyStack();
  const slow = fn(scope, timeout);
  new Alarms(scope, "alarms").watchFunctions(slow);
  const { threshold } = synth(scope).at("aws_cloudwatch_metric_alarm", "alarms/get-thing-slow");

  expect(problemsOf(scope)).toEqual([]);
  expect(threshold).toBeLessThan(Math.min(6000, slow.longestMs));
});
