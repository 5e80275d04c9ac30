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
import { bucketVersioning, headBucket, listBuckets } from "./bucket-operations";
import type { Buckets } from "./buckets";
import { deleteObject } from "./deleting";
import { invalidArgument } from "./errors";
import { getObject } from "./getting";
import { listObjects } from "./listing";
import { listUploads, multipartOperation } from "./multipart";
import { putObject } from "./putting";
import { check } from "./rules";
import { common, document, type Target } from "./target";
import { listVersions } from "./version-listing";

function failure({ code, message, status, members, headers: own }: ServiceError): ServiceResponse {
  const headers = common();
  const error = { Code: code, Message: message, ...members, RequestId: headers["x-amz-request-id"], HostId: "local" };
  return {
    status,
    headers: { ...headers, ...own, "Content-Type": "application/xml" },
    body: document("Error", error),
  };
}

/** S3's operations on objects, with the bucket in the path. */
export function s3Service(buckets: () => readonly BucketDefinition[], kept: Buckets): Service {
  return {
    failure,
    operation: (request) => {
      const [name = "", ...rest] = decoded(request.path.slice(1)).split("/");
      const key = rest.join("/");
      check(request, key);
      if (name === "" && request.method === "GET") return listBuckets(request, buckets());
      const known = buckets().find((bucket) => bucket.name === name);
      const { encryption, versioning } = known ?? {};
      const files = { files: kept.objects(known ?? { name }), uploads: kept.uploads(name) };
      const operation = operationOf(request, { bucket: name, key, ...files, encryption, versioning });
      if (known) return operation;
      const missing = new ServiceError("NoSuchBucket", "The specified bucket does not exist", { status: 404 });
      return { needs: operation.needs, run: () => Promise.reject(missing) };
    },
  };
}

function bucketOperation(request: ServiceRequest, target: Target): Operation {
  const { method, query } = request;
  const [first = "", ...others] = ["list-type", "uploads", "versioning", "versions"].filter((name) => query.has(name));
  if (others.length > 0) {
    const names = [first, ...others].join(", ");
    throw invalidArgument("ResourceType", first, `Conflicting query string parameters: ${names}`);
  }
  if (method === "HEAD") return headBucket(request, target);
  if (method === "GET" && query.get("list-type") === "2") return listObjects(request, target);
  if (method === "GET" && query.has("versions")) return listVersions(request, target);
  if (method === "GET" && query.has("versioning")) return bucketVersioning(target);
  if (method === "GET" && query.has("uploads")) return listUploads(request, target);
  throw notEmulated("S3", `${method} on a bucket`);
}

function operationOf(request: ServiceRequest, target: Target): Operation {
  const { method, query, headers } = request;
  if (target.key === "") return bucketOperation(request, target);
  const multipart = multipartOperation(request, target);
  if (multipart) return multipart;
  if (method === "GET" || method === "HEAD") return getObject(request, target);
  if (method === "DELETE" && headers["if-match"] === undefined) return deleteObject(request, target);
  if (method === "PUT" && !query.has("versionId")) return putObject(request, target);
  throw notEmulated("S3", `${method} ${[...query.keys()].join("&")}`.trim());
}
