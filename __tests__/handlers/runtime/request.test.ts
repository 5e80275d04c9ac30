import * as z from "zod/mini";
import type { Route } from "../../../contracts/api";
import { onDemand } from "../../../contracts/fields";
import { Refusal } from "../../../handlers/runtime/errors";
import { parseRequest } from "../../../handlers/runtime/request";
import { type Asked, proxyEvent } from "../../support/proxy-event";

const text = z.optional(z.string());
const plain = {
  ...{ method: "GET", path: "/things", summary: "", access: "public", status: 204 },
  query: onDemand(() => z.strictObject({ colour: text, size: text })),
  headers: onDemand(() => z.object({ "if-match": text })),
} as const satisfies Route;
const cached = {
  ...plain,
  cache: { ttlSeconds: 60, keyParameters: ["method.request.querystring.colour"] },
} as const satisfies Route;

const problemsOf = (route: Route, asked: Asked) => {
  try {
    parseRequest(route, proxyEvent(route, asked));
    return [];
  } catch (refusal) {
    return refusal instanceof Refusal ? refusal.details : [refusal];
  }
};

test("the one header that a route declares is read, whatever its case, and no other", () => {
  const headers = { "IF-Match": "1", "X-Other": "2" };
  expect(parseRequest(plain, proxyEvent(plain, { headers })).headers).toEqual({ "if-match": "1" });
});

test("headers and parameters are also read from the maps that have one value for each name", () => {
  const event = { ...proxyEvent(plain, { query: { colour: "red" }, headers: { "If-Match": "1" } }) };
  Object.assign(event, { multiValueHeaders: null, multiValueQueryStringParameters: null });
  expect(parseRequest(plain, event)).toMatchObject({ query: { colour: "red" }, headers: { "if-match": "1" } });
});

test("a parameter that is sent twice, or as a header that the route declares under two spellings, is refused where nothing is cached", () => {
  expect(problemsOf(plain, { query: { colour: ["red", "blue"] } })).toEqual([
    { path: "query.colour", message: "must be given once" },
  ]);
  expect(problemsOf(plain, { headers: { "If-Match": "1", "if-match": "1" } })).toEqual([
    { path: "headers.if-match", message: "must be given once" },
  ]);
  expect(problemsOf(plain, { headers: { Accept: ["text/html", "text/plain"] } })).toEqual([]);
});

test.each(["constructor", "toString", "__proto__"])(
  "a parameter that all objects have is no list that a route takes, and is refused: %s",
  (name) => {
    expect(problemsOf(plain, { query: { [name]: ["1", "2"] } })).toContainEqual({
      path: `query.${name}`,
      message: "must be given once",
    });
  },
);

describe("of a cached route", () => {
  test("the last value of each declared parameter counts, as in the cache's key", () => {
    const query = { colour: ["red", "green", "blue"], size: "5" };
    expect(parseRequest(cached, proxyEvent(cached, { query })).query).toEqual({ colour: "blue", size: "5" });
  });

  test("a parameter that nobody declared, and a blank one, are not there", () => {
    const query = { colour: "", other: "1", constructor: "2" };
    expect(parseRequest(cached, proxyEvent(cached, { query })).query).toEqual({});
    expect(problemsOf(plain, { query: { other: "1" } })).toEqual([
      { path: "query.other", message: "is not a known field" },
    ]);
  });
});
