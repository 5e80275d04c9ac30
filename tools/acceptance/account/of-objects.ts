import { gunzipSync } from "node:zlib";
import { type Check, type Deployment, NotHere, parsed, required, resources, text } from "./deployment";

/** The bucket that logs are carried to. */
function archiveBucket(deployed: Deployment): string {
  required(resources(deployed, "aws_kinesis_firehose_delivery_stream"), "a log archive");
  return text(deployed.outputs["log_bucket"]);
}

export const archivedLines: Check = async (deployed) => {
  const { account, since } = deployed;
  const bucket = archiveBucket(deployed);
  const key = await account.until(
    `an object below logs/ in ${bucket}`,
    async () => (await account.objects(bucket, "logs/", since))[0],
  );
  if (key.startsWith("logs/failed/")) throw new Error(`${bucket}/${key}: the archive failed`);
  const lines = gunzipSync(await account.object(bucket, key))
    .toString()
    .split("\n");
  const last = lines.pop();
  if (last !== "")
    throw new Error(`${bucket}/${key} must end with a line's end, got ${JSON.stringify(last?.slice(0, 80))}`);
  const envelope = lines.find((line) => line.includes('"logEvents"') || line.includes("}{"));
  if (envelope !== undefined)
    throw new Error(`${bucket}/${key} must contain a line for each event, got ${envelope.slice(0, 120)}`);
  return `${bucket}/${key} contains ${lines.length} events, a line each`;
};

export const activity: Check = async (deployed) => {
  const { account, since } = deployed;
  const bucket = archiveBucket(deployed);
  const grants = JSON.stringify(deployed.json.resource?.["aws_iam_role_policy"] ?? {});
  if (!grants.includes("activity/")) throw new NotHere("activity entries: this system has none");
  const key = await account.until(
    `an entry below activity/ in ${bucket}`,
    async () => (await account.objects(bucket, "activity/", since))[0],
  );
  const entry = parsed(new TextDecoder().decode(await account.object(bucket, key)));
  return `${bucket}/${key} says ${Object.keys(entry).join(", ")}`;
};

export const distributionLogs: Check = async (deployed) => {
  const { account, since } = deployed;
  required(resources(deployed, "aws_cloudfront_distribution"), "a distribution");
  const bucket = text(deployed.outputs["log_bucket"]);
  const key = await account.until(
    `an object below AWSLogs/ in ${bucket}`,
    async () => (await account.objects(bucket, "AWSLogs/", since))[0],
  );
  return `CloudFront has written ${bucket}/${key}`;
};
