import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import type { Route } from "../../../contracts/api";
import type * as runtime from "../../../handlers/runtime/handle";
import type * as batches from "../../../handlers/runtime/handle-batch";
import { proxyEvent } from "../../support/proxy-event";
import { type Daemon, startDaemon } from "../../support/trace-daemon";

const route: Route = { method: "GET", path: "/thing", summary: "", access: "public", status: 204 };
const context = { awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => 10_000 } as Context;

let daemon: Daemon;
let handle: (typeof runtime)["handle"];
let handleBatch: (typeof batches)["handleBatch"];
beforeAll(async () => {
  daemon = await startDaemon();
  process.env["POWERTOOLS_DEV"] = "true";
  process.env["AWS_XRAY_DAEMON_ADDRESS"] = daemon.address;
  process.env["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
  ({ handle } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle"));
  ({ handleBatch } = jest.requireActual<typeof batches>("../../../handlers/runtime/handle-batch"));
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
  jest.spyOn(console, "error").mockReturnValue(undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
  return daemon.stop();
});

test.each([
  ["went well", undefined, 204, false],
  ["failed", new Error("no"), 500, true],
])("the trace of a request that %s says so", async (_, thrown, status, isFault) => {
  await handle(route, async () => {
    if (thrown) throw thrown;
    return undefined as never;
  })(proxyEvent(route, { requestId: "r" }), context);
  const [segment] = await daemon.next(1);
  expect(segment).toMatchObject({
    trace_id: "1-5759e988-bd862e3fe1be46a994272793",
    annotations: { operation: "f", status, request_id: "r" },
  });
  expect(segment.fault ?? false).toBe(isFault);
});

test.each([
  ["of which all records went well", [], false],
  ["of which one record failed", ["a"], true],
  ["of which several failed", ["a", "b"], true],
])("the trace of a batch %s says so", async (_, failing, isFault) => {
  const handler = handleBatch(z.object({}), async (__, { messageId }) => {
    if ((failing as string[]).includes(messageId)) throw new Error("no");
  });
  const records = ["a", "b", "c"].map((messageId) => ({ messageId, body: "{}", attributes: {} }));
  await handler({ Records: records }, context);
  const [segment] = await daemon.next(1);
  expect(segment).toMatchObject({ name: "f", annotations: { operation: "f", request_id: "id" } });
  expect(segment.fault ?? false).toBe(isFault);
});
