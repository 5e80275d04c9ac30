import { dataProcessorApi } from "../../contracts/data-processor";
import { publishFailure } from "../runtime/failure-topic";
import { handle } from "../runtime/handle";
import { count } from "../runtime/metrics";
import { environment } from "../runtime/telemetry";
import { processItem } from "./process-item";
import { batchSize, hasDatabaseConfig, readKey } from "./settings";

/** The first items of a batch. Without any there is nothing to key, and the answer says how the function is set up. */
async function processBatch(data: readonly unknown[]) {
  if (data.length === 0) return { processed: [], hasDatabaseConfig: await hasDatabaseConfig() };
  const key = await readKey();
  return { processed: data.slice(0, batchSize).map((item) => processItem(item, key)), hasDatabaseConfig: true };
}

/** `POST /data` */
export const handler = handle(
  dataProcessorApi.routes.processData,
  async ({ body: { data }, lambda }) => {
    const outcome = await processBatch(data);
    const { processed } = outcome;
    count("ItemsReceived", data.length);
    count("ItemsProcessed", processed.length);
    return {
      message: `Processed ${processed.length} of ${data.length} items`,
      environment,
      batchSize,
      hasDatabaseConfig: outcome.hasDatabaseConfig,
      functionInfo: {
        name: lambda.functionName,
        version: lambda.functionVersion,
        memoryMb: Number(lambda.memoryLimitInMB),
        remainingTimeMs: lambda.getRemainingTimeInMillis(),
      },
      itemsReceived: data.length,
      itemsProcessed: processed.length,
      processed,
    };
  },
  { onFailure: publishFailure },
);
