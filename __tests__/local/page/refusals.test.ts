import { Recorder } from "../../../local/page/recorder";
import { eventually } from "../../support/eventually";
import { type OpenPage, openPage } from "../support/local-page";
import { startWritten, stopWrittenStacks, type WrittenStack } from "../support/written-stack";

const mock = (settings: object = {}) => ({
  responses: { 200: { description: "" } },
  "x-amazon-apigateway-integration": {
    ...{ type: "mock", requestTemplates: { "application/json": '{"statusCode": 200}' } },
    ...{ responses: { default: { statusCode: "200" } } },
    ...settings,
  },
});
const pool = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Things123";
const document = {
  ...{ openapi: "3.0.1", info: { title: "things", version: "1" } },
  paths: {
    "/open": { get: mock(), post: mock({ passthroughBehavior: "never" }) },
    "/keyed": { get: { ...mock(), security: [{ key: [] }] } },
    "/users": { get: { ...mock(), security: [{ users: [] }] } },
    "/private": { get: mock() },
  },
  components: {
    securitySchemes: {
      key: { type: "apiKey", in: "header", name: "x-api-key" },
      users: {
        ...{
          type: "apiKey",
          in: "header",
          name: "Authorization",
          "x-amazon-apigateway-authtype": "cognito_user_pools",
        },
        "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [pool] },
      },
    },
  },
  "x-amazon-apigateway-policy": {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" },
      { Effect: "Deny", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*/GET/private" },
    ],
  },
};

const api = "${aws_api_gateway_rest_api.api.id}";
const values = { none: "n".repeat(20), resting: "r".repeat(20), qa: "q".repeat(20) };
const stage = (name: string) => ({
  [name]: { rest_api_id: api, deployment_id: "${aws_api_gateway_deployment.api.id}", stage_name: name },
});
const stack = {
  aws_api_gateway_rest_api: { api: { name: "things", body: JSON.stringify(document) } },
  aws_api_gateway_deployment: { api: { rest_api_id: api } },
  aws_api_gateway_stage: { ...stage("dev"), ...stage("qa") },
  aws_api_gateway_api_key: {
    none: { name: "key-of-none", value: values.none },
    resting: { name: "key-resting", value: values.resting, enabled: false },
    qa: { name: "key-of-qa", value: values.qa },
  },
  aws_api_gateway_usage_plan: { qa: { name: "testers", api_stages: [{ api_id: api, stage: "qa" }] } },
  aws_api_gateway_usage_plan_key: {
    qa: {
      ...{ key_id: "${aws_api_gateway_api_key.qa.id}", key_type: "API_KEY" },
      usage_plan_id: "${aws_api_gateway_usage_plan.qa.id}",
    },
  },
};

let running: WrittenStack;
let page: OpenPage;
beforeAll(async () => {
  const recorder = new Recorder();
  running = await startWritten(stack, {}, recorder);
  page = await openPage(running, recorder);
});
afterAll(async () => {
  await page?.stop();
  await stopWrittenStacks();
});

interface Case {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

test.each<[string, Case, { status: number; by: string; sentence: string | RegExp; fix: string | RegExp }]>([
  [
    "a key of another stage's plan",
    { path: "/keyed", headers: { "x-api-key": values.qa } },
    {
      ...{ status: 403, by: "key", fix: "Send x-api-key with one of the keys on the overview." },
      sentence: "Key key-of-qa is of plan testers, which opens stage qa and not dev.",
    },
  ],
  [
    "a key of no plan",
    { path: "/keyed", headers: { "x-api-key": values.none } },
    { status: 403, by: "key", sentence: "Key key-of-none is in no usage plan.", fix: /^Send x-api-key/ },
  ],
  [
    "a key that was switched off",
    { path: "/keyed", headers: { "x-api-key": values.resting } },
    { status: 403, by: "key", sentence: "Key key-resting is not enabled.", fix: /^Send x-api-key/ },
  ],
  [
    "no token",
    { path: "/users" },
    {
      ...{ status: 401, by: "authorizer" },
      sentence: "GET /users takes a user's token, and no Authorization header was sent.",
      fix: /npm run -s token -- ada/,
    },
  ],
  [
    "what is no token",
    { path: "/users", headers: { authorization: "Bearer constructor" } },
    {
      ...{ status: 401, by: "authorizer", fix: /npm run -s token -- ada/ },
      sentence: /^GET \/users takes a user's token, and the token is no JSON Web Token: .+\.$/,
    },
  ],
  [
    "what the API's own policy denies",
    { path: "/private" },
    {
      ...{ status: 403, by: "policy" },
      sentence: /^The API's resource policy refused it: aws_api_gateway_rest_api\.api: .*explicit deny\.$/,
      fix: /^Change the API's policy/,
    },
  ],
  [
    "a body that is too large",
    { path: "/open", method: "POST", body: "x".repeat(10_485_761) },
    {
      ...{ status: 413, by: "limits" },
      sentence: /^The body of 10485761 bytes is too large: HTTP content length exceeded 10485760 bytes\.$/,
      fix: "Let clients upload to a bucket by a signed URL, and send its key.",
    },
  ],
  [
    "a content type that no template is for",
    { path: "/open", method: "POST", body: "a,b", headers: { "content-type": "text/csv" } },
    {
      ...{ status: 415, by: "mock" },
      sentence: "The integration takes no body of this content type: no template for text/csv.",
      fix: "Send the Content-Type that it has a template for: application/json.",
    },
  ],
  [
    "a URL that is too long",
    { path: `/open?text=${"x".repeat(11_000)}` },
    { status: 414, by: "limits", sentence: "The gateway answered 414: Request URI too long.", fix: /^$/ },
  ],
])("why it was refused is one sentence, with what helps: %s", async (_what, { path = "/", ...init }, wanted) => {
  const url = running.url.replace(/\/[^/]*$/, "/dev");
  const { status, headers } = await fetch(`${url}${path}`, init);
  const id = headers.get("x-amzn-requestid");
  const { requests } = (await page.get("/api/requests?limit=1")).body;
  expect(requests[0]).toMatchObject({ status: wanted.status, by: wanted.by });
  if (id) expect(requests[0].id).toBe(id);
  expect(status).toBe(wanted.status);

  const { why } = (await page.get(`/api/requests/${requests[0].id}`)).body.trace;
  expect(why.sentence).toEqual(
    typeof wanted.sentence === "string" ? wanted.sentence : expect.stringMatching(wanted.sentence),
  );
  expect(why.fix?.text ?? "").toEqual(typeof wanted.fix === "string" ? wanted.fix : expect.stringMatching(wanted.fix));
  // Found from the overview, too.
  const found = await eventually(async () => {
    const { troubles } = (await page.get("/api/overview")).body;
    return troubles.find(({ href }: { href?: string }) => href === `/requests/${requests[0].id}`);
  });
  expect(found.sentence).toBe(why.sentence);
});
