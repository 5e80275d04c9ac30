import { type Answers, given, leftOut } from "../answers";

/** The members of what CloudWatch Logs' operations answer. (CloudWatch Logs API reference, the operations' pages) */
export const logsAnswers: Readonly<Record<string, Answers>> = {
  DescribeLogGroups: {
    logGroups: {
      each: {
        ...given(
          "logGroupName creationTime retentionInDays metricFilterCount arn storedBytes logGroupClass logGroupArn",
        ),
        ...leftOut("it is not read from stacks", "kmsKeyId deletionProtectionEnabled retentionPolicyName"),
        ...leftOut("policies of accounts are not emulated", "dataProtectionStatus inheritedProperties"),
        ...leftOut("nobody writes but Lambda and API Gateway", "bearerTokenAuthenticationEnabled"),
      },
    },
    ...given("nextToken"),
  },
  DescribeLogStreams: {
    logStreams: {
      each: {
        ...given("logStreamName creationTime firstEventTimestamp lastEventTimestamp lastIngestionTime arn storedBytes"),
        ...leftOut("AWS ignores it and says to", "uploadSequenceToken"),
      },
    },
    ...given("nextToken"),
  },
  FilterLogEvents: {
    events: { each: given("logStreamName timestamp message ingestionTime eventId") },
    // The list is empty on AWS, too.
    ...given("nextToken searchedLogStreams"),
  },
  GetLogEvents: {
    events: { each: given("timestamp message ingestionTime") },
    ...given("nextForwardToken nextBackwardToken"),
  },
};
