import { bucketArn, objectArn } from "../../../aws/arn";
import type { Operation, ServiceRequest } from "../service";
import { checksumMembers } from "./checksums";
import { invalidArgument } from "./errors";
import { isAfter } from "./key-order";
import { listPage, listParameters } from "./listing-page";
import { uploadIn } from "./multipart";
import { answerWith, type Target } from "./target";
import type { Upload } from "./uploads";

/** A number that a parameter may have. @throws ServiceError */
function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name) ?? String(otherwise);
  if (/^\d+$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
}

const owner = (accountId: string) => ({ ID: accountId });

/** How a checksum is made, where the client has chosen. */
const checksumOf = ({ object }: Upload) =>
  object.checksum
    ? { ChecksumAlgorithm: object.checksum.algorithm.toUpperCase(), ChecksumType: object.checksum.type }
    : {};

const classOf = ({ object }: Upload): string => object.storageClass ?? "STANDARD";

const MOST_PARTS = 1000;

/** `ListParts`: page by page, by number. */
export const listParts = (request: ServiceRequest, target: Target): Operation => ({
  needs: [{ action: "s3:ListMultipartUploadParts", resource: objectArn(target.bucket, target.key) }],
  run: async () => {
    const { query, caller } = request;
    const marker = numberIn(query, "part-number-marker", 0);
    const most = Math.min(numberIn(query, "max-parts", MOST_PARTS), MOST_PARTS);
    const upload = await uploadIn(request, target);
    const rest = (await target.uploads.parts(upload)).filter(({ number }) => number > marker);
    const page = rest.slice(0, most);
    const isTruncated = rest.length > page.length;
    const Part = page.map(({ number, etag, size, lastModified, checksum }) => ({
      PartNumber: number,
      LastModified: lastModified,
      ETag: etag,
      Size: size,
      ...(upload.object.checksum ? checksumMembers(checksum) : {}),
    }));
    const { bucket: Bucket, key: Key } = target;
    return answerWith("ListPartsResult", {
      ...{ Bucket, Key, UploadId: upload.id, Initiator: owner(caller.accountId), Owner: owner(caller.accountId) },
      ...{ StorageClass: classOf(upload), PartNumberMarker: marker, MaxParts: most, IsTruncated: isTruncated },
      ...{ NextPartNumberMarker: isTruncated ? page.at(-1)?.number : undefined, ...checksumOf(upload), Part },
    });
  },
});

/** `ListMultipartUploads`: page by page, by key and then as they began. */
export function listUploads({ query, caller }: ServiceRequest, { bucket, uploads }: Target): Operation {
  const parameters = listParameters(query, "max-uploads");
  const { encode } = parameters;
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  return {
    needs: [{ action: "s3:ListBucketMultipartUploads", resource: bucketArn(bucket) }],
    run: async () => {
      const all = await uploads.list(parameters.prefix);
      const at = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
      const still = new Set(at < 0 ? [] : all.slice(at + 1).filter(({ key }) => key === keyMarker));
      const isPast = (upload: Upload) => still.has(upload) || keyMarker === "" || isAfter(upload.key, keyMarker);
      const { items, groups, last } = listPage(all, parameters, { after: keyMarker, isPast });
      const Upload = items.map((upload) => ({
        ...{ Key: encode(upload.key), UploadId: upload.id, StorageClass: classOf(upload), Initiated: upload.initiated },
        ...{ Initiator: owner(caller.accountId), Owner: owner(caller.accountId), ...checksumOf(upload) },
      }));
      const { MaxKeys: MaxUploads, ...echo } = parameters.echo;
      return answerWith("ListMultipartUploadsResult", {
        Bucket: bucket,
        ...echo,
        ...{ MaxUploads, KeyMarker: encode(keyMarker), UploadIdMarker: idMarker, IsTruncated: last !== undefined },
        ...(last ? { NextKeyMarker: encode(last.name), NextUploadIdMarker: last.item?.id ?? "" } : {}),
        Upload,
        CommonPrefixes: groups.map((group) => ({ Prefix: encode(group) })),
      });
    },
  };
}
