import { s3Limits } from "../../../aws/limits";
import { notEmulated, ServiceError, type ServiceRequest } from "../service";

/** Headers that are read, or have no effect on the object; all others would do something that is not emulated. */
const headers =
  /^x-amz-(content-sha256|date|security-token|user-agent|algorithm|credential|expires|signature|signedheaders|acl|meta-.*|checksum-.*|sdk-checksum-algorithm|trailer|decoded-content-length|storage-class|server-side-encryption|expected-bucket-owner)$/;
const queries =
  /^(x-id|list-type|prefix|max-keys|delimiter|encoding-type|max-buckets|continuation-token|start-after|fetch-owner|uploads|uploadid|partnumber|versionid|versions|versioning|key-marker|version-id-marker|response-.*|x-amz-.*)$/;

/** The headers of a request, with those that are part of a signed URL. */
export function said({ headers: sent, query }: ServiceRequest): Readonly<Record<string, string>> {
  const hoisted = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  const inUrl = hoisted.filter(([name]) => name.startsWith("x-amz-"));
  const inHead = Object.entries(sent).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries([...inUrl, ...inHead]);
}

/**
 * Refuses what S3 would refuse in any request, and what is not emulated.
 *
 * @throws ServiceError
 */
export function check(request: ServiceRequest, key: string): void {
  const { method, query, caller } = request;
  const parameter = [...query.keys()].find((name) => !queries.test(name.toLowerCase()));
  if (parameter !== undefined) throw notEmulated("S3", `${method} ?${parameter}`);
  const all = said(request);
  const header = Object.keys(all).find((name) => name.startsWith("x-amz-") && !headers.test(name));
  if (header !== undefined) throw notEmulated("S3", `${method} with ${header}`);
  const misnamed = Object.keys(all).find(
    (name) => name.startsWith("x-amz-meta-") && !/^[!#$%&'*+.^_`|~\w-]+$/.test(name),
  );
  if (misnamed !== undefined) throw new ServiceError("InvalidArgument", `${misnamed} is no name of a header`);
  const encryption = all["x-amz-server-side-encryption"] ?? "AES256";
  if (encryption !== "AES256") throw notEmulated("S3", `${method} with x-amz-server-side-encryption ${encryption}`);
  if (Buffer.byteLength(key) > s3Limits.keyBytes) throw new ServiceError("KeyTooLongError", "Your key is too long");
  if ((all["x-amz-expected-bucket-owner"] ?? caller.accountId) !== caller.accountId) {
    throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  }
}
