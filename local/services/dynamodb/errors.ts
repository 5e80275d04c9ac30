import { ServiceError } from "../service";

/** A request that DynamoDB refuses for what it says. */
export const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/** The same, for a value of a parameter. */
export const invalidParameter = (message: string): ServiceError =>
  invalid(`One or more parameter values were invalid: ${message}`);

/** Something that is not there. */
export const notFound = (detail = ""): ServiceError =>
  new ServiceError("ResourceNotFoundException", `Requested resource not found${detail === "" ? "" : `: ${detail}`}`);

/** An error that says more than a message, in members of its own. */
export class DetailedError extends ServiceError {
  constructor(
    code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(code, message);
  }
}
