import { ServiceError } from "./service";

type Named = readonly [code: string, status: number];

/** How a service calls what AWS has no one name for. */
interface Words {
  /** @default AccessDeniedException with status 400 */
  readonly AccessDenied?: Named;
  /** A key may not be used for it. @default as above */
  readonly KeyAccessDenied?: Named;
  /** Signed with a key that nobody has. @default UnrecognizedClientException with status 403 */
  readonly UnknownKey?: Named;
}

const wordsOf: Readonly<Record<string, Words>> = {
  dynamodb: { UnknownKey: ["UnrecognizedClientException", 400] },
  lambda: { AccessDenied: ["AccessDeniedException", 403] },
  s3: { AccessDenied: ["AccessDenied", 403], UnknownKey: ["InvalidAccessKeyId", 403] },
  sns: {
    AccessDenied: ["AuthorizationError", 403],
    KeyAccessDenied: ["KMSAccessDenied", 400],
    UnknownKey: ["InvalidClientTokenId", 403],
  },
  sqs: { KeyAccessDenied: ["KmsAccessDenied", 400] },
};

/** A refusal in a service's own words. */
export function inWordsOf(service: string, error: ServiceError): ServiceError {
  const words = wordsOf[service] ?? {};
  const { AccessDenied = ["AccessDeniedException", 400], UnknownKey = ["UnrecognizedClientException", 403] } = words;
  const all: Readonly<Record<string, Named>> = { AccessDenied, UnknownKey, KeyAccessDenied: AccessDenied, ...words };
  const [code, status] = all[error.code] ?? [error.code, error.status];
  return new ServiceError(code, error.message, { status, members: error.members });
}
