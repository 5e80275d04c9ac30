import { bucketArn } from "../../../aws/arn";
import type { Operation, ServiceRequest } from "../service";
import { invalidArgument } from "./errors";
import { isAfter } from "./key-order";
import { type ListParameters, listContextKeys, listPage, listParameters } from "./listing-page";
import type { ObjectHead } from "./object-file";
import { answerWith, type Target } from "./target";

/** An object as lists have it. */
const entry = ({ encode }: ListParameters, { key, lastModified, etag, size, storageClass, checksum }: ObjectHead) => ({
  Key: encode(key),
  LastModified: lastModified,
  ETag: etag,
  ChecksumAlgorithm: checksum?.algorithm.toUpperCase(),
  ChecksumType: checksum?.type,
  Size: size,
  StorageClass: storageClass ?? "STANDARD",
});

/** The objects and groups of a bucket that come after a key or a group. */
const pageAfter = async ({ files }: Target, parameters: ListParameters, after: string) =>
  listPage(await files.list(parameters.prefix), parameters, { after, isPast: ({ key }) => isAfter(key, after) });

const needs = ({ query }: ServiceRequest, { bucket }: Target): Operation["needs"] => [
  { action: "s3:ListBucket", resource: bucketArn(bucket), contextKeys: listContextKeys(query) },
];

/** The name that a token stands for. @throws ServiceError for a token that was never given */
function nameIn(token: string | null): string | undefined {
  if (token === null) return undefined;
  const name = Buffer.from(token, "base64url").toString("utf8");
  if (name !== "" && tokenOf(name) === token) return name;
  throw invalidArgument("continuation-token", token, "The continuation token provided is incorrect");
}

const tokenOf = (name: string): string => Buffer.from(name).toString("base64url");

/** `ListObjectsV2`: page by page, by key. */
export function listObjectsV2(request: ServiceRequest, target: Target): Operation {
  const { query, caller } = request;
  const parameters = listParameters(query);
  const { encode } = parameters;
  const [token, startAfter] = [query.get("continuation-token"), query.get("start-after")];
  const after = nameIn(token) ?? startAfter ?? "";
  const owner = query.get("fetch-owner") === "true" ? { Owner: { ID: caller.accountId } } : {};
  return {
    needs: needs(request, target),
    run: async () => {
      const { items, groups, last } = await pageAfter(target, parameters, after);
      return answerWith("ListBucketResult", {
        ...{ Name: target.bucket, ...parameters.echo, KeyCount: items.length + groups.length },
        IsTruncated: last !== undefined,
        ContinuationToken: token ?? undefined,
        NextContinuationToken: last && tokenOf(last.name),
        StartAfter: startAfter === null ? undefined : encode(startAfter),
        Contents: items.map((head) => ({ ...entry(parameters, head), ...owner })),
        CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
      });
    },
  };
}

/** `ListObjects`, the first version of it: the next page begins after a marker, which only groups need to be told. */
export function listObjects(request: ServiceRequest, target: Target): Operation {
  const { query, caller } = request;
  const parameters = listParameters(query);
  const { encode } = parameters;
  const marker = query.get("marker") ?? "";
  return {
    needs: needs(request, target),
    run: async () => {
      const { items, groups, last } = await pageAfter(target, parameters, marker);
      return answerWith("ListBucketResult", {
        ...{ Name: target.bucket, ...parameters.echo, Marker: encode(marker), IsTruncated: last !== undefined },
        NextMarker: last && parameters.delimiter !== "" ? encode(last.name) : undefined,
        Contents: items.map((head) => ({ ...entry(parameters, head), Owner: { ID: caller.accountId } })),
        CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
      });
    },
  };
}
