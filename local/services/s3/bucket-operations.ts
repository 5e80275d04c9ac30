import { bucketArn } from "../../../aws/arn";
import type { BucketDefinition } from "../../read/bucket-definition";
import { notEmulated, type Operation, type ServiceRequest } from "../service";
import { answerWith, common, type Target } from "./target";

const since = new Date().toISOString();

/** `ListBuckets`: those of the stacks (S3 API reference, ListBuckets). */
export function listBuckets({ query, caller }: ServiceRequest, buckets: readonly BucketDefinition[]): Operation {
  const unread = ["max-buckets", "continuation-token"].find((name) => query.has(name));
  if (unread !== undefined) throw notEmulated("S3", `ListBuckets with ${unread}`);
  return {
    needs: [{ action: "s3:ListAllMyBuckets", resource: "*" }],
    run: () => {
      const names = buckets.map(({ name }) => name).filter((name) => name.startsWith(query.get("prefix") ?? ""));
      const Bucket = names.sort().map((Name) => ({ Name, CreationDate: since }));
      return answerWith("ListAllMyBucketsResult", { Owner: { ID: caller.accountId }, Buckets: { Bucket } });
    },
  };
}

/** `HeadBucket`: whether it is there, and may be listed. */
export const headBucket = ({ caller }: ServiceRequest, { bucket }: Target): Operation => ({
  needs: [{ action: "s3:ListBucket", resource: bucketArn(bucket) }],
  run: () => ({ status: 200, headers: { ...common(), "x-amz-bucket-region": caller.region } }),
});

/** `GetBucketVersioning`: empty of a bucket that never had versions. */
export const bucketVersioning = ({ bucket, versioning }: Target): Operation => ({
  needs: [{ action: "s3:GetBucketVersioning", resource: bucketArn(bucket) }],
  run: () => answerWith("VersioningConfiguration", { Status: versioning }),
});
