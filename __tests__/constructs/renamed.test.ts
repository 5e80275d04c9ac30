import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { Table } from "../../constructs/data/table";
import { Queue } from "../../constructs/events/queue";
import { Topic } from "../../constructs/events/topic";
import { Alarms } from "../../constructs/observability/alarms";
import { Dashboard } from "../../constructs/observability/dashboard";
import {
  archiveGraphs,
  deadLetterGraphs,
  functionGraphs,
  stageGraphs,
  tableGraphs,
} from "../../constructs/observability/graphs";
import { LogArchive } from "../../constructs/observability/log-archive";
import { businessMetric } from "../../constructs/observability/metric";
import type { Api } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { thingEntry } from "../fixtures/thing-entry";
import { canExist, drawnIn, watchedIn } from "../support/alarms/metrics-of";
import { emptyStack, problemsOf, synth } from "../support/stack";

const contract = {
  name: "things",
  version: "1",
  description: "",
  models: { Error: ErrorSchema },
  routes: { getThing: { method: "GET", path: "/thing", summary: "", access: "apiKey", status: 204 } },
} as const satisfies Api;

/** A stack with everything that has metrics, in which nothing is called as its id says, where a name can be given. */
function renamed() {
  const stack = emptyStack();
  const getThing = new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things", POWERTOOLS_SERVICE_NAME: "things-of-others" },
  });
  const table = new Table(stack, "things", {
    name: "inventory",
    partitionKey: "thingId",
    indexes: { byColour: { partitionKey: "colour" } },
  });
  const bucket = new Bucket(stack, "logs", { name: "a-bucket-of-logs" });
  const archive = new LogArchive(stack, "archive", { bucket, prefix: "logs/" });
  const queue = new Queue(stack, "failures");
  const api = new RestApi(stack, "api", { contract, handlers: { getThing } });
  const stage = new ApiStage(stack, "stage", { api, name: "v1", throttle: { rateLimit: 1, burstLimit: 1 } });
  table.grant(getThing, "GetItem");
  table.grantIndex(getThing, "byColour", "Query");
  queue.collectFailures(getThing);
  archive.collect(getThing.logGroup, stage.accessLogs);
  const alarms = new Alarms(stack, "alarms");
  alarms.watchFunctions(getThing);
  alarms.watchStage(stage);
  alarms.watchTable(table);
  alarms.watchArchive(archive);
  alarms.watchDeadLetters(queue);
  const counted = businessMetric({ system: "things-of-others", environment: stack.environment }, "ThingsLost");
  alarms.watchCount("things-lost", "Things were lost", counted);
  alarms.watchCount("things-published", "Things were published", new Topic(stack, "news").publishedMetric());
  new Dashboard(stack, "dashboard", {
    rows: [
      stageGraphs(stage),
      functionGraphs([getThing]),
      tableGraphs(table),
      archiveGraphs(archive),
      deadLetterGraphs(queue),
    ],
  });
  return stack;
}

describe("where things are called otherwise than their constructs", () => {
  it("every metric that is watched or drawn is one of something in the stack", () => {
    const stack = synth(renamed());
    const all = [...watchedIn(stack), ...drawnIn(stack)];

    expect(all.filter((metric) => !canExist(stack, new Set(["ThingsLost"]), metric))).toEqual([]);
    expect(new Set(all.map(({ namespace }) => namespace))).toEqual(
      new Set(["AWS/Lambda", "AWS/ApiGateway", "AWS/DynamoDB", "AWS/Firehose", "AWS/SNS", "AWS/SQS", "Terrace"]),
    );
  });

  it("nothing is refused", () => {
    expect(problemsOf(renamed())).toEqual([]);
  });
});
