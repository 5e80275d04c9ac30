import { ServiceError } from "../service";

/** Errors that several S3 operations share (S3 API reference, "Error responses"). */

export const preconditionFailed = (condition: string): ServiceError =>
  new ServiceError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    status: 412,
    members: { Condition: condition },
  });

export const noSuchKey = (key: string, headers: ServiceError["headers"] = {}): ServiceError =>
  new ServiceError("NoSuchKey", "The specified key does not exist.", { status: 404, members: { Key: key }, headers });

export const noSuchVersion = (key: string, versionId: string): ServiceError =>
  new ServiceError("NoSuchVersion", "The specified version does not exist.", {
    status: 404,
    members: { Key: key, VersionId: versionId },
  });

export const invalidArgument = (name: string, value: string, message: string): ServiceError =>
  new ServiceError("InvalidArgument", message, { members: { ArgumentName: name, ArgumentValue: value } });
