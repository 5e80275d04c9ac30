import type { IncomingMessage } from "node:http";
import { gzipSync } from "node:zlib";
import { type AwsServer, bodyOf, startAwsServer } from "./aws-server";

/** A deployed system in an account, as far as the acceptance run reads it. */
export interface AccountState {
  /** State of each function in Lambda. */
  functionState: string;
  /** A function's line about a request. */
  functionLine: string;
  /** The access log's line. */
  accessLine: Readonly<Record<string, string>>;
  /** Who took part in a trace, by origin and name. */
  segments: readonly (readonly [origin: string, name: string])[];
  measured: readonly { Namespace: string; MetricName: string; Dimensions: { Name: string; Value: string }[] }[];
  /** Measurements older than three hours. */
  measuredBefore: AccountState["measured"];
  alarmStates: readonly string[];
  /** Whether an alarm's topic takes what it says. */
  isNotified: boolean;
  cacheHits: number;
  /** Key → contents. */
  objects: Readonly<Record<string, string | Buffer>>;
  flowLogLines: readonly string[];
  /** Id → value. */
  apiKeys: Readonly<Record<string, string>>;
}

/** An account in which all of records-dev is as it should be. */
export const goodAccount = (more: Pick<AccountState, "accessLine" | "measured">): AccountState => ({
  ...more,
  measuredBefore: [],
  functionState: "Active",
  functionLine: '{"level":"INFO","operation":"getRecord","status":200}',
  segments: [
    ["AWS::ApiGateway::Stage", "records-dev-api/dev"],
    ["AWS::Lambda::Function", "records-dev-get-record"],
  ],
  alarmStates: ["OK", "OK"],
  isNotified: true,
  cacheHits: 1,
  objects: {
    "logs/2026/01/31/records-1.gz": gzipSync('{"level":"INFO"}\n{"level":"INFO"}\n'),
    "activity/records/1.json": '{"action":"create"}',
    "AWSLogs/1.json": "{}",
  },
  apiKeys: {},
  flowLogLines: ["2 000000000000 eni-1 10.0.16.1 10.0.32.1 443 50000 6 10 840 1 2 ACCEPT OK"],
});

/** A stand-in for the APIs of an account, by which its state is seen. */
export interface StandInAccount extends Pick<AwsServer, "url" | "stop"> {
  state: AccountState;
  /** The states that alarms were set to, in order. */
  readonly set: string[];
}

const linesOf = (group: string, { functionLine, accessLine, flowLogLines }: AccountState): readonly string[] => {
  if (group.startsWith("/aws/lambda/")) return [functionLine];
  return group.startsWith("/aws/vpc/") ? flowLogLines : [JSON.stringify(accessLine)];
};

type Answers = Readonly<Record<string, (input: Record<string, string>, account: StandInAccount) => unknown>>;

const seconds = () => Date.now() / 1000;

/** By the operation that the SDK names. */
const operations: Answers = {
  FilterLogEvents: ({ logGroupName = "" }, { state }) => ({
    events: linesOf(logGroupName, state).map((message) => ({ message, timestamp: Date.now() })),
  }),
  ListMetrics: ({ Namespace, RecentlyActive }, { state }) => ({
    Metrics: state.measured
      .concat(RecentlyActive === "PT3H" ? [] : state.measuredBefore)
      .filter((metric) => metric.Namespace === Namespace),
  }),
  GetMetricStatistics: (_, { state }) => ({ Datapoints: [{ Timestamp: seconds(), Sum: state.cacheHits }] }),
  DescribeAlarms: ({ AlarmNamePrefix }, { state }) => ({
    MetricAlarms: state.alarmStates.map((StateValue, index) => ({
      AlarmName: `${AlarmNamePrefix}alarm-${index}`,
      StateValue,
    })),
  }),
  SetAlarmState: ({ StateValue = "" }, { set }) => {
    set.push(StateValue);
    return {};
  },
  DescribeAlarmHistory: (_, { state, set }) => {
    const words = state.isNotified
      ? "Successfully executed action arn:aws:sns"
      : "Failed to execute action arn:aws:sns";
    return { AlarmHistoryItems: set.map(() => ({ HistorySummary: words, Timestamp: seconds() })) };
  },
};

/** A session, by whose key id a call is known: the policy that narrows it. */
function session(policy: string): string {
  const id = Buffer.from(policy).toString("base64url");
  const credentials = `<AccessKeyId>${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>`;
  const expiration = new Date(Date.now() + 900_000).toISOString();
  return `<AssumeRoleResponse><AssumeRoleResult><Credentials>${credentials}<Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

/** The answers of REST APIs, and of STS. */
function rest({ url = "" }: IncomingMessage, body: string, { state }: StandInAccount): string | Buffer {
  const { pathname, searchParams } = new URL(url, "http://stand-in");
  const asked = new URLSearchParams(body);
  if (asked.get("Action") === "AssumeRole") return session(asked.get("Policy") ?? "");
  if (pathname === "/" && !searchParams.has("prefix")) {
    const who = "<Account>000000000000</Account><Arn>arn:aws:sts::000000000000:assumed-role/people/ada</Arn>";
    return `<GetCallerIdentityResponse><GetCallerIdentityResult>${who}</GetCallerIdentityResult></GetCallerIdentityResponse>`;
  }
  if (pathname === "/Traces") {
    const Segments = state.segments.map(([origin, name]) => ({ Id: name, Document: JSON.stringify({ origin, name }) }));
    return JSON.stringify({ Traces: [{ Id: "1", Segments }] });
  }
  const [, apiKey] = /^\/apikeys\/(\w+)$/.exec(pathname) ?? [];
  if (apiKey !== undefined) return JSON.stringify({ value: new Map(Object.entries(state.apiKeys)).get(apiKey) });
  if (pathname.includes("/functions/")) {
    return JSON.stringify({ Configuration: { State: state.functionState, Version: "1" } });
  }
  const prefix = searchParams.get("prefix");
  if (prefix !== null) {
    const contents = Object.keys(state.objects)
      .filter((key) => key.startsWith(prefix))
      .map((key) => `<Contents><Key>${key}</Key><LastModified>${new Date().toISOString()}</LastModified></Contents>`);
    return `<?xml version="1.0"?><ListBucketResult>${contents.join("")}</ListBucketResult>`;
  }
  return state.objects[decodeURIComponent(pathname.split("/").slice(2).join("/"))] ?? "";
}

/** Serves it; the SDK's clients that are made meanwhile find it. */
export async function startAccount(state: AccountState): Promise<StandInAccount> {
  const server = await startAwsServer(async (request, response) => {
    const body = await bodyOf(request);
    const operation = String(request.headers["x-amz-target"] ?? "").split(".")[1];
    const answer = operation === undefined ? undefined : operations[operation];
    response.end(answer ? JSON.stringify(answer(JSON.parse(body), account)) : rest(request, body, account));
  });
  const account: StandInAccount = { url: server.url, stop: () => server.stop(), state, set: [] };
  return account;
}
