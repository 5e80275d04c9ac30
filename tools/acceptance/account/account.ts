import { setTimeout as pause } from "node:timers/promises";
import { APIGatewayClient, GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  GetMetricStatisticsCommand,
  paginateDescribeAlarms,
  paginateListMetrics,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, type Credentials, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { BatchGetTracesCommand, XRayClient } from "@aws-sdk/client-xray";
import { UserError } from "../../../lib/user-error";

/** Time limit and interval of polling for what AWS shows later. */
export interface Patience {
  readonly seconds: number;
  readonly everySeconds: number;
}

/** A metric as CloudWatch knows it. */
export interface KnownMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** An alarm as it is. */
export interface AlarmState {
  readonly name: string;
  readonly state: string;
  readonly since: Date;
}

async function all<P, T>(pages: AsyncIterable<P>, of: (page: P) => readonly T[] | undefined): Promise<T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(...(of(page) ?? []));
  return found;
}

const named = (dimensions: readonly { Name?: string | undefined; Value?: string | undefined }[] = []) =>
  Object.fromEntries(dimensions.map(({ Name = "", Value = "" }) => [Name, Value]));

/** An account in one region, as the caller's own credentials show it. */
export class Account {
  private readonly gateway: APIGatewayClient;
  private readonly cloudWatch: CloudWatchClient;
  private readonly logs: CloudWatchLogsClient;
  private readonly lambda: LambdaClient;
  private readonly s3: S3Client;
  private readonly sts: STSClient;
  private readonly xray: XRayClient;

  constructor(
    region: string,
    private readonly patience: Patience,
  ) {
    this.gateway = new APIGatewayClient({ region });
    this.cloudWatch = new CloudWatchClient({ region });
    this.logs = new CloudWatchLogsClient({ region });
    this.lambda = new LambdaClient({ region });
    this.s3 = new S3Client({ region });
    this.sts = new STSClient({ region });
    this.xray = new XRayClient({ region });
  }

  /** Polls until there is a result. @throws an error that says what there is not */
  async until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
    const { seconds, everySeconds } = this.patience;
    for (let waited = 0; ; waited += everySeconds) {
      const found = await find();
      if (found !== undefined) return found;
      if (waited >= seconds) throw new Error(`there must be ${what} within ${seconds} s, got none`);
      await pause(everySeconds * 1000);
    }
  }

  /**
   * ARN of the caller.
   *
   * @param accounts the accounts that the stack is for
   * @throws UserError when the credentials are of another
   */
  async caller(accounts: readonly string[]): Promise<string> {
    const { Account: given = "", Arn: arn = "" } = await this.sts.send(new GetCallerIdentityCommand());
    if (accounts.includes(given)) return arn;
    throw new UserError(
      `credentials must be of account ${accounts.join(" or ")}, got some of ${given}; use others (AWS_PROFILE), or correct accountId in environments/`,
    );
  }

  /** The credentials of a session of a role, which may do what both the role and a policy allow. */
  async assume(role: string, policy: string): Promise<Credentials> {
    const session = { RoleArn: role, RoleSessionName: "acceptance", DurationSeconds: 900, Policy: policy };
    const { Credentials } = await this.sts.send(new AssumeRoleCommand(session));
    if (!Credentials) throw new Error(`${role} must give credentials, got none`);
    return Credentials;
  }

  /** The value of an API key. */
  async apiKey(id: string): Promise<string> {
    const { value } = await this.gateway.send(new GetApiKeyCommand({ apiKey: id, includeValue: true }));
    if (!value) throw new UserError(`API key ${id} must have a value, got none`);
    return value;
  }

  /** Whether a version of a function can be invoked, and which one its alias names. */
  async function(name: string, qualifier: string): Promise<{ state: string; version: string }> {
    const { Configuration } = await this.lambda.send(
      new GetFunctionCommand({ FunctionName: name, Qualifier: qualifier }),
    );
    return { state: Configuration?.State ?? "", version: Configuration?.Version ?? "" };
  }

  /** The lines of a log group since a time that contain all of some terms. */
  lines(group: string, since: Date, words: string): Promise<string[]> {
    const input = {
      logGroupName: group,
      startTime: since.getTime(),
      ...(words === "" ? {} : { filterPattern: `"${words}"` }),
    };
    return all(paginateFilterLogEvents({ client: this.logs }, input), ({ events = [] }) =>
      events.map(({ message = "" }) => message),
    );
  }

  /** The metrics of a namespace that were measured in the last three hours: those of an earlier deployment are not among them. */
  metrics(namespace: string): Promise<KnownMetric[]> {
    return all(
      paginateListMetrics({ client: this.cloudWatch }, { Namespace: namespace, RecentlyActive: "PT3H" }),
      ({ Metrics = [] }) =>
        Metrics.map(({ MetricName = "", Dimensions }) => ({
          namespace,
          name: MetricName,
          dimensions: named(Dimensions),
        })),
    );
  }

  /** The sum of a metric since a time. */
  async sum({ namespace, name, dimensions }: KnownMetric, since: Date): Promise<number> {
    const { Datapoints = [] } = await this.cloudWatch.send(
      new GetMetricStatisticsCommand({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        // Metrics are of whole minutes.
        StartTime: new Date(Math.floor(since.getTime() / 60_000) * 60_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 60,
        Statistics: ["Sum"],
      }),
    );
    return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
  }

  /** The alarms whose names begin so. */
  alarms(prefix: string): Promise<AlarmState[]> {
    return all(
      paginateDescribeAlarms({ client: this.cloudWatch }, { AlarmNamePrefix: prefix }),
      ({ MetricAlarms = [] }) =>
        MetricAlarms.map(({ AlarmName = "", StateValue = "", StateUpdatedTimestamp }) => ({
          name: AlarmName,
          state: StateValue,
          since: StateUpdatedTimestamp ?? new Date(0),
        })),
    );
  }

  /** Sets an alarm's state until its next evaluation; its actions follow as those of any other change. */
  async setAlarm(name: string, state: "ALARM" | "OK"): Promise<void> {
    const StateReason = "npm run acceptance: to see whom it reaches";
    await this.cloudWatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason }));
  }

  /** An alarm's actions since a time, newest first, in CloudWatch's words. */
  async actions(name: string, since: Date): Promise<string[]> {
    const { AlarmHistoryItems = [] } = await this.cloudWatch.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: name,
        HistoryItemType: "Action",
        StartDate: since,
        EndDate: new Date(),
      }),
    );
    return AlarmHistoryItems.map(({ HistorySummary = "" }) => HistorySummary);
  }

  /** The keys of a bucket's objects below a prefix that were written since a time. */
  objects(bucket: string, prefix: string, since: Date): Promise<string[]> {
    return all(paginateListObjectsV2({ client: this.s3 }, { Bucket: bucket, Prefix: prefix }), ({ Contents = [] }) =>
      Contents.filter(({ LastModified }) => LastModified && LastModified >= since).map(({ Key = "" }) => Key),
    );
  }

  async object(bucket: string, key: string): Promise<Uint8Array> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (!Body) throw new Error(`${bucket}/${key} must have contents, got none`);
    return Body.transformToByteArray();
  }

  /** The names of what took part in a trace: stages, functions, services. */
  async segments(traceId: string): Promise<string[]> {
    const { Traces = [] } = await this.xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
    return Traces.flatMap(({ Segments = [] }) =>
      Segments.map(({ Document = "{}" }) => {
        const { name, origin } = JSON.parse(Document) as { name?: string; origin?: string };
        return [origin, name].filter((part) => part !== undefined).join(" ");
      }),
    );
  }
}
