import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { wordsOf } from "../../lib/user-error";
import type { GrantedPermission } from "../iam/decision";
import { steadyNow } from "../lib/clock";
import type { HostNames } from "../lib/host-names";
import { httpServer, type TimeLimits } from "../lib/http-server";
import { StorageError } from "../store/storage-error";
import type { Authorization } from "./authorization";
import type { Principal, ServicesConfiguration } from "./configuration";
import { type Consumed, currentRequest } from "./current-request";
import { jsonProtocol } from "./json-protocol";
import { checkParameters, checkPresigned } from "./presigned";
import { queryProtocol } from "./query-protocol";
import { inWordsOf } from "./refusal-words";
import { needsIn, nothingThere } from "./region";
import { bodyOf } from "./request-body";
import { send, sendFailure } from "./response";
import { corsHeaders, preflight } from "./s3/cors";
import { type Need, notEmulated, type Service, ServiceError, type ServiceResponse, type Streamed } from "./service";
import { inputOf, operationOf, type ServiceCall, tracingOf } from "./service-call";
import { type Claim, hasOldSignature, isGenuine, readClaim, type SignedRequest } from "./signature";
import { checkTime } from "./signing-time";

/** The services of the endpoint. */
export interface EndpointOptions {
  /** By the service's name in credential scopes: `dynamodb`. */
  readonly services: ReadonlyMap<string, Service>;
  readonly principal: (accessKeyId: string) => Principal | undefined;
  readonly authorization: Authorization;
  readonly buckets: () => ServicesConfiguration["buckets"];
  /** Says that something does not work locally, or is broken. */
  readonly problem: (message: string) => void;
  /** Settles when the services are as configured. */
  readonly ready: () => Promise<void>;
  readonly hosts: HostNames;
  readonly limits?: TimeLimits;
  /** Called with each signed call, once it has been answered. */
  readonly onCall?: (call: ServiceCall) => void;
}

const LARGEST_REQUEST = 80 * 1024 * 1024;

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

/** The principal that signed a request, if the signature is that of its secret key. */
function authenticate({ principal: find }: EndpointOptions, signed: SignedRequest, claim: Claim): Principal {
  checkParameters(claim, signed.url);
  const principal = find(claim.accessKeyId);
  if (!principal) throw unknownKey();
  if (!isGenuine(signed, claim, principal.credentials.secretAccessKey)) throw forged(claim.service);
  if (claim.sessionToken !== principal.credentials.sessionToken) throw foreignToken(claim.service);
  checkTime(claim);
  checkPresigned(claim, signed.headers);
  return principal;
}

/** Details of a call, filled in while it is under way. */
interface CallDetails {
  body: Buffer;
  needs: readonly Need[];
  allowedBy: readonly GrantedPermission[];
}

/** Checks a request and carries it out. */
async function perform(
  options: EndpointOptions,
  request: IncomingMessage,
  { claim, details }: { readonly claim: Claim; readonly details: CallDetails },
): Promise<ServiceResponse | Streamed> {
  const service = options.services.get(claim.service);
  if (!service) throw notEmulated(claim.service);
  const { method = "GET", url = "/", headers } = request;
  const body = await bodyOf(request, LARGEST_REQUEST);
  details.body = body;
  await options.ready();
  const caller = authenticate(options, { method, url, headers, body }, claim);
  const [path = "/", query = ""] = url.split("?");
  const operation = service.operation({ caller, method, path, query: new URLSearchParams(query), headers, body });
  const needs = caller.everywhere ? operation.needs : needsIn(claim.region, operation.needs);
  details.needs = needs;
  const asking = claim.region === caller.region ? caller : { ...caller, region: claim.region };
  details.allowedBy = options.authorization.require(asking, needs);
  if (needs.some((need, at) => need !== operation.needs[at])) throw nothingThere(claim.service, needs);
  return operation.run(options.authorization.permits(asking));
}

/** A request while it is under way. */
interface Course {
  readonly service: string;
  /** The function or person whose key it names. */
  readonly caller: string;
  readonly asked: IncomingMessage;
}

/** An error in the protocol of a service that is not emulated, as its clients ask: JSON by a target, forms and XML, or REST. */
function failureOfUnknown({ headers }: IncomingMessage): Service["failure"] {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return queryProtocol("https://aws.amazon.com/").failure;
  const { failure } = jsonProtocol(type.endsWith("1.0") ? "1.0" : "1.1");
  return (error) => {
    const answer = failure(error);
    return { ...answer, headers: { ...answer.headers, "x-amzn-ErrorType": error.code } };
  };
}

/** The answer to an error. One that is not emulated, or a fault of ours, is reported to the person, too. */
function failed(
  { services, problem }: EndpointOptions,
  { service, caller, asked }: Course,
  error: unknown,
): ServiceResponse {
  const isRefusal = error instanceof ServiceError;
  if (error instanceof StorageError) problem(`${service} refused a request: ${error.message}`);
  else if (!isRefusal) problem(`${service}: ${wordsOf(error)}`);
  else if (error.status === 501) problem(`${error.message}; ${caller} called it`);
  const known = isRefusal ? error : new ServiceError("Failure", "the local service failed", { status: 500 });
  const named = inWordsOf(service, known);
  return (services.get(service)?.failure ?? failureOfUnknown(asked))(named);
}

const refusalOf = (error: unknown): NonNullable<ServiceCall["refusal"]> =>
  error instanceof ServiceError
    ? { code: error.code, message: error.message }
    : { code: "Failure", message: "the local service failed" };

/**
 * Has the request that is under way fail, wherever in its course an error was thrown.
 *
 * @returns whether there is one
 */
export function failRequest(error: unknown): boolean {
  const request = currentRequest.getStore();
  request?.fail(error);
  return request !== undefined;
}

/** One request and its answer, of which there is exactly one. */
class Exchange {
  private service = "";
  private caller = "somebody without a key";
  private readonly startedAt = steadyNow();
  /** What it consumes of tables; undefined where nobody wants to know. */
  readonly consumed: Consumed[] | undefined;
  private readonly details: CallDetails = { body: Buffer.alloc(0), needs: [], allowedBy: [] };

  constructor(
    private readonly options: EndpointOptions,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.consumed = options.onCall ? [] : undefined;
  }

  async serve(): Promise<void> {
    try {
      await this.answer();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    const course = { service: this.service, caller: this.caller, asked: this.request };
    sendFailure(this.response, () => failed(this.options, course, error));
    this.report(this.response.statusCode, error);
  }

  private async answer(): Promise<void> {
    const { options, request, response } = this;
    const { method = "GET", url = "/", headers } = request;
    if (!options.hosts.include(request)) return send(response, { status: 403, body: "unknown host" });
    if (method === "OPTIONS") {
      this.service = "s3";
      return send(response, preflight(request, options.buckets()));
    }
    const claim = readClaim({ method, url, headers, body: new Uint8Array() });
    if (!claim) return this.refuseUnsigned();
    this.service = claim.service;
    this.caller = options.principal(claim.accessKeyId)?.functionName ?? "somebody with an unknown key";
    this.letPageRead();
    const answer = await perform(options, request, { claim, details: this.details });
    if ("stream" in answer) {
      response.once("close", () => this.report(response.statusCode));
      answer.stream(request, response);
    } else {
      send(response, answer);
      this.report(answer.status);
    }
  }

  /** Nobody signs: what S3 takes without a signature, forms and what is public, is none of what is emulated. */
  private refuseUnsigned(): void {
    const { options, request, response } = this;
    const [url, headers] = [request.url ?? "/", request.headers];
    const [, bucket = ""] = url.split(/[/?]/);
    if (hasOldSignature({ url, headers })) {
      this.service = "s3";
      this.letPageRead();
      const message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
      throw new ServiceError("InvalidRequest", message);
    }
    if (!options.buckets().some(({ name }) => name === bucket)) {
      send(response, { status: 403, body: "not signed" });
      return;
    }
    this.service = "s3";
    this.letPageRead();
    const isForm = request.method === "POST" && request.headers["content-type"]?.startsWith("multipart/form-data");
    if (isForm) throw notEmulated("S3", "POST of a form");
    throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  }

  private report(status: number, error?: unknown): void {
    const { options, request, service, caller, startedAt, details } = this;
    if (!options.onCall || service === "") return;
    const { body, needs, allowedBy } = details;
    options.onCall({
      service,
      operation: operationOf(request, body, needs),
      caller,
      startedAt: Math.round(startedAt),
      ms: Math.round((steadyNow() - startedAt) * 100) / 100,
      status,
      ...(error === undefined ? {} : { refusal: refusalOf(error) }),
      ...tracingOf(request),
      needs: needs.map(({ action, resource }) => ({ action, resource })),
      allowedBy,
      consumed: this.consumed ?? [],
      input: inputOf(request, service, body),
    });
  }

  /** A page that may read S3's answers may read its refusals, too. */
  private letPageRead(): void {
    const { options, request, response } = this;
    if (request.headers.origin === undefined || this.service !== "s3") return;
    const headers = corsHeaders(request, options.buckets());
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  }
}

/** The one endpoint of all of AWS, as far as functions need it: who calls, may they, and then the service itself. */
export function createEndpoint(options: EndpointOptions): Server {
  return httpServer((request, response) => {
    const exchange = new Exchange(options, request, response);
    const traceHeader = [request.headers["x-amzn-trace-id"] ?? []].flat().at(-1);
    const { consumed } = exchange;
    const course = { fail: (error: unknown) => exchange.fail(error), traceHeader, ...(consumed ? { consumed } : {}) };
    void currentRequest.run(course, () => exchange.serve());
  }, options.limits);
}
