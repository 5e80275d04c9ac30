import { objectArn } from "../../../aws/arn";
import type { Need, Operation, ServiceRequest } from "../service";
import type { Element } from "../xml";
import { checksumMembers } from "./checksums";
import { invalidArgument } from "./errors";
import { foundObject, readNeed } from "./getting";
import type { ObjectHead } from "./object-file";
import { said } from "./rules";
import { answerWith, keyNeeds, type Target, versionHeaders } from "./target";
import { versionIdIn } from "./version-id";

const header = "x-amz-object-attributes";

/** Attribute → what a document says of it (S3 API reference, GetObjectAttributes). */
const attributes: ReadonlyMap<string, (head: ObjectHead) => Element> = new Map<string, (head: ObjectHead) => Element>([
  ["ETag", ({ etag }) => etag.replaceAll('"', "")],
  ["Checksum", ({ checksum }) => checksum && { ...checksumMembers(checksum), ChecksumType: checksum.type }],
  ["ObjectParts", ({ upload }) => upload && { PartsCount: upload.parts.length }],
  ["StorageClass", ({ storageClass }) => storageClass ?? "STANDARD"],
  ["ObjectSize", ({ size }) => size],
]);

/** @throws ServiceError for none, or one that there is not */
function attributesIn(request: ServiceRequest): readonly string[] {
  const text = said(request)[header] ?? "";
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => attributes.has(name))) return names;
  throw invalidArgument(header, text, "Invalid attribute name specified.");
}

function attributeNeed({ bucket, key }: Target, versionId: string | undefined): Need {
  const resource = objectArn(bucket, key);
  if (versionId === undefined) return { action: "s3:GetObjectAttributes", resource };
  return { action: "s3:GetObjectVersionAttributes", resource, contextKeys: { "s3:versionid": versionId } };
}

/** `GetObjectAttributes`: of the newest version, or the one that is named. */
export function getAttributes(request: ServiceRequest, target: Target): Operation {
  const versionId = versionIdIn(request);
  const uses = (["kms:Decrypt", "kms:GenerateDataKey"] as const).flatMap((action) => keyNeeds(target, action));
  return {
    needs: [readNeed(target, versionId), attributeNeed(target, versionId), ...uses],
    run: async (permitted) => {
      const names = attributesIn(request);
      const { head } = await foundObject(target, versionId, permitted);
      const asked = [...attributes].filter(([name]) => names.includes(name));
      const content = Object.fromEntries(asked.map(([name, of]) => [name, of(head)]));
      const answer = answerWith("GetObjectAttributesResponse", content);
      const modified = { "Last-Modified": new Date(head.lastModified).toUTCString() };
      return { ...answer, headers: { ...answer.headers, ...modified, ...versionHeaders(target, head) } };
    },
  };
}
