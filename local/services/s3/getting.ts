import { bucketArn, objectArn } from "../../../aws/arn";
import {
  type Need,
  type Operation,
  type Permitted,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "../service";
import { checksumHeaders } from "./checksums";
import { noSuchKey, noSuchVersion } from "./errors";
import type { ObjectHead } from "./object-file";
import type { StoredObject } from "./objects";
import { numberedPart } from "./part-number";
import { isHeaderValue, isUnchanged, overridden, partOf } from "./reading";
import { said } from "./rules";
import { common, encryptionHeaders, keyNeeds, type Target, versionHeaders } from "./target";
import { versionIdIn } from "./version-id";

/** Values that no header can have are sent as RFC 2047 writes them (S3 User Guide, "Working with object metadata"). */
function mailSafe(headers: ObjectHead["headers"]): Record<string, string> {
  const safe = (value: string) =>
    isHeaderValue(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, safe(value)]));
}

/** The storage class, unless it is STANDARD (S3 API reference, GetObject, `x-amz-storage-class`). */
const classHeaders = ({ storageClass }: ObjectHead): Record<string, string> =>
  storageClass === undefined ? {} : { "x-amz-storage-class": storageClass };

const headHeaders = (target: Target, head: ObjectHead): Record<string, string> => ({
  ...common(),
  "content-type": "binary/octet-stream",
  ...mailSafe(head.headers),
  ...encryptionHeaders(target),
  ...versionHeaders(target, head),
  ...classHeaders(head),
  ETag: head.etag,
  "Last-Modified": new Date(head.lastModified).toUTCString(),
  "Content-Length": String(head.size),
  "Accept-Ranges": "bytes",
});

/** The checksum, where it is asked for and is of what is sent. */
function checksumOf(request: ServiceRequest, head: ObjectHead): Readonly<Record<string, string>> {
  const asked = said(request)["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED";
  const isPart = request.headers.range !== undefined || (head.upload !== undefined && request.query.has("partNumber"));
  return head.checksum && asked && !isPart ? checksumHeaders(head.checksum) : {};
}

/** What a read asks for of an object: a range, a part that it was uploaded in, or all. */
function askedPart(request: ServiceRequest, { head, body }: StoredObject): ReturnType<typeof partOf> {
  const part = numberedPart(request, head);
  if (!part || part.size === 0) return partOf(body, request.headers.range);
  const asked = partOf(body, `bytes=${part.first}-${part.first + part.size - 1}`);
  return { ...asked, headers: { ...asked.headers, ...(part.of ? { "x-amz-mp-parts-count": String(part.of) } : {}) } };
}

/** The number of tags is told to those who may read them (S3 API reference, GetObject, `x-amz-tagging-count`). */
function tagHeaders({ bucket, key }: Target, { tags = [] }: ObjectHead, permitted: Permitted): Record<string, string> {
  const need = { action: "s3:GetObjectTagging", resource: objectArn(bucket, key), optional: true };
  if (tags.length === 0 || !permitted(need)) return {};
  return { "x-amz-tagging-count": String(tags.length) };
}

function answerOf(
  request: ServiceRequest,
  target: Target,
  { head, body, permitted }: StoredObject & { readonly permitted: Permitted },
): ServiceResponse {
  const headers = { ...headHeaders(target, head), ...tagHeaders(target, head, permitted) };
  if (isUnchanged(request, head)) return { status: 304, headers: { ...headers, "Content-Length": "0" } };
  if (request.method === "GET") refuseArchived(head);
  const part = askedPart(request, { head, body });
  const all = { ...headers, ...checksumOf(request, head), ...overridden(request), ...part.headers };
  return { ...part, headers: all, ...(request.method === "HEAD" ? { body: "" } : {}) };
}

/** @throws ServiceError for an archived object, which would have to be restored first */
export function refuseArchived({ storageClass = "" }: ObjectHead): void {
  if (storageClass !== "GLACIER" && storageClass !== "DEEP_ARCHIVE") return;
  throw new ServiceError("InvalidObjectState", "The operation is not valid for the object's storage class", {
    status: 403,
    members: { StorageClass: storageClass },
  });
}

/** The error in place of an object: there is none, or a delete marker. */
function absent(target: Target, versionId: string | undefined, marker: ObjectHead | undefined): ServiceError {
  const { key } = target;
  if (!marker) return versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  const headers = { "x-amz-delete-marker": "true", ...versionHeaders(target, marker) };
  if (versionId === undefined) return noSuchKey(key, headers);
  const message = "The specified method is not allowed against this resource.";
  return new ServiceError("MethodNotAllowed", message, {
    status: 405,
    members: { ResourceType: "DeleteMarker" },
    headers: { ...headers, Allow: "DELETE", "Last-Modified": new Date(marker.lastModified).toUTCString() },
  });
}

/** The right to read an object, or one version of it. */
export function readNeed({ bucket, key }: Target, versionId: string | undefined): Need {
  const resource = objectArn(bucket, key);
  if (versionId === undefined) return { action: "s3:GetObject", resource };
  return { action: "s3:GetObjectVersion", resource, contextKeys: { "s3:versionid": versionId } };
}

/** @throws ServiceError where there is none, in the words that its reader may be told */
export async function foundObject(
  target: Target,
  versionId: string | undefined,
  permitted: Permitted,
): Promise<StoredObject> {
  const found = await target.files.get(target.key, versionId);
  if (found && !found.head.deleteMarker) return found;
  // Who may not list a bucket does not learn either that a key is not in it.
  if (!found && !permitted({ action: "s3:ListBucket", resource: bucketArn(target.bucket) })) {
    throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  }
  throw absent(target, versionId, found?.head);
}

/** `GetObject` and `HeadObject`: the newest version, or the one that is named. */
export function getObject(request: ServiceRequest, target: Target): Operation {
  const versionId = versionIdIn(request);
  // Reading the metadata of an object decrypts nothing.
  const uses = request.method === "GET" ? keyNeeds(target, "kms:Decrypt") : [];
  return {
    needs: [readNeed(target, versionId), ...uses],
    run: async (permitted) =>
      answerOf(request, target, { ...(await foundObject(target, versionId, permitted)), permitted }),
  };
}
