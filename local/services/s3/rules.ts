import { s3Limits } from "../../../aws/limits";
import { checkMembers, type Members } from "../members";
import { notEmulated, ServiceError, type ServiceRequest } from "../service";
import { headerMembers, parameterMembers } from "./places";

/** Headers of signatures and of how bodies are sent, which are members of no operation. */
const transport =
  /^x-amz-(content-sha256|date|security-token|user-agent|algorithm|credential|expires|signature|signedheaders|trailer|decoded-content-length)$/;

/** Parameters that name an operation, or the SDK's for it. */
const markers = [
  "attributes",
  "delete",
  "list-type",
  "location",
  "tagging",
  "uploads",
  "versioning",
  "versions",
  "x-id",
];

const metadata = "x-amz-meta-";

/** The headers of a request, with those that are part of a signed URL. */
export function said({ headers: sent, query }: ServiceRequest): Readonly<Record<string, string>> {
  const hoisted = [...query].map(([name, value]) => [name.toLowerCase(), value] as const);
  const inUrl = hoisted.filter(([name]) => name.startsWith("x-amz-"));
  const inHead = Object.entries(sent).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries([...inUrl, ...inHead]);
}

/** Whether an operation's body is a document, which is a member itself, and no object. */
const isDocument = ({ Delete, Tagging }: Members): boolean => Delete !== undefined || typeof Tagging === "object";

/** The members of an operation that stand in headers and parameters. @throws ServiceError for one of AWS's that is none */
function membersIn(request: ServiceRequest, operation: string, members: Members): Readonly<Record<string, string>> {
  const input: Record<string, string> = {};
  for (const [name, value] of Object.entries(said(request))) {
    const member = name.startsWith(metadata) ? "Metadata" : headerMembers.get(name);
    // Headers of HTTP mean nothing to operations that do not have them.
    const isOurs = name.startsWith("x-amz-") && !transport.test(name);
    if (member === undefined && isOurs) throw notEmulated("S3", `${operation} with ${name}`);
    // Of a body that is a document, they are no members.
    if (name.startsWith("x-amz-checksum-") && isDocument(members)) continue;
    if (member !== undefined && (isOurs || Object.hasOwn(members, member))) input[member] = value;
  }
  for (const [name, value] of request.query) {
    const parameter = name.toLowerCase();
    if (markers.includes(parameter) || parameter.startsWith("x-amz-")) continue;
    const member = parameterMembers.get(parameter);
    if (member === undefined) throw notEmulated("S3", `${operation} with ?${name}`);
    input[member] = value;
  }
  return input;
}

/** @throws ServiceError for more than S3 stores, or a name that no header has */
function checkMetadata(all: Readonly<Record<string, string>>): void {
  const own = Object.entries(all).filter(([name]) => name.startsWith(metadata));
  const misnamed = own.find(([name]) => !/^[!#$%&'*+.^_`|~\w-]+$/.test(name));
  if (misnamed) throw new ServiceError("InvalidArgument", `${misnamed[0]} is no name of a header`);
  const pairs = own.map(([name, value]) => name.slice(metadata.length) + value);
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair), 0);
  if (bytes <= s3Limits.metadataBytes) return;
  throw new ServiceError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
    members: { Size: String(bytes), MaxSizeAllowed: String(s3Limits.metadataBytes) },
  });
}

/**
 * Refuses what S3 would refuse in any request, and what is not emulated.
 *
 * @throws ServiceError
 */
export function check(request: ServiceRequest, operation: string, members: Members): void {
  const { accountId } = request.caller;
  checkMembers("S3", operation, membersIn(request, operation, members), members);
  const all = said(request);
  checkMetadata(all);
  const owners = ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"].map((name) => all[name]);
  if (owners.every((owner) => owner === undefined || owner === accountId)) return;
  throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
}

/** @throws ServiceError for a longer key than an object can have */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= s3Limits.keyBytes) return;
  throw new ServiceError("KeyTooLongError", "Your key is too long", {
    members: { Size: String(size), MaxSizeAllowed: String(s3Limits.keyBytes) },
  });
}
