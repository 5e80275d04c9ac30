import { startWritten, stopWrittenStacks } from "../support/written-stack";

afterEach(stopWrittenStacks);

const json = "application/json";
const trust = (statement: object = {}): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole", ...statement },
    ],
  });
const grant = (Action: string, Resource: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

const table = {
  name: "things",
  billing_mode: "PAY_PER_REQUEST",
  hash_key: "id",
  attribute: [{ name: "id", type: "S" }],
};

/** An API whose methods put and get items without any function. */
const stack = ({ action = "dynamodb:*Item", role = "${aws_iam_role.api.arn}", trusted = trust() } = {}) => {
  const method = (operation: string, template: string) => ({
    parameters: [{ name: "id", in: "path", required: true }],
    "x-amazon-apigateway-integration": {
      type: "aws",
      httpMethod: "POST",
      uri: `arn:aws:apigateway:us-east-1:dynamodb:action/${operation}`,
      credentials: role,
      requestTemplates: { [json]: template },
      responses: { default: { statusCode: "200" }, "4..": { statusCode: "400" } },
    },
  });
  const key = '{"id": {"S": "$input.params(\'id\')"}}';
  return {
    aws_dynamodb_table: { things: table },
    aws_iam_role: { api: { name: "api", assume_role_policy: trusted } },
    aws_iam_role_policy: {
      api: { name: "api", role: "${aws_iam_role.api.name}", policy: grant(action, "${aws_dynamodb_table.things.arn}") },
    },
    aws_api_gateway_rest_api: {
      api: {
        name: "things",
        body: JSON.stringify({
          openapi: "3.0.1",
          info: { title: "things", version: "1" },
          paths: {
            "/things/{id}": {
              get: method("GetItem", `{"TableName": "things", "Key": ${key}}`),
              put: method("PutItem", `{"TableName": "things", "Item": ${key}}`),
            },
          },
        }),
      },
    },
    aws_api_gateway_deployment: { api: { rest_api_id: "${aws_api_gateway_rest_api.api.id}" } },
    aws_api_gateway_stage: {
      dev: {
        stage_name: "dev",
        rest_api_id: "${aws_api_gateway_rest_api.api.id}",
        deployment_id: "${aws_api_gateway_deployment.api.id}",
      },
    },
  };
};

it("an API without a function runs, and its integrations call with their role's rights", async () => {
  const { url, runner } = await startWritten(stack());
  expect((await fetch(`${url}/things/a`, { method: "PUT" })).status).toBe(200);
  const got = await fetch(`${url}/things/a`);
  expect([got.status, await got.json()]).toEqual([200, { Item: { id: { S: "a" } } }]);
  const used = runner.grants().filter(({ function: name }) => name === "api");
  expect(used).toEqual([expect.objectContaining({ action: "dynamodb:*Item", used: true })]);
});

it("what a role does not allow is refused in AWS's words, and shown with its name", async () => {
  const { url, events } = await startWritten(stack({ action: "dynamodb:GetItem" }));
  const got = await fetch(`${url}/things/a`, { method: "PUT" });
  expect([got.status, await got.json()]).toEqual([
    400,
    expect.objectContaining({
      message: expect.stringContaining("assumed-role/api/BackplaneAssumeRoleSession is not authorized to perform"),
    }),
  ]);
  expect(events).toContainEqual(
    expect.objectContaining({ event: "denial", function: "api", action: "dynamodb:PutItem" }),
  );
});

it.each([
  ["trusts another service", trust({ Principal: { Service: "lambda.amazonaws.com" } }), 500],
  [
    "trusts API Gateway for another API",
    trust({ Condition: { ArnLike: { "aws:SourceArn": "arn:aws:execute-api:*:*:other/*" } } }),
    500,
  ],
  [
    "trusts API Gateway in its account",
    trust({ Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } } }),
    200,
  ],
  [
    "trusts API Gateway in another account",
    trust({ Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } } }),
    500,
  ],
  ["may be tagged, but not taken on", trust({ Action: "sts:TagSession" }), 500],
])("a role that %s", async (_title, trusted, status) => {
  const { url } = await startWritten(stack({ trusted }));
  expect((await fetch(`${url}/things/a`)).status).toBe(status);
});

it("an API that is made resource by resource runs, its deployment whatever Terraform computes", async () => {
  const rest_api_id = "${aws_api_gateway_rest_api.api.id}";
  const at = { rest_api_id, resource_id: "${aws_api_gateway_resource.x.id}", http_method: "GET" };
  const template = '{"id": "$input.params(\'id\')", "stage": "$context.stage"}';
  const { url } = await startWritten({
    aws_api_gateway_rest_api: { api: { name: "things" } },
    aws_api_gateway_resource: {
      x: { rest_api_id, parent_id: "${aws_api_gateway_rest_api.api.root_resource_id}", path_part: "{id}" },
    },
    aws_api_gateway_method: { x: { ...at, authorization: "NONE" } },
    aws_api_gateway_integration: {
      x: { ...at, type: "MOCK", request_templates: { [json]: '{"statusCode": 200}' } },
    },
    aws_api_gateway_method_response: { x: { ...at, status_code: "200" } },
    aws_api_gateway_integration_response: {
      x: { ...at, status_code: "200", response_templates: { [json]: template } },
    },
    aws_api_gateway_rest_api_policy: {
      p: {
        rest_api_id,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/dev/GET/*" },
            { Effect: "Deny", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/dev/GET/secret" },
          ],
        }),
      },
    },
    aws_api_gateway_deployment: {
      d: { rest_api_id, triggers: { redeployment: "${sha1(jsonencode([aws_api_gateway_resource.x.id]))}" } },
    },
    aws_api_gateway_stage: {
      s: { rest_api_id, stage_name: "dev", deployment_id: "${aws_api_gateway_deployment.d.id}" },
    },
  });
  const got = await fetch(`${url}/7`);
  expect([got.status, await got.json()]).toEqual([200, { id: "7", stage: "dev" }]);
  const refused = await fetch(`${url}/secret`);
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("with an explicit deny")]);
});

it("a role that is in no stack is refused at boot", async () => {
  await expect(startWritten(stack({ role: "arn:aws:iam::000000000000:role/other" }))).rejects.toThrow(
    "things: an integration's credentials arn:aws:iam::000000000000:role/other are of no role in the stack",
  );
});

it("a stack with neither a function nor an API has nothing to run", async () => {
  await expect(startWritten({ aws_dynamodb_table: { things: table } })).rejects.toThrow(
    "written has no functions and no API, so there is nothing to run",
  );
});
