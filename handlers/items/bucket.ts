import { s3Client } from "../runtime/clients/s3";
import { requiredEnv } from "../runtime/env";
import { AssetStore } from "./asset-store";

/** The assets in the function's own bucket. URLs are signed before there is a body whose checksum they could contain. */
export const assets = new AssetStore(
  s3Client({ requestChecksumCalculation: "WHEN_REQUIRED" }),
  requiredEnv("ASSETS_BUCKET"),
);
