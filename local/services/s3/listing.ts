import { bucketArn } from "../../../aws/arn";
import { type Operation, ServiceError, type ServiceRequest } from "../service";
import { xml } from "../xml";
import { common, type Target } from "./target";

function maxKeys(text: string | null): number {
  const number = Number(text ?? 1000);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new ServiceError("InvalidArgument", "Provided max-keys not an integer or within integer range");
}

/** `ListObjectsV2`: page by page, by key. */
export function listObjects({ query }: ServiceRequest, target: Target): Operation {
  const { bucket, files } = target;
  const prefix = query.get("prefix") ?? "";
  const limit = Math.min(maxKeys(query.get("max-keys")), 1000);
  return {
    needs: [{ action: "s3:ListBucket", resource: bucketArn(target.bucket), circumstances: { "s3:prefix": prefix } }],
    run: async () => {
      const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
      const all = (await files.list(prefix)).filter(({ key }) => key > after);
      const page = all.slice(0, limit);
      const truncated = all.length > page.length;
      const Contents = page.map(({ key, etag, size, lastModified }) => ({
        Key: key,
        LastModified: lastModified,
        ETag: etag,
        Size: size,
        StorageClass: "STANDARD",
      }));
      const next = truncated ? page.at(-1)?.key : undefined;
      const result = { Name: bucket, Prefix: prefix, KeyCount: page.length, MaxKeys: limit, IsTruncated: truncated };
      const body = xml("ListBucketResult", { ...result, NextContinuationToken: next, Contents });
      return { status: 200, headers: { ...common(), "Content-Type": "application/xml" }, body };
    },
  };
}
