import { createGateway } from "../../../local/apigateway/gateway";
import type { Topic } from "../../../local/read/topic-definition";
import {
  account,
  allow,
  arnOf,
  logs,
  principal,
  queueNamed,
  type Running,
  startServices,
  tableArn,
  things,
} from "../support/services";
import { sqs } from "../support/signed";
import { type ApiSetup, definitionOf, functionArn } from "./support/api";
import type { Ask, Got } from "./support/client";
import { idle } from "./support/dependencies";
import { type Behaviour, closeAll, echo, returning, type Served, serve } from "./support/serve";

const json = "application/json";
const role = `arn:aws:iam::${account}:role/integrations`;
const credentials = { accessKeyId: "ASIAINTEGRATION", secretAccessKey: "secret", sessionToken: "a-token" };
const queue = queueNamed("work");
const topic: Topic = { name: "news", arn: arnOf("sns", "news"), subscriptions: [] } as unknown as Topic;
const uriOf = (target: string): string => `arn:aws:apigateway:us-east-1:${target}`;
const invocation = uriOf(`lambda:path/2015-03-31/functions/${functionArn}/invocations`);

let running: Running;
const invoked: { arn: string; payload: string }[] = [];
beforeAll(async () => {
  running = await startServices(
    {},
    {
      invoke: async (arn, payload) => {
        invoked.push({ arn, payload });
        return { payload: '{"errorMessage": "by role"}' };
      },
    },
  );
  await configure(
    allow("sqs:SendMessage", queue.arn),
    allow("sns:Publish", topic.arn),
    allow(["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:Query"], tableArn, `${tableArn}/index/byGroup`),
    allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::logs/*"),
    allow("ssm:GetParameter", arnOf("ssm", "parameter/settings/*")),
    allow("lambda:InvokeFunction", functionArn),
  );
});
afterEach(closeAll);
afterAll(() => running.stop());

/** Has the services know the integrations' role, with these statements, besides the tests' function. */
const configure = (...statements: object[]): Promise<void> =>
  running.configure({
    tables: [things],
    buckets: [logs],
    queues: [queue],
    topics: [topic],
    parameters: ["settings/colour", "other"].map((name) => ({
      ...{ name: `/${name}`, arn: arnOf("ssm", `parameter/${name}`), type: "String", value: "blue", version: 1 },
    })),
    principals: [
      principal(allow("*", "*")),
      {
        ...principal(...statements),
        ...{ functionName: "integrations", functionArn: role, roleArn: role },
        ...{ sessionName: "BackplaneAssumeRoleSession", credentials },
      },
    ],
  });

const api = (integration: object, more: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  routes: {
    "ANY /{id+}": {
      parameters: { "method.request.path.id": true },
      other: {
        type: "aws",
        httpMethod: "POST",
        credentials: role,
        responses: { default: { statusCode: "200" } },
        ...integration,
      },
    },
  },
  services: {
    endpointUrl: async () => running.url,
    credentials: (arn) => (arn === role ? credentials : undefined),
  },
  ...more,
});

async function asked(setup: ApiSetup, ask: Ask = {}, behaviour?: Behaviour): Promise<{ got: Got; served: Served }> {
  const served = await serve(setup, behaviour);
  const got = await served.ask({ method: "POST", path: "/7", headers: { "Content-Type": json }, ...ask });
  return { got, served };
}

const bodyOf = async (setup: ApiSetup, ask: Ask = {}): Promise<unknown> => {
  const { got } = await asked(setup, ask);
  return { status: got.status, body: JSON.parse(got.body) };
};

const received = async () => {
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${account}/work`;
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
  const { Messages = [] } = (await sqs(running.url, "ReceiveMessage", input)).body;
  for (const { ReceiptHandle } of Messages) await sqs(running.url, "DeleteMessage", { QueueUrl, ReceiptHandle });
  return Messages;
};

describe("SQS is called", () => {
  const form = {
    uri: uriOf(`sqs:path/${account}/work`),
    requestParameters: { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" },
    requestTemplates: { [json]: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)" },
    passthroughBehavior: "NEVER",
  };
  const mapped = `#set($response = $input.path('$.SendMessageResponse'))
    {"requestId": "$response.ResponseMetadata.RequestId", "messageId": "$response.SendMessageResult.MessageId"}`;

  it("by a form, and answers in JSON, as recorded", async () => {
    const responses = { default: { statusCode: "200", responseTemplates: { [json]: mapped } } };
    const { got } = await asked(api({ ...form, responses }), { body: '{"foo": "b&r"}' });
    const [message] = await received();
    expect(message.Body).toBe('{"foo": "b&r"}');
    expect(JSON.parse(got.body)).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      messageId: message.MessageId,
    });
    expect(got.headers["x-amzn-trace-id"]).toContain("Root=");
  });

  it("without a body with an empty object, as recorded", async () => {
    await asked(api(form));
    expect((await received())[0].Body).toBe("{}");
  });

  it("and answers everything that a result has", async () => {
    const { got } = await asked(api(form), { body: "{}" });
    await received();
    expect(JSON.parse(got.body)).toEqual({
      SendMessageResponse: {
        SendMessageResult: {
          MD5OfMessageAttributes: null,
          MD5OfMessageBody: expect.any(String),
          MD5OfMessageSystemAttributes: null,
          MessageId: expect.any(String),
          SequenceNumber: null,
        },
        ResponseMetadata: { RequestId: expect.any(String) },
      },
    });
  });

  it("and answers in XML who maps Accept to it, as recorded", async () => {
    const requestParameters = { ...form.requestParameters, "integration.request.header.Accept": "'application/xml'" };
    const { got } = await asked(api({ ...form, requestParameters }), { body: "{}" });
    await received();
    expect(got.body).toMatch(
      /^<\?xml version="1.0"\?><SendMessageResponse><SendMessageResult><MD5OfMessageBody>\w+<.*<MessageId>[\w-]+<\/MessageId>.*<RequestId>/,
    );
  });

  it.each(["MessageAttribute", "MessageAttributes"])("with attributes as %s, as recorded", async (name) => {
    const attribute = `${name}.1.Name=user-agent&${name}.1.Value.DataType=String&${name}.1.Value.StringValue=$input.params('X-A')`;
    const template = `Action=SendMessage&MessageBody=$input.body&DelaySeconds=0&${attribute}`;
    await asked(api({ ...form, requestTemplates: { [json]: template } }), {
      headers: { "Content-Type": json, "X-A": "BAR" },
      body: "{}",
    });
    expect((await received())[0].MessageAttributes).toEqual({
      "user-agent": { DataType: "String", StringValue: "BAR" },
    });
  });

  it("in its JSON protocol, as recorded", async () => {
    const template = `{"QueueUrl": "https://sqs/${account}/work", "MessageBody": "{\\"stage\\": \\"$context.stage\\"}"}`;
    const requestParameters = {
      "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
      "integration.request.header.X-Amz-Target": "'AmazonSQS.SendMessage'",
    };
    const { got } = await asked(api({ ...form, requestParameters, requestTemplates: { [json]: template } }));
    const [message] = await received();
    expect([message.Body, JSON.parse(got.body).MessageId]).toEqual(['{"stage": "dev"}', message.MessageId]);
  });

  it("by an operation's name, with parameters in the query", async () => {
    await asked(
      api({
        uri: uriOf("sqs:action/SendMessage"),
        requestParameters: {
          "integration.request.querystring.QueueUrl": `'https://sqs/${account}/work'`,
          "integration.request.querystring.MessageBody": "method.request.body.text",
        },
      }),
      { body: '{"text": "a + b"}' },
    );
    expect((await received())[0].Body).toBe("a + b");
  });

  it("and refuses in the form's own words, which select the response", async () => {
    const responses = { "4\\d\\d": { statusCode: "400" }, default: { statusCode: "200" } };
    expect(await bodyOf(api({ ...form, uri: uriOf(`sqs:path/${account}/none`), responses }), { body: "{}" })).toEqual({
      status: 400,
      body: {
        ErrorResponse: {
          Error: { Code: expect.any(String), Message: expect.any(String), Type: "Sender" },
          RequestId: expect.any(String),
        },
      },
    });
  });
});

it("SNS is called by an operation's name, and answers in JSON", async () => {
  const integration = {
    uri: uriOf("sns:action/Publish"),
    requestParameters: {
      "integration.request.querystring.TopicArn": `'${topic.arn}'`,
      "integration.request.querystring.Message": "method.request.body",
    },
  };
  expect(await bodyOf(api(integration), { body: '{"a": "é & <b>"}' })).toEqual({
    status: 200,
    body: {
      PublishResponse: {
        PublishResult: { MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        ResponseMetadata: { RequestId: expect.any(String) },
      },
    },
  });
  expect(running.events).toContainEqual(expect.objectContaining({ event: "message", message: '{"a": "é & <b>"}' }));
});

it("SNS is called by a form, and its refusals are JSON", async () => {
  const integration = {
    uri: uriOf("sns:path//"),
    requestParameters: { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" },
    requestTemplates: { [json]: `Action=Publish&TopicArn=$util.urlEncode('${topic.arn}x')&Message=m` },
  };
  expect(await bodyOf(api(integration))).toEqual({
    status: 200,
    body: {
      ErrorResponse: {
        Error: expect.objectContaining({ Code: expect.any(String), Type: "Sender" }),
        RequestId: expect.any(String),
      },
    },
  });
});

describe("DynamoDB is called", () => {
  const put = {
    uri: uriOf("dynamodb:action/PutItem"),
    requestTemplates: {
      [json]: '{"TableName": "things", "Item": {"id": {"S": "$input.params(\'id\')"}, "n": {"N": "1"}}}',
    },
  };
  const get = {
    uri: uriOf("dynamodb:action/GetItem"),
    requestTemplates: { [json]: '{"TableName": "things", "Key": {"id": {"S": "$input.params(\'id\')"}}}' },
  };

  it("to put an item, get it, and answer what a template makes of it", async () => {
    expect(await bodyOf(api(put))).toEqual({ status: 200, body: {} });
    expect(await bodyOf(api(get))).toEqual({ status: 200, body: { Item: { id: { S: "7" }, n: { N: "1" } } } });
    const template = '#set($item = $input.path(\'$.Item\')){"id": "$item.id.S", "n": $item.n.N}';
    const responses = { default: { statusCode: "200", responseTemplates: { [json]: template } } };
    expect(await bodyOf(api({ ...get, responses }))).toEqual({ status: 200, body: { id: "7", n: 1 } });
  });

  it("to query, and each item goes through a loop", async () => {
    await asked(
      api({
        ...put,
        requestTemplates: {
          [json]: '{"TableName": "things", "Item": {"id": {"S": "1"}, "group": {"S": "g"}, "rank": {"S": "a"}}}',
        },
      }),
    );
    const query = {
      uri: uriOf("dynamodb:action/Query"),
      requestTemplates: {
        [json]:
          '{"TableName": "things", "IndexName": "byGroup", "KeyConditionExpression": "#g = :g", "ExpressionAttributeNames": {"#g": "group"}, "ExpressionAttributeValues": {":g": {"S": "g"}}}',
      },
      responses: {
        default: {
          statusCode: "200",
          responseTemplates: {
            [json]: '[#foreach($item in $input.path(\'$.Items\')){"id": "$item.id.S"}#if($foreach.hasNext),#end#end]',
          },
        },
      },
    };
    expect(await bodyOf(api(query))).toEqual({ status: 200, body: [{ id: "1" }] });
  });

  it("with the rights of the role alone, whose session AWS names so", async () => {
    const scan = { uri: uriOf("dynamodb:action/Scan"), requestTemplates: { [json]: '{"TableName": "things"}' } };
    const responses = { "4..": { statusCode: "403" } };
    const message = `User: arn:aws:sts::${account}:assumed-role/integrations/BackplaneAssumeRoleSession is not authorized to perform: dynamodb:Scan on resource: ${tableArn} because no identity-based policy allows the dynamodb:Scan action`;
    expect(await bodyOf(api({ ...scan, responses }))).toEqual({
      status: 403,
      body: expect.objectContaining({ message }),
    });
    expect(running.events).toContainEqual(
      expect.objectContaining({ event: "denial", function: "integrations", action: "dynamodb:Scan" }),
    );
  });

  it("with its own errors, which select the response", async () => {
    const responses = { "400": { statusCode: "422" }, default: { statusCode: "200" } };
    const wrong = { ...get, requestTemplates: { [json]: '{"TableName": "things", "Key": {}}' }, responses };
    expect(await bodyOf(api(wrong))).toMatchObject({
      status: 422,
      body: { __type: expect.stringContaining("Validation") },
    });
  });
});

describe("Parameter Store is called", () => {
  const get = (template: string) => ({
    uri: uriOf("ssm:action/GetParameter"),
    requestTemplates: { [json]: template },
    responses: { default: { statusCode: "200" }, "4..": { statusCode: "400" } },
  });
  const byName = get(`{"Name": "/settings/$input.params('id')"}`);

  it("to read a parameter, of which a template makes the answer", async () => {
    const responseTemplates = { [json]: `{"value": "$input.path('$.Parameter.Value')"}` };
    const integration = { ...byName, responses: { default: { statusCode: "200", responseTemplates } } };
    expect(await bodyOf(api(integration), { path: "/colour" })).toEqual({ status: 200, body: { value: "blue" } });
  });

  it.each([
    ["a parameter that is not there", byName, "ParameterNotFound"],
    ["one that the role may not read", get('{"Name": "/other"}'), "AccessDeniedException"],
    ["an input that is none", get("{"), "SerializationException"],
  ])("and refuses %s in its words", async (_title, integration, type) => {
    const { status, body } = (await bodyOf(api(integration), { path: "/none" })) as { status: number; body: object };
    expect([status, body]).toEqual([400, expect.objectContaining({ __type: expect.stringContaining(type) })]);
  });
});

describe("S3 is called", () => {
  const object = {
    httpMethod: "ANY",
    uri: uriOf("s3:path/logs/{key}"),
    requestParameters: {
      "integration.request.path.key": "method.request.path.id",
      "integration.request.header.Content-Type": "'text/plain'",
    },
    responses: {
      "404": { statusCode: "404" },
      default: {
        statusCode: "200",
        responseParameters: {
          "method.response.header.Content-Type": "integration.response.header.Content-Type",
          "method.response.header.ETag": "integration.response.header.ETag",
        },
      },
    },
  };

  it.each(["a.txt", "a/b%20c%2Bd.txt", "%C3%A9~(1)'!.txt"])("to put and get the object %s", async (key) => {
    const put = await asked(api(object), { method: "PUT", path: `/${key}`, body: "content" });
    expect([put.got.status, put.got.headers["etag"]]).toEqual([200, expect.any(String)]);
    const { got } = await asked(api(object), { method: "GET", path: `/${key}` });
    expect([got.status, got.body, got.headers["content-type"]]).toEqual([200, "content", "text/plain"]);
  });

  it("and by a bucket in the host", async () => {
    await asked(api(object), { method: "PUT", path: "/host.txt", body: "content" });
    const { got } = await asked(api({ ...object, uri: uriOf("logs.s3:path/{key}") }), {
      method: "GET",
      path: "/host.txt",
    });
    expect([got.status, got.body]).toEqual([200, "content"]);
  });

  it("and by an operation's name, whatever the integration's method", async () => {
    const named = (name: string) =>
      api({ ...object, httpMethod: "POST", uri: uriOf(`s3:action/${name}&Bucket=logs&Key={key}`) });
    const path = "/named/a%20b.txt";
    await asked(named("PutObject"), { method: "POST", path, body: "by name" });
    const { got } = await asked(named("GetObject"), { method: "POST", path });
    expect([got.status, got.body]).toEqual([200, "by name"]);
    const { got: byPath } = await asked(api(object), { method: "GET", path });
    expect(byPath.body).toBe("by name");
  });

  it("and what is not there is XML under the mapped status", async () => {
    const integration = {
      ...object,
      requestParameters: {
        ...object.requestParameters,
        "integration.request.querystring.response-content-disposition": "'b + c'",
      },
    };
    const { got } = await asked(api(integration), { method: "GET", path: "/none" });
    // Without the right to list, S3 does not reveal whether there is such an object.
    expect([got.status, got.body]).toEqual([200, expect.stringContaining("<Code>AccessDenied</Code>")]);
  });

  it("for bytes, which stay as they are", async () => {
    const image = "image/png";
    const bytes = Buffer.from([0x89, 0xff, 0x00, 0x50]);
    const requestParameters = {
      ...object.requestParameters,
      "integration.request.header.Content-Type": "method.request.header.Content-Type",
    };
    const setup = api({ ...object, requestParameters }, { binaryMediaTypes: [image] });
    await asked(setup, { method: "PUT", path: "/i.png", headers: { "Content-Type": image }, body: bytes });
    const { got } = await asked(setup, { method: "GET", path: "/i.png", headers: { Accept: image } });
    expect([got.bytes, got.headers["content-type"]]).toEqual([bytes, image]);
  });
});

describe("a function is called", () => {
  const plain = { uri: invocation, credentials: undefined };

  it("with what its template makes, and a template reads its answer", async () => {
    const integration = {
      ...plain,
      requestTemplates: { [json]: `{"id": "$input.params('id')", "body": $input.json('$')}` },
      responses: { default: { statusCode: "201", responseTemplates: { [json]: "{\"name\": $input.json('$.name')}" } } },
    };
    const { got, served } = await asked(api(integration), { body: '{"a": 1}' }, returning({ name: "n", other: 1 }));
    expect(served.events).toEqual([{ id: "7", body: { a: 1 } }]);
    expect(served.permissionsAsked).toEqual(["arn:aws:execute-api:us-east-1:000000000000:api1234567/dev/POST/{id+}"]);
    expect([got.status, got.body]).toEqual([201, '{"name": "n"}']);
  });

  it("with an empty object where there is no body, as recorded", async () => {
    const { got, served } = await asked(api(plain), {}, echo);
    expect([served.events, got.status]).toEqual([[{}], 200]);
  });

  it.each([
    ["not found: 7", ".*not found.*", 404],
    ["NOT found", "(?i)not.*", 404],
    ["something else", ".*not found.*", 200],
    ["not found in\nmany lines", "(?s)not found.*", 404],
  ])("and its error %j selects by %s", async (errorMessage, pattern, status) => {
    const responses = {
      [pattern]: { statusCode: "404", responseTemplates: { [json]: "$input.path('$.errorMessage')" } },
      default: { statusCode: "200" },
    };
    const fails: Behaviour = () => ({
      payload: JSON.stringify({ errorMessage, errorType: "Error", trace: [] }),
      functionError: "Unhandled",
    });
    const { got } = await asked(api({ ...plain, responses }), {}, fails);
    expect(got.status).toBe(status);
    if (status === 404) expect(got.body).toBe(errorMessage);
  });

  it("for later, if the header says so", async () => {
    const requestParameters = { "integration.request.header.X-Amz-Invocation-Type": "'Event'" };
    const responses = { default: { statusCode: "202" } };
    const { got, served } = await asked(api({ ...plain, requestParameters, responses }), { body: '{"a": 1}' });
    expect([got.status, got.body, served.invoked]).toEqual([202, "", [`${functionArn} for later`]]);
  });

  it("only where its policy lets the method", async () => {
    const { got, served } = await asked(api(plain, { permitted: false }));
    expect([got.status, served.invoked]).toEqual([500, []]);
  });

  it.each(["aws", "aws_proxy"])("with the rights of a role, if there is one (%s)", async (type) => {
    invoked.length = 0;
    const { got, served } = await asked(api({ uri: invocation, type }, { permitted: false }), { body: '{"a": 1}' });
    expect([served.events, invoked.map(({ arn }) => arn)]).toEqual([[], [functionArn]]);
    expect(got.status).toBe(type === "aws" ? 200 : 502);
    await configure();
    expect((await asked(api({ uri: invocation, type }))).got.status).toBe(500);
    await configure(allow("lambda:InvokeFunction", functionArn), allow("sqs:SendMessage", queue.arn));
  });

  it("by POST alone, and with variables that are there", async () => {
    expect((await asked(api({ ...plain, httpMethod: "GET" }))).got.status).toBe(500);
    const uri = invocation.replace(":f/", ":${stageVariables.none}/");
    const { got, served } = await asked(api({ ...plain, uri }));
    expect([got.status, served.log[0]?.refusal?.reason]).toEqual([
      500,
      expect.stringContaining("a stage variable is missing"),
    ]);
  });
});

it.each([
  ["a service", { uri: uriOf("sqs:action/ListQueues") }],
  ["a function", { uri: invocation, credentials: undefined }],
])("the time that %s took is in the access log", async (_title, integration) => {
  const more = { accessLogFormat: "$context.requestId $context.integrationLatency" };
  const { served } = await asked(api(integration, more));
  expect(served.accessLog).toEqual([expect.stringMatching(/ \d+$/)]);
});

it("a role that does not trust API Gateway makes each call fail", async () => {
  const none = { services: { endpointUrl: async () => running.url, credentials: () => undefined } };
  for (const uri of [uriOf(`sqs:path/${account}/work`), invocation]) {
    const { got, served } = await asked(api({ uri }, none));
    expect([got.status, served.log[0]?.refusal?.reason]).toEqual([
      500,
      `API Gateway does not have permission to assume the role ${role}`,
    ]);
  }
});

it.each(["Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"])(
  "a mapping to %s fails",
  async (name) => {
    const requestParameters = { [`integration.request.header.${name}`]: "'1'" };
    for (const uri of [uriOf(`sqs:path/${account}/work`), invocation]) {
      expect((await asked(api({ uri, requestParameters }))).got.status).toBe(500);
    }
  },
);

describe("an integration of AWS is refused at boot", () => {
  it.each([
    [
      "of a service that is not emulated",
      { uri: uriOf("kinesis:action/PutRecord") },
      "an integration of kinesis:action is not emulated",
    ],
    [
      "of an operation of S3 without its object",
      { uri: uriOf("s3:action/GetObject") },
      "an integration of s3:action/GetObject, which is not one operation of a Bucket and a Key, is not emulated",
    ],
    [
      "of an operation of S3 with more than its object",
      { uri: uriOf("s3:action/GetObject&Bucket=logs&Key=a&VersionId=1") },
      "an integration of s3:action/GetObject&Bucket=logs&Key=a&VersionId=1, which",
    ],
    [
      "of an operation of S3 that is about no object",
      { uri: uriOf("s3:action/constructor&Bucket=logs&Key=a") },
      "an integration of s3:action/constructor&Bucket=logs&Key=a, which",
    ],
    [
      "of a part of a service",
      { uri: uriOf("data.iot:path/topics/a") },
      "an integration of data.iot:path is not emulated",
    ],
    ["without path or action", { uri: uriOf("sqs:work") }, "AWS ARN for integration must contain path or action"],
    ["with a URI that is no ARN", { uri: "https://sqs" }, "Invalid ARN specified in the request"],
    [
      "of a service without a role",
      { uri: uriOf("sqs:path/1/a"), credentials: undefined },
      "Role ARN must be specified for AWS integrations",
    ],
    [
      "with the caller's credentials",
      { uri: uriOf("sqs:path/1/a"), credentials: "arn:aws:iam::*:user/*" },
      "the caller's own credentials is not emulated",
    ],
    [
      "with credentials that are no role",
      { uri: uriOf("sqs:path/1/a"), credentials: "role" },
      "credentials must be a role's ARN, got role",
    ],
    [
      "without a method",
      { uri: uriOf("sqs:path/1/a"), httpMethod: undefined },
      "Enumeration value for HttpMethod must be non-empty",
    ],
  ])("%s", (_title, integration, problem) => {
    expect(() => createGateway(definitionOf(api(integration)), idle)).toThrow(problem);
  });
});
