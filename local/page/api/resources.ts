import { parseArn } from "../../../aws/arn";
import type { System } from "../../run/system";
import { shortArn } from "../reason";
import { callService } from "./aws";
import { busesOf } from "./buses";
import type { Endpoint, Sources } from "./endpoint";

const nameIn = (arn: string): string => parseArn(arn)?.resource ?? arn;

/** The table whose changes a stream has: `records` of `table/records/stream/<label>`. */
const tableOf = (streamArn: string): string | undefined => /^table\/([^/]+)\//.exec(nameIn(streamArn))?.[1];

/** The keys of a table, or of an index, with their types: `S`, `N` or `B`. */
function keysIn(schema: unknown, attributes: unknown) {
  const types = new Map(
    (attributes as readonly { AttributeName: string; AttributeType: string }[]).map((one) => [
      one.AttributeName,
      one.AttributeType,
    ]),
  );
  return (schema as readonly { AttributeName: string; KeyType: string }[]).map(({ AttributeName: name }) => ({
    name,
    type: types.get(name) ?? "S",
  }));
}

function tablesOf({ resources, streamSources }: System) {
  return resources.tables.map(({ name, arn, create, timeToLiveAttribute }) => {
    const indexes = ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"].flatMap(
      (kind) => (create[kind] ?? []) as readonly { IndexName: string; KeySchema: unknown }[],
    );
    return {
      name,
      keys: keysIn(create["KeySchema"], create["AttributeDefinitions"]),
      indexes: indexes.map(({ IndexName, KeySchema }) => ({
        name: IndexName,
        keys: keysIn(KeySchema, create["AttributeDefinitions"]),
      })),
      timeToLiveAttribute,
      functions: streamSources
        .filter(({ streamArn }) => streamArn.startsWith(`${arn}/stream/`))
        .map((source) => source.functionName),
    };
  });
}

/** Whatever sends to a queue what it could not do: functions, tables' streams, schedules and rules of buses, by name. */
function failingInto({ functions, streamSources, schedules, resources }: System, arn: string): readonly string[] {
  return [
    ...functions
      .filter(({ eventInvokeConfig, deadLetterArn }) => eventInvokeConfig.onFailure === arn || deadLetterArn === arn)
      .map(({ name }) => `events of ${name}`),
    ...streamSources
      .filter(({ onFailure }) => onFailure === arn)
      .map(({ streamArn }) => `changes of ${tableOf(streamArn)}`),
    ...schedules.filter(({ target }) => target.deadLetterArn === arn).map(({ name }) => `schedule ${name}`),
    ...resources.events.rules
      .filter(({ targets }) => targets.some(({ deadLetterArn }) => deadLetterArn === arn))
      .map(({ name }) => `rule ${name}`),
  ];
}

async function depthOf(runner: Sources["runner"], QueueUrl: string, name: string) {
  const input = { QueueUrl, AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] };
  const answer = await callService(runner, { service: "sqs", operation: "GetQueueAttributes", input });
  const { Attributes: depth = {} } = answer as { readonly Attributes?: Readonly<Record<string, string>> };
  return {
    name,
    waiting: Number(depth["ApproximateNumberOfMessages"]),
    inFlight: Number(depth["ApproximateNumberOfMessagesNotVisible"]),
  };
}

/** The versions that parameters have now, by name: functions may write them, too. */
async function versionsOf(runner: Sources["runner"]): Promise<ReadonlyMap<string, number>> {
  const versions = new Map<string, number>();
  let more = runner.systems.some(({ resources }) => resources.parameters.length > 0);
  for (let NextToken: string | undefined; more; more = NextToken !== undefined) {
    const input = { MaxResults: 50, ...(NextToken === undefined ? {} : { NextToken }) };
    const answer = await callService(runner, { service: "ssm", operation: "DescribeParameters", input });
    const page = answer as { Parameters?: readonly { Name: string; Version: number }[]; NextToken?: string };
    for (const { Name, Version } of page.Parameters ?? []) versions.set(Name, Version);
    NextToken = page.NextToken;
  }
  return versions;
}

export const resourceEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/resources",
    operationId: "listResources",
    summary:
      "Tables with their keys and indexes, buckets, queues, topics, parameters, schedules and event buses of the systems",
    answer: async (_, { runner }) => {
      const versions = await versionsOf(runner);
      const systems = runner.systems.map((system) => {
        const { buckets, queues, topics, parameters } = system.resources;
        return {
          system: system.name,
          tables: tablesOf(system),
          buckets: buckets.map(({ name }) => ({ name })),
          queues: queues.map(({ name, arn, visibilityTimeoutSeconds, redrive }) => ({
            ...{ name, arn, visibilityTimeoutSeconds },
            deadLetters: redrive && { name: nameIn(redrive.deadLetterArn), after: redrive.maxReceiveCount },
            deadLettersOf: queues
              .filter((other) => other.redrive?.deadLetterArn === arn)
              .map((other) => ({ name: other.name, arn: other.arn })),
            failuresOf: failingInto(system, arn),
            functions: system.queueSources.filter(({ queueArn }) => queueArn === arn).map((one) => one.functionName),
          })),
          topics: topics.map(({ arn, subscriptions }) => ({
            name: nameIn(arn),
            arn,
            subscriptions: subscriptions.map(({ protocol, endpoint }) => ({ protocol, to: shortArn(endpoint) })),
          })),
          // Deleted ones have no version.
          parameters: parameters.map(({ name, type }) => ({ name, type, version: versions.get(name) ?? null })),
          buses: busesOf(system),
          schedules: system.schedules.map(({ name, arn, expression, enabled }) => ({ name, arn, expression, enabled })),
        };
      });
      return { systems };
    },
  },
  {
    method: "GET",
    path: "/api/queues",
    operationId: "listQueues",
    summary: "How many messages wait in each queue of the systems, and how many are in flight",
    async answer(_, { runner }) {
      const { AWS_ENDPOINT_URL } = await runner.access();
      const names = runner.systems.flatMap(({ resources }) => resources.queues.map(({ name }) => name));
      return {
        queues: await Promise.all(names.map((name) => depthOf(runner, `${AWS_ENDPOINT_URL}/queue/${name}`, name))),
      };
    },
  },
  {
    method: "GET",
    path: "/api/messages",
    operationId: "listMessages",
    summary: "Messages published to topics, the newest first, and their subscribers",
    query: { topic: "a topic's ARN" },
    answer({ query }, { recorder }) {
      const topic = query.get("topic");
      const all = [...recorder.messages.newestFirst()].filter((message) => topic === null || message.topic === topic);
      return { messages: all.slice(0, 100).map(({ event: _, ...message }) => message) };
    },
  },
];
