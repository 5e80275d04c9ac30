import { LineSplitter, metricsIn } from "../../../local/lambda/output-lines";
import { eventually } from "../../support/eventually";
import { functionOf, parsed, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

const source = `export const handler = async () => {
  console.log("hello %s", "world");
  console.warn({ a: 1 });
  console.error("failed", new RangeError("too far"));
  process.stdout.write("raw\\n");
};`;

test("in JSON format console writes Lambda's objects, and streams stay as they are", async () => {
  const { fn, output } = await functionOf(source);
  await fn.invoke("{}", { requestId: "the-request" });
  const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
  expect(output.at(-1)).toBe("raw\n");
  expect(output.slice(0, 3).map((payload) => parsed({ payload }))).toEqual([
    { timestamp, level: "INFO", requestId: "the-request", message: "hello world" },
    { timestamp, level: "WARN", requestId: "the-request", message: { a: 1 } },
    expect.objectContaining({ level: "ERROR", errorType: "RangeError", errorMessage: "too far" }),
  ]);
});

test("in text format each line begins with time, request and level", async () => {
  const { fn, output } = await functionOf(source, { logFormat: "Text" });
  await fn.invoke("{}", { requestId: "the-request" });
  expect(output[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\tthe-request\tINFO\thello world\n$/);
});

test("what was written before a kill is there", async () => {
  const { fn, output, limits } = await functionOf(
    `export const handler = async (event) => { if (!event.go) return; console.log("last words"); for (;;); };`,
  );
  await fn.invoke("{}");
  const ending = fn.invoke('{"go":true}');
  const limit = limits.at(-1);
  expect(await eventually(() => output[0])).toContain("last words");
  limit?.end();
  expect((await ending).functionError).toBe("Unhandled");
});

test("lines are put together from what is written in pieces", () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const text of ["a", "b\nc", "\n\nd\n", "e"]) splitter.write(text);
  expect(lines).toEqual(["ab", "c", "d"]);
});

test("a line in embedded metric format is turned into its metrics", () => {
  const line = {
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: "Terrace",
          Dimensions: [["service", "environment"]],
          Metrics: [{ Name: "RecordsCreated", Unit: "Count" }, { Name: "Sizes" }, { Name: "Missing" }],
        },
      ],
    },
    service: "records",
    environment: "dev",
    RecordsCreated: 1,
    Sizes: [1, 2],
  };
  const dimensions = { service: "records", environment: "dev" };
  expect(metricsIn(JSON.stringify(line))).toEqual([
    { namespace: "Terrace", name: "RecordsCreated", unit: "Count", value: 1, dimensions },
    { namespace: "Terrace", name: "Sizes", unit: "None", value: [1, 2], dimensions },
  ]);
});

test.each([
  '{"message":"CloudWatchMetrics"}',
  '{"CloudWatchMetrics" broken',
  "plain",
  '{"_aws":{"CloudWatchMetrics":1}}',
])("%s is an ordinary line", (line) => {
  expect(metricsIn(line)).toEqual([]);
});

test("a line that never ends is cut", () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (let written = 0; written < 2_500_000; written += 10) splitter.write(".".repeat(10));
  expect(lines.map(({ length }) => length)).toEqual([1_048_576, 1_048_576]);
  splitter.write("end\nnext\n");
  expect([lines[2]?.length, lines[3]]).toEqual([2_500_000 - 2 * 1_048_576 + 3, "next"]);
});

test("what is written last is a line when its event is over", () => {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.write("whole\nhalf");
  splitter.end();
  splitter.end();
  splitter.write("next\n");
  expect(lines).toEqual(["whole", "half", "next"]);
});
