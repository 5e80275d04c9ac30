import { objectArn } from "../../../aws/arn";
import { type Need, type Operation, ServiceError, type ServiceRequest } from "../service";
import { uploaded } from "./body";
import { algorithmNamed, checksumHeaders, checksumMembers, verify } from "./checksums";
import { sourceNeeds, sourceObject } from "./copy-source";
import { invalidArgument } from "./errors";
import type { ObjectHead } from "./object-file";
import { partNumberIn } from "./part-number";
import { checkSettings, newTags, putNeeds, refuseLarge, storageClassIn, storedHeaders } from "./putting";
import { rangeIn } from "./reading";
import { said } from "./rules";
import { answerWith, common, encryptionHeaders, keyNeeds, type Target, versionHeaders } from "./target";
import type { Upload, UploadedObject } from "./uploads";

/** @throws ServiceError where there is no such upload for the key */
export async function uploadIn({ query }: ServiceRequest, { key, uploads }: Target): Promise<Upload> {
  const id = query.get("uploadId") ?? "";
  const upload = await uploads.find(id, key);
  if (upload) return upload;
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw new ServiceError("NoSuchUpload", message, { status: 404, members: { UploadId: id } });
}

/** The rights for each step: what is put in parts is also read again (S3 User Guide, "Multipart upload API and permissions"). */
export const partNeeds = (request: ServiceRequest, target: Target, creates = false): Need[] => [
  ...putNeeds(request, target, creates),
  ...keyNeeds(target, "kms:Decrypt"),
];

/** How the checksum of an object of parts is made (S3 User Guide, "Checking object integrity", multipart uploads). @throws ServiceError */
function checksumIn(request: ServiceRequest): Pick<UploadedObject, "checksum"> {
  const { "x-amz-checksum-algorithm": name, "x-amz-checksum-type": type } = said(request);
  if (name === undefined) return {};
  const algorithm = algorithmNamed(name);
  const isWhole = algorithm === "crc64nvme";
  const chosen = type ?? (isWhole ? "FULL_OBJECT" : "COMPOSITE");
  const isPossible = chosen === "COMPOSITE" ? !isWhole : chosen === "FULL_OBJECT" && algorithm.startsWith("crc");
  if (!isPossible) {
    const message = `The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`;
    throw new ServiceError("InvalidRequest", message);
  }
  return { checksum: { algorithm, type: chosen === "COMPOSITE" ? "COMPOSITE" : "FULL_OBJECT" } };
}

/** `CreateMultipartUpload`. */
export const createUpload = (request: ServiceRequest, target: Target): Operation => ({
  needs: partNeeds(request, target),
  run: async () => {
    checkSettings(request, target);
    const { bucket: Bucket, key: Key, uploads } = target;
    const checksum = checksumIn(request);
    const object = { headers: storedHeaders(request), ...storageClassIn(request), ...newTags(request), ...checksum };
    const UploadId = await uploads.create(Key, object);
    const answer = answerWith("InitiateMultipartUploadResult", { Bucket, Key, UploadId });
    const { algorithm, type } = checksum.checksum ?? {};
    const own: Record<string, string> =
      algorithm && type ? { "x-amz-checksum-algorithm": algorithm.toUpperCase(), "x-amz-checksum-type": type } : {};
    return { ...answer, headers: { ...answer.headers, ...encryptionHeaders(target), ...own } };
  },
});

async function storePart(
  target: Target,
  upload: Upload,
  part: { number: number; body: Buffer; said?: ReturnType<typeof said> },
): Promise<ObjectHead> {
  const { number, body } = part;
  refuseLarge(body.length);
  const wanted = upload.object.checksum?.algorithm;
  const checksum = verify(body, part.said ?? {}, wanted);
  if (wanted !== undefined && checksum.algorithm !== wanted) {
    const message = `Checksum Type mismatch occurred, expected checksum Type: ${wanted}, actual checksum Type: ${checksum.algorithm}`;
    throw new ServiceError("InvalidRequest", message);
  }
  return target.uploads.putPart(upload, number, { body, checksum });
}

/** `UploadPart`. */
export const uploadPart = (request: ServiceRequest, target: Target): Operation => ({
  needs: partNeeds(request, target),
  run: async () => {
    const number = partNumberIn(request);
    const upload = await uploadIn(request, target);
    const { body, trailers } = uploaded(request);
    const { etag, checksum } = await storePart(target, upload, {
      number,
      body,
      said: { ...said(request), ...trailers },
    });
    const { "x-amz-checksum-type": _, ...sum } = checksum ? checksumHeaders(checksum) : {};
    return { status: 200, headers: { ...common(), ...encryptionHeaders(target), ...sum, ETag: etag } };
  },
});

/** The bytes of a source that are copied: `bytes=0-9`, both ends inside. @throws ServiceError */
function rangeOf(request: ServiceRequest, body: Buffer): Buffer {
  const header = said(request)["x-amz-copy-source-range"];
  if (header === undefined) return body;
  const message =
    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy";
  if (!/^bytes=\d+-\d+$/.test(header)) throw invalidArgument("x-amz-copy-source-range", header, message);
  const [first, last] = rangeIn(header, Number.MAX_SAFE_INTEGER) ?? [0, -1];
  if (first <= last && last < body.length) return body.subarray(first, last + 1);
  const outside = `Range specified is not valid for source object of size: ${body.length}`;
  throw invalidArgument("x-amz-copy-source-range", header, outside);
}

/** `UploadPartCopy`. @param versionId of the source @default its newest */
export function copyPart(
  request: ServiceRequest,
  target: Target,
  { source, versionId }: { readonly source: Target; readonly versionId: string | undefined },
): Operation {
  return {
    needs: [...sourceNeeds(source, versionId), ...partNeeds(request, target)],
    run: async (permitted) => {
      const number = partNumberIn(request);
      const upload = await uploadIn(request, target);
      const { head, body } = await sourceObject(request, source, { versionId, permitted });
      const { etag, lastModified, checksum } = await storePart(target, upload, {
        number,
        body: rangeOf(request, body),
      });
      const result = { LastModified: lastModified, ETag: etag };
      const answer = answerWith("CopyPartResult", { ...result, ...checksumMembers(checksum) });
      const { "x-amz-version-id": id } = versionHeaders(source, head);
      const copied: Record<string, string> = id === undefined ? {} : { "x-amz-copy-source-version-id": id };
      return { ...answer, headers: { ...answer.headers, ...encryptionHeaders(target), ...copied } };
    },
  };
}

/** `AbortMultipartUpload`. */
export const abortUpload = (request: ServiceRequest, target: Target): Operation => ({
  needs: [{ action: "s3:AbortMultipartUpload", resource: objectArn(target.bucket, target.key) }],
  run: async () => {
    await target.uploads.delete(await uploadIn(request, target));
    return { status: 204, headers: common() };
  },
});
