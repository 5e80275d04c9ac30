import { parseArn } from "./arn";

const logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];

/**
 * The policies that AWS keeps, by their names after `arn:aws:iam::aws:policy/`: the actions that each allows on any
 * resource. Those of other services that stand in `AmazonDynamoDBFullAccess` are left out.
 *
 * AWS managed policy reference guide, the page of each.
 */
const actions: ReadonlyMap<string, readonly string[]> = new Map([
  ["service-role/AWSLambdaBasicExecutionRole", logs],
  ["service-role/AWSLambdaRole", ["lambda:InvokeFunction"]],
  [
    "service-role/AWSLambdaDynamoDBExecutionRole",
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", ...logs],
  ],
  [
    "service-role/AWSLambdaSQSQueueExecutionRole",
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", ...logs],
  ],
  [
    "service-role/AWSLambdaVPCAccessExecutionRole",
    [
      ...logs,
      ...["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"],
      ...["ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
    ],
  ],
  [
    "AWSXRayDaemonWriteAccess",
    [
      ...["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules"],
      ...["xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"],
    ],
  ],
  ["AmazonDynamoDBFullAccess", ["dynamodb:*"]],
  ["AmazonS3FullAccess", ["s3:*", "s3-object-lambda:*"]],
  [
    "AmazonS3ReadOnlyAccess",
    ["s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"],
  ],
  ["AmazonSNSFullAccess", ["sns:*"]],
  ["AmazonSQSFullAccess", ["sqs:*"]],
  ["AmazonSSMReadOnlyAccess", ["ssm:Describe*", "ssm:Get*", "ssm:List*"]],
]);

/** The document of a policy that AWS keeps, as JSON; undefined when it is not known here. */
export function managedPolicy(arn: string): string | undefined {
  const { service, accountId, resource = "" } = parseArn(arn) ?? {};
  const isOfAws = service === "iam" && accountId === "aws" && resource.startsWith("policy/");
  const allowed = isOfAws ? actions.get(resource.slice("policy/".length)) : undefined;
  if (!allowed) return undefined;
  const Statement = [{ Effect: "Allow", Action: allowed, Resource: "*" }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
