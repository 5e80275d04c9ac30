import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiGatewayDeployment } from "@cdktf/provider-aws/lib/api-gateway-deployment";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, AssetType, TerraformAsset, TerraformOutput, TerraformStack } from "cdktf";

const source = `
import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
export const handler = async () => {
  const counted = await new DynamoDBClient().send(new UpdateItemCommand({
    TableName: process.env.TABLE,
    Key: { id: { S: "visits" } },
    UpdateExpression: "ADD visits :one",
    ExpressionAttributeValues: { ":one": { N: "1" } },
    ReturnValues: "ALL_NEW",
  }));
  return { statusCode: 200, body: JSON.stringify({ visits: Number(counted.Attributes.visits.N) }) };
};
`;

const statement = (rest: object): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...rest }] });

/** Synthesizes a project that has nothing but CDKTF and its AWS provider. @returns its output folder */
export function plainCdktf(): string {
  const folder = mkdtempSync(join(tmpdir(), "terrace-plain-"));
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code", "main.mjs"), source);
  const app = new App({ outdir: join(folder, "out") });
  const stack = new TerraformStack(app, "Visits");
  new AwsProvider(stack, "aws", { region: "eu-west-1" });
  const me = new DataAwsCallerIdentity(stack, "me");
  const asset = new TerraformAsset(stack, "code", { path: join(folder, "code"), type: AssetType.ARCHIVE });
  const table = new DynamodbTable(stack, "visits", {
    name: "visits",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "id",
    attribute: [{ name: "id", type: "S" }],
  });
  const role = new IamRole(stack, "role", {
    name: "visits",
    assumeRolePolicy: statement({ Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }),
    inlinePolicy: [{ name: "table", policy: statement({ Action: "dynamodb:UpdateItem", Resource: table.arn }) }],
  });
  new IamRolePolicyAttachment(stack, "logs", {
    role: role.name,
    policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  });
  const count = new LambdaFunction(stack, "count", {
    functionName: "visits-count",
    role: role.arn,
    runtime: "nodejs22.x",
    handler: "main.handler",
    timeout: 20,
    filename: asset.path,
    sourceCodeHash: asset.assetHash,
    environment: { variables: { TABLE: table.name, OWNER: me.accountId } },
  });
  const uri = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${count.arn}/invocations`;
  const integration = { type: "AWS_PROXY", httpMethod: "POST", uri };
  const get = { responses: { 200: { description: "counted" } }, "x-amazon-apigateway-integration": integration };
  const api = new ApiGatewayRestApi(stack, "api", {
    name: "visits",
    body: JSON.stringify({ openapi: "3.0.1", info: { title: "visits", version: "1" }, paths: { "/": { get } } }),
  });
  new LambdaPermission(stack, "api-calls", {
    functionName: count.functionName,
    action: "lambda:InvokeFunction",
    principal: "apigateway.amazonaws.com",
    sourceArn: `${api.executionArn}/*/*`,
  });
  const deployment = new ApiGatewayDeployment(stack, "deployment", { restApiId: api.id });
  const stage = new ApiGatewayStage(stack, "stage", {
    restApiId: api.id,
    deploymentId: deployment.id,
    stageName: "v1",
  });
  new TerraformOutput(stack, "url", { value: stage.invokeUrl });
  app.synth();
  return join(folder, "out");
}
