import { bucketArn, objectArn } from "../../../aws/arn";
import type { BucketDefinition } from "../../read/bucket-definition";
import {
  decoded,
  notEmulated,
  type Operation,
  type Service,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "../service";
import { uploaded } from "./body";
import type { Buckets } from "./buckets";
import { verify } from "./checksums";
import { headBucket, listBuckets, listObjects } from "./listing";
import { listUploads, multipartOperation } from "./multipart";
import type { ObjectHead } from "./objects";
import { checkAcl, onlyNew, putNeeds, refuseLarge, stored, storedHeaders } from "./putting";
import { isHeaderValue, isUnchanged, overridden, partOf } from "./reading";
import { check, said } from "./rules";
import { common, document, keyNeeds, type Target } from "./target";

function failure({ code, message, status, members }: ServiceError): ServiceResponse {
  const headers = common();
  const error = { Code: code, Message: message, ...members, RequestId: headers["x-amz-request-id"], HostId: "local" };
  return {
    status,
    headers: { ...headers, "Content-Type": "application/xml" },
    body: document("Error", error),
  };
}

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

function putObject(request: ServiceRequest, target: Target): Operation {
  const { key, files } = target;
  return {
    needs: putNeeds(request, target),
    run: async () => {
      checkAcl(request);
      const { body, trailers } = uploaded(request);
      refuseLarge(body.length);
      verify(body, { ...said(request), ...trailers });
      const head = await files.put(key, { body, headers: storedHeaders(request), onlyNew: onlyNew(request) });
      return { status: 200, headers: { ...common(), ETag: stored(head).etag } };
    },
  };
}

function answerOf(request: ServiceRequest, { head, body }: { head: ObjectHead; body: Buffer }): ServiceResponse {
  const headers = headHeaders(head);
  if (isUnchanged(request, head)) return { status: 304, headers: { ...headers, "Content-Length": "0" } };
  const part = partOf(body, request.headers.range);
  const all = { ...headers, ...overridden(request), ...part.headers };
  return { ...part, headers: all, ...(request.method === "HEAD" ? { body: "" } : {}) };
}

function getObject(request: ServiceRequest, target: Target): Operation {
  const { key, files } = target;
  // Who only looks at what is known of an object decrypts nothing.
  const uses = request.method === "GET" ? keyNeeds(target, "kms:Decrypt") : [];
  return {
    needs: [{ action: "s3:GetObject", resource: objectArn(target.bucket, target.key) }, ...uses],
    run: async (permitted) => {
      const found = await files.get(key);
      if (found) return answerOf(request, found);
      // Who may not list a bucket is not told either that a key is not in it.
      if (!permitted({ action: "s3:ListBucket", resource: bucketArn(target.bucket) })) {
        throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
      }
      const message = "The specified key does not exist.";
      throw new ServiceError("NoSuchKey", message, { status: 404, members: { Key: key } });
    },
  };
}

function deleteObject(target: Target): Operation {
  return {
    needs: [{ action: "s3:DeleteObject", resource: objectArn(target.bucket, target.key) }],
    run: async () => {
      await target.files.delete(target.key);
      return { status: 204, headers: common() };
    },
  };
}

/** S3's operations on objects, with the bucket in the path. */
export function s3Service(buckets: () => readonly BucketDefinition[], kept: Buckets): Service {
  return {
    failure,
    operation: (request) => {
      const [bucket = "", ...rest] = decoded(request.path.slice(1)).split("/");
      const key = rest.join("/");
      check(request, key);
      if (bucket === "" && request.method === "GET") return listBuckets(request, buckets());
      const known = buckets().find(({ name }) => name === bucket);
      const files = { files: kept.objects(bucket), uploads: kept.uploads(bucket) };
      const target = { bucket, key, ...files, encryption: known?.encryption };
      const operation = operationOf(request, target);
      if (known) return operation;
      const missing = new ServiceError("NoSuchBucket", "The specified bucket does not exist", { status: 404 });
      return { needs: operation.needs, run: () => Promise.reject(missing) };
    },
  };
}

function operationOf(request: ServiceRequest, target: Target): Operation {
  const { method, query, headers } = request;
  const lists = target.key === "" && method === "GET";
  if (lists && query.get("list-type") === "2") return listObjects(request, target);
  if (target.key === "" && method === "HEAD") return headBucket(request, target);
  if (lists && query.has("uploads")) return listUploads(request, target);
  if (target.key === "") throw notEmulated("S3", `${method} on a bucket`);
  const multipart = multipartOperation(request, target);
  if (multipart) return multipart;
  if (method === "PUT") return putObject(request, target);
  if (method === "GET" || method === "HEAD") return getObject(request, target);
  if (method === "DELETE" && headers["if-match"] === undefined) return deleteObject(target);
  throw notEmulated("S3", method);
}
