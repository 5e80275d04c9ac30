import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import type { Route } from "../../../contracts/api";
import { onDemand } from "../../../contracts/fields";
import type * as cursor from "../../../handlers/runtime/cursor";
import type * as runtime from "../../../handlers/runtime/handle";
import { proxyEvent } from "../../support/proxy-event";

process.env["LOG_LEVEL"] = "DEBUG";
process.env["POWERTOOLS_DEV"] = "true";
const { cursors } = jest.requireActual<typeof cursor>("../../../handlers/runtime/cursor");
const { handle } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle");

const route = {
  ...{ method: "POST", path: "/things/{thingId}", summary: "", access: "public", status: 204 },
  params: onDemand(() => z.object({ thingId: z.string() })),
  body: z.object({ colours: z.array(z.string()) }),
} as const satisfies Route;

const context = { awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => 10_000 } as Context;

const written: string[] = [];
const lines = (message: string) =>
  written.map((line) => JSON.parse(line)).filter((line) => line.level === "DEBUG" && line.message === message);
beforeEach(() => {
  written.length = 0;
  jest.spyOn(console, "debug").mockImplementation((line) => void written.push(line));
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

test("a request that is followed has a line with the shape of each part that it has, and one about its answer", async () => {
  const asked = { params: { thingId: "SECRET" }, body: { colours: ["SECRET", "SECRET"] } };
  await handle(route, async () => undefined)(proxyEvent(route, asked), context);
  expect(lines("request parsed").map(({ request }) => request)).toEqual([
    { params: { thingId: "text of 6" }, query: {}, body: { colours: "list of 2" } },
  ]);
  expect(lines("answer").map(({ answer }) => answer)).toEqual([{ status: 204, headers: expect.any(Array), bytes: 0 }]);
  expect(written.join()).not.toContain("SECRET");
});

test("a cursor that is followed has a line with whether it is genuine, and nothing of what it says", async () => {
  const secret = { read: async () => "secret", reread: async () => "secret" };
  const lists = cursors<string>("listThings", secret);
  const sealed = await lists.seal("SECRET", "");
  await lists.open(sealed, "");
  await expect(lists.open(`${sealed}A`, "")).rejects.toThrow();
  expect(lines("cursor")).toMatchObject([
    { purpose: "listThings", genuine: true },
    { purpose: "listThings", genuine: false },
  ]);
  for (const text of ["SECRET", sealed]) expect(written.join()).not.toContain(text);
});
