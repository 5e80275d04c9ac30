import { LogLines } from "../../../../local/services/logs/log-lines";
import { allow, arnOf, everything, principal, type Running, startServices } from "../../support/services";
import { ask } from "../../support/signed";

const name = "/aws/lambda/things-get";
const groups = [
  { name, arn: arnOf("logs", `log-group:${name}`), class: "STANDARD", retention: 30 },
  { name: "/aws/apigateway/things", arn: arnOf("logs", "log-group:/aws/apigateway/things"), class: "STANDARD" },
];
const lines = new LogLines();
for (const [at, message] of ["INFO one", "ERROR two", '{"level":"WARN","n":3}', "ERROR four"].entries()) {
  lines.add(name, { stream: at < 3 ? "first" : "second", message: `${message}\n`, timestamp: 1000 + at });
}

let running: Running;
beforeAll(async () => {
  running = await startServices({ logGroups: groups }, { readLines: (query) => lines.read(query) });
});
afterAll(() => running.stop());

async function call(operation: string, input: object) {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `Logs_20140328.${operation}` };
  const { status, text } = await ask(running.url, "logs", { headers, body: JSON.stringify(input) });
  return { status, answer: JSON.parse(text) };
}

const filtered = async (input: object) => {
  const { status, answer } = await call("FilterLogEvents", { logGroupName: name, ...input });
  expect([status, answer.message]).toEqual([200, undefined]);
  return answer as { events: { message: string; eventId: string }[]; nextToken?: string };
};
const messages = async (input: object) => (await filtered(input)).events.map(({ message }) => message.trim());

test("groups are described by name, with what begins so, or has it", async () => {
  const names = async (input: object) =>
    (await call("DescribeLogGroups", input)).answer.logGroups.map(
      (group: { logGroupName: string }) => group.logGroupName,
    );
  expect(await names({})).toEqual(["/aws/apigateway/things", name]);
  expect(await names({ logGroupNamePrefix: "/aws/lambda" })).toEqual([name]);
  expect(await names({ logGroupNamePattern: "GATEWAY" })).toEqual(["/aws/apigateway/things"]);
  expect(await names({ logGroupClass: "INFREQUENT_ACCESS" })).toEqual([]);
  const { answer } = await call("DescribeLogGroups", { logGroupNamePrefix: name });
  expect(answer.logGroups).toEqual([
    {
      logGroupName: name,
      logGroupClass: "STANDARD",
      arn: `${groups[0]!.arn}:*`,
      logGroupArn: groups[0]!.arn,
      creationTime: expect.any(Number),
      metricFilterCount: 0,
      storedBytes: 0,
      retentionInDays: 30,
    },
  ]);
});

test("streams are described by name or by their last line", async () => {
  const names = async (input: object) =>
    (await call("DescribeLogStreams", { logGroupName: name, ...input })).answer.logStreams.map(
      (stream: { logStreamName: string }) => stream.logStreamName,
    );
  expect(await names({})).toEqual(["first", "second"]);
  expect(await names({ orderBy: "LastEventTime", descending: true })).toEqual(["second", "first"]);
  expect(await names({ logStreamNamePrefix: "f" })).toEqual(["first"]);
  const { answer } = await call("DescribeLogStreams", { logGroupName: name, limit: 1 });
  expect(answer.logStreams).toEqual([
    {
      logStreamName: "first",
      arn: `${groups[0]!.arn}:log-stream:first`,
      storedBytes: 0,
      creationTime: 1000,
      firstEventTimestamp: 1000,
      lastEventTimestamp: 1002,
      lastIngestionTime: 1002,
    },
  ]);
  expect(await names({ limit: 1, nextToken: answer.nextToken })).toEqual(["second"]);
});

test("events are filtered by pattern, time and stream, the last millisecond included", async () => {
  expect(await messages({})).toEqual(["INFO one", "ERROR two", '{"level":"WARN","n":3}', "ERROR four"]);
  expect(await messages({ filterPattern: "ERROR" })).toEqual(["ERROR two", "ERROR four"]);
  expect(await messages({ filterPattern: '{ $.level = "WARN" }' })).toEqual(['{"level":"WARN","n":3}']);
  expect(await messages({ startTime: 1001, endTime: 1002 })).toEqual(["ERROR two", '{"level":"WARN","n":3}']);
  expect(await messages({ logStreamNames: ["second"] })).toEqual(["ERROR four"]);
  expect(await messages({ logStreamNamePrefix: "fi", filterPattern: "ERROR" })).toEqual(["ERROR two"]);
  const byArn = { logGroupName: undefined, logGroupIdentifier: groups[0]!.arn };
  expect(await messages({ ...byArn, filterPattern: "INFO" })).toEqual(["INFO one"]);
});

test("pages are as long as is asked for, go on where the last one ended, and end", async () => {
  const first = await filtered({ limit: 2, filterPattern: "-INFO" });
  const second = await filtered({ limit: 2, filterPattern: "-INFO", nextToken: first.nextToken });
  expect([first, second].map(({ events }) => events.length)).toEqual([2, 1]);
  expect(second.nextToken).toBeUndefined();
  expect(new Set([...first.events, ...second.events].map(({ eventId }) => eventId)).size).toBe(3);
});

test("a stream is read from its end, or from its head, and on in both directions until there is no more", async () => {
  const read = async (input: object) =>
    (await call("GetLogEvents", { logGroupName: name, logStreamName: "first", ...input })).answer as {
      events: { message: string }[];
      nextForwardToken: string;
      nextBackwardToken: string;
    };
  const shown = ({ events }: Awaited<ReturnType<typeof read>>) =>
    events.map(({ message }) => message.trim().slice(0, 5));
  const end = await read({ limit: 2 });
  expect(shown(end)).toEqual(["ERROR", '{"lev']);
  const before = await read({ limit: 2, nextToken: end.nextBackwardToken });
  expect(shown(before)).toEqual(["INFO "]);
  const none = await read({ limit: 2, nextToken: before.nextBackwardToken });
  expect([shown(none), none.nextBackwardToken]).toEqual([[], before.nextBackwardToken]);
  const head = await read({ limit: 2, startFromHead: true });
  expect(shown(head)).toEqual(["INFO ", "ERROR"]);
  const rest = await read({ limit: 2, nextToken: head.nextForwardToken });
  expect(shown(rest)).toEqual(['{"lev']);
  const last = await read({ nextToken: rest.nextForwardToken });
  expect([shown(last), last.nextForwardToken]).toEqual([[], rest.nextForwardToken]);
  // Other than of FilterLogEvents, the end is not included.
  expect(shown(await read({ startTime: 1001, endTime: 1002 }))).toEqual(["ERROR"]);
});

test.each([
  ["FilterLogEvents", {}, "InvalidParameterException", /logGroupName or logGroupIdentifier/],
  ["FilterLogEvents", { logGroupName: name, logGroupIdentifier: name }, "InvalidParameterException", /exclusive/],
  ["FilterLogEvents", { logGroupName: "nowhere" }, "ResourceNotFoundException", /log group does not exist/],
  ["FilterLogEvents", { logGroupName: "constructor" }, "ResourceNotFoundException", /log group does not exist/],
  [
    "FilterLogEvents",
    { logGroupName: name, limit: 0 },
    "InvalidParameterException",
    /'limit' .* greater than or equal to 1/,
  ],
  [
    "FilterLogEvents",
    { logGroupName: name, limit: 10_001 },
    "InvalidParameterException",
    /less than or equal to 10000/,
  ],
  ["FilterLogEvents", { logGroupName: name, limit: "1" }, "SerializationException", /limit is no number/],
  ["FilterLogEvents", { logGroupName: name, startTime: -1 }, "InvalidParameterException", /'startTime'/],
  ["FilterLogEvents", { logGroupName: name, nextToken: "x" }, "InvalidParameterException", /nextToken is invalid/],
  ["FilterLogEvents", { logGroupName: name, filterPattern: "{" }, "InvalidParameterException", /Invalid character/],
  ["FilterLogEvents", { logGroupName: name, filterPattern: "[a, b]" }, "UnknownOperationException", /not emulated/],
  ["FilterLogEvents", { logGroupName: name, unmask: true }, "UnknownOperationException", /unmask is not emulated/],
  ["FilterLogEvents", { logGroupName: name, logStreamNames: "x" }, "SerializationException", /logStreamNames/],
  ["GetLogEvents", { logGroupName: name, logStreamName: "none" }, "ResourceNotFoundException", /log stream does not/],
  ["GetLogEvents", { logGroupName: name }, "ValidationException", /logStreamName/],
  ["DescribeLogStreams", { logGroupName: "nowhere" }, "ResourceNotFoundException", /log group does not exist/],
  ["DescribeLogGroups", { limit: 51 }, "InvalidParameterException", /less than or equal to 50/],
  ["DescribeLogGroups", { includeLinkedAccounts: true }, "UnknownOperationException", /not emulated/],
  ["PutLogEvents", {}, "UnknownOperationException", /CloudWatch Logs PutLogEvents is not emulated/],
  ["StartQuery", {}, "UnknownOperationException", /not emulated/],
  ["constructor", {}, "UnknownOperationException", /not emulated/],
])("%s with %j is refused as %s", async (operation, input, code, message) => {
  const { answer } = await call(operation, input);
  expect(answer).toMatchObject({ __type: code, message: expect.stringMatching(message) });
});

test("who has no right to it gets none of it, and a right to a group's streams is enough", async () => {
  const denied = async (operation: string, input: object) => {
    const { status, answer } = await call(operation, input);
    return [status, answer.__type, /on resource: (\S+) because/.exec(answer.message)?.[1]];
  };
  const place = arnOf("logs", "log-group:");
  await running.configure({ logGroups: groups, principals: [principal(allow("logs:*", `${place}other:*`))] });
  const refused = [400, "AccessDeniedException"];
  expect(await denied("FilterLogEvents", { logGroupName: name })).toEqual([...refused, `${place}${name}:log-stream:`]);
  expect(await denied("DescribeLogStreams", { logGroupName: name })).toEqual([
    ...refused,
    `${place}${name}:log-stream:`,
  ]);
  expect(await denied("GetLogEvents", { logGroupName: name, logStreamName: "first" })).toEqual([
    ...refused,
    `${place}${name}:log-stream:first`,
  ]);
  expect(await denied("DescribeLogGroups", {})).toEqual([...refused, `${place}:log-stream:`]);
  await running.configure({ logGroups: groups, principals: [principal(allow("logs:*", `${place}${name}:*`))] });
  expect(await messages({ filterPattern: "INFO" })).toEqual(["INFO one"]);
  await running.configure({ logGroups: groups, principals: [principal(everything)] });
});
