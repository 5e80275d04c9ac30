import { type LocalSystem, startLocally } from "../../local/support/local-system";
import { until } from "../../support/eventually";

// biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
type Segment = any;

const segmentsOf = (system: LocalSystem): Segment[] =>
  system.events.flatMap((event) => (event.event === "segment" ? [event.segment] : []));

const traceIdOf = (line: string): string | undefined => JSON.parse(line).xray_trace_id;

it("the local run collects what functions send to X-Ray: each request, with its calls of AWS, by the trace of its log", async () => {
  const records = await startLocally("records");
  const body = { source: "meter", kind: "heat", values: [1] };
  const { status } = await records.ask("POST", "/records", { body });
  await records.ask("GET", "/records?source=meter");
  const segments = await until(
    async () => segmentsOf(records),
    (seen) => seen.length >= 2,
  );
  const requests = records.events.flatMap((event) =>
    event.event === "log" && event.line.includes('"message":"request"') ? [event.line] : [],
  );
  await records.stop();

  expect(status).toBe(201);
  expect(
    segments.map(({ name, annotations, subsegments }) => [
      ...[name, annotations.status],
      subsegments.map((call: Segment) => `${call.name} ${call.aws.operation} ${call.aws.table_name ?? ""}`.trim()),
    ]),
  ).toEqual([
    ["createRecord", 201, ["DynamoDB PutItem records-dev-records", "S3 PutObject"]],
    ["listRecords", 200, ["DynamoDB Query records-dev-records"]],
  ]);
  expect(segments.map(({ trace_id }) => trace_id)).toEqual(requests.map(traceIdOf));
}, 60_000);
