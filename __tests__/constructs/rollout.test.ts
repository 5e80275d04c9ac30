import { NodeFunction } from "../../constructs/compute/node-function";
import { Rollout } from "../../constructs/delivery/rollout";
import { Alarms } from "../../constructs/observability/alarms";
import type { Environment } from "../../environments/environment";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";

const inSteps = { rollout: "Canary10Percent10Minutes" } as const;

/** A stack of two functions, watched, whose new versions take over as the environment says. */
function stackWith(environment: Partial<Environment>) {
  const stack = emptyStack(environment);
  const functions = ["get-thing", "put-thing"].map(
    (id) =>
      new NodeFunction(stack, id, {
        entry: thingEntry,
        environment: { THINGS_TABLE: "things" },
      }),
  );
  const alarms = new Alarms(stack, "alarms");
  alarms.watchFunctions(...functions);
  new Rollout(stack, "rollout", { functions, alarms });
  return stack;
}

const atOnce = synth(stackWith({ rollout: "AllAtOnce" }));
const gradual = synth(stackWith(inSteps));

describe("a function", () => {
  it.each([
    ["at once", atOnce],
    ["in steps", gradual],
  ])("publishes a version, which the alias live names, where versions take over %s", (_, stack) => {
    expect(stack.at("aws_lambda_function", "get-thing")).toMatchObject({ publish: true });
    expect(stack.at("aws_lambda_alias", "get-thing/live")).toMatchObject({
      name: "live",
      function_name: "${aws_lambda_function.get-thing.function_name}",
      function_version: "${aws_lambda_function.get-thing.version}",
    });
    expect(stack.json.output["versions"]?.value).toEqual({
      "test-dev-get-thing": "${aws_lambda_function.get-thing.version}",
      "test-dev-put-thing": "${aws_lambda_function.put-thing.version}",
    });
  });

  it("is moved by Terraform where versions take over at once, and by CodeDeploy alone where they do in steps", () => {
    expect(atOnce.at("aws_lambda_alias", "get-thing/live")["lifecycle"]).toBeUndefined();
    expect(gradual.at("aws_lambda_alias", "get-thing/live")["lifecycle"]).toEqual({
      ignore_changes: ["function_version", "routing_config"],
    });
    expect(Object.keys(atOnce.json.resource).filter((type) => type.startsWith("aws_codedeploy"))).toEqual([]);
  });
});

describe("a rollout in steps", () => {
  it("is stopped and reversed by the alarms about its function", () => {
    expect(gradual.at("aws_codedeploy_deployment_group", "rollout/get-thing")).toMatchObject({
      deployment_group_name: "test-dev-get-thing",
      deployment_config_name: "CodeDeployDefault.LambdaCanary10Percent10Minutes",
      deployment_style: { deployment_option: "WITH_TRAFFIC_CONTROL", deployment_type: "BLUE_GREEN" },
      alarm_configuration: {
        enabled: true,
        alarms: ["faults", "slow", "throttles"].map((about) =>
          expect.stringContaining(`aws_cloudwatch_metric_alarm.alarms_get-thing-${about}`),
        ),
      },
      auto_rollback_configuration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
    });
  });

  it("is not stopped by alarms on a function whose name stays, and is by what is watched later", () => {
    const stack = emptyStack(inSteps);
    const functions = ["get-thing", "get-thing-twice"].map(
      (id) =>
        new NodeFunction(stack, id, {
          entry: thingEntry,
          environment: { THINGS_TABLE: "things" },
        }),
    );
    const alarms = new Alarms(stack, "alarms");
    new Rollout(stack, "rollout", { functions, alarms });
    alarms.watchErrors(functions, { periods: [1, 1] });

    const group = synth(stack).at("aws_codedeploy_deployment_group", "rollout/get-thing");
    expect(group["alarm_configuration"]).toEqual({
      enabled: true,
      alarms: [expect.stringMatching(/aws_cloudwatch_metric_alarm\.alarms_get-thing-errors_/)],
    });
  });

  it("may move the aliases of its functions, read the stack's alarms, and nothing else", () => {
    const functions = ["get-thing", "put-thing"].flatMap((name) =>
      ["", ":*"].map((end) => `arn:aws:lambda:us-east-1:000000000000:function:test-dev-${name}${end}`),
    );

    expect(gradual.statements("aws_iam_role_policy", "rollout/role-policy")).toMatchObject([
      {
        Action: ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"],
        Resource: functions,
      },
      {
        Action: ["cloudwatch:DescribeAlarms"],
        Resource: ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:test-dev-*"],
      },
    ]);
  });

  it("leaves no function out, which would serve its first version for ever", () => {
    const stack = stackWith(inSteps);
    new NodeFunction(stack, "forgotten", {
      entry: thingEntry,
      environment: { THINGS_TABLE: "things" },
    });

    expect(problemsOf(stack)).toEqual([
      "test-dev/forgotten/live: the function must be in the stack's Rollout where versions take over in steps, got none; add it to functions",
    ]);
  });
});
