import { s3Limits } from "../../../aws/limits";
import { checkMembers } from "../members";
import { type Operation, ServiceError, type ServiceRequest, type ServiceResponse } from "../service";
import {
  badDigest,
  type Checksum,
  checksumMembers,
  compositeOf,
  ownAlgorithm,
  statedChecksum,
  sumOf,
} from "./checksums";
import { s3Members } from "./members";
import { partNeeds, uploadIn } from "./multipart";
import type { ObjectHead } from "./object-file";
import { putHeaders, refuseLarge, writeCondition } from "./putting";
import { said } from "./rules";
import { answerWith, type Target } from "./target";
import { etagOf, type Part, type Upload } from "./uploads";
import { malformed, parseXml, textsOf } from "./xml-input";

interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** Member → checksum: `ChecksumCRC32`. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** The parts that a body lists. @throws ServiceError unless they are in ascending order, at least one */
function partsIn({ body }: ServiceRequest): readonly NamedPart[] {
  const root = parseXml(body);
  const Parts = root.children.filter(({ name }) => name === "Part").map(textsOf);
  const given = { MultipartUpload: { Parts } };
  checkMembers("S3", "CompleteMultipartUpload", given, s3Members["CompleteMultipartUpload"] ?? {});
  const parts = Parts.map(({ PartNumber, ETag = "", ...checksums }) => ({
    number: Number(PartNumber),
    etag: ETag.trim().replaceAll('"', ""),
    checksums,
  }));
  if (parts.length === 0 || parts.some(({ number, etag }) => !Number.isInteger(number) || number < 1 || etag === "")) {
    throw malformed();
  }
  if (parts.every(({ number }, index) => number > (parts[index - 1]?.number ?? 0))) return parts;
  throw new ServiceError(
    "InvalidPartOrder",
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
  );
}

const isMeant = ({ number, etag, checksums }: NamedPart, part: Part): boolean => {
  const own = checksumMembers(part.checksum);
  const agrees = Object.entries(checksums).every(([name, value]) => own[name] === undefined || own[name] === value);
  return part.number === number && part.etag === `"${etag}"` && agrees;
};

/** @throws ServiceError where one is not there as it is named, or too small to be in the middle */
function chosen(named: readonly NamedPart[], there: readonly Part[], upload: Upload): readonly Part[] {
  return named.map((wanted, index) => {
    const part = there.find((candidate) => isMeant(wanted, candidate));
    const { number, etag } = wanted;
    if (!part) {
      const message =
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      const members = { UploadId: upload.id, PartNumber: String(number), ETag: etag };
      throw new ServiceError("InvalidPart", message, { members });
    }
    if (index < named.length - 1 && part.size < s3Limits.smallestPartBytes) {
      throw new ServiceError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
        members: {
          ProposedSize: String(part.size),
          MinSizeAllowed: String(s3Limits.smallestPartBytes),
          PartNumber: String(number),
          ETag: etag,
        },
      });
    }
    return part;
  });
}

/** The checksum of the whole, by what the upload began with. @throws ServiceError where the request says another */
function checksumOf(
  request: ServiceRequest,
  upload: Upload,
  { parts, body }: { parts: readonly Part[]; body: Buffer },
) {
  const { algorithm, type } = upload.object.checksum ?? { algorithm: ownAlgorithm, type: "FULL_OBJECT" };
  const whole: Checksum =
    type === "COMPOSITE"
      ? compositeOf(
          algorithm,
          parts.map(({ checksum }) => checksum?.value ?? ""),
        )
      : { algorithm, value: sumOf(algorithm, body), type };
  const stated = statedChecksum(said(request));
  if (stated && (stated.algorithm !== algorithm || stated.value !== whole.value)) throw badDigest(stated.algorithm);
  return whole;
}

function checkSize(request: ServiceRequest, size: number): void {
  const stated = said(request)["x-amz-mp-object-size"];
  if (stated === undefined || Number(stated) === size) return;
  const message = `The provided 'x-amz-mp-object-size' header value ${stated} does not match what was computed: ${size}`;
  throw new ServiceError("InvalidRequest", message);
}

/** The answer about the object that an upload has become. */
function completed(target: Target, head: ObjectHead): ServiceResponse {
  const { bucket: Bucket, key: Key } = target;
  const Location = `https://${Bucket}.s3.amazonaws.com/${encodeURIComponent(Key)}`;
  const { checksum } = head;
  const sums = { ...checksumMembers(checksum), ChecksumType: checksum?.type };
  const answer = answerWith("CompleteMultipartUploadResult", { Location, Bucket, Key, ETag: head.etag, ...sums });
  return { ...answer, headers: { ...answer.headers, ...putHeaders(target, head) } };
}

/**
 * The object that an upload has become already: whoever lost the answer asks for it again (observed: ceph's s3-tests, which
 * run against AWS, test_multipart_upload_small).
 */
async function earlierResult({ query }: ServiceRequest, { key, files }: Target): Promise<ObjectHead | undefined> {
  const head = (await files.get(key))?.head;
  return head?.upload !== undefined && head.upload.id === query.get("uploadId") ? head : undefined;
}

/** `CompleteMultipartUpload`. */
export const completeUpload = (request: ServiceRequest, target: Target): Operation => ({
  needs: partNeeds(request, target, true),
  run: async () => {
    const { key, files, uploads } = target;
    const condition = writeCondition(request, target);
    const earlier = await earlierResult(request, target);
    if (earlier) return completed(target, earlier);
    const upload = await uploadIn(request, target);
    const parts = chosen(partsIn(request), await uploads.parts(upload), upload);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    refuseLarge(size);
    checkSize(request, size);
    const body = await uploads.bytes(upload, parts);
    const checksum = checksumOf(request, upload, { parts, body });
    const { headers, storageClass, tags } = upload.object;
    const own = { ...(storageClass === undefined ? {} : { storageClass }), ...(tags ? { tags } : {}) };
    const of = { id: upload.id, parts: parts.map((part) => [part.number, part.size] as const) };
    const object = { body, headers, ...own, checksum, etag: etagOf(parts), upload: of };
    const head = await files.put(key, { ...object, ...condition });
    await uploads.delete(upload);
    return completed(target, head);
  },
});
