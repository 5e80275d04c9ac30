import type { ZodMiniType } from "zod/mini";

/** A body that is no JSON: text, or bytes, of a media type. */
export interface MediaBody<Kind extends "text" | "binary" = "text" | "binary"> {
  readonly kind: Kind;
  /** Without parameters: `text/csv`. */
  readonly mediaType: string;
}

/**
 * A text in UTF-8, of any media type but JSON.
 *
 * @example
 * const page = { status: 200, response: textBody("text/html") };
 */
export const textBody = (mediaType: string): MediaBody<"text"> => ({ kind: "text", mediaType });

/**
 * Bytes. API Gateway sends them as they are where the first type of the request's `Accept` header is theirs, and in base64
 * to all others. (API Gateway developer guide, "Return binary media from a Lambda proxy integration in API Gateway")
 *
 * @example
 * const image = { status: 200, response: binaryBody("image/png") };
 */
export const binaryBody = (mediaType: string): MediaBody<"binary"> => ({ kind: "binary", mediaType });

/** The body of an answer: JSON as a schema says, or text or bytes. */
export type ResponseBody = ZodMiniType | MediaBody;

/** Whether a body is text or bytes, and not JSON. */
export const isMedia = (body: ResponseBody): body is MediaBody => "mediaType" in body;

/** Statuses that lead elsewhere: their answers have a `Location`, and no body. */
export const redirectStatuses = [301, 302, 303, 307, 308] as const;

/** A status that leads elsewhere. */
export type RedirectStatus = (typeof redirectStatuses)[number];

/** Whether a status leads elsewhere. */
export const isRedirect = (status: number): boolean => (redirectStatuses as readonly number[]).includes(status);

/** A status whose answers have no body. */
export type BodilessStatus = RedirectStatus | 204 | 205 | 304;

const isBodiless = (status: number): boolean => isRedirect(status) || [204, 205, 304].includes(status);

/** The bodies of a route's successes. */
interface Responses {
  readonly response?: ResponseBody;
  readonly responses?: Readonly<Record<number, ResponseBody>>;
}

/** The body of a route's answers of a status; undefined for one without. */
export const responseOf = ({ response, responses }: Responses, status: number): ResponseBody | undefined =>
  isBodiless(status) ? undefined : (responses?.[status] ?? response);

/** All bodies that a route answers with. */
export const responsesOf = ({ response, responses }: Responses): readonly ResponseBody[] => [
  ...(response ? [response] : []),
  ...Object.values(responses ?? {}),
];

/** The statuses of a route's successes, as a union. */
export type SuccessStatus<R extends { readonly status: unknown }> = R["status"] extends readonly (infer S)[]
  ? S
  : R["status"];

/** The body that a route declares for a status; undefined for one without. */
export type ResponseOf<R extends Responses, S> = S extends BodilessStatus
  ? undefined
  : R["responses"] extends { readonly [Own in S & number]: infer Body }
    ? Body
    : R["response"];
