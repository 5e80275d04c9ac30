import { bucketArn } from "../../../aws/arn";
import type { Operation, ServiceRequest } from "../service";
import { invalidArgument } from "./errors";
import { isAfter } from "./key-order";
import { listContextKeys, listPage, listParameters } from "./listing-page";
import { nullVersion, type ObjectHead, versionIdOf } from "./object-file";
import type { ListedVersion } from "./objects";
import { answerWith, type Target } from "./target";
import { checkedVersionId } from "./version-id";

interface Marker {
  readonly key: string;
  readonly versionId: string | undefined;
}

function markerIn(query: URLSearchParams): Marker {
  const [key, versionId] = [query.get("key-marker"), query.get("version-id-marker")];
  if (versionId === null) return { key: key ?? "", versionId: undefined };
  if (key === null) {
    const message = "A version-id marker cannot be specified without a key marker.";
    throw invalidArgument("version-id-marker", versionId, message);
  }
  return { key, versionId: checkedVersionId("version-id-marker", versionId) };
}

/** Which versions come after a marker. One that was deleted since has its place by its id; rather one is listed twice than not at all. */
function pastMarker(all: readonly ListedVersion[], { key, versionId }: Marker): (version: ListedVersion) => boolean {
  const ofKey = versionId === undefined ? [] : all.filter((version) => version.key === key);
  const at = ofKey.findIndex((version) => versionIdOf(version) === versionId);
  const rest = at < 0 ? ofKey.filter((version) => mayFollow(versionIdOf(version), versionId)) : ofKey.slice(at + 1);
  const still = new Set(rest);
  return (version) => still.has(version) || key === "" || isAfter(version.key, key);
}

const mayFollow = (id: string, marker: string | undefined): boolean =>
  marker === undefined || marker === nullVersion || id === nullVersion || id < marker;

const owner = (accountId: string) => ({ ID: accountId });

const stated = ({ etag, size, storageClass, checksum }: ObjectHead) => ({
  ETag: etag,
  ChecksumAlgorithm: checksum?.algorithm.toUpperCase(),
  ChecksumType: checksum?.type,
  Size: size,
  StorageClass: storageClass ?? "STANDARD",
});

/** `ListObjectVersions`: page by page, by key and then the newest first. */
export function listVersions({ query, caller }: ServiceRequest, { bucket, files }: Target): Operation {
  const parameters = listParameters(query);
  const marker = markerIn(query);
  const { encode } = parameters;
  const entry = (version: ListedVersion) => ({
    ...(version.deleteMarker ? {} : stated(version)),
    Key: encode(version.key),
    VersionId: versionIdOf(version),
    IsLatest: version.followedAt === undefined,
    LastModified: version.lastModified,
    Owner: owner(caller.accountId),
  });
  return {
    needs: [{ action: "s3:ListBucketVersions", resource: bucketArn(bucket), contextKeys: listContextKeys(query) }],
    run: async () => {
      const all = await files.listVersions(parameters.prefix);
      const place = { after: marker.key, isPast: pastMarker(all, marker) };
      const { items, groups, last } = listPage(all, parameters, place);
      const next = last && {
        NextKeyMarker: encode(last.name),
        NextVersionIdMarker: last.item && versionIdOf(last.item),
      };
      return answerWith("ListVersionsResult", {
        Name: bucket,
        ...parameters.echo,
        KeyMarker: encode(marker.key),
        VersionIdMarker: marker.versionId ?? "",
        IsTruncated: last !== undefined,
        ...next,
        Version: items.filter(({ deleteMarker }) => !deleteMarker).map(entry),
        DeleteMarker: items.filter(({ deleteMarker }) => deleteMarker).map(entry),
        CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
      });
    },
  };
}
