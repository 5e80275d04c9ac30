import * as z from "zod/mini";
import type { Route } from "../../contracts/api";
import { parameterLocation } from "../../contracts/gateway-body";

const route: Route = {
  method: "GET",
  path: "/things/{thingId}",
  summary: "",
  access: "apiKey",
  params: z.lazy(() => z.strictObject({ thingId: z.string() })),
  query: z.lazy(() => z.strictObject({ colour: z.optional(z.string()) })),
  headers: z.lazy(() => z.object({ "if-match": z.optional(z.string()) })),
  status: 204,
};

it.each([
  ["thingId", "method.request.path.thingId"],
  ["colour", "method.request.querystring.colour"],
  ["if-match", "method.request.header.If-Match"],
  ["constructor", undefined],
  ["size", undefined],
])("API Gateway finds %s at %s", (name, location) => {
  expect(parameterLocation(route, name)).toBe(location);
});
