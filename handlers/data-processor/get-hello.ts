import { dataProcessorApi } from "../../contracts/data-processor";
import { requiredEnv } from "../runtime/env";
import { publishFailure } from "../runtime/failure-topic";
import { handle } from "../runtime/handle";
import { secret } from "../runtime/secret";
import { environment } from "../runtime/telemetry";
import { presence } from "./presence";

const hasApiKey = presence(secret(requiredEnv("API_KEY_PARAMETER")));

/** `GET /hello` */
export const handler = handle(
  dataProcessorApi.routes.getHello,
  async ({ requestId, lambda }) => ({
    message: "Hello from the data processor",
    environment,
    functionName: lambda.functionName,
    hasApiKey: await hasApiKey(),
    remainingTimeMs: lambda.getRemainingTimeInMillis(),
    requestId,
  }),
  { onFailure: publishFailure },
);
