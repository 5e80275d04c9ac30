import { printer } from "../../../local/run/command-line/print";
import type { RunnerEvent } from "../../../local/run/events";

/** The output for events. */
function printed(events: RunnerEvent | readonly RunnerEvent[], options = { json: false, grants: false }): string {
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const { emit, flush } = printer(options);
  for (const event of [events].flat()) emit(event);
  flush();
  const text = String(write.mock.calls[0]?.[0] ?? "");
  write.mockRestore();
  return text;
}

const denial = { event: "denial", function: "f", action: "s3:PutObject", resource: "arn:aws:s3:::b/x" } as const;
const policy = { kind: "bucket", address: "aws_s3_bucket_policy.b" } as const;
const key = { kind: "key", address: "aws_kms_key.k" } as const;

test.each([
  [{ explicit: false, grant: "b.grant(f);" }, "its role does not allow it; add to the stack:\n  b.grant(f);"],
  [{ explicit: true }, "its role denies it"],
  [{ explicit: true, policy }, "an explicit deny in the bucket policy at aws_s3_bucket_policy.b"],
  [{ explicit: false, policy: key }, "the key policy at aws_kms_key.k does not let it"],
  [{ explicit: false }, "no policy lets it"],
])("a denial says which policy said no: %o", (by, why) => {
  expect(printed({ ...denial, ...by })).toBe(`denied f: s3:PutObject on arn:aws:s3:::b/x: ${why}\n`);
});

it("names each client's key besides the first, once", () => {
  const otherKeys = [{ name: "things-dev-usage-plan-mobile", value: "second" }];
  const stage = { name: "dev", url: "http://localhost:1/dev", apiKey: "first", otherKeys };
  const system = { system: "things", url: stage.url, apiKey: "first", curl: undefined, notEmulated: [] };
  const entrances = [stage, { ...stage, name: "distribution", url: "http://localhost:2" }];
  const access = {} as Extract<RunnerEvent, { event: "ready" }>["access"];

  expect(
    printed({ event: "ready", systems: [{ ...system, entrances }], schedules: [], access, ms: 1 })
      .split("\n")
      .slice(0, 3),
  ).toEqual([
    "things  http://localhost:1/dev  key first",
    "  distribution  http://localhost:2  key first",
    "  key things-dev-usage-plan-mobile  second",
  ]);
});

test.each([
  ["a, b, c, d", "a, b, c, d"],
  ["a, b, c, d, e", "a, b, c and 2 others"],
])("what was reloaded is listed as far as a line goes: %s", (what, shown) => {
  expect(printed({ event: "reloaded", what, ms: 5 })).toBe(`reloaded ${shown} 5 ms\n`);
});

const fields = {
  service: "records",
  environment: "dev",
  timestamp: "2026-01-31T12:00:00.000Z",
  function_name: "records-dev-x",
  xray_trace_id: "1-1",
  correlation_id: "c",
};
const logged = (line: string | object, mapped?: string): RunnerEvent => ({
  event: "log",
  function: "records-dev-x",
  line: typeof line === "string" ? line : JSON.stringify(line),
  ...(mapped === undefined ? {} : { mapped }),
});
const onBus = (rules: Extract<RunnerEvent, { event: "busEvent" }>["rules"]): RunnerEvent => ({
  event: "busEvent",
  ...{ bus: "bus", id: "1", source: "shop", detailType: "OrderPaid", body: "{}", rules },
});
const noon = "\\d\\d:00:00";

test.each<[string, RunnerEvent, string]>([
  [
    "a structured line is time, level, function, message and what differs",
    logged({
      ...fields,
      level: "WARN",
      message: "request refused",
      status: 503,
      failure: { name: "E", at: ["at x:1:1"] },
    }),
    `^  ${noon} WARN records-dev-x request refused status=503 failure=\\{"name":"E"\\}\n$`,
  ],
  [
    "a line in text format is read likewise",
    logged("2026-01-31T12:00:00.000Z\tid\tERROR\tfailed"),
    `^  ${noon} ERROR records-dev-x failed\n$`,
  ],
  ["a line of no format is shown as it is", logged("just words"), "^  records-dev-x just words\n$"],
  ["what begins like JSON and is none is shown as it is", logged("{oh"), "^  records-dev-x \\{oh\n$"],
  ["a list is no structured line", logged("[1]"), "^  records-dev-x \\[1\\]\n$"],
  ["metrics are shown as metrics", logged({ _aws: { CloudWatchMetrics: [] } }), "^$"],
  [
    "what would do something to the terminal is taken out",
    logged({ ...fields, level: "INFO", message: "a\u001b[2Jb\u0007c\u009bd" }),
    `^  ${noon} INFO records-dev-x a\\[2Jbcd\n$`,
  ],
  [
    "an event of a bus is said with the rules that it fits, and what its targets did not take",
    onBus([
      { rule: "paid", targets: [{ arn: "arn:aws:lambda:us-east-1:0:function:note:live", result: "delivered" }] },
      { rule: "much", targets: [{ arn: "arn:aws:sqs:us-east-1:0:large", result: "dead letter", error: "no" }] },
      { rule: "less", unmet: "detail.amount is 5", targets: [] },
    ]),
    "^event OrderPaid of shop on bus: paid gives it to note; much gives it to large \\(dead letter\\)\n$",
  ],
  [
    "an event that fits no rule is said to",
    onBus([{ rule: "less", unmet: "detail.amount is 5", targets: [] }]),
    "^event OrderPaid of shop on bus: no rule fits it\n$",
  ],
])("%s", (_what, event, text) => {
  expect(printed(event)).toMatch(new RegExp(text));
});

test("of a trace those frames are shown that are a person's own, by place, and its causes", () => {
  const message = [
    "Invoke Error Error: boom",
    "    at async z (handlers/records/x.ts:12:5)",
    "    at node_modules/zod/index.js:1:1",
    "    at process.processTicks (node:internal/process:1:1) {",
    "  [cause]: Error: deep",
    "      at handlers/records/y.ts:3:4",
    "}",
  ].join("\n");
  const line = { ...fields, level: "ERROR", message, errorType: "Error", errorMessage: "boom", stackTrace: ["at z"] };
  const lines = printed(logged(line)).split("\n");
  expect(lines.slice(1)).toEqual([
    "    at handlers/records/x.ts:12:5",
    "  [cause]: Error: deep",
    "    at handlers/records/y.ts:3:4",
    "}",
    "",
  ]);
});

test("an error that a logger was given as a field is shown with its trace", () => {
  const error = { name: "Error", message: "boom", stack: "Error: boom\n    at a (handlers/x.ts:1:2)" };
  expect(printed(logged({ ...fields, level: "ERROR", message: "failed", error }))).toMatch(
    /ERROR records-dev-x failed error=\{"name":"Error","message":"boom"\}\nError: boom\n {4}at handlers\/x\.ts:1:2\n$/,
  );
});

test("what a function caught is shown with its causes and what else is on it", () => {
  const cause = { errorType: "Error", errorMessage: "deep", trace: ["    at b (handlers/y.ts:3:4)"], causes: [] };
  const error = {
    errorType: "ResponseMismatch",
    errorMessage: "no fit",
    trace: ["    at async a (handlers/x.ts:1:2)", "    at node:internal:1:1"],
    details: '{"issues":[]}',
    causes: [cause],
  };
  expect(printed({ event: "failure", function: "f", error })).toBe(
    [
      "caught f: ResponseMismatch: no fit",
      '    {"issues":[]}',
      "    at handlers/x.ts:1:2",
      "  caused by Error: deep",
      "    at handlers/y.ts:3:4",
      "",
    ].join("\n"),
  );
});

test("what Lambda did to an invocation is printed with its note, and what a function threw is left to its log", () => {
  const how = { event: "invocation", function: "f", requestId: "r", durationMs: 1 } as const;
  const errorMessage = "RequestId: r Error: Task timed out after 1.00 seconds";
  const note = "the limit is its timeout";
  expect(printed({ ...how, error: { errorType: "Sandbox.Timedout", errorMessage }, note })).toBe(
    "failed f: Sandbox.Timedout: Task timed out after 1.00 seconds\n  the limit is its timeout\n",
  );
  expect(printed({ ...how, error: { errorType: "Error", errorMessage: "boom", trace: [] } })).toBe("");
});

const permission = { function: "f", action: "s3:GetObject", resource: "r" };
const permissions = [
  { ...permission, used: true },
  { ...permission, used: false },
];

test("rights that were not used are one line, and each of them when they are asked for", () => {
  expect(printed({ event: "grants", permissions })).toBe(
    "1 of 2 granted rights were used; --grants lists the others\n",
  );
  expect(printed({ event: "grants", permissions }, { json: false, grants: true })).toBe(
    "1 of 2 granted rights were used\n  not used: f s3:GetObject r\n",
  );
  expect(printed({ event: "grants", permissions: permissions.slice(0, 1) })).toBe("1 of 1 granted rights were used\n");
});

test("for programs each event is a line of JSON, as it is", () => {
  const event = logged({ ...fields, message: "x" }, "mapped");
  expect(JSON.parse(printed(event, { json: true, grants: false }))).toEqual(event);
});

test("the first place of an error is in the person's own code, whatever led there and back", () => {
  const trace = [
    "    at parse (handlers/runtime/response.ts:40:9)",
    "    at file (node_modules/zod/mini.js:1:1)",
    "    at handler (handlers/records/get-record.ts:12:5)",
    "    at run (handlers/runtime/handle.ts:90:3)",
  ];
  const error = { errorType: "TypeError", errorMessage: "boom", trace, causes: [] };
  expect(printed({ event: "failure", function: "f", error })).toBe(
    "caught f: TypeError: boom\n    at handlers/records/get-record.ts:12:5\n",
  );
  const shared = { ...error, trace: trace.slice(0, 1) };
  expect(printed({ event: "failure", function: "f", error: shared })).toBe(
    "caught f: TypeError: boom\n    at handlers/runtime/response.ts:40:9\n",
  );
});
