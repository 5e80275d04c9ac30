import { NodeFunction } from "../../constructs/compute/node-function";
import { Alarms } from "../../constructs/observability/alarms";
import type { SystemStack } from "../../constructs/synth/system-stack";
import { Alarm } from "../support/alarms/alarm";
import { atLeastOne, averageOver, type Case, rateOver } from "../support/alarms/cases";
import { emptyStack, problemsOf, synth } from "../support/stack";

const fn = (scope: SystemStack, timeoutSeconds = 30) =>
  new NodeFunction(scope, "get-thing", { entry: "records/get-record.ts", timeoutSeconds });

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
      Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
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

it.each<[string, (alarms: Alarms, fns: NodeFunction[]) => void, Case[]]>([
  [
    "errors in 2 of 2 periods",
    (alarms, fns) => alarms.watchErrors(fns, { periods: [2, 2] }),
    atLeastOne("Errors", [2, 2]),
  ],
  [
    "an error rate",
    (alarms, fns) => alarms.watchErrorRate(fns, { overPercent: 5 }),
    rateOver(5, ["Errors", "Invocations"]),
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

it("refuse an average duration that no invocation reaches", () => {
  const scope = emptyStack();
  new Alarms(scope, "alarms").watchAverageDuration([fn(scope, 25)], { overSeconds: 25, periods: [2, 2] });

  expect(problemsOf(scope)).toEqual([
    "test-dev/alarms: overSeconds must be less than the function's timeout, 25 s for get-thing, or the alarm never fires, got 25; lower it",
  ]);
});
