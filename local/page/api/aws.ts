import type { OperatorAccess } from "../../run/operator";
import type { Runner } from "../../run/runner";
import { type Endpoint, notThere, PageError } from "./endpoint";

/** The operations by which the page reads data and changes it, as the person at this machine. */
const operations: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ["DescribeTable", "GetItem", "Query", "Scan", "PutItem", "DeleteItem"],
  s3: ["ListObjectsV2", "ListObjectVersions", "HeadObject", "GetObject", "PutObject", "DeleteObject"],
  sqs: ["GetQueueUrl", "GetQueueAttributes", "ReceiveMessage", "SendMessage", "DeleteMessage", "PurgeQueue"],
  sns: ["Publish"],
  events: ["PutEvents", "TestEventPattern"],
  ssm: ["GetParameter"],
};

/** Values that JSON lacks: bytes in base64, times as texts. */
function asJson(_: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  // Buffers and dates have a form of their own before they come here.
  if (typeof value === "object" && value !== null && "type" in value && "data" in value && value.type === "Buffer") {
    return Array.isArray(value.data) ? Buffer.from(value.data).toString("base64") : value;
  }
  return value;
}

/** An attribute's bytes, which JSON has in base64; everything else as it is. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== "object" || value === null) return value;
  const bytes = (text: unknown) => (typeof text === "string" ? Buffer.from(text, "base64") : text);
  const entries = Object.entries(value).map(([name, member]) => {
    if (name === "B" && Object.keys(value).length === 1) return [name, bytes(member)];
    if (name === "BS" && Array.isArray(member)) return [name, member.map(bytes)];
    return [name, withBytes(member)];
  });
  return Object.fromEntries(entries);
}

type Send = (operation: string, input: object) => Promise<object>;

/** Larger objects are not shown; a browser has its own ways to load them. */
const LARGEST_OBJECT = 8 * 1024 * 1024;

async function senderOf(service: string, access: OperatorAccess): Promise<Send> {
  const settings = {
    endpoint: access.AWS_ENDPOINT_URL,
    region: access.AWS_REGION,
    credentials: { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY },
    maxAttempts: 1,
  };
  // Each is loaded when it is needed first: together they take longer than the runner's own start.
  if (service === "dynamodb") {
    const { DynamoDB } = await import("@aws-sdk/client-dynamodb");
    const client = new DynamoDB(settings);
    return (operation, input) => call(client, operation, withBytes(input));
  }
  if (service === "s3") {
    const { S3 } = await import("@aws-sdk/client-s3");
    const client = new S3({ ...settings, forcePathStyle: true });
    return async (operation, input) => {
      const body = "Body" in input && typeof input.Body === "string" ? { Body: Buffer.from(input.Body, "base64") } : {};
      const output = await call(client, operation, { ...input, ...body });
      if (operation !== "GetObject" || !("Body" in output)) return output;
      const { Body: stream, ContentLength: length } = output as {
        Body?: { transformToByteArray(): Promise<Uint8Array>; destroy?(): void };
        ContentLength?: number;
      };
      if ((length ?? 0) > LARGEST_OBJECT) {
        stream?.destroy?.();
        throw new PageError(413, `the object has ${length} bytes; up to ${LARGEST_OBJECT} are shown`);
      }
      return { ...output, Body: await stream?.transformToByteArray() };
    };
  }
  if (service === "sqs") {
    const { SQS } = await import("@aws-sdk/client-sqs");
    const client = new SQS(settings);
    return (operation, input) => call(client, operation, input);
  }
  if (service === "sns") {
    const { SNS } = await import("@aws-sdk/client-sns");
    const client = new SNS(settings);
    return (operation, input) => call(client, operation, input);
  }
  if (service === "events") {
    const { EventBridge } = await import("@aws-sdk/client-eventbridge");
    const client = new EventBridge(settings);
    return (operation, input) => call(client, operation, input);
  }
  const { SSM } = await import("@aws-sdk/client-ssm");
  const client = new SSM(settings);
  return (operation, input) => call(client, operation, input);
}

/** Calls an operation of a client by its name, which begins with a small letter there. */
async function call(client: object, operation: string, input: unknown): Promise<object> {
  const name = `${operation[0]?.toLowerCase()}${operation.slice(1)}`;
  const method: unknown = Reflect.get(client, name);
  if (typeof method !== "function") throw new PageError(404, `the client has no ${operation}`);
  return Reflect.apply(method, client, [input]);
}

const senders = new Map<string, Promise<Send>>();

function sender(service: string, access: OperatorAccess): Promise<Send> {
  const key = `${service} ${access.AWS_ENDPOINT_URL} ${access.AWS_SECRET_ACCESS_KEY}`;
  const known = senders.get(key) ?? senderOf(service, access);
  senders.set(key, known);
  return known;
}

/** Calls an operation of a service as the person at this machine. */
export async function callService(
  runner: Pick<Runner, "access">,
  { service, operation, input }: { readonly service: string; readonly operation: string; readonly input: object },
): Promise<object> {
  const send = await sender(service, await runner.access());
  return send(operation, input);
}

export const awsEndpoints: readonly Endpoint[] = [
  {
    method: "POST",
    path: "/api/access",
    operationId: "revealAccess",
    summary: "The environment variables by which AWS's own tools, and the commands of operators, find what runs here",
    answer: async (_, { runner }) => ({ variables: await runner.access() }),
  },
  {
    method: "POST",
    path: "/api/aws/{service}/{operation}",
    operationId: "callService",
    summary: `Calls an operation as the person at this machine; the body is its input, bytes in base64: ${Object.entries(
      operations,
    )
      .map(([service, names]) => `${service} ${names.join(", ")}`)
      .join("; ")}`,
    body: {},
    async answer({ parameters: { service = "", operation = "" }, body }, { runner }) {
      if (!Object.hasOwn(operations, service) || !operations[service]?.includes(operation)) {
        throw notThere(`operation ${operation} of ${service}`);
      }
      if (typeof body !== "object" || body === null || Array.isArray(body)) {
        throw new PageError(400, "the body must be the operation's input, an object");
      }
      const output = await callService(runner, { service, operation, input: body }).catch((error: unknown) => {
        if (error instanceof PageError || !(error instanceof Error)) throw error;
        // The service's own words: why a condition was not met, what an expression lacks.
        throw new PageError(409, `${error.name}: ${error.message}`);
      });
      return JSON.parse(JSON.stringify({ ...output, $metadata: undefined }, asJson));
    },
  },
];
