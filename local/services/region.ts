import { type Need, ServiceError } from "./service";
import { noQueue } from "./sqs/errors";

/** A resource as it is called in the region that a request is signed for, which is whose endpoint it would reach on AWS. */
function asIn(region: string, resource: string): string {
  const [, , , own] = resource.split(":", 5);
  if (own === undefined || own === "" || own === "*" || own === region) return resource;
  return resource.replace(/^((?:[^:]*:){3})[^:]*/, `$1${region}`);
}

/** The rights that a call needs where it is signed for: those that a role has name the region of its stack. */
export const needsIn = (region: string, needs: readonly Need[]): readonly Need[] =>
  needs.map((need) => {
    const resource = asIn(region, need.resource);
    return resource === need.resource ? need : { ...need, resource };
  });

const notThere: Readonly<Record<string, () => ServiceError>> = {
  dynamodb: () => new ServiceError("ResourceNotFoundException", "Requested resource not found"),
  sqs: noQueue,
  sns: () => new ServiceError("NotFound", "Topic does not exist", { status: 404 }),
  ssm: () => new ServiceError("ParameterNotFound", ""),
};

/** The answer of a service in a region in which there is nothing of the stacks. */
export function nothingThere(service: string, [need]: readonly Need[]): ServiceError {
  const error = Object.hasOwn(notThere, service) ? notThere[service]?.() : undefined;
  if (error) return error;
  return new ServiceError("ResourceNotFoundException", `${need?.resource ?? service} is not there`, { status: 404 });
}
