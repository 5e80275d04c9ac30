import { objectArn } from "../../../aws/arn";
import { type Need, type Operation, ServiceError, type ServiceRequest } from "../service";
import { uploaded } from "./body";
import { verify } from "./checksums";
import { noSuchKey, preconditionFailed } from "./errors";
import type { NewObject } from "./objects";
import { isAmong } from "./reading";
import { said } from "./rules";
import { common, keyNeeds, newVersionHeaders, type Target } from "./target";

const storedNames =
  /^(content-type|content-encoding|content-disposition|content-language|cache-control|expires|x-amz-meta-.*)$/;

/** The headers that are kept with an object. */
export function storedHeaders(request: ServiceRequest): Record<string, string> {
  const pairs = Object.entries(said(request)).filter(([name]) => storedNames.test(name));
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value).replace(/,?aws-chunked,?/, "")]));
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

/**
 * The condition of a write: that there is no object yet, or the one that is meant (S3 User Guide, "How to prevent object
 * overwrites with conditional writes").
 *
 * @throws ServiceError for other conditions
 */
export function writeCondition({ headers }: ServiceRequest, { key }: Target): Required<Pick<NewObject, "check">> {
  const { "if-match": match, "if-none-match": noneMatch } = headers;
  if (match !== undefined && noneMatch !== undefined) {
    throw noSuchCondition("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  }
  const accepted = (header: string) => `We don't accept the provided value of ${header} header for this API`;
  if (match === "*") throw noSuchCondition("If-Match", accepted("If-Match"));
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw noSuchCondition("If-None-Match", accepted("If-None-Match"));
  }
  return {
    check: (current) => {
      if (noneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
      if (match === undefined) return;
      if (!current) throw noSuchKey(key);
      if (!isAmong(current.etag, match)) throw preconditionFailed("If-Match");
    },
  };
}

/** The condition keys of a write (Service Authorization Reference, "Condition keys for Amazon S3"). */
function putContextKeys(request: ServiceRequest, creates: boolean): Record<string, string> {
  const all = said(request);
  const given = ["x-amz-acl", "if-match", "if-none-match"].flatMap((name) =>
    all[name] === undefined ? [] : [[`s3:${name}`, all[name]]],
  );
  return { ...Object.fromEntries(given), "s3:objectcreationoperation": String(creates) };
}

/**
 * The rights to put an object, whole or in parts; who may put it under a condition on what is there may read that.
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
  ];
  return [...actions.map((action) => ({ action, resource, contextKeys })), ...keyNeeds(target, "kms:GenerateDataKey")];
}

/** Buckets have no lists of rights: the owner has all of them. @throws ServiceError where a request gives somebody others */
export function checkAcl(request: ServiceRequest): void {
  const asked = said(request)["x-amz-acl"];
  if (asked === undefined || asked === "bucket-owner-full-control") return;
  throw new ServiceError("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

/** `PutObject`. */
export function putObject(request: ServiceRequest, target: Target): Operation {
  return {
    needs: putNeeds(request, target, true),
    run: async () => {
      checkAcl(request);
      const condition = writeCondition(request, target);
      const { body, trailers } = uploaded(request);
      refuseLarge(body.length);
      verify(body, { ...said(request), ...trailers });
      const head = await target.files.put(target.key, { body, headers: storedHeaders(request), ...condition });
      return { status: 200, headers: { ...common(), ETag: head.etag, ...newVersionHeaders(target, head) } };
    },
  };
}
