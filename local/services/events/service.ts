import { arnOf } from "../../../aws/arn";
import { problemOfPattern } from "../../../aws/event-pattern";
import { eventsLimits } from "../../../aws/limits";
import { isObject } from "../../../lib/json";
import { parsed } from "../event-pattern";
import {
  type Input,
  inputOf,
  jsonProtocol,
  objectsIn,
  optionalTextIn,
  targetOf,
  textIn,
  textsIn,
} from "../json-protocol";
import { checkMembers } from "../members";
import { type Caller, notEmulated, type Operation, type Service, ServiceError, type ServiceRequest } from "../service";
import { type Buses, busNameOf, type PutEvent, unmetOf } from "./buses";
import { eventsMembers } from "./members";

const { success, failure } = jsonProtocol("1.1");

const violation = (message: string): ServiceError => new ServiceError("ValidationException", message);

/** The entries of a call. @throws ServiceError when EventBridge would take none of them */
function entriesIn(input: Input): readonly Input[] {
  const entries = objectsIn(input, "Entries");
  const [least, most] = eventsLimits.entries;
  const rule = entries.length < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  if (entries.length < least || entries.length > most) {
    throw violation(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${rule}`,
    );
  }
  if (entries.reduce((sum, entry) => sum + bytesOf(entry), 0) > eventsLimits.requestBytes) {
    throw violation("Total size of the entries in the request is over the limit.");
  }
  return entries;
}

/** (EventBridge user guide, "Calculating Amazon EventBridge event entry size": a time counts as 14 bytes) */
function bytesOf(entry: Input): number {
  const texts = ["Source", "DetailType", "Detail"].map((name) => optionalTextIn(entry, name) ?? "");
  const all = [...texts, ...textsIn(entry, "Resources")];
  return all.reduce((sum, text) => sum + Buffer.byteLength(text), entry["Time"] === undefined ? 0 : 14);
}

const required = (name: string): ServiceError =>
  new ServiceError("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);

function given(entry: Input, name: string): string {
  const text = optionalTextIn(entry, name);
  if (text === undefined || text === "") throw required(name);
  return text;
}

/** JSON has times as seconds since 1970. */
function timeOf({ Time: time }: Input): string {
  const date = time === undefined || time === null ? new Date() : new Date(Number(time) * 1000);
  if (Number.isNaN(date.getTime())) throw new ServiceError("InvalidArgument", "Parameter Time is not valid.");
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** @throws ServiceError for the entry alone */
function eventIn(entry: Input): PutEvent {
  const [source, detailType, text] = [given(entry, "Source"), given(entry, "DetailType"), given(entry, "Detail")];
  // AWS's own services have these to themselves.
  if (source.startsWith("aws.")) {
    throw new ServiceError("NotAuthorizedForSourceException", "Not authorized for the source.");
  }
  const detail = parsed(text);
  if (!isObject(detail)) throw new ServiceError("MalformedDetail", "Detail is malformed.");
  return {
    busName: busOf(entry),
    source,
    detailType,
    detail,
    resources: textsIn(entry, "Resources"),
    time: timeOf(entry),
  };
}

const busOf = (entry: Input): string => busNameOf(optionalTextIn(entry, "EventBusName") ?? "default");

async function put(buses: Buses, entries: readonly Input[], caller: Caller) {
  const results: object[] = [];
  for (const entry of entries) {
    try {
      results.push({ EventId: await buses.put(eventIn(entry), caller) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      results.push({ ErrorCode: error.code, ErrorMessage: error.message });
    }
  }
  return success({ FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results });
}

function putEvents(buses: Buses, input: Input, caller: Caller): Operation {
  const entries = entriesIn(input);
  const names = [...new Set(entries.map(busOf))];
  return {
    needs: names.map((name) => ({
      action: "events:PutEvents",
      resource: arnOf("events", `event-bus/${name}`, caller),
    })),
    run: () => put(buses, entries, caller),
  };
}

function testEventPattern(input: Input): Operation {
  return {
    needs: [{ action: "events:TestEventPattern", resource: "*" }],
    run: () => {
      const [pattern, event] = [parsed(textIn(input, "EventPattern")), parsed(textIn(input, "Event"))];
      const problem = problemOfPattern(pattern);
      if (problem !== undefined || !isObject(pattern)) {
        throw new ServiceError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${problem}`);
      }
      if (!isObject(event)) throw violation("Parameter Event is not valid.");
      return success({ Result: unmetOf(pattern, event) === undefined });
    },
  };
}

/** EventBridge: putting events on buses, and trying patterns. */
export function eventsService(buses: Buses): Service {
  return {
    failure,
    operation: (request: ServiceRequest) => {
      const operation = targetOf(request);
      const members = Object.hasOwn(eventsMembers, operation) ? eventsMembers[operation] : undefined;
      if (!members) throw notEmulated("EventBridge", operation);
      const input = inputOf(request);
      checkMembers("EventBridge", operation, input, members);
      return operation === "PutEvents" ? putEvents(buses, input, request.caller) : testEventPattern(input);
    },
  };
}
