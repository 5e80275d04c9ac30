import { gatewayMayInvoke, permissionsOf } from "../../../local/iam/permissions";
import { resourcePoliciesOf } from "../../../local/iam/resource-policies";
import { graphOf } from "../support/stack-file";

const policy = (Effect = "Deny", changes: object = {}) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect, Principal: "*", Action: "*", Resource: "*", ...changes }],
  });

const bucket = { aws_s3_bucket: { b: { bucket: "logs" } } };
const topic = { aws_sns_topic: { t: { name: "alarms" } } };
const queue = { aws_sqs_queue: { q: { name: "work" } } };
const key = { aws_kms_key: { k: {} } };

test.each([
  ["bucket", { ...bucket, aws_s3_bucket_policy: { p: { bucket: "${aws_s3_bucket.b.id}", policy: policy() } } }],
  ["bucket", { aws_s3_bucket: { b: { bucket: "logs", policy: policy() } } }],
  ["topic", { ...topic, aws_sns_topic_policy: { p: { arn: "${aws_sns_topic.t.arn}", policy: policy() } } }],
  ["topic", { aws_sns_topic: { t: { name: "alarms", policy: policy() } } }],
  ["queue", { ...queue, aws_sqs_queue_policy: { p: { queue_url: "${aws_sqs_queue.q.url}", policy: policy() } } }],
  ["queue", { ...queue, aws_sqs_queue_policy: { p: { queue_url: "${aws_sqs_queue.q.id}", policy: policy() } } }],
  ["queue", { aws_sqs_queue: { q: { name: "work", policy: policy() } } }],
  ["key", { ...key, aws_kms_key_policy: { p: { key_id: "${aws_kms_key.k.id}", policy: policy() } } }],
  ["key", { ...key, aws_kms_key_policy: { p: { key_id: "${aws_kms_key.k.arn}", policy: policy() } } }],
  ["key", { aws_kms_key: { k: { policy: policy() } } }],
])("a %s has its policy, as an argument or by a resource of its own (%#)", (kind, resources) => {
  const graph = graphOf(resources);
  const address = Object.keys(resources).length > 1 ? `aws_.*_policy.p` : `aws_.*`;
  expect(resourcePoliciesOf(graph)).toEqual([
    {
      kind,
      resource: expect.stringMatching(/^arn:aws:/),
      address: expect.stringMatching(new RegExp(`^${address}$`)),
      statements: [expect.objectContaining({ effect: "Deny", principals: { names: ["*"], except: false } })],
    },
  ]);
});

test("of several queues each has the policy that names it, and no policy is none", () => {
  const queues = { a: { name: "a" }, b: { name: "b" }, c: { name: "c" } };
  const policyOf = (name: string) => ({ queue_url: `\${aws_sqs_queue.${name}.url}`, policy: policy() });
  const graph = graphOf({ aws_sqs_queue: queues, aws_sqs_queue_policy: { pb: policyOf("b"), pa: policyOf("a") } });
  const found = resourcePoliciesOf(graph).map(({ resource, address }) => [resource.split(":").at(-1), address]);
  expect(found).toEqual([
    ["a", "aws_sqs_queue_policy.pa"],
    ["b", "aws_sqs_queue_policy.pb"],
  ]);
});

test.each([
  [
    { ...bucket, aws_s3_bucket_policy: { p: { bucket: "others", policy: policy() } } },
    "aws_s3_bucket_policy.p: bucket others is no aws_s3_bucket of the stack, so it can't be evaluated",
  ],
  [
    {
      aws_s3_bucket: { b: { bucket: "logs", policy: policy() } },
      aws_s3_bucket_policy: { p: { bucket: "logs", policy: policy() } },
    },
    "aws_s3_bucket_policy.p: aws_s3_bucket.b has a policy already, which it would replace",
  ],
  [
    { aws_sqs_queue: { q: { name: "work", policy: policy("Deny", { NotAction: "sqs:*" }) } } },
    "aws_sqs_queue.q: policy: Action and NotAction exclude each other",
  ],
])("%j is an error at boot", (resources, message) => {
  expect(() => resourcePoliciesOf(graphOf(resources))).toThrow(message);
});

const permission = (changes: object = {}) =>
  graphOf({
    aws_lambda_permission: {
      p: {
        action: "lambda:InvokeFunction",
        function_name: "f",
        principal: "apigateway.amazonaws.com",
        source_arn: "arn:aws:execute-api:us-east-1:1:api/*/GET/things",
        ...changes,
      },
    },
  });
const f = "arn:aws:lambda:us-east-1:000000000000:function:f";
const method = "arn:aws:execute-api:us-east-1:1:api/dev/GET/things";

test.each([
  [{}, f, method, true],
  [{}, f, method.replace("GET", "PUT"), false],
  [{}, `${f}:live`, method, false],
  [{ qualifier: "live" }, `${f}:live`, method, true],
  [{ qualifier: "live" }, f, method, false],
  [{ function_name: f }, f, method, true],
  [{ source_arn: undefined }, f, "arn:anything", true],
  [{ principal: "sns.amazonaws.com" }, f, method, false],
])("with a permission %j API Gateway may call %s for %s: %s", (changes, functionArn, sourceArn, expected) => {
  expect(gatewayMayInvoke(permissionsOf(permission(changes)), functionArn, sourceArn)).toBe(expected);
});

test.each([
  [{ principal_org_id: "o-1" }, "aws_lambda_permission.p: principal_org_id is not emulated here"],
  [{ action: "lambda:GetFunction" }, "aws_lambda_permission.p: action lambda:GetFunction is not known"],
  [{ principal: "somebody" }, "Principal AWS somebody is not known"],
])("a permission %j is an error at boot", (changes, message) => {
  expect(() => permissionsOf(permission(changes))).toThrow(message);
});
