import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import type { Bundle } from "../synth/bundle";

/** A bucket as far as uploading goes. */
export interface CodeBucket {
  readonly name: string;
  readonly keyArn: string | undefined;
}

export interface UploadedCodeProps {
  readonly bucket: CodeBucket;
  /** Path of the zip beside the JSON. */
  readonly zipPath: string;
  readonly bundle: () => Bundle;
}

/**
 * Has a function's zip uploaded, under a key that is made of its contents: `functions/get-hello/<sha256>.zip`. So one
 * key never stands for two things, and what was deployed can be identified by its key.
 *
 * @returns the arguments by which Lambda finds it
 */
export function uploadedCode(fn: Construct, { bucket, zipPath, bundle }: UploadedCodeProps) {
  const sha256 = (): string => Buffer.from(bundle().hash, "base64").toString("hex");
  const object = new S3Object(fn, "code", {
    bucket: bucket.name,
    key: Lazy.stringValue({ produce: () => `functions/${fn.node.id}/${sha256()}.zip` }),
    source: zipPath,
    contentType: "application/zip",
    // Set here, because the bucket may not have its default yet.
    ...(bucket.keyArn ? { kmsKeyId: bucket.keyArn, bucketKeyEnabled: true } : {}),
  });
  return { s3Bucket: object.bucket, s3Key: object.key };
}
