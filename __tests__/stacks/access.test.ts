import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessPage, accessRows } from "../../tools/access/matrix";
import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

/** Calls that AWS knows no resources for. */
const withoutResources = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

describeSystems("the roles of %s", (system) => {
  const { json } = synthesizedStack(system);
  const rows = accessRows(json);

  it("allow what docs/access says, and nothing else (npm run access renews it after a synth)", () => {
    const page = readFileSync(join(__dirname, `../../docs/access/${system}.md`), "utf8");

    expect(accessPage(system, json)).toBe(page);
  });

  it("name single calls, on single resources wherever AWS knows any", () => {
    const allowed = rows.filter(({ denied }) => !denied);
    const onAnything = allowed.filter(({ resource }) => resource === "anything").flatMap(({ actions }) => actions);

    expect(allowed.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
    expect(onAnything.filter((action) => !withoutResources.includes(action))).toEqual([]);
  });
});

it("says whose a right is, on what, and under which conditions", () => {
  const statement = (rest: object) => ({ Effect: "Allow", Action: ["dynamodb:Query"], ...rest });
  const policy = (...Statement: object[]) => JSON.stringify({ Statement });
  const role = (service: string) => ({ assume_role_policy: `{"Principal":{"Service":["${service}.amazonaws.com"]}}` });
  const resource = {
    aws_lambda_function: {
      "prod_list-users_0A1B2C3D": { role: "${aws_iam_role.users.arn}" },
    },
    aws_iam_role: { users: role("lambda"), archive_role_0A1B2C3D: role("firehose") },
    aws_iam_role_policy: {
      users: {
        role: "${aws_iam_role.users.name}",
        policy: policy(
          statement({ Resource: ["${aws_dynamodb_table.users.arn}/index/byEmail"] }),
          statement({
            Action: "logs:PutLogEvents",
            Resource: "${aws_cloudwatch_log_group.prod_list-users_logs_0A1B2C3D.arn}:*",
          }),
          statement({ Action: ["dynamodb:GetRecords"], Resource: ["${aws_dynamodb_table.users.stream_arn}"] }),
          statement({
            Action: ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
            Resource: ["${aws_dynamodb_table.users.arn}"],
            Condition: { "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": ["TransactWriteItems"] } },
          }),
          statement({
            Effect: "Deny",
            Resource: "*",
            Condition: {
              ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:r:1:function:a-dev-prod-list-users" },
            },
          }),
        ),
      },
      archive: {
        role: "${aws_iam_role.archive_role_0A1B2C3D.name}",
        policy: policy(statement({ Action: ["s3:PutObject"], Resource: "${aws_s3_bucket.logs.arn}/logs/*" })),
      },
    },
  };

  const permission = {
    action: "lambda:InvokeFunction",
    function_name: "${aws_lambda_function.prod_list-users_0A1B2C3D.arn}",
  };
  const services = {
    aws_lambda_permission: {
      api: { ...permission, principal: "apigateway.amazonaws.com" },
      topic: { ...permission, principal: "sns.amazonaws.com", source_arn: "${aws_sns_topic.news.arn}" },
    },
    aws_sqs_queue_policy: {
      queue: {
        policy: policy(
          statement({
            Principal: { Service: ["sns.amazonaws.com"] },
            Action: ["sqs:SendMessage"],
            Resource: ["${aws_sqs_queue.work.arn}"],
            Condition: { ArnEquals: { "aws:SourceArn": "${aws_sns_topic.news.arn}" } },
          }),
          statement({ Effect: "Deny", Principal: "*", Resource: ["${aws_sqs_queue.work.arn}"] }),
        ),
      },
    },
  };

  expect(
    accessPage("a", { resource: { ...resource, ...services } })
      .split("\n")
      .slice(6, -1),
  ).toEqual([
    "| archive role (firehose) | bucket `logs`, `logs/*` | `s3:PutObject` |",
    "| prod list-users | anything | never `dynamodb:Query` if `lambda:SourceFunctionArn` is itself |",
    "| prod list-users | its own log group | `logs:PutLogEvents` |",
    "| prod list-users | stream of table `users` | `dynamodb:GetRecords` |",
    "| prod list-users | table `users` | `dynamodb:ConditionCheckItem` `dynamodb:PutItem` if `dynamodb:EnclosingOperation` is `TransactWriteItems` |",
    "| prod list-users | table `users`, index `byEmail` | `dynamodb:Query` |",
    "| sns | queue `work` | `sqs:SendMessage` if `aws:SourceArn` is topic `news` |",
    "| topic `news` (sns) | function `prod list-users` | `lambda:InvokeFunction` |",
  ]);
});
