import type { IncomingMessage, RequestListener } from "node:http";
import { wordsOf } from "../../../lib/user-error";
import { inputOf } from "../json-protocol";
import { bodyOf } from "../request-body";
import { send, sendFailure } from "../response";
import { ServiceError, type ServiceResponse } from "../service";
import type { Database } from "./database";
import { execute } from "./operations";
import { answered, failure } from "./service";

/** A request's body, at most. (Developer guide: "Quotas in Amazon DynamoDB": 16 MB in a batch, and what JSON adds to it) */
const LARGEST_REQUEST = 64 * 1024 * 1024;

const targets = ["DynamoDB_20120810", "DynamoDBStreams_20120810"];

function perform(database: Database, { headers }: IncomingMessage, body: Buffer): ServiceResponse {
  const [service = "", operation = ""] = String(headers["x-amz-target"] ?? "").split(".");
  if (!targets.includes(service))
    throw new ServiceError("UnknownOperationException", "An unknown operation was requested.");
  if (headers.authorization === undefined)
    throw new ServiceError("MissingAuthenticationTokenException", "Request is missing Authentication Token");
  return answered(200, execute(database, operation, inputOf({ body })));
}

function asError(error: unknown, problem: (message: string) => void): ServiceError {
  if (error instanceof ServiceError) return error;
  problem(wordsOf(error));
  return new ServiceError("InternalServerError", "Internal server error", { status: 500 });
}

/**
 * Answers requests to a database alone: whoever signs one, with whatever key, may do everything.
 *
 * @param problem says what went wrong that is not the client's doing
 */
export function databaseListener(database: Database, problem: (message: string) => void): RequestListener {
  return (request, response) => {
    bodyOf(request, LARGEST_REQUEST)
      .then((body) => send(response, perform(database, request, body)))
      .catch((error: unknown) => sendFailure(response, () => failure(asError(error, problem))));
  };
}
