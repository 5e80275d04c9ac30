import type { Credentials } from "../../iam/credentials";
import type { InvocationResult } from "../../lib/invocation";
import type { SigningKeys } from "../../tokens/signing-keys";
import type { CallContext, PendingCall } from "./pending-call";

/** Lambda, as the gateway needs it. */
export interface LambdaBackend {
  /** @param onPiece - takes what the function streams. @default the result has it */
  readonly invoke: (
    functionArn: string,
    payload: string,
    call: PendingCall,
    onPiece?: (bytes: Uint8Array) => Promise<void>,
  ) => Promise<InvocationResult>;
  /** Takes an event for later. @returns whether there is such a function */
  readonly invokeAsynchronously: (functionArn: string, payload: string, traceId: string) => boolean;
  /** Whether the function's policy lets this method of the API call it. */
  readonly permitted: (functionArn: string, sourceArn: string) => boolean;
}

/** AWS's other services, by their one endpoint here. */
export interface ServicesBackend {
  readonly endpointUrl: () => Promise<string>;
  /** Credentials of a role that API Gateway has assumed; undefined for one that does not trust it. */
  readonly credentials: (roleArn: string) => Credentials | undefined;
}

/** All that integrations call. */
export interface Backends extends LambdaBackend, CallContext {
  readonly services: ServicesBackend;
  /** The public keys of user pools. @default none: no token is genuine */
  readonly tokenKeys?: Pick<SigningKeys, "publicKey"> | undefined;
  /** Milliseconds since 1970 by the system's clock, by which tokens expire. */
  readonly systemNow: () => number;
}
