import { ServiceError } from "../service";

/** The namespace of codes that SQS had before its protocol was JSON. */
const old = "AWS.SimpleQueueService.";

/** A refusal: its name in JSON, and beside it the code that clients of the older protocol know. */
const refused = (name: string, queryCode: string, message: string, status = 400): ServiceError =>
  new ServiceError(name, message, { status, members: { "x-amzn-query-error": `${queryCode};Sender` } });

export const noQueue = () =>
  refused("QueueDoesNotExist", `${old}NonExistentQueue`, "The specified queue does not exist.");

export const invalid = (message: string) => refused("InvalidParameterValueException", "InvalidParameterValue", message);

export const unsupported = (message: string) => refused("UnsupportedOperation", `${old}UnsupportedOperation`, message);

export const notFound = (message: string) =>
  refused("ResourceNotFoundException", "ResourceNotFoundException", message, 404);

export const missing = (parameter: string) =>
  refused(
    "MissingRequiredParameterException",
    "MissingParameter",
    `The request must contain the parameter ${parameter}.`,
  );

export const purging = (queue: string) =>
  refused(
    "PurgeQueueInProgress",
    `${old}PurgeQueueInProgress`,
    `Only one PurgeQueue operation on ${queue} is allowed every 60 seconds.`,
    403,
  );

/** The error of a batch as a whole. */
export const badBatch = (name: string, message: string) => refused(name, old + name, message);

export const badHandle = (handle: string) =>
  refused(
    "ReceiptHandleIsInvalid",
    "ReceiptHandleIsInvalid",
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
    404,
  );

export const badAttribute = (name: string) =>
  refused("InvalidAttributeName", "InvalidAttributeName", `Unknown Attribute ${name}.`);

/** @param reason of a number that is out of its bounds; SQS words each in its own way */
export function within(parameter: string, value: unknown, [least, most]: readonly [number, number], reason: string) {
  if (value === undefined || value === null) return;
  const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  if (!fits)
    throw invalid(
      `Value ${typeof value === "number" ? value : JSON.stringify(value)} for parameter ${parameter} is invalid. Reason: ${reason}`,
    );
}
