import { resourcesOf } from "../../../local/system/services-definition";
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
