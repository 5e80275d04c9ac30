import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Authorization } from "./authorization";
import type { Principal, ServicesConfiguration } from "./configuration";
import { checkPresigned } from "./presigned";
import { inWordsOf } from "./refusal-words";
import { corsHeaders, preflight } from "./s3/cors";
import { type Answer, notPlayed, type Service, ServiceError, type Streamed } from "./service";
import { type Claim, isGenuine, readClaim, type SignedRequest } from "./signature";
import { checkTime } from "./signing-time";

/** What stands behind the endpoint. */
export interface Behind {
  /** By the service's name in credential scopes: `dynamodb`. */
  readonly services: Readonly<Record<string, Service>>;
  readonly principal: (accessKeyId: string) => Principal | undefined;
  readonly authorization: Authorization;
  readonly buckets: () => ServicesConfiguration["buckets"];
  /** Says that something does not work locally, or is broken. */
  readonly problem: (message: string) => void;
  /** Settles when the services are as configured. */
  readonly ready: () => Promise<void>;
}

const LARGEST_REQUEST = 80 * 1024 * 1024;

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_REQUEST) request.destroy();
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the request was cut off")));
  });
}

function send(response: ServerResponse, { status, headers = {}, body = "" }: Answer): void {
  response.writeHead(status, { "Content-Length": Buffer.byteLength(body), ...headers });
  response.end(body);
}

const unknownKey = () => new ServiceError("UnknownKey", "The security token included in the request is invalid.");

const foreignToken = (service: string): ServiceError =>
  service === "s3"
    ? new ServiceError("InvalidToken", "The provided token is malformed or otherwise invalid.")
    : unknownKey();

const forged = (service: string): ServiceError => {
  const message = "The request signature we calculated does not match the signature you provided.";
  const code = service === "s3" ? "SignatureDoesNotMatch" : "InvalidSignatureException";
  return new ServiceError(code, message, { status: 403 });
};

/** Who sent a request, if it was signed with the secret of the key that it names. */
function identify({ principal: find }: Behind, signed: SignedRequest, claim: Claim): Principal {
  const principal = find(claim.accessKeyId);
  if (!principal) throw unknownKey();
  if (!isGenuine(signed, claim, principal.credentials.secretAccessKey)) throw forged(claim.service);
  if (claim.sessionToken !== principal.credentials.sessionToken) throw foreignToken(claim.service);
  checkTime(claim);
  checkPresigned(claim, signed.headers);
  return principal;
}

/** Looks at a request and does what it asks for. */
async function perform(behind: Behind, request: IncomingMessage, claim: Claim): Promise<Answer | Streamed> {
  const service = behind.services[claim.service];
  if (!service) throw notPlayed(claim.service);
  const { method = "GET", url = "/", headers } = request;
  const body = await bodyOf(request);
  await behind.ready();
  const caller = identify(behind, { method, url, headers, body }, claim);
  const [path = "/", query = ""] = url.split("?");
  const operation = service.operation({ caller, method, path, query: new URLSearchParams(query), headers, body });
  behind.authorization.require(caller, operation.needs);
  return operation.run(behind.authorization.permits(caller));
}

/** The answer to what went wrong. What does not work locally, or not at all, is told to the person, too. */
function failed({ services, problem }: Behind, service: string, error: unknown): Answer {
  const isRefusal = error instanceof ServiceError;
  if (!isRefusal) problem(`${service}: ${error instanceof Error ? error.stack : String(error)}`);
  else if (error.status === 501) problem(`${error.message}; a function called it`);
  const known = isRefusal ? error : new ServiceError("InternalError", "the local service failed", { status: 500 });
  return services[service]?.failure(inWordsOf(service, known)) ?? { status: known.status, body: known.message };
}

/** What a browser asks of S3 before it sends a page's request, to a URL that is signed for another method. */
function askedFirst(behind: Behind, request: IncomingMessage): Answer {
  try {
    return preflight(request, behind.buckets());
  } catch (error) {
    return failed(behind, "s3", error);
  }
}

/** The one endpoint of all of AWS, as far as functions need it: who calls, may they, and then the service itself. */
export function createEndpoint(behind: Behind): Server {
  return createServer((request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const claim = readClaim({ method, url, headers, body: new Uint8Array() });
    if (method === "OPTIONS") return send(response, askedFirst(behind, request));
    if (!claim) return send(response, { status: 403, body: "not signed" });
    if (headers.origin !== undefined && claim.service === "s3") {
      for (const [name, value] of Object.entries(corsHeaders(request, behind.buckets()))) {
        response.setHeader(name, value);
      }
    }
    perform(behind, request, claim).then(
      (answer) => ("stream" in answer ? answer.stream(request, response) : send(response, answer)),
      (error: unknown) => {
        if (!response.headersSent && !response.destroyed) send(response, failed(behind, claim.service, error));
      },
    );
  });
}
