import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { apiGatewayLimits } from "../../../aws/limits";
import { RequestHeaders } from "../request/request-headers";
import type { BackendResponse } from "./integration";
import type { PendingCall } from "./pending-call";

/** A request to a backend. */
export interface HttpCall {
  readonly url: URL;
  readonly method: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Whether a certificate that nobody vouches for is taken. @default false */
  readonly insecure?: boolean;
}

/** An error of the network on the way to a backend, or back. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";

  constructor(
    message: string,
    /** Node's: `ECONNREFUSED`. */
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

class TooLarge extends Error {}

const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });
const trustingAgent = new HttpsAgent({ keepAlive: true, rejectUnauthorized: false });

/** Sends a request, and reads the answer. @throws NetworkError; another Error for a body of more than 10 MB */
export function sendHttp(
  { url, method, headers, body, insecure }: HttpCall,
  call: PendingCall,
): Promise<BackendResponse> {
  const agent = url.protocol === "http:" ? httpAgent : insecure ? trustingAgent : httpsAgent;
  const request = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { readonly code?: string }) =>
      reject(error instanceof TooLarge ? error : new NetworkError(error.message, error.code));
    // Node sends a list of headers as it is, without the host that it would add to others.
    const host = headers.some((name, at) => at % 2 === 0 && name.toLowerCase() === "host") ? [] : ["Host", url.host];
    const all = [...host, ...headers, "Content-Length", String(body.length)];
    const sent = request(url, { method, agent, headers: all, signal: call.signal }, (response) => {
      readResponse(response).then(resolve, failed);
    });
    sent.on("error", failed);
    sent.end(body);
  });
}

async function readResponse(response: IncomingMessage): Promise<BackendResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > apiGatewayLimits.payloadBytes) throw new TooLarge("the integration's answer is more than 10 MB");
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: new RequestHeaders(response.rawHeaders),
    body: Buffer.concat(chunks, size),
  };
}
