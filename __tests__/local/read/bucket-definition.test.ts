import { resourcesOf } from "../../../local/run/services-configuration";
import { graphOf } from "../support/stack-file";

const bucketWith = (rule?: object) =>
  resourcesOf(
    graphOf({
      aws_kms_key: { k: {} },
      aws_s3_bucket: { b: { bucket: "things" } },
      ...(rule
        ? {
            aws_s3_bucket_server_side_encryption_configuration: {
              e: { bucket: "${aws_s3_bucket.b.id}", rule: [rule] },
            },
          }
        : {}),
    }),
  ).buckets[0];

const by = (settings: object) => ({ apply_server_side_encryption_by_default: settings });
const key = { sse_algorithm: "aws:kms", kms_master_key_id: "${aws_kms_key.k.arn}" };
const keyArn = expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\//);

test.each([
  [undefined, undefined],
  [by({ sse_algorithm: "AES256" }), undefined],
  [by({ sse_algorithm: "aws:kms" }), undefined],
  [by({ sse_algorithm: "aws:kms", kms_master_key_id: "alias/aws/s3" }), undefined],
  [by(key), { keyArn, bucketKey: false }],
  [
    { ...by(key), bucket_key_enabled: true },
    { keyArn, bucketKey: true },
  ],
  [by([key]), { keyArn, bucketKey: false }],
])("a bucket with %o is encrypted with a key of its own: %o", (rule, encryption) => {
  expect(bucketWith(rule)?.encryption).toEqual(encryption);
});

test("a bucket's key that is not in the stack is refused at boot", () => {
  const foreign = by({ sse_algorithm: "aws:kms", kms_master_key_id: "arn:aws:kms:us-east-1:1:key/k" });
  expect(() => bucketWith(foreign)).toThrow("kms_master_key_id arn:aws:kms:us-east-1:1:key/k is no key of the stack");
});

const bucketAnd = (resources: object) =>
  resourcesOf(graphOf({ aws_s3_bucket: { b: { bucket: "things" }, other: { bucket: "others" } }, ...resources }));
const versioningOf = (configuration: object) =>
  bucketAnd({
    aws_s3_bucket_versioning: { v: { bucket: "${aws_s3_bucket.b.id}", versioning_configuration: configuration } },
  }).buckets.map(({ versioning }) => versioning);

test.each([
  [{ status: "Enabled" }, "Enabled"],
  [[{ status: "Suspended", mfa_delete: "Disabled" }], "Suspended"],
  [{ status: "Disabled" }, undefined],
])("a bucket with versioning_configuration %j has versions: %s", (configuration, status) => {
  expect(versioningOf(configuration)).toEqual([status, undefined]);
});

test("versions that need a second factor are refused at boot", () => {
  const configuration = { status: "Enabled", mfa_delete: "Enabled" };
  expect(() => versioningOf(configuration)).toThrow("versioning_configuration[0]: mfa_delete is not emulated here");
});

const expirationsOf = (...rule: object[]) =>
  bucketAnd({ aws_s3_bucket_lifecycle_configuration: { l: { bucket: "${aws_s3_bucket.b.id}", rule } } }).buckets[0]
    ?.expirations;
const after = { noncurrent_version_expiration: [{ noncurrent_days: 30 }], status: "Enabled", id: "old" };
const anySize = { above: -1, below: Number.POSITIVE_INFINITY };
const ends = { prefix: "", tags: {}, size: anySize, days: 30, kept: 0, endsMarkers: false };

test.each<[what: string, rule: object, expiration: object[]]>([
  ["for all", { ...after, filter: [{ prefix: "" }] }, [ends]],
  ["below a prefix", { ...after, filter: { prefix: "a/" } }, [{ ...ends, prefix: "a/" }]],
  ["below a prefix that stands in the rule itself", { ...after, prefix: "a/" }, [{ ...ends, prefix: "a/" }]],
  [
    "of sizes between two",
    { ...after, filter: { and: { prefix: "a/", object_size_greater_than: 1, object_size_less_than: 9 } } },
    [{ ...ends, prefix: "a/", size: { above: 1, below: 9 } }],
  ],
  [
    "but for the newest",
    { ...after, noncurrent_version_expiration: { noncurrent_days: 1, newer_noncurrent_versions: 5 } },
    [{ ...ends, days: 1, kept: 5 }],
  ],
  [
    "of markers alone",
    { status: "Enabled", expiration: [{ expired_object_delete_marker: true }] },
    [{ ...ends, days: undefined, endsMarkers: true }],
  ],
  ["that is switched off", { ...after, status: "Disabled" }, []],
  ["with a tag", { ...after, filter: { tag: { key: "a", value: "b" } } }, [{ ...ends, tags: { a: "b" } }]],
  [
    "with tags among other things",
    { ...after, filter: { and: { prefix: "a/", tags: { a: "b", c: "d" } } } },
    [{ ...ends, prefix: "a/", tags: { a: "b", c: "d" } }],
  ],
  ["of objects", { status: "Enabled", expiration: [{ days: 3 }] }, []],
])("a lifecycle rule %s says of versions what it says", (_, rule, expirations) => {
  expect(expirationsOf(rule)).toEqual(expirations);
});

const topic = { aws_sns_topic: { t: { name: "t" } } };
const subscription = { topic_arn: "${aws_sns_topic.t.arn}", protocol: "email", endpoint: "a@example.com" };

test.each([
  [
    { aws_sqs_queue: { q: { name: "q.fifo", fifo_queue: true, fifo_throughput_limit: "perMessageGroupId" } } },
    "aws_sqs_queue.q: fifo_throughput_limit",
  ],
  [
    { aws_sqs_queue: { q: { name: "q.fifo", fifo_queue: true, deduplication_scope: "messageGroup" } } },
    "aws_sqs_queue.q: deduplication_scope",
  ],
  [
    { aws_sns_topic: { t: { name: "t.fifo", fifo_topic: true, fifo_throughput_scope: "MessageGroup" } } },
    "aws_sns_topic.t: fifo_throughput_scope",
  ],
  [
    { ...topic, aws_sns_topic_subscription: { s: { ...subscription, redrive_policy: "{}" } } },
    "aws_sns_topic_subscription.s: redrive_policy",
  ],
])("%o would be emulated in part, and is refused at boot", (resources, what) => {
  expect(() => resourcesOf(graphOf(resources))).toThrow(`${what} is not emulated here`);
});

test("what is switched off is no reason to refuse anything", () => {
  const resources = { ...topic, aws_sqs_queue: { q: { name: "q", fifo_queue: false, max_message_size: 2048 } } };
  expect(resourcesOf(graphOf(resources)).queues).toMatchObject([{ maxMessageBytes: 2048, receiveWaitSeconds: 0 }]);
});

test("queues and topics with an order, and what subscriptions want, are read", () => {
  const { queues, topics } = resourcesOf(
    graphOf({
      aws_sqs_queue: { q: { name: "q.fifo", fifo_queue: true, content_based_deduplication: true } },
      aws_sns_topic: { t: { name: "t.fifo", fifo_topic: true, display_name: "T", tags: { a: "b" } } },
      aws_sns_topic_subscription: {
        s: { ...subscription, filter_policy: '{"a":["x"]}', filter_policy_scope: "MessageBody" },
      },
    }),
  );
  expect(queues).toMatchObject([{ fifo: { contentBasedDeduplication: true } }]);
  expect(topics).toMatchObject([
    {
      fifo: { contentBasedDeduplication: false },
      subscriptions: [
        {
          arn: expect.stringMatching(/:t\.fifo:[0-9a-f-]{36}$/),
          filter: { policy: { a: ["x"] }, scope: "MessageBody" },
        },
      ],
      settings: { displayName: "T", tags: { a: "b" } },
    },
  ]);
});
