import { bucketArn } from "../../../aws/arn";
import type { BucketDefinition } from "../../read/bucket-definition";
import { notEmulated, type Operation, ServiceError, type ServiceRequest } from "../service";
import type { ObjectHead } from "./objects";
import { answerWith, common, type Target } from "./target";

function maxKeys(text: string | null): number {
  const number = Number(text ?? 1000);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new ServiceError("InvalidArgument", "Provided max-keys not an integer or within integer range");
}

/** How keys are written: as they are, or as in URLs, for those that XML can't hold. */
function encoder(type: string | null): (text: string) => string {
  if (type === null) return (text) => text;
  if (type !== "url") throw new ServiceError("InvalidArgument", "Invalid Encoding Method specified in Request");
  return (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%20", "+");
}

/** What stands for a key in a list: itself, or all keys that go on in the same way up to the delimiter. */
function groupOf(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

interface Entry {
  /** The key, or what several have in common: whereby it is sorted. */
  readonly name: string;
  /** None for a group. */
  readonly head: ObjectHead | undefined;
}

function entriesOf(heads: readonly ObjectHead[], prefix: string, delimiter: string): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const head of heads) {
    const group = groupOf(head.key, prefix, delimiter);
    const name = group ?? head.key;
    if (!entries.has(name)) entries.set(name, { name, head: group === undefined ? head : undefined });
  }
  return [...entries.values()];
}

/** `ListObjectsV2`: page by page, by key. */
export function listObjects({ query }: ServiceRequest, target: Target): Operation {
  const { bucket, files } = target;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const limit = Math.min(maxKeys(query.get("max-keys")), 1000);
  const encode = encoder(query.get("encoding-type"));
  return {
    needs: [
      {
        action: "s3:ListBucket",
        resource: bucketArn(target.bucket),
        contextKeys: { "s3:prefix": prefix, ...(delimiter === "" ? {} : { "s3:delimiter": delimiter }) },
      },
    ],
    run: async () => {
      const after = query.get("continuation-token") ?? query.get("start-after") ?? "";
      const entries = entriesOf(await files.list(prefix), prefix, delimiter);
      const all = entries.filter(({ name }) => name > after);
      const page = all.slice(0, limit);
      const truncated = all.length > page.length;
      const Contents = page.flatMap(({ head }) =>
        head === undefined
          ? []
          : {
              Key: encode(head.key),
              LastModified: head.lastModified,
              ETag: head.etag,
              Size: head.size,
              StorageClass: "STANDARD",
            },
      );
      const CommonPrefixes = page.flatMap(({ name, head }) => (head ? [] : { Prefix: encode(name) }));
      const next = truncated ? page.at(-1)?.name : undefined;
      const result = {
        Name: bucket,
        Prefix: encode(prefix),
        KeyCount: page.length,
        MaxKeys: limit,
        IsTruncated: truncated,
      };
      const asked = {
        ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
        ...(query.has("encoding-type") ? { EncodingType: "url" } : {}),
      };
      const content = { ...result, ...asked, NextContinuationToken: next, Contents, CommonPrefixes };
      return answerWith("ListBucketResult", content);
    },
  };
}

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
