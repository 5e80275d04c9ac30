import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The fault of a call: it is never answered, which its client learns so that it need not wait, its connection breaks,
 * it is refused (an error's code and status), or it is carried out and the answer is lost.
 */
export type Fault = "hang" | "disconnect" | "loseAnswer" | Refused;

/** An error as AWS answers it. */
interface Refused {
  readonly code: string;
  readonly status: number;
  readonly message?: string;
}

/** A stand-in for an AWS service, on HTTP, that can be made to fail. */
export interface AwsServer {
  readonly url: string;
  /** The operations that were asked for, in order. */
  readonly calls: string[];
  /** How many calls that were never answered their callers have given up. */
  abandoned: number;
  /** Decides on each call; none by default. */
  fault: (operation: string) => Fault | undefined;
  stop(): Promise<void>;
}

/** `DynamoDB_20120810.GetItem` → `GetItem`; S3, which has no such header, is known by its methods. */
const operationOf = ({ headers, method }: IncomingMessage): string =>
  String(headers["x-amz-target"] ?? method)
    .split(".")
    .at(-1) ?? "";

function refuse(request: IncomingMessage, response: ServerResponse, { code, status, message = code }: Refused): void {
  const json = request.headers["x-amz-target"] !== undefined;
  const body = json ? JSON.stringify({ __type: `com.amazonaws#${code}`, message }) : xmlError(code);
  response.writeHead(status, { "content-type": json ? "application/x-amz-json-1.0" : "application/xml" }).end(body);
}

/** An error as S3 words it. */
export const xmlError = (code: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;

/** Reads the body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Serves a service on a port of its own at 127.0.0.1, which also makes the SDK put S3's bucket into the path. */
export async function startAwsServer(answer: RequestListener): Promise<AwsServer> {
  const server = createServer((request, response) => {
    const operation = operationOf(request);
    aws.calls.push(operation);
    const fault = aws.fault(operation);
    if (fault === "hang") {
      request.socket.once("close", () => (aws.abandoned += 1));
      return response.writeProcessing();
    }
    if (fault === "disconnect") return void request.socket.destroy();
    if (typeof fault === "object") return refuse(request, response, fault);
    if (fault === "loseAnswer") response.end = () => response.destroy();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const aws: AwsServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    abandoned: 0,
    fault: () => undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return aws;
}

/** Faults for the first calls of an operation, one each; then none. */
export const first =
  (operation: string, ...faults: Fault[]) =>
  (asked: string): Fault | undefined =>
    asked === operation ? faults.shift() : undefined;
