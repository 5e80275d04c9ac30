import { endLines, startLine } from "../../../local/lambda/platform-lines";
import { definitionWith } from "../support/functions";

const report = { requestId: "id", durationMs: 1234.5678, result: { payload: "{}", memoryBytes: 70.5 * 1024 * 1024 } };
const failed = (errorType: string) => ({
  ...report,
  result: { ...report.result, functionError: "Unhandled", payload: JSON.stringify({ errorType, errorMessage: "m" }) },
});

test.each([
  [
    report,
    "REPORT RequestId: id\tDuration: 1234.57 ms\tBilled Duration: 1235 ms\tMemory Size: 128 MB\tMax Memory Used: 71 MB",
  ],
  [{ ...report, result: { ...report.result, initMs: 99.5 } }, "Max Memory Used: 71 MB\tInit Duration: 99.50 ms"],
  [failed("Sandbox.Timedout"), "Max Memory Used: 71 MB\tStatus: timeout"],
  [failed("Runtime.ExitError"), "Max Memory Used: 71 MB\tStatus: error\tError Type: Runtime.ExitError"],
])("as text, what is written of %j ends in %j", (of, end) => {
  const [ended, line = ""] = endLines(definitionWith({ logFormat: "Text" }), of);
  expect(ended).toBe("END RequestId: id\n");
  expect(line).toMatch(/^REPORT RequestId: id\t/);
  expect(line.endsWith(`${end}\n`)).toBe(true);
});

test.each([
  [report, { status: "success" }],
  [failed("Sandbox.Timedout"), { status: "timeout" }],
  [failed("TypeError"), { status: "error", errorType: "TypeError" }],
])("as JSON, what is written of %j has %j", (of, outcome) => {
  const metrics = { durationMs: 1234.568, billedDurationMs: 1235, memorySizeMB: 128, maxMemoryUsedMB: 71 };
  expect(endLines(definitionWith(), of).map((line) => JSON.parse(line))).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      type: "platform.report",
      record: { requestId: "id", metrics, ...outcome },
    },
  ]);
});

test("an invocation's start names the version, in either format", () => {
  expect(startLine(definitionWith({ logFormat: "Text", version: "7" }), "id")).toBe("START RequestId: id Version: 7\n");
  expect(JSON.parse(startLine(definitionWith(), "id"))).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    type: "platform.start",
    record: { requestId: "id", version: "$LATEST" },
  });
});
