import { arnOf } from "../../../aws/arn";
import type { LogGroup } from "../../read/log-group-definition";
import { type Input, inputOf, jsonProtocol, optionalTextIn, targetOf, textIn, textsIn } from "../json-protocol";
import { pageOf } from "../pages";
import { notEmulated, type Operation, type Service, type ServiceRequest } from "../service";
import { filterOf } from "./filter-pattern";
import { groupIn, invalid, known, notFound, numberIn, refuse } from "./input";
import type { LinesQuery, LogLine } from "./log-lines";

const { success, failure } = jsonProtocol("1.1");
const since = Date.now();

/** Sources of the service. */
export interface LogsSource {
  readonly groups: () => readonly LogGroup[];
  readonly read: (query: LinesQuery) => Promise<readonly LogLine[]>;
}

/** Events of a page (CloudWatch Logs API reference, FilterLogEvents and GetLogEvents). */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1024 * 1024;
const MOST_DESCRIBED = 50;
const LONGEST_TIME = Number.MAX_SAFE_INTEGER;

/** As many of the first lines as fit on a page. */
function pageOfLines(lines: readonly LogLine[], most: number): readonly LogLine[] {
  let bytes = 0;
  const end = lines.findIndex(({ message }, at) => {
    bytes += message.length;
    return at >= most || (bytes > MOST_BYTES && at > 0);
  });
  return end < 0 ? lines : lines.slice(0, end);
}

/** CloudWatch's are numbers of 56 digits. */
const idOf = (serial: number): string => String(serial).padStart(56, "0");

/** The serial number that a token names. */
function serialIn(token: string, form: RegExp): number {
  const [, digits] = form.exec(token) ?? [];
  if (digits === undefined) throw invalid("The specified nextToken is invalid.");
  return Number(digits);
}

const placeOf = ({ caller }: ServiceRequest): string => `${arnOf("logs", "log-group", caller)}:`;

function describeGroups({ groups }: LogsSource, request: ServiceRequest): Operation {
  const input = inputOf(request);
  refuse(input, "accountIdentifiers", "includeLinkedAccounts", "logGroupIdentifiers");
  const [prefix, pattern] = [optionalTextIn(input, "logGroupNamePrefix"), optionalTextIn(input, "logGroupNamePattern")];
  if (prefix !== undefined && pattern !== undefined) {
    throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  const wantedClass = optionalTextIn(input, "logGroupClass");
  const found = groups()
    .filter(({ name }) => name.startsWith(prefix ?? "") && name.toLowerCase().includes((pattern ?? "").toLowerCase()))
    .filter((group) => wantedClass === undefined || group.class === wantedClass)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const most = numberIn(input, "limit", [1, MOST_DESCRIBED]) ?? MOST_DESCRIBED;
  const { items, next } = pageOf(found, most, optionalTextIn(input, "nextToken"), "InvalidParameterException");
  return {
    needs: [{ action: "logs:DescribeLogGroups", resource: `${placeOf(request)}:log-stream:` }],
    run: () => success({ logGroups: items.map(describedGroup), ...(next ? { nextToken: next } : {}) }),
  };
}

const describedGroup = ({ name, arn, class: logGroupClass, retention }: LogGroup) => ({
  ...{ logGroupName: name, logGroupClass, arn: `${arn}:*`, logGroupArn: arn },
  ...{ creationTime: since, metricFilterCount: 0, storedBytes: 0 },
  ...(retention === undefined ? {} : { retentionInDays: retention }),
});

/** The streams of lines, by name, as they are described. */
function streamsOf(group: LogGroup, lines: readonly LogLine[]) {
  const streams = new Map<string, { first: number; last: number }>();
  for (const { stream, timestamp } of lines) {
    const times = streams.get(stream);
    if (times) times.last = timestamp;
    else streams.set(stream, { first: timestamp, last: timestamp });
  }
  return [...streams].map(([name, { first, last }]) => ({
    ...{ logStreamName: name, arn: `${group.arn}:log-stream:${name}`, creationTime: first, storedBytes: 0 },
    ...{ firstEventTimestamp: first, lastEventTimestamp: last, lastIngestionTime: last },
  }));
}

function describeStreams({ groups, read }: LogsSource, request: ServiceRequest): Operation {
  const input = inputOf(request);
  const { name, resource } = groupIn(input, placeOf(request));
  const prefix = optionalTextIn(input, "logStreamNamePrefix");
  const byTime = (optionalTextIn(input, "orderBy") ?? "LogStreamName") === "LastEventTime";
  if (byTime && prefix !== undefined) throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const most = numberIn(input, "limit", [1, MOST_DESCRIBED]) ?? MOST_DESCRIBED;
  return {
    needs: [{ action: "logs:DescribeLogStreams", resource }],
    run: async () => {
      const group = known(groups(), name);
      const all = streamsOf(group, await read({ group: name, from: 0, to: LONGEST_TIME }));
      const sorted = all
        .filter(({ logStreamName }) => logStreamName.startsWith(prefix ?? ""))
        .sort((one, other) =>
          byTime ? one.lastEventTimestamp - other.lastEventTimestamp : one.logStreamName < other.logStreamName ? -1 : 1,
        );
      const ordered = input["descending"] === true ? sorted.reverse() : sorted;
      const { items, next } = pageOf(ordered, most, optionalTextIn(input, "nextToken"), "InvalidParameterException");
      return success({ logStreams: items, ...(next ? { nextToken: next } : {}) });
    },
  };
}

/** Which streams are wanted. */
function streamsIn(input: Input): (line: LogLine) => boolean {
  const [names, prefix] = [textsIn(input, "logStreamNames"), optionalTextIn(input, "logStreamNamePrefix")];
  if (names.length > 0 && prefix !== undefined) {
    throw invalid("LogStream names and LogStream name prefix are mutually exclusive parameters.");
  }
  if (names.length > 0) return ({ stream }) => names.includes(stream);
  return ({ stream }) => stream.startsWith(prefix ?? "");
}

const timesIn = (input: Input) => ({
  from: numberIn(input, "startTime", [0, LONGEST_TIME]) ?? 0,
  to: numberIn(input, "endTime", [0, LONGEST_TIME]) ?? LONGEST_TIME,
});

function filter({ groups, read }: LogsSource, request: ServiceRequest): Operation {
  const input = inputOf(request);
  refuse(input, "unmask");
  const { name, resource } = groupIn(input, placeOf(request));
  const fits = filterOf(optionalTextIn(input, "filterPattern") ?? "");
  const [isWanted, times] = [streamsIn(input), timesIn(input)];
  const most = numberIn(input, "limit", [1, MOST_EVENTS]) ?? MOST_EVENTS;
  const token = optionalTextIn(input, "nextToken");
  const after = token === undefined ? 0 : serialIn(token, /^(\d{56})$/);
  return {
    needs: [{ action: "logs:FilterLogEvents", resource }],
    run: async () => {
      known(groups(), name);
      const lines = await read({ group: name, ...times });
      const found = lines.filter((line) => line.serial > after && isWanted(line) && fits(line.message));
      const page = pageOfLines(found, most);
      const last = page.at(-1);
      const events = page.map(({ stream, message, timestamp, serial }) => ({
        ...{ logStreamName: stream, message, timestamp, ingestionTime: timestamp, eventId: idOf(serial) },
      }));
      const next = last && page.length < found.length ? { nextToken: idOf(last.serial) } : {};
      return success({ events, searchedLogStreams: [], ...next });
    },
  };
}

/** A page of a stream's lines, on from a token, back from one, or from one of the ends. */
function pageOfStream(
  lines: readonly LogLine[],
  token: string | undefined,
  { most, fromHead }: { readonly most: number; readonly fromHead: boolean },
) {
  if (token?.startsWith("b/")) {
    const before = serialIn(token, /^b\/(\d{56})$/);
    return lines.filter(({ serial }) => serial < before).slice(-most);
  }
  if (token === undefined) return fromHead ? pageOfLines(lines, most) : lines.slice(-most);
  const after = serialIn(token, /^f\/(\d{56})$/);
  return pageOfLines(
    lines.filter(({ serial }) => serial > after),
    most,
  );
}

function getEvents({ groups, read }: LogsSource, request: ServiceRequest): Operation {
  const input = inputOf(request);
  refuse(input, "unmask");
  const { name, resource } = groupIn(input, placeOf(request));
  const stream = textIn(input, "logStreamName");
  const { from, to } = timesIn(input);
  const token = optionalTextIn(input, "nextToken");
  const most = numberIn(input, "limit", [1, MOST_EVENTS]) ?? MOST_EVENTS;
  const fromHead = input["startFromHead"] === true;
  return {
    needs: [{ action: "logs:GetLogEvents", resource: `${resource}${stream}` }],
    run: async () => {
      known(groups(), name);
      const all = await read({ group: name, from: 0, to: LONGEST_TIME });
      const own = all.filter((line) => line.stream === stream);
      if (own.length === 0) throw notFound("log stream");
      // Here, other than of FilterLogEvents, the end is not included.
      const page = pageOfStream(
        own.filter(({ timestamp }) => timestamp >= from && timestamp < to),
        token,
        { most, fromHead },
      );
      const [first, last] = [page[0]?.serial, page.at(-1)?.serial];
      const given = (sign: string) => (token?.startsWith(sign) ? token : undefined);
      return success({
        events: page.map(({ message, timestamp }) => ({ message, timestamp, ingestionTime: timestamp })),
        nextForwardToken: last === undefined ? (given("f/") ?? `f/${idOf(0)}`) : `f/${idOf(last)}`,
        nextBackwardToken: first === undefined ? (given("b/") ?? `b/${idOf(0)}`) : `b/${idOf(first)}`,
      });
    },
  };
}

const operations: ReadonlyMap<string, (source: LogsSource, request: ServiceRequest) => Operation> = new Map([
  ["DescribeLogGroups", describeGroups],
  ["DescribeLogStreams", describeStreams],
  ["FilterLogEvents", filter],
  ["GetLogEvents", getEvents],
]);

/** CloudWatch Logs: what functions and stages have written, to read. Who writes is Lambda and API Gateway alone. */
export const logsService = (source: LogsSource): Service => ({
  failure,
  operation: (request) => {
    const name = targetOf(request);
    const operation = operations.get(name);
    if (!operation) throw notEmulated("CloudWatch Logs", name);
    return operation(source, request);
  },
});
