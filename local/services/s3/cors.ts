import type { IncomingMessage } from "node:http";
import { fits } from "../../iam/pattern";
import type { BucketDefinition, CorsRule } from "../../read/bucket-definition";
import { ServiceError, type ServiceResponse } from "../service";

type Request = Pick<IncomingMessage, "url" | "method" | "headers">;

const listed = (header: string | undefined): string[] => (header ? header.toLowerCase().split(/\s*,\s*/) : []);

/** The first rule that fits what a page wants to do, as S3 chooses. */
function ruleFor({ url = "/", method = "", headers }: Request, buckets: readonly BucketDefinition[]) {
  const { origin } = headers;
  // Names of buckets need no escapes.
  const bucket = url.split(/[/?]/)[1];
  const wantedMethod = headers["access-control-request-method"] ?? method;
  const wantedHeaders = listed(headers["access-control-request-headers"]);
  return buckets
    .find(({ name }) => name === bucket)
    ?.cors.find(
      (rule) =>
        rule.origins.some((pattern) => origin !== undefined && fits(pattern, origin)) &&
        rule.methods.includes(wantedMethod) &&
        wantedHeaders.every((name) => rule.headers.some((pattern) => fits(pattern.toLowerCase(), name))),
    );
}

function headersOf({ origins, methods, exposed, maxAgeSeconds }: CorsRule, origin: string): Record<string, string> {
  const anyone = origins.includes("*");
  return {
    "Access-Control-Allow-Origin": anyone ? "*" : origin,
    "Access-Control-Allow-Methods": methods.join(", "),
    ...(anyone ? {} : { "Access-Control-Allow-Credentials": "true" }),
    ...(exposed.length > 0 ? { "Access-Control-Expose-Headers": exposed.join(", ") } : {}),
    ...(maxAgeSeconds === undefined ? {} : { "Access-Control-Max-Age": String(maxAgeSeconds) }),
    Vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** CORS headers of an answer of S3; none where no rule of the bucket matches. */
export function corsHeaders(request: Request, buckets: readonly BucketDefinition[]): Record<string, string> {
  const rule = ruleFor(request, buckets);
  return rule ? headersOf(rule, request.headers.origin ?? "") : {};
}

/**
 * The answer to a preflight request.
 *
 * @throws ServiceError `AccessForbidden` where no rule of the bucket allows it
 */
export function preflight(request: Request, buckets: readonly BucketDefinition[]): ServiceResponse {
  const rule = ruleFor(request, buckets);
  if (!rule) {
    const message = "CORSResponse: This CORS request is not allowed by the bucket's CORS configuration";
    throw new ServiceError("AccessForbidden", message, { status: 403 });
  }
  const asked = request.headers["access-control-request-headers"];
  const headers = headersOf(rule, request.headers.origin ?? "");
  return { status: 200, headers: { ...headers, ...(asked ? { "Access-Control-Allow-Headers": asked } : {}) } };
}
