import { bucketArn, objectArn } from "../../../aws/arn";
import { type Operation, ServiceError, type ServiceRequest, type ServiceResponse } from "../service";
import { noSuchKey, noSuchVersion } from "./errors";
import type { ObjectHead } from "./object-file";
import type { StoredObject } from "./objects";
import { isHeaderValue, isUnchanged, overridden, partOf } from "./reading";
import { common, keyNeeds, type Target, versionHeaders } from "./target";
import { versionIdIn } from "./version-id";

/** Values that no header can have are sent as RFC 2047 writes them (S3 User Guide, "Working with object metadata"). */
function mailSafe(headers: ObjectHead["headers"]): Record<string, string> {
  const safe = (value: string) =>
    isHeaderValue(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, safe(value)]));
}

const headHeaders = ({ headers, etag, size, lastModified }: ObjectHead): Record<string, string> => ({
  ...common(),
  "content-type": "binary/octet-stream",
  ...mailSafe(headers),
  ETag: etag,
  "Last-Modified": new Date(lastModified).toUTCString(),
  "Content-Length": String(size),
  "Accept-Ranges": "bytes",
});

function answerOf(request: ServiceRequest, target: Target, { head, body }: StoredObject): ServiceResponse {
  const headers = { ...headHeaders(head), ...versionHeaders(target, head) };
  if (isUnchanged(request, head)) return { status: 304, headers: { ...headers, "Content-Length": "0" } };
  const part = partOf(body, request.headers.range);
  const all = { ...headers, ...overridden(request), ...part.headers };
  return { ...part, headers: all, ...(request.method === "HEAD" ? { body: "" } : {}) };
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

/** `GetObject` and `HeadObject`: the newest version, or the one that is named. */
export function getObject(request: ServiceRequest, target: Target): Operation {
  const { bucket, key, files } = target;
  const versionId = versionIdIn(request);
  const resource = objectArn(bucket, key);
  // Reading the metadata of an object decrypts nothing.
  const uses = request.method === "GET" ? keyNeeds(target, "kms:Decrypt") : [];
  const own =
    versionId === undefined
      ? { action: "s3:GetObject", resource }
      : { action: "s3:GetObjectVersion", resource, contextKeys: { "s3:versionid": versionId } };
  return {
    needs: [own, ...uses],
    run: async (permitted) => {
      const found = await files.get(key, versionId);
      if (found && !found.head.deleteMarker) return answerOf(request, target, found);
      // Who may not list a bucket does not learn either that a key is not in it.
      if (!found && !permitted({ action: "s3:ListBucket", resource: bucketArn(bucket) })) {
        throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
      }
      throw absent(target, versionId, found?.head);
    },
  };
}
