import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { settings, withinDeadline } from "./client";

/**
 * S3. No path style is forced: AWS prefers the bucket in the host name, and the SDK turns to paths by itself where the
 * endpoint is an IP address, as a local one should be.
 */
export const s3Client = (config: Pick<S3ClientConfig, "requestChecksumCalculation"> = {}): S3Client =>
  withinDeadline("S3", new S3Client({ ...settings(), ...config }));
