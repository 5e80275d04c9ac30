import type { IncomingMessage, ServerResponse } from "node:http";

/** The caller: a function, by the credentials that it signed with. */
export interface Caller {
  readonly functionName: string;
  readonly roleArn: string;
  readonly accountId: string;
  readonly region: string;
}

/** A call that is known to come from a function. */
export interface ServiceRequest {
  readonly caller: Caller;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** An answer that is made at once. */
export interface ServiceResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A right that a call needs. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** Whether Lambda itself makes the call with the function's role, and not the function's code. */
  readonly byLambda?: boolean;
  /** Whether an answer merely says less without it: who lacks it has been refused nothing. */
  readonly optional?: boolean;
  /** Further condition keys of this call, in lower case. */
  readonly contextKeys?: Readonly<Record<string, string>>;
}

/** An operation before its authorization. */
export interface Operation {
  readonly needs: readonly Need[];
  run(permitted: Permitted): ServiceResponse | Promise<ServiceResponse> | Streamed;
}

/** Whether the caller might also do something else, on which some answers depend. */
export type Permitted = (need: Need) => boolean;

/** An answer that somebody else writes. */
export interface Streamed {
  readonly stream: (request: IncomingMessage, response: ServerResponse) => void;
}

/** One of AWS's services, in its own protocol. */
export interface Service {
  /** @throws ServiceError when the request is none that it knows */
  operation(request: ServiceRequest): Operation;
  /** An error in the service's own form. */
  failure(error: ServiceError): ServiceResponse;
}

/** An error of a service. */
export class ServiceError extends Error {
  readonly status: number;
  /** Further members of the error, in the protocols that have them. */
  readonly members: Readonly<Record<string, string>>;
  /** Further headers of the answer, in S3's. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: string,
    message: string,
    { status = 400, members = {}, headers = {} }: Partial<Pick<ServiceError, "status" | "members" | "headers">> = {},
  ) {
    super(message);
    this.status = status;
    this.members = members;
    this.headers = headers;
  }
}

/** Something that AWS does and the local services don't. */
export function notEmulated(...what: readonly string[]): ServiceError {
  return new ServiceError("UnknownOperationException", `${what.join(" ")} is not emulated`, { status: 501 });
}

/** A path as it was meant. @throws ServiceError when its escapes are no characters */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new ServiceError("InvalidURI", "Couldn't parse the specified URI.");
  }
}
