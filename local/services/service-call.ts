import type { IncomingMessage } from "node:http";
import { isObject } from "../../lib/json";
import type { GrantedPermission } from "../iam/decision";
import { rootIn } from "../lib/trace";
import type { Consumed } from "./current-request";
import type { Need } from "./service";

/** A call of a service by its API, once it has been answered. */
export interface ServiceCall {
  /** As in credential scopes: `dynamodb`. */
  readonly service: string;
  /** `GetItem` */
  readonly operation: string;
  /** The function, or the person at this machine. */
  readonly caller: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly ms: number;
  readonly status: number;
  /** The error that it was refused with. */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** The root of the trace that its caller was in. */
  readonly traceId?: string;
  /** Which attempt of the SDK's it was. */
  readonly attempt: number;
  readonly needs: readonly Pick<Need, "action" | "resource">[];
  /** The permissions of policies that allowed it. */
  readonly allowedBy: readonly GrantedPermission[];
  /** Capacity units of tables and their indexes. */
  readonly consumed: readonly Consumed[];
  /** The input, as far as it is kept. */
  readonly input: string;
}

/** Of each request so much is kept, in bytes: the keys and expressions of most. */
const KEPT_BYTES = 2_000;

const header = (value: string | string[] | undefined): string => [value ?? ""].flat().join();

/** The operation of a request by its protocol: a target, a form's action, or the permission that it needs. */
export function operationOf({ headers, method = "" }: IncomingMessage, body: Buffer, needs: readonly Need[]): string {
  const target = header(headers["x-amz-target"]).split(".").at(-1);
  if (target) return target;
  if (header(headers["content-type"]).startsWith("application/x-www-form-urlencoded")) {
    return new URLSearchParams(body.toString("utf8", 0, KEPT_BYTES)).get("Action") ?? method;
  }
  return needs[0]?.action.split(":")[1] ?? method;
}

/** The input of Parameter Store without the value that is written, which may be a secret, whatever the request calls it. */
function withoutValue(body: Buffer): string {
  try {
    const input: unknown = JSON.parse(body.toString("utf8"));
    if (!isObject(input)) return "";
    return JSON.stringify(Object.hasOwn(input, "Value") ? { ...input, Value: "(not kept)" } : input);
  } catch {
    return "";
  }
}

/** The part of a request that is kept: S3 takes files, of which there is none. */
export function inputOf({ url = "/", method = "" }: IncomingMessage, service: string, body: Buffer): string {
  if (service === "s3") return `${method} ${url.split("?")[0]} (${body.length} bytes)`;
  if (service === "ssm") return withoutValue(body).slice(0, KEPT_BYTES);
  const text = body.toString("utf8", 0, KEPT_BYTES);
  return body.length > KEPT_BYTES ? `${text}…` : text;
}

/** The trace and the attempt of a call, by its headers. */
export function tracingOf({ headers }: IncomingMessage): Pick<ServiceCall, "traceId" | "attempt"> {
  const traceId = rootIn(header(headers["x-amzn-trace-id"]));
  const [, attempt = "1"] = /attempt=(\d+)/.exec(header(headers["amz-sdk-request"])) ?? [];
  return { attempt: Number(attempt), ...(traceId === undefined ? {} : { traceId }) };
}
