import { objectArn } from "../../../aws/arn";
import { type Need, notEmulated, type Operation, ServiceError, type ServiceRequest } from "../service";
import { uploaded } from "./body";
import { checksumHeaders, verify } from "./checksums";
import { noSuchKey, preconditionFailed } from "./errors";
import type { ObjectHead } from "./object-file";
import type { NewObject } from "./objects";
import { isAmong } from "./reading";
import { said } from "./rules";
import { hasTags, tagsIn } from "./tags";
import { common, encryptionHeaders, keyNeeds, newVersionHeaders, type Target } from "./target";

const storedNames =
  /^(content-type|content-encoding|content-disposition|content-language|cache-control|expires|x-amz-meta-.*)$/;

/** The encoding of the object as it is said, without that of the transfer. */
const withoutChunks = (encoding: string): string =>
  encoding
    .split(/(?<=,)/)
    .filter((each) => each.replace(",", "").trim() !== "aws-chunked")
    .join("")
    .replace(/^\s+|[\s,]+$/g, "");

/** The headers that are kept with an object. */
export function storedHeaders(request: ServiceRequest): Record<string, string> {
  const pairs = Object.entries(said(request)).filter(([name]) => storedNames.test(name));
  const kept = pairs.map(
    ([name, value]) => [name, name === "content-encoding" ? withoutChunks(value) : value] as const,
  );
  return Object.fromEntries(kept.filter(([name, value]) => name.startsWith("x-amz-meta-") || value !== ""));
}

/** (S3 API reference, PutObject, `x-amz-storage-class`; those of other kinds of buckets left out) */
const storageClasses = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
];

/** The class that an object is to have. @throws ServiceError for one that there is not */
export function storageClassIn(request: ServiceRequest): Pick<NewObject, "storageClass"> {
  const name = said(request)["x-amz-storage-class"] ?? "STANDARD";
  if (!storageClasses.includes(name)) {
    throw new ServiceError("InvalidStorageClass", "The storage class you specified is not valid", {
      members: { StorageClassRequested: name },
    });
  }
  return name === "STANDARD" ? {} : { storageClass: name };
}

/** The tags that an object is to have. @throws ServiceError for what is none */
export function newTags(request: ServiceRequest): Pick<NewObject, "tags"> {
  const tags = tagsIn(request);
  return tags.length === 0 ? {} : { tags };
}

const sizeLimit = 64 * 1024 * 1024;

/** @throws ServiceError for more bytes than a local object may have */
export function refuseLarge(bytes: number): void {
  if (bytes > sizeLimit) throw new ServiceError("EntityTooLarge", "the local bucket takes objects up to 64 MB");
}

/** A condition that S3 has in the standard, and not of writes. */
function noSuchCondition(header: string, why: string): ServiceError {
  const message = "A header you provided implies functionality that is not implemented";
  return new ServiceError("NotImplemented", message, {
    status: 501,
    members: { Header: header, additionalMessage: why },
  });
}

/** Has a write be about the object that is meant alone. */
export const onlyIf =
  (key: string, etag: string): NonNullable<NewObject["check"]> =>
  (current) => {
    if (!current) throw noSuchKey(key);
    if (!isAmong(current.etag, etag)) throw preconditionFailed("If-Match");
  };

const onlyNew: NonNullable<NewObject["check"]> = (current) => {
  if (current) throw preconditionFailed("If-None-Match");
};

/**
 * The condition of a write: that there is no object yet, or the one that is meant (S3 User Guide, "How to prevent object
 * overwrites with conditional writes").
 *
 * @throws ServiceError for other conditions
 */
export function writeCondition({ headers }: ServiceRequest, { key }: Target): Pick<NewObject, "check"> {
  const { "if-match": match, "if-none-match": noneMatch } = headers;
  if (match !== undefined && noneMatch !== undefined) {
    throw noSuchCondition("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  }
  const unaccepted = (header: string) =>
    noSuchCondition(header, `We don't accept the provided value of ${header} header for this API`);
  if (match === "*") throw unaccepted("If-Match");
  if (noneMatch !== undefined && noneMatch !== "*") throw unaccepted("If-None-Match");
  if (match !== undefined) return { check: onlyIf(key, match) };
  return noneMatch === undefined ? {} : { check: onlyNew };
}

/** The condition keys of a write (Service Authorization Reference, "Condition keys for Amazon S3"). */
function putContextKeys(request: ServiceRequest, creates: boolean): Record<string, string> {
  const all = said(request);
  const headers = [
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
    "if-match",
    "if-none-match",
  ];
  const given = headers.flatMap((name) => (all[name] === undefined ? [] : [[`s3:${name}`, all[name]]]));
  return { ...Object.fromEntries(given), "s3:objectcreationoperation": String(creates) };
}

/**
 * The rights to put an object, whole or in parts; who puts it under a condition on what is there may read that.
 *
 * @param creates whether there is an object of it then, and not only a part of one
 */
export function putNeeds(request: ServiceRequest, target: Target, creates: boolean): Need[] {
  const resource = objectArn(target.bucket, target.key);
  const contextKeys = putContextKeys(request, creates);
  const actions = [
    "s3:PutObject",
    ...("s3:x-amz-acl" in contextKeys ? ["s3:PutObjectAcl"] : []),
    ...("s3:if-match" in contextKeys ? ["s3:GetObject"] : []),
    ...(hasTags(request) ? ["s3:PutObjectTagging"] : []),
  ];
  return [...actions.map((action) => ({ action, resource, contextKeys })), ...keyNeeds(target, "kms:GenerateDataKey")];
}

/**
 * Buckets have no lists of rights: the owner has all of them. And each encrypts in its own way.
 *
 * @throws ServiceError where a request gives somebody others, or asks for another encryption
 */
export function checkSettings(request: ServiceRequest, target: Target): void {
  const { "x-amz-acl": acl, "x-amz-server-side-encryption": encryption } = said(request);
  if (acl !== undefined && acl !== "bucket-owner-full-control") {
    throw new ServiceError("AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
  if (encryption === undefined || encryption === encryptionHeaders(target)["x-amz-server-side-encryption"]) return;
  throw notEmulated("S3", `x-amz-server-side-encryption ${encryption}, of which the bucket's own differs,`);
}

/** Headers of each answer about a new object. */
export const putHeaders = (target: Target, head: ObjectHead): Record<string, string> => ({
  ...common(),
  ...encryptionHeaders(target),
  ...newVersionHeaders(target, head),
});

/** `PutObject`. */
export function putObject(request: ServiceRequest, target: Target): Operation {
  return {
    needs: putNeeds(request, target, true),
    run: async () => {
      checkSettings(request, target);
      const settings = {
        headers: storedHeaders(request),
        ...storageClassIn(request),
        ...newTags(request),
        ...writeCondition(request, target),
      };
      const { body, trailers } = uploaded(request);
      refuseLarge(body.length);
      const checksum = verify(body, { ...said(request), ...trailers });
      const head = await target.files.put(target.key, { body, checksum, ...settings });
      const headers = { ...putHeaders(target, head), ...checksumHeaders(checksum), ETag: head.etag };
      return { status: 200, headers };
    },
  };
}
