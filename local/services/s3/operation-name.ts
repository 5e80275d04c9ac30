import type { ServiceRequest } from "../service";
import { invalidArgument } from "./errors";

/** Parameters that name what of a bucket a request is about. */
const subresources: ReadonlyMap<string, string> = new Map([
  ["location", "GetBucketLocation"],
  ["uploads", "ListMultipartUploads"],
  ["versioning", "GetBucketVersioning"],
  ["versions", "ListObjectVersions"],
]);

function onBucket({ method, query }: ServiceRequest): string | undefined {
  const [first, ...others] = [...subresources.keys(), "list-type"].filter((name) => query.has(name));
  if (first !== undefined && others.length > 0) {
    const names = [first, ...others].join(", ");
    throw invalidArgument("ResourceType", first, `Conflicting query string parameters: ${names}`);
  }
  if (method === "HEAD" && first === undefined) return "HeadBucket";
  if (method === "POST" && query.has("delete")) return "DeleteObjects";
  if (method !== "GET") return undefined;
  if (query.get("list-type") === "2") return "ListObjectsV2";
  return subresources.get(first ?? "") ?? "ListObjects";
}

/** Method → what it does with an upload in parts. */
const onUpload: ReadonlyMap<string, string> = new Map([
  ["DELETE", "AbortMultipartUpload"],
  ["GET", "ListParts"],
  ["POST", "CompleteMultipartUpload"],
]);

const onObject: ReadonlyMap<string, string> = new Map([
  ["DELETE", "DeleteObject"],
  ["GET", "GetObject"],
  ["HEAD", "HeadObject"],
  ["PUT", "PutObject"],
]);

const onTags: ReadonlyMap<string, string> = new Map([
  ["DELETE", "DeleteObjectTagging"],
  ["GET", "GetObjectTagging"],
  ["PUT", "PutObjectTagging"],
]);

/** The operation that a request on a bucket or an object asks for. @returns undefined for none that is emulated */
export function operationName(request: ServiceRequest, key: string, isCopy: boolean): string | undefined {
  const { method, query } = request;
  if (key === "") return query.has("tagging") || query.has("attributes") ? undefined : onBucket(request);
  if (query.has("attributes")) return method === "GET" ? "GetObjectAttributes" : undefined;
  if (query.has("tagging")) return onTags.get(method);
  if (query.has("uploads")) return method === "POST" ? "CreateMultipartUpload" : undefined;
  if (method === "PUT" && query.has("uploadId")) return isCopy ? "UploadPartCopy" : "UploadPart";
  if (query.has("uploadId")) return onUpload.get(method);
  return method === "PUT" && isCopy ? "CopyObject" : onObject.get(method);
}
