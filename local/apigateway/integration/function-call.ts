import { parseFunctionName } from "../../../aws/arn";
import type { InvocationResult } from "../../lib/invocation";
import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import type { Backends } from "./backends";
import { sendHttp } from "./http-call";
import type { BackendResponse } from "./integration";
import { type CallResult, limitedCall, type PendingCall } from "./pending-call";
import { signed } from "./signed-call";

/** A function behind a method, and who calls it. */
export interface FunctionTarget {
  readonly functionArn: string;
  /** The role that calls it; without one, the function's policy has to let the method. */
  readonly credentials: string | undefined;
  readonly methodArn: (method: string) => string;
  readonly timeoutMs: number;
}

/** The result of an invocation, and how long it took. */
export interface Invocation {
  readonly result: CallResult<InvocationResult>;
  readonly latency: number;
}

/** Calls a function for a method. */
export class FunctionCall {
  private readonly permissions = new Map<string, boolean>();

  constructor(
    private readonly target: FunctionTarget,
    private readonly backends: Backends,
  ) {}

  /** Why the method may not call it, if it may not. */
  refusedFor(method: string): string | undefined {
    const { functionArn, credentials, methodArn } = this.target;
    if (credentials !== undefined) {
      if (this.backends.services.credentials(credentials)) return undefined;
      return `API Gateway does not have permission to assume the role ${credentials}`;
    }
    const permitted = this.permissions.get(method) ?? this.backends.permitted(functionArn, methodArn(method));
    this.permissions.set(method, permitted);
    return permitted ? undefined : `${functionArn} has no permission for ${methodArn(method)}`;
  }

  /** Invokes it, for as long as the integration may take. @param onPiece - takes what it streams */
  invoke({ traceId }: Exchange, event: string, onPiece?: (bytes: Uint8Array) => Promise<void>): Promise<Invocation> {
    const { functionArn, credentials, timeoutMs } = this.target;
    const start = (pending: PendingCall) =>
      credentials === undefined
        ? this.backends.invoke(functionArn, event, pending, onPiece)
        : this.invokeByRole(credentials, event, pending);
    return limitedCall(start, { timeoutMs, traceId }, this.backends);
  }

  /** Hands it an event for later. @returns whether there is such a function */
  async hand({ traceId }: Exchange, event: string): Promise<boolean> {
    return this.backends.invokeAsynchronously(this.target.functionArn, event, traceId);
  }

  /** By Lambda's own API, which looks at the rights of the role. */
  private async invokeByRole(role: string, event: string, pending: PendingCall): Promise<InvocationResult> {
    const { functionArn } = this.target;
    const { endpointUrl, credentials: credentialsOf } = this.backends.services;
    const credentials = credentialsOf(role);
    if (!credentials) throw new Error(`${role} does not trust API Gateway`);
    const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`, await endpointUrl());
    const headers = ["X-Amzn-Trace-Id", pending.traceId];
    const call = { url, method: "POST", headers, body: Buffer.from(event) };
    const { region = "us-east-1" } = parseFunctionName(functionArn);
    return resultOf(await sendHttp(signed(call, { service: "lambda", region, credentials, now: Date.now() }), pending));
  }
}

function resultOf({ status, headers, body }: BackendResponse): InvocationResult {
  const payload = body.toString("utf8");
  const functionError = headers.get("x-amz-function-error");
  if (status === 200) return functionError === undefined ? { payload } : { payload, functionError };
  if (status === 429) return { payload, throttled: "function" };
  if (status === 413) return { payload, tooLarge: true };
  throw new Error(`Lambda answered ${status}: ${payload.slice(0, 300)}`);
}

/** A function's ARN with a stage's variables put in; undefined if one is missing. */
export function functionArnOn({ variables }: StageFacts, functionArn: string): string | undefined {
  let missing = false;
  const whole = functionArn.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_match, name: string) => {
    missing ||= variables[name] === undefined;
    return variables[name] ?? "";
  });
  return missing ? undefined : whole;
}
