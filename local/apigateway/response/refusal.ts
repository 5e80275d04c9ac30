/** The types of refusals that an API can customize (developer guide, "Gateway response types for API Gateway"). */
export const gatewayResponseTypes = {
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  MISSING_AUTHENTICATION_TOKEN: 403,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  INVALID_SIGNATURE: 403,
  INVALID_API_KEY: 403,
  API_CONFIGURATION_ERROR: 500,
  UNAUTHORIZED: 401,
  INTEGRATION_FAILURE: 504,
  ACCESS_DENIED: 403,
  AUTHORIZER_FAILURE: 500,
  WAF_FILTERED: 403,
  EXPIRED_TOKEN: 403,
  INTEGRATION_TIMEOUT: 504,
  QUOTA_EXCEEDED: 429,
  THROTTLED: 429,
  UNSUPPORTED_MEDIA_TYPE: 415,
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
} as const satisfies Record<string, number | undefined>;

export type GatewayResponseType = keyof typeof gatewayResponseTypes;

/** Values of the header x-amzn-ErrorType; for types that are missing, the general ones below. */
const errorTypes: Partial<Record<GatewayResponseType, string>> = {
  MISSING_AUTHENTICATION_TOKEN: "MissingAuthenticationTokenException",
  INVALID_API_KEY: "ForbiddenException",
  THROTTLED: "TooManyRequestsException",
  QUOTA_EXCEEDED: "LimitExceededException",
  UNAUTHORIZED: "UnauthorizedException",
  ACCESS_DENIED: "AccessDeniedException",
  // Observed for functions that fail, too.
  AUTHORIZER_CONFIGURATION_ERROR: "AuthorizerConfigurationException",
  AUTHORIZER_FAILURE: "AuthorizerConfigurationException",
};

/** A request that the gateway answers itself because something is wrong. */
export interface Refusal {
  readonly type: GatewayResponseType;
  /** Null where the answer has none. */
  readonly message: string | null;
  readonly errorType: string;
  /** The status, unless the API defines another one for the type. */
  readonly status: number;
  /** For developers: never sent. */
  readonly reason: string;
  /** The value of `$context.error.validationErrorString`, which is escaped in a JSON template here; of AWS nobody says so. */
  readonly validationError: string | undefined;
}

/** Makes a refusal; its status is the type's own unless another one is given. */
export function refusal(
  type: GatewayResponseType,
  message: string,
  given: { status?: number; reason?: string; validationError?: string } = {},
): Refusal {
  const status = given.status ?? gatewayResponseTypes[type] ?? 500;
  const errorType = errorTypes[type] ?? (status < 500 ? "BadRequestException" : "InternalServerErrorException");
  return { type, message, errorType, status, reason: given.reason ?? message, validationError: given.validationError };
}

/** A fault of the integration. The reason is for the developer alone, not for the client. */
export const internalError = (type: GatewayResponseType, status: number, reason: string): Refusal =>
  refusal(type, "Internal server error", { status, reason });
