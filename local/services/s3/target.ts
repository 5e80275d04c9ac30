import { randomUUID } from "node:crypto";
import { bucketArn, objectArn } from "../../../aws/arn";
import type { BucketDefinition } from "../../read/bucket-definition";
import { viaService } from "../key-use";
import type { Need, ServiceResponse } from "../service";
import { type Element, xml } from "../xml";
import { type ObjectHead, versionIdOf } from "./object-file";
import type { ObjectFiles } from "./objects";
import type { Uploads } from "./uploads";

/** Headers of every answer. */
export const common = () => ({ "x-amz-request-id": randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase() });

/** A document as S3 writes it. */
export const document = (name: string, content: Element): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${xml(name, content)}`;

/** An answer that is a document. */
export const answerWith = (name: string, content: Element): ServiceResponse => ({
  status: 200,
  headers: { ...common(), "Content-Type": "application/xml" },
  body: document(name, content),
});

/** The object of a request, or a bucket: with an empty key. */
export interface Target {
  readonly bucket: string;
  readonly key: string;
  readonly files: ObjectFiles;
  readonly uploads: Uploads;
  readonly encryption: BucketDefinition["encryption"];
  readonly versioning: BucketDefinition["versioning"];
}

/** How objects are encrypted: with a key of S3's, or the bucket's own. */
export const encryptionHeaders = ({ encryption }: Pick<Target, "encryption">): Record<string, string> => {
  const header = "x-amz-server-side-encryption";
  if (!encryption) return { [header]: "AES256" };
  const { keyArn, bucketKey } = encryption;
  const bucketKeyHeader: Record<string, string> = bucketKey ? { [`${header}-bucket-key-enabled`]: "true" } : {};
  return { [header]: "aws:kms", [`${header}-aws-kms-key-id`]: keyArn, ...bucketKeyHeader };
};

/** The version that an answer is about, of a bucket that has or had versions. */
export const versionHeaders = ({ versioning }: Target, head: ObjectHead): Record<string, string> =>
  versioning || head.versionId !== undefined ? { "x-amz-version-id": versionIdOf(head) } : {};

/** The version that was made: its id, where the bucket gives any (S3 API reference, PutObject, `x-amz-version-id`). */
export const newVersionHeaders = ({ versioning }: Target, head: ObjectHead): Record<string, string> =>
  versioning === "Enabled" ? { "x-amz-version-id": versionIdOf(head) } : {};

/** The right to use the bucket's own key, if it has one. */
export function keyNeeds(target: Target, action: "kms:Decrypt" | "kms:GenerateDataKey"): Need[] {
  const { bucket, key, encryption } = target;
  if (!encryption) return [];
  const { keyArn, bucketKey } = encryption;
  const arn = bucketKey ? bucketArn(bucket) : objectArn(bucket, key);
  return [viaService("s3", { action, keyArn, context: { "aws:s3:arn": arn } })];
}
