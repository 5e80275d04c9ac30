import { objectArn } from "../../../aws/arn";
import { type Need, notEmulated, ServiceError, type ServiceRequest } from "../service";
import type { ObjectHead } from "./objects";
import { said } from "./rules";
import { keyNeeds, type Target } from "./target";

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

/** What has been stored. @throws ServiceError where an object was there already, and only a new one was wanted */
export function stored(head: ObjectHead | undefined): ObjectHead {
  if (head) return head;
  const message = "At least one of the pre-conditions you specified did not hold";
  throw new ServiceError("PreconditionFailed", message, { status: 412, members: { Condition: "If-None-Match" } });
}

/** Whether an object is to be left alone that is there already; S3 knows no other condition of this header. */
export function onlyNew({ headers }: ServiceRequest): boolean {
  const condition = headers["if-none-match"];
  if (headers["if-match"] !== undefined) throw notEmulated("S3", "PUT with If-Match");
  if (condition === undefined || condition === "*") return condition === "*";
  throw new ServiceError("NotImplemented", "A header you provided implies functionality that is not implemented", {
    status: 501,
  });
}

/** The rights to put an object, whole or in parts. */
export function putNeeds(request: ServiceRequest, target: Target): Need[] {
  const [resource, asked] = [objectArn(target.bucket, target.key), said(request)["x-amz-acl"]];
  const contextKeys = asked === undefined ? {} : { "s3:x-amz-acl": asked };
  const actions = asked === undefined ? ["s3:PutObject"] : ["s3:PutObject", "s3:PutObjectAcl"];
  return [...actions.map((action) => ({ action, resource, contextKeys })), ...keyNeeds(target, "kms:GenerateDataKey")];
}

/** Buckets have no lists of rights: the owner has all of them. @throws ServiceError where a request gives somebody others */
export function checkAcl(request: ServiceRequest): void {
  const asked = said(request)["x-amz-acl"];
  if (asked === undefined || asked === "bucket-owner-full-control") return;
  throw new ServiceError("AccessControlListNotSupported", "The bucket does not allow ACLs");
}
