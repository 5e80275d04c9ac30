import { bucketArn } from "../../../aws/arn";
import type { Operation, ServiceRequest } from "../service";
import { isAfter } from "./key-order";
import { listContextKeys, listPage, listParameters } from "./listing-page";
import { answerWith, type Target } from "./target";

/** `ListObjectsV2`: page by page, by key. */
export function listObjects({ query }: ServiceRequest, { bucket, files }: Target): Operation {
  const parameters = listParameters(query);
  const { encode } = parameters;
  return {
    needs: [{ action: "s3:ListBucket", resource: bucketArn(bucket), contextKeys: listContextKeys(query) }],
    run: async () => {
      const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
      const place = { after, isPast: ({ key }: { key: string }) => isAfter(key, after) };
      const { items, groups, last } = listPage(await files.list(parameters.prefix), parameters, place);
      const Contents = items.map(({ key, lastModified, etag, size }) => ({
        Key: encode(key),
        LastModified: lastModified,
        ETag: etag,
        Size: size,
        StorageClass: "STANDARD",
      }));
      return answerWith("ListBucketResult", {
        Name: bucket,
        ...parameters.echo,
        KeyCount: items.length + groups.length,
        IsTruncated: last !== undefined,
        NextContinuationToken: last?.name,
        Contents,
        CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
      });
    },
  };
}
