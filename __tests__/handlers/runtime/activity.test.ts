import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import type { Route } from "../../../contracts/api";
import type * as activity from "../../../handlers/runtime/activity";
import type * as runtime from "../../../handlers/runtime/handle";
import { proxyEvent } from "../../support/proxy-event";
import { type Bucket, startBucket } from "../../support/s3";

const route: Route = { method: "GET", path: "/thing", summary: "", access: "public", status: 204 };
const context = { awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => 10_000 } as Context;

let bucket: Bucket;
let change: () => Promise<{ readonly statusCode: number }>;
const written: string[] = [];
beforeAll(async () => {
  bucket = await startBucket("log-bucket");
  Object.assign(process.env, {
    ...{
      POWERTOOLS_DEV: "true",
      POWERTOOLS_METRICS_DISABLED: "false",
      LOG_BUCKET: "log-bucket",
      AWS_ENDPOINT_URL_S3: bucket.server.url,
    },
    ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  });
  const { recordActivity } = jest.requireActual<typeof activity>("../../../handlers/runtime/activity");
  const { handle } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle");
  const handler = handle(route, async ({ caller, requestId }) => {
    await recordActivity({ who: caller, what: "deleteThing", subject: "thing-1", version: 3, requestId });
    return undefined as never;
  });
  change = () => handler(proxyEvent(route, { requestId: "r" }), context);
});
beforeEach(() => {
  written.length = 0;
  const write = (line: unknown) => void written.push(String(line));
  jest.spyOn(console, "info").mockImplementation(write);
  jest.spyOn(console, "warn").mockImplementation(write);
  jest.spyOn(console, "log").mockImplementation(write);
  jest.spyOn(process.stdout, "write").mockImplementation((line) => {
    write(line);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => bucket.server.stop());

const lines = () => written.map((line) => JSON.parse(line));

test("a change is written down in the log and in the bucket, and counts nothing", async () => {
  expect((await change()).statusCode).toBe(204);
  const { activity: entry } = lines().find(({ message }) => message === "activity");
  expect(entry).toMatchObject({ who: "key-1", what: "deleteThing", subject: "thing-1", version: 3, requestId: "r" });
  expect([...bucket.objects.values()].map((text) => JSON.parse(text))).toEqual([entry]);
  expect(lines().filter(({ _aws }) => _aws)).toEqual([]);
});

test("a bucket that does not take it costs a warning and a count, once, and never the request", async () => {
  bucket.server.fault = () => ({ code: "AccessDenied", status: 403 });
  expect((await change()).statusCode).toBe(204);
  bucket.server.fault = () => undefined;
  expect((await change()).statusCode).toBe(204);
  const warnings = lines().filter(({ level }) => level === "WARN");
  expect(warnings.map(({ message, failure }) => [message, failure.name])).toEqual([
    ["activity not written to the log bucket", "AccessDenied"],
  ]);
  expect(lines().filter(({ _aws }) => _aws)).toMatchObject([{ ActivityWriteFailed: 1, environment: "dev" }]);
});
