import { bucketArn } from "../../../aws/arn";
import type { BucketDefinition } from "../../read/bucket-definition";
import { pageOf } from "../pages";
import type { Operation, ServiceRequest } from "../service";
import { invalidArgument } from "./errors";
import { answerWith, common, type Target } from "./target";

const since = new Date().toISOString();

const MOST_BUCKETS = 10_000;

function mostBuckets(text: string | null): number {
  const most = Number(text ?? MOST_BUCKETS);
  if (Number.isInteger(most) && most >= 1 && most <= MOST_BUCKETS) return most;
  throw invalidArgument("max-buckets", text ?? "", "Argument maxBuckets must be an integer between 1 and 10000");
}

/** `ListBuckets`: those of the stacks (S3 API reference, ListBuckets). */
export function listBuckets({ query, caller }: ServiceRequest, buckets: readonly BucketDefinition[]): Operation {
  const [most, prefix] = [mostBuckets(query.get("max-buckets")), query.get("prefix")];
  const isAsked = (query.get("bucket-region") ?? caller.region) === caller.region;
  return {
    needs: [{ action: "s3:ListAllMyBuckets", resource: "*" }],
    run: () => {
      const names = buckets.map(({ name }) => name).filter((name) => isAsked && name.startsWith(prefix ?? ""));
      const { items, next } = pageOf(
        names.sort(),
        most,
        query.get("continuation-token") ?? undefined,
        "InvalidArgument",
      );
      const Bucket = items.map((Name) => ({
        Name,
        BucketArn: bucketArn(Name),
        BucketRegion: caller.region,
        CreationDate: since,
      }));
      const rest = { ContinuationToken: next, Prefix: prefix ?? undefined };
      return answerWith("ListAllMyBucketsResult", { Owner: { ID: caller.accountId }, Buckets: { Bucket }, ...rest });
    },
  };
}

/** `HeadBucket`: whether it is there, and may be listed. */
export const headBucket = ({ caller }: ServiceRequest, { bucket }: Target): Operation => ({
  needs: [{ action: "s3:ListBucket", resource: bucketArn(bucket) }],
  run: () => ({
    status: 200,
    headers: { ...common(), "x-amz-bucket-arn": bucketArn(bucket), "x-amz-bucket-region": caller.region },
  }),
});

/** `GetBucketLocation`: empty for the first of AWS's regions. */
export const bucketLocation = ({ caller }: ServiceRequest, { bucket }: Target): Operation => ({
  needs: [{ action: "s3:GetBucketLocation", resource: bucketArn(bucket) }],
  run: () => answerWith("LocationConstraint", caller.region === "us-east-1" ? "" : caller.region),
});

/** `GetBucketVersioning`: empty of a bucket that never had versions. */
export const bucketVersioning = (_: ServiceRequest, { bucket, versioning }: Target): Operation => ({
  needs: [{ action: "s3:GetBucketVersioning", resource: bucketArn(bucket) }],
  run: () => answerWith("VersioningConfiguration", { Status: versioning }),
});
