import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { deadlineSignal } from "./deadline";

type Handle = NodeHttpHandler["handle"];

/** Sends nothing that outlives the invocation: each attempt ends with the innermost deadline, if not before. */
class DeadlineHttpHandler extends NodeHttpHandler {
  override handle(request: Parameters<Handle>[0], options: Parameters<Handle>[1] = {}): ReturnType<Handle> {
    const abortSignal = options.abortSignal ?? deadlineSignal();
    return super.handle(request, abortSignal ? { ...options, abortSignal } : options);
  }
}

/**
 * Three attempts of at most two seconds end within a function's ten. The SDK's standard mode waits between them for a
 * random part of a growing span, and stops retrying altogether while most calls fail. Endpoints come from the SDK's
 * own `AWS_ENDPOINT_URL…` variables, which is how a local runner brings its own.
 */
const settings = () => ({
  requestHandler: new DeadlineHttpHandler({
    connectionTimeout: 1000,
    requestTimeout: 2000,
    // Without it an overrun is only warned of.
    throwOnRequestTimeout: true,
    // For a body that stops half-way: the request's timeout ends when the headers are there.
    socketTimeout: 3000,
  }),
  maxAttempts: 3,
  retryMode: "standard",
});

/**
 * DynamoDB with plain values. Numbers are doubles on both sides: what JavaScript prints for one reads back as the same
 * one, so 1e100 needs neither BigInt nor a wrapper (the library's defaults refuse it, or return a BigInt).
 */
export const documentClient = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(settings()), {
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: Number },
  });

/**
 * S3. No path style is forced: AWS prefers the bucket in the host name, and the SDK turns to paths by itself where the
 * endpoint is an IP address, as a local one should be.
 */
export const s3Client = (): S3Client => new S3Client(settings());

/** Parameter Store. */
export const ssmClient = (): SSMClient => new SSMClient(settings());
