import { decoded, notEmulated, type Operation, type Permitted, ServiceError, type ServiceRequest } from "../service";
import { invalidArgument, preconditionFailed } from "./errors";
import { foundObject, readNeed, refuseArchived } from "./getting";
import type { StoredObject } from "./objects";
import { isUnchanged } from "./reading";
import { said } from "./rules";
import { keyNeeds, type Target } from "./target";
import { checkedVersionId } from "./version-id";

const header = "x-amz-copy-source";

/** The source of a copy: an object, or a version of it. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** The source in a request; undefined for other requests than copies. @throws ServiceError for what names no object */
export function copySourceIn(request: ServiceRequest): CopySource | undefined {
  const value = said(request)[header];
  if (value === undefined) return undefined;
  if (value.startsWith("arn:")) throw notEmulated("S3", `${header} of an access point`);
  const [path = "", versionId] = value.split("?versionId=");
  const [, bucket = "", key = ""] = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path)) ?? [];
  if (key === "") throw invalidArgument(header, value, "Invalid copy source object key");
  return { bucket, key, versionId: versionId === undefined ? undefined : checkedVersionId(header, versionId) };
}

/** The rights to read it. */
export const sourceNeeds = (source: Target, versionId: string | undefined): Operation["needs"] => [
  readNeed(source, versionId),
  ...keyNeeds(source, "kms:Decrypt"),
];

/** The conditions of a copy are those of a read; what would be unchanged is refused, too. */
function checkConditions(request: ServiceRequest, { head }: StoredObject): void {
  const all = said(request);
  const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
  const conditions = Object.fromEntries(names.map((name) => [name, all[`${header}-${name}`]]));
  if (isUnchanged({ headers: conditions }, head)) throw preconditionFailed(`${header}-If-None-Match`);
}

/** The object that is copied. @throws ServiceError where there is none, or a condition does not hold */
export async function sourceObject(
  request: ServiceRequest,
  source: Target,
  { versionId, permitted }: { readonly versionId: string | undefined; readonly permitted: Permitted },
): Promise<StoredObject> {
  const found = await foundObject(source, versionId, permitted).catch((error: unknown) => {
    if (!(error instanceof ServiceError) || error.code !== "MethodNotAllowed") throw error;
    const message = "The source of a copy request may not specifically refer to a delete marker by version id.";
    throw new ServiceError("InvalidRequest", message);
  });
  checkConditions(request, found);
  refuseArchived(found.head);
  return found;
}
