import type { OperationId } from "../../contracts/api";
import { dataProcessorApi } from "../../contracts/data-processor";
import { type Functions, functionsOf } from "./functions";
import { startTopic, type TopicServer } from "./sns";
import { type ParameterStore, startParameterStore } from "./ssm";

/** The data processor on one machine: its services, and its functions as they are deployed. */
export type DataProcessor = Functions<OperationId<typeof dataProcessorApi>> & {
  readonly parameters: ParameterStore;
  readonly failures: TopicServer;
};

/** Its parameters: name → value. */
export const secrets = {
  apiKey: { name: "/data-processor/test/api/key", value: "a-key-that-no-log-ever-shows" },
  connection: {
    name: "/data-processor/test/database/connection-string",
    value: "postgres://somebody:a-password-that-no-log-ever-shows@db.example.com/results",
  },
};

/** Starts the services; functions start when they are first used. */
export async function startDataProcessor(): Promise<DataProcessor> {
  const { apiKey, connection } = secrets;
  const [parameters, failures] = await Promise.all([
    startParameterStore({ [apiKey.name]: apiKey.value, [connection.name]: connection.value }),
    startTopic("arn:aws:sns:us-west-2:000000000000:data-processor-test-failures"),
  ]);
  const functions = functionsOf(dataProcessorApi, {
    services: [parameters, failures],
    variables: {
      BATCH_SIZE: "100",
      API_KEY_PARAMETER: apiKey.name,
      CONNECTION_STRING_PARAMETER: connection.name,
      FAILURE_TOPIC_ARN: failures.arn,
      AWS_ENDPOINT_URL_SSM: parameters.server.url,
      AWS_ENDPOINT_URL_SNS: failures.server.url,
    },
  });
  return { ...functions, parameters, failures };
}
