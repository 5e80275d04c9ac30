import { randomUUID } from "node:crypto";
import { isObject, type JsonObject } from "../../../lib/json";
import type { AwsTarget } from "../definition/integration-uri";
import { mediaType } from "../request/media-type";
import { RequestHeaders } from "../request/request-headers";
import type { HttpCall } from "./http-call";
import type { BackendResponse } from "./integration";
import { documentOf, jsonAnswer, type QueryAnswer, xmlAnswer } from "./query-answer";
import { type FormOperation, sqsOperation } from "./query-form";

/** A call of a service: the request, and what API Gateway makes of its answer. */
export interface ServiceCall {
  readonly request: HttpCall;
  readonly read: (response: BackendResponse) => BackendResponse;
}

type ServiceTarget = Exclude<AwsTarget, { readonly functionArn: string }>;

const asIs = (response: BackendResponse): BackendResponse => response;

/** Prefix of `X-Amz-Target` and content type, by the services that take JSON. */
const targets: Readonly<Record<string, { readonly prefix: string; readonly type: string }>> = {
  dynamodb: { prefix: "DynamoDB_20120810", type: "application/x-amz-json-1.0" },
  sqs: { prefix: "AmazonSQS", type: "application/x-amz-json-1.0" },
  ssm: { prefix: "AmazonSSM", type: "application/x-amz-json-1.1" },
};

/**
 * The call of a service that an integration makes. The services that answer forms (SNS, SQS) do so in JSON, unless XML is
 * asked for; SQS, which here takes JSON alone, is asked in that.
 *
 * @param request - to the endpoint, its path and query as the integration makes them
 */
export function serviceCall(target: ServiceTarget, request: HttpCall): ServiceCall {
  const header = (name: string) => headerOf(request, name);
  if (target.service === "sqs" && header("x-amz-target") === undefined) return formOfSqs(target, request);
  if (target.service === "sns") return formOfSns(target, request);
  if (!("action" in target)) return { request, read: asIs };
  return { request: jsonRequest(request, target.service, target.action), read: asIs };
}

const headerOf = ({ headers }: HttpCall, name: string): string | undefined => new RequestHeaders(headers).get(name);

/** A request with other headers in place of those of these names. */
function withHeaders(request: HttpCall, added: Readonly<Record<string, string>>): HttpCall {
  const replaced = new Set(Object.keys(added).map((name) => name.toLowerCase()));
  const kept = request.headers.filter((_, at) => !replaced.has((request.headers[at - (at % 2)] ?? "").toLowerCase()));
  return { ...request, headers: [...kept, ...Object.entries(added).flat()] };
}

function jsonRequest(request: HttpCall, service: string, action: string): HttpCall {
  const { prefix, type } = targets[service] ?? { prefix: service, type: "application/json" };
  const url = new URL("/", request.url);
  return withHeaders(
    { ...request, url, method: "POST" },
    { "X-Amz-Target": `${prefix}.${action}`, "Content-Type": type },
  );
}

/** The parameters of the query and of the body, if that is a form; the operation's name included. */
function formOf(target: ServiceTarget, request: HttpCall): URLSearchParams {
  const { url, body } = request;
  const isForm = mediaType(headerOf(request, "content-type")) === "application/x-www-form-urlencoded";
  const form = new URLSearchParams(isForm ? body.toString("utf8").trim() : "");
  for (const [name, value] of url.searchParams) form.append(name, value);
  if ("action" in target) form.set("Action", target.action);
  return form;
}

/** Whether the caller wants XML: API Gateway asks for JSON, if nothing else is mapped. */
const wantsXml = (request: HttpCall): boolean => /\bxml\b/.test(headerOf(request, "accept") ?? "");

function formOfSns(target: ServiceTarget, request: HttpCall): ServiceCall {
  const url = new URL("/", request.url);
  const body = Buffer.from(formOf(target, request).toString());
  const form = withHeaders(
    { ...request, url, method: "POST", body },
    { "Content-Type": "application/x-www-form-urlencoded" },
  );
  if (wantsXml(request)) return { request: form, read: asIs };
  return {
    request: form,
    read: (response) => answered(response, jsonAnswer(documentOf(response.body.toString("utf8")))),
  };
}

function formOfSqs(target: ServiceTarget, request: HttpCall): ServiceCall {
  const path = "path" in target && target.path !== "" ? request.url.pathname : undefined;
  const queueUrl = path === undefined || path === "/" ? undefined : new URL(path, request.url).href;
  const operation = sqsOperation(formOf(target, request), queueUrl);
  const asked = jsonRequest(
    { ...request, body: Buffer.from(JSON.stringify(operation.input)) },
    "sqs",
    operation.action,
  );
  const write = wantsXml(request) ? xmlAnswer : jsonAnswer;
  return { request: asked, read: (response) => answered(response, write(sqsDocument(response, operation))) };
}

function answered({ status }: BackendResponse, { type, body }: QueryAnswer): BackendResponse {
  return { status, headers: new RequestHeaders(["Content-Type", type]), body };
}

/** Members of results that are there whether they say something or not. */
const alwaysThere: Readonly<Record<string, readonly string[]>> = {
  SendMessage: [
    "MD5OfMessageAttributes",
    "MD5OfMessageBody",
    "MD5OfMessageSystemAttributes",
    "MessageId",
    "SequenceNumber",
  ],
};

/** SQS's answer to a form, made of its answer to JSON. */
function sqsDocument({ status, body }: BackendResponse, { action }: FormOperation): JsonObject {
  const RequestId = randomUUID();
  const answer: unknown = body.length > 0 ? JSON.parse(body.toString("utf8")) : {};
  const members = isObject(answer) ? answer : {};
  if (status >= 400) {
    const code = String(members["__type"]).replace(/^.*#/, "");
    const error = {
      Code: queryCodes.get(code) ?? code,
      Message: members["message"],
      Type: status < 500 ? "Sender" : "Receiver",
    };
    return { ErrorResponse: { Error: error, RequestId } };
  }
  const listed = members["Messages"] === undefined ? members : { messages: members["Messages"] };
  const empty = Object.fromEntries((alwaysThere[action] ?? []).map((name) => [name, null]));
  const result = { [`${action}Result`]: { ...empty, ...listed } };
  return { [`${action}Response`]: { ...result, ResponseMetadata: { RequestId } } };
}

/** Errors that the two protocols call by other names (SQS API reference, common errors). */
const queryCodes: ReadonlyMap<string, string> = new Map([
  ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"],
  ["AccessDeniedException", "AccessDenied"],
]);
