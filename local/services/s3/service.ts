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
import { getAttributes } from "./attributes";
import { bucketLocation, bucketVersioning, headBucket, listBuckets } from "./bucket-operations";
import type { Buckets } from "./buckets";
import { completeUpload } from "./completing";
import { copySourceIn } from "./copy-source";
import { copyObject } from "./copying";
import { deleteObject, deleteObjects } from "./deleting";
import { getObject } from "./getting";
import { listObjects, listObjectsV2 } from "./listing";
import { s3Members } from "./members";
import { abortUpload, copyPart, createUpload, uploadPart } from "./multipart";
import { type CreatedObject, wanting } from "./notifications";
import { operationName } from "./operation-name";
import { putObject } from "./putting";
import { check, checkKey } from "./rules";
import { deleteTags, getTags, putTags } from "./tagging";
import { common, document, type Target } from "./target";
import { listParts, listUploads } from "./upload-listing";
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

type Make = (request: ServiceRequest, target: Target) => Operation;

const operations: ReadonlyMap<string, Make> = new Map(
  Object.entries({
    AbortMultipartUpload: abortUpload,
    CompleteMultipartUpload: completeUpload,
    CreateMultipartUpload: createUpload,
    DeleteObject: deleteObject,
    DeleteObjects: deleteObjects,
    DeleteObjectTagging: deleteTags,
    GetBucketLocation: bucketLocation,
    GetBucketVersioning: bucketVersioning,
    GetObject: getObject,
    GetObjectAttributes: getAttributes,
    GetObjectTagging: getTags,
    HeadBucket: headBucket,
    HeadObject: getObject,
    ListMultipartUploads: listUploads,
    ListObjects: listObjects,
    ListObjectsV2: listObjectsV2,
    ListObjectVersions: listVersions,
    ListParts: listParts,
    PutObject: putObject,
    PutObjectTagging: putTags,
    UploadPart: uploadPart,
  } satisfies Record<string, Make>),
);

/** Those that read another object, maybe of another bucket. */
const copies: ReadonlyMap<string, typeof copyObject> = new Map([
  ["CopyObject", copyObject],
  ["UploadPartCopy", copyPart],
]);

const noSuchBucket = (bucket: string): ServiceError =>
  new ServiceError("NoSuchBucket", "The specified bucket does not exist", {
    status: 404,
    members: { BucketName: bucket },
  });

/**
 * S3's operations on objects, with the bucket in the path.
 *
 * @param created is told of objects that somebody wants to know of, before their creator is answered
 */
export function s3Service(
  buckets: () => readonly BucketDefinition[],
  kept: Buckets,
  created: (object: CreatedObject) => Promise<void> = async () => undefined,
): Service {
  const named = (name: string) => buckets().find((bucket) => bucket.name === name);
  const targetOf = (bucket: string, key: string): Target => {
    const { encryption, versioning } = named(bucket) ?? {};
    const files = kept.objects(named(bucket) ?? { name: bucket });
    return { bucket, key, files, uploads: kept.uploads(bucket), encryption, versioning };
  };
  /** Whether a bucket is there is told to those alone who may use it. */
  const inBuckets = ({ needs, run }: Operation, ...names: readonly string[]): Operation => {
    const missing = names.find((name) => !named(name));
    return missing === undefined ? { needs, run } : { needs, run: () => Promise.reject(noSuchBucket(missing)) };
  };
  const telling = (operation: Operation, name: string, request: ServiceRequest, target: Target): Operation => {
    const bucket = named(target.bucket);
    if (!bucket || wanting(bucket, name, target.key).length === 0) return operation;
    const answeredThen = async (answer: ServiceResponse | Promise<ServiceResponse>): Promise<ServiceResponse> => {
      const { status } = await answer;
      const stored = status === 200 ? await target.files.get(target.key) : undefined;
      if (stored) await created({ bucket, operation: name, head: stored.head, request });
      return answer;
    };
    return {
      ...operation,
      run: (permitted) => {
        const answer = operation.run(permitted);
        return "stream" in answer ? answer : answeredThen(answer);
      },
    };
  };
  return {
    failure,
    operation: (request) => {
      const [bucket = "", ...rest] = decoded(request.path.slice(1)).split("/");
      const key = rest.join("/");
      checkKey(key);
      const source = key === "" ? undefined : copySourceIn(request);
      const isList = bucket === "" && request.method === "GET";
      const name = isList ? "ListBuckets" : operationName(request, key, source !== undefined);
      const members = s3Members[name ?? ""];
      if (name === undefined || !members)
        throw notEmulated("S3", `${request.method} ${[...request.query.keys()]}`.trim());
      check(request, name, members);
      if (isList) return listBuckets(request, buckets());
      const target = targetOf(bucket, key);
      const copy = copies.get(name);
      if (copy && source) {
        const from = { source: targetOf(source.bucket, source.key), versionId: source.versionId };
        return telling(inBuckets(copy(request, target, from), bucket, source.bucket), name, request, target);
      }
      const make = operations.get(name);
      if (!make) throw notEmulated("S3", name);
      return telling(inBuckets(make(request, target), bucket), name, request, target);
    },
  };
}
