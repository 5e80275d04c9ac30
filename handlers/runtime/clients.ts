import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { callAttemptMs, callAttempts } from "../../contracts/time-limits";
import { deadlineSignal } from "./deadline";
import { traced } from "./trace";

type HttpHandlerOptions = Parameters<NodeHttpHandler["handle"]>[1];

/** A client of the SDK, as far as sending goes. */
interface Client {
  readonly middlewareStack: { use(plugin: ReturnType<typeof traced>): void };
  send(command: never, options?: HttpHandlerOptions): Promise<unknown>;
}

/**
 * Sends nothing that outlives the invocation: calls, with all their attempts, end with its time, if not before. Each is a
 * part of the invocation's trace.
 *
 * @param service as X-Ray calls it
 */
function withinDeadline<C extends Client>(service: string, client: C): C {
  client.middlewareStack.use(traced(service));
  const send: Client["send"] = client.send.bind(client);
  client.send = async (command: never, options?: HttpHandlerOptions) =>
    send(command, { ...options, abortSignal: options?.abortSignal ?? deadlineSignal() });
  return client;
}

/**
 * Three attempts of at most two seconds end within a function's ten. The SDK's standard mode waits between them for a
 * random part of a growing span, and stops retrying altogether while most calls fail. Endpoints come from the SDK's
 * own `AWS_ENDPOINT_URL…` variables, which is how a local runner brings its own.
 */
const settings = () => ({
  requestHandler: new NodeHttpHandler({
    connectionTimeout: 1000,
    requestTimeout: callAttemptMs,
    // Without it an overrun is only warned of.
    throwOnRequestTimeout: true,
    // For a body that stops half-way: the request's timeout ends when the headers are there.
    socketTimeout: 3000,
  }),
  maxAttempts: callAttempts,
  retryMode: "standard",
});

/**
 * DynamoDB with plain values. Numbers are doubles on both sides: what JavaScript prints for one reads back as the same
 * one, so 1e100 needs neither BigInt nor a wrapper (the library's defaults refuse it, or return a BigInt).
 *
 * @example
 * const client = documentClient();
 * const { Item } = await client.send(new GetCommand({ TableName: "things", Key: { thingId: "a" } }));
 */
export const documentClient = (): DynamoDBDocumentClient =>
  withinDeadline(
    "DynamoDB",
    DynamoDBDocumentClient.from(new DynamoDBClient(settings()), {
      marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
      unmarshallOptions: { wrapNumbers: Number },
    }),
  );

/**
 * S3. No path style is forced: AWS prefers the bucket in the host name, and the SDK turns to paths by itself where the
 * endpoint is an IP address, as a local one should be.
 */
export const s3Client = (config: Pick<S3ClientConfig, "requestChecksumCalculation"> = {}): S3Client =>
  withinDeadline("S3", new S3Client({ ...settings(), ...config }));

/** SNS. */
export const snsClient = (): SNSClient => withinDeadline("SNS", new SNSClient(settings()));

/** SQS, at the endpoint that the environment says: by itself the client asks the host in a queue's URL. */
export const sqsClient = (): SQSClient =>
  withinDeadline("SQS", new SQSClient({ ...settings(), useQueueUrlAsEndpoint: false }));

/** Parameter Store. */
export const ssmClient = (): SSMClient => withinDeadline("SSM", new SSMClient(settings()));

/** Lambda. */
export const lambdaClient = (): LambdaClient => withinDeadline("Lambda", new LambdaClient(settings()));
