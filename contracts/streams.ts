import { isMedia, type MediaBody, type ResponseBody, responsesOf } from "./answers";
import type { Route } from "./api";

/** A body that is sent while it is made: its first bytes while the operation still works on the last. `handleStream` makes it. */
export interface StreamBody<Kind extends "text" | "binary" = "text" | "binary"> extends MediaBody<Kind> {
  readonly streams: true;
}

/**
 * A text in UTF-8 that is sent while it is made, of any length and for up to 15 minutes. (API Gateway developer guide, "Stream the
 * integration response for your proxy integrations in API Gateway")
 *
 * @example
 * const report = { status: 200, response: textStream("text/csv") };
 */
export const textStream = (mediaType: string): StreamBody<"text"> => ({ kind: "text", mediaType, streams: true });

/**
 * Bytes that are sent while they are made, as they are, whatever the request's `Accept` says. (The same page)
 *
 * @example
 * const film = { status: 200, response: binaryStream("video/mp4") };
 */
export const binaryStream = (mediaType: string): StreamBody<"binary"> => ({ kind: "binary", mediaType, streams: true });

/** Whether a body is sent while it is made. */
export const isStream = (body: ResponseBody | undefined): body is StreamBody =>
  body !== undefined && isMedia(body) && "streams" in body;

/** Whether a route's answers are sent while they are made. */
export const streams = (route: Route): boolean => responsesOf(route).some(isStream);
