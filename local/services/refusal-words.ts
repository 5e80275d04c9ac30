import { ServiceError } from "./service";

type Named = readonly [code: string, status: number];

/** A service's own names for what differs between services. */
interface Words {
  /** @default AccessDeniedException with status 400 */
  readonly AccessDenied?: Named;
  /** A key may not be used for it. @default as above */
  readonly KeyAccessDenied?: Named;
  /** The service could not do it, and may the next time. @default InternalFailure with status 500 */
  readonly Failure?: Named;
  /** Signed with a key that nobody has. @default UnrecognizedClientException with status 403 */
  readonly UnknownKey?: Named;
}

const wordsOf: ReadonlyMap<string, Words> = new Map<string, Words>([
  ["dynamodb", { Failure: ["InternalServerError", 500], UnknownKey: ["UnrecognizedClientException", 400] }],
  ["events", { AccessDenied: ["AccessDeniedException", 400], Failure: ["InternalException", 500] }],
  ["lambda", { AccessDenied: ["AccessDeniedException", 403], Failure: ["ServiceException", 500] }],
  ["logs", { Failure: ["ServiceUnavailableException", 500] }],
  [
    "s3",
    { AccessDenied: ["AccessDenied", 403], Failure: ["InternalError", 500], UnknownKey: ["InvalidAccessKeyId", 403] },
  ],
  [
    "sns",
    {
      AccessDenied: ["AuthorizationError", 403],
      Failure: ["InternalError", 500],
      KeyAccessDenied: ["KMSAccessDenied", 400],
      UnknownKey: ["InvalidClientTokenId", 403],
    },
  ],
  ["sqs", { KeyAccessDenied: ["KmsAccessDenied", 400] }],
  ["ssm", { Failure: ["InternalServerError", 500] }],
]);

/** A refusal in a service's own words. */
export function inWordsOf(service: string, error: ServiceError): ServiceError {
  const words = wordsOf.get(service) ?? {};
  const { AccessDenied = ["AccessDeniedException", 400] } = words;
  const all = new Map<string, Named>([
    ["AccessDenied", AccessDenied],
    ["Failure", ["InternalFailure", 500]],
    ["KeyAccessDenied", AccessDenied],
    ["UnknownKey", ["UnrecognizedClientException", 403]],
    ...Object.entries(words),
  ]);
  const named = all.get(error.code);
  // What has a name already is the service's own, with all that it says besides.
  if (!named) return error;
  const [code, status] = named;
  return new ServiceError(code, error.message, { status, members: error.members });
}
